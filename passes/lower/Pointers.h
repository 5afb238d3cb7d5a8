// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Between plain pointers, which the runtime hands over, and memrefs.

#ifndef NIELLO_PASSES_LOWER_POINTERS_H
#define NIELLO_PASSES_LOWER_POINTERS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace niello {

/// The struct that MLIR's lowering turns a memref of that rank into.
mlir::Type memrefDescriptorType(mlir::MLIRContext *context, int64_t rank);

/// A memref of identity layout over the memory at `pointer`; one size for each
/// `?` of the type, of type index.
mlir::Value memrefAt(mlir::OpBuilder &builder, mlir::Location loc,
                     mlir::Value pointer, mlir::MemRefType type,
                     mlir::ValueRange sizes);

/// The address of a memref's first element, its offset included.
mlir::Value pointerOf(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value memref);

/// Bytes of an element in memory: one at least.
int64_t elementBytes(mlir::Type type);

/// The function of the runtime, declared on first use. The context is not
/// among the types: `add-context` adds it.
mlir::func::FuncOp runtimeFunction(mlir::ModuleOp module, llvm::StringRef name,
                                   mlir::TypeRange inputs,
                                   mlir::TypeRange results);

/// Whether `add-context` gives a function the context: all that have a body
/// and those of the runtime.
bool takesContext(mlir::func::FuncOp function);

} // namespace niello

#endif // NIELLO_PASSES_LOWER_POINTERS_H
