// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/weights/ProgramModule.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace niello {

static constexpr StringLiteral kName = "weight_programs";

ModuleOp findWeightPrograms(ModuleOp module) {
  for (auto inner : module.getOps<ModuleOp>())
    if (inner.getSymName() == kName)
      return inner;
  return nullptr;
}

ModuleOp getWeightPrograms(ModuleOp module) {
  if (ModuleOp found = findWeightPrograms(module))
    return found;
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  return ModuleOp::create(builder, module.getLoc(), kName);
}

OwningOpRef<ModuleOp> takeWeightPrograms(ModuleOp module) {
  ModuleOp found = findWeightPrograms(module);
  if (found)
    found->remove();
  return OwningOpRef<ModuleOp>(found);
}

LogicalResult runBesidePrograms(PassManager &passes, ModuleOp module) {
  OwningOpRef<ModuleOp> programs = takeWeightPrograms(module);
  LogicalResult done = passes.run(module);
  if (programs)
    module.push_back(programs.release());
  return done;
}

} // namespace niello
