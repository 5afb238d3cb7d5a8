// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From loops to the LLVM dialect, for a CPU.

#ifndef NIELLO_COMPILER_TARGET_CPU_CONVERSION_H
#define NIELLO_COMPILER_TARGET_CPU_CONVERSION_H

#include "compiler/target/cpu/Machine.h"

#include "mlir/Pass/PassManager.h"

namespace niello::cpu {

/// Adds the generators of kernels, on buffers. What they leave is for plain
/// loops.
void addGenerators(mlir::PassManager &passes, const Machine &machine);

/// Adds the passes from `memref`, `scf`, `vector`, `arith` and `math`, inside
/// functions that have their context already, to the LLVM dialect.
void addConversion(mlir::PassManager &passes, const Machine &machine);

} // namespace niello::cpu

#endif // NIELLO_COMPILER_TARGET_CPU_CONVERSION_H
