// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From the LLVM dialect to machine code.

#ifndef NIELLO_COMPILER_TARGET_CPU_OBJECT_H
#define NIELLO_COMPILER_TARGET_CPU_OBJECT_H

#include "compiler/target/cpu/Machine.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>

namespace niello::cpu {

/// How hard LLVM works. `Plain` keeps the code close to the IR.
enum class Effort { Plain, Full };

/// Small code model, position independent: one object serves executables and
/// libraries.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const Machine &machine, Effort effort = Effort::Full);

/// Sets triple and data layout, marks every function of the module with the
/// machine's features, and runs LLVM's pipeline.
void optimise(llvm::Module &module, llvm::TargetMachine &target,
              const Machine &machine, Effort effort);

/// Makes the LLVM dialect known to `translate`.
void registerTranslations(mlir::DialectRegistry &registry);

/// A module of the LLVM dialect as LLVM IR, optimised; with `debugInfo`, code
/// says which source node it is of, and the module's locations have changed.
/// With `kernels`, these are taken out of it before: see Kernels.h. Null after
/// a reported failure.
std::unique_ptr<llvm::Module>
translate(mlir::ModuleOp module, llvm::LLVMContext &context,
          const Machine &machine, Effort effort, bool debugInfo = false,
          std::vector<llvm::SmallVector<char, 0>> *kernels = nullptr);

/// An ELF object in memory. `module` is consumed: code generation changes it.
llvm::Expected<llvm::SmallVector<char, 0>>
emitObject(llvm::Module &module, const Machine &machine,
           Effort effort = Effort::Full);

/// The same as assembly text.
llvm::Expected<llvm::SmallVector<char, 0>>
emitAssembly(llvm::Module &module, const Machine &machine,
             Effort effort = Effort::Full);

} // namespace niello::cpu

#endif // NIELLO_COMPILER_TARGET_CPU_OBJECT_H
