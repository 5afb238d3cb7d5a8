// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From MLIR's LLVM dialect to LLVM's own IR.

#include "compiler/target/cpu/Kernels.h"
#include "dialects/model/Model.h"
#include "passes/lower/Passes.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"

using namespace mlir;
using namespace niello;

void cpu::registerTranslations(DialectRegistry &registry) {
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}

// Only entries are seen from outside, and only inside one artefact. What the
// runtime's functions do is told here, since it has no place in MLIR.
static void describeFunctions(llvm::Module &module) {
  for (llvm::Function &function : module) {
    bool entry = function.getName().starts_with("niello_entry_");
    if (!function.isDeclaration() && !entry)
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
    if (entry || function.getName().starts_with("niello_rt_"))
      function.setVisibility(llvm::GlobalValue::HiddenVisibility);
    function.setDSOLocal(true);
  }
  if (llvm::Function *fail = module.getFunction("niello_rt_fail")) {
    fail->addFnAttr(llvm::Attribute::NoReturn);
    fail->addFnAttr(llvm::Attribute::Cold);
  }
  for (StringRef name : {"niello_rt_alloc", "niello_rt_arena"})
    if (llvm::Function *alloc = module.getFunction(name)) {
      alloc->addRetAttr(llvm::Attribute::NoAlias);
      alloc->addRetAttr(llvm::Attribute::NonNull);
      alloc->addRetAttr(llvm::Attribute::getWithAlignment(module.getContext(),
                                                          llvm::Align(64)));
    }
}

std::unique_ptr<llvm::Module> cpu::translate(ModuleOp module,
                                             llvm::LLVMContext &context,
                                             const Machine &machine,
                                             Effort effort, bool debugInfo,
                                             std::vector<Bytes> *kernels) {
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> target =
      createTargetMachine(machine, effort);
  if (!target) {
    module.emitError(llvm::toString(target.takeError()));
    return nullptr;
  }
  // Weights stay in the text of the stage and are none of LLVM's business.
  SmallVector<model::WeightOp> weights(module.getOps<model::WeightOp>());
  for (model::WeightOp weight : weights)
    weight->remove();
  PassManager passes(module.getContext());
  if (debugInfo)
    passes.addPass(createAddDebugInfo());
  std::unique_ptr<llvm::Module> result;
  if (succeeded(passes.run(module)))
    result = translateModuleToLLVMIR(module, context, "model");
  for (model::WeightOp weight : llvm::reverse(weights))
    module.getBody()->push_front(weight);
  if (!result)
    return nullptr;
  describeFunctions(*result);
  if (kernels)
    *kernels = takeKernels(*result);
  optimise(*result, **target, machine, effort);
  return result;
}
