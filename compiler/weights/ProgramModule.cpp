// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/weights/ProgramModule.h"

#include "dialects/model/Model.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace niello {

static constexpr StringLiteral kName = "weight_programs";

Block::iterator afterWeights(ModuleOp module) {
  Block::iterator place = module.getBody()->begin();
  while (place != module.getBody()->end() && isa<model::WeightOp>(*place))
    ++place;
  return place;
}

// Names tell what a program does and which weight is meant: equal ones are one.
static void addPrograms(ModuleOp to, ModuleOp from) {
  SymbolTable symbols(to);
  for (Operation &op : llvm::make_early_inc_range(*from.getBody())) {
    if (symbols.lookup(SymbolTable::getSymbolName(&op)))
      continue;
    op.remove();
    symbols.insert(&op, isa<model::WeightOp>(op) ? afterWeights(to)
                                                 : to.getBody()->end());
  }
}

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
  if (!programs)
    return done;
  module.push_back(*programs);
  ModuleOp kept = programs.release();
  for (auto added : module.getOps<ModuleOp>()) {
    if (added == kept || added.getSymName() != kName)
      continue;
    addPrograms(kept, added);
    added.erase();
    break;
  }
  return done;
}

} // namespace niello
