// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The passes from loops to the LLVM dialect, each with the reason for its
// place.

#include "compiler/target/cpu/Conversion.h"

#include "passes/lower/Passes.h"
#include "passes/lower/cpu/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"

using namespace mlir;
using namespace niello;

void cpu::addGenerators(PassManager &passes, const Machine &machine) {
  LowerKernelAttentionOptions attention;
  attention.vectorBits = machine.vectorBits;
  attention.registers = machine.vectorRegisters();
  attention.fma = machine.has("fma");
  passes.addPass(createLowerKernelAttention(attention));
  // After attention, which has products of its own.
  LowerKernelGemmOptions gemm;
  gemm.vectorBits = machine.vectorBits;
  gemm.registers = machine.vectorRegisters();
  gemm.fma = machine.has("fma");
  gemm.dotsBytes = machine.dotsBytes();
  passes.addPass(createLowerKernelGemm(gemm));
  // After the contractions, whose epilogues look like kernels of rows.
  LowerKernelRowsOptions rows;
  rows.vectorBits = machine.vectorBits;
  passes.addPass(createLowerKernelRows(rows));
}

// Arithmetic that the target has instructions or library functions for.
static void addArithmetic(PassManager &passes, const cpu::Machine &machine) {
  // f16, bf16 and f8 compute in f32; what is left are conversions.
  math::MathExtendToSupportedTypesOptions extend;
  extend.targetTypeStr = "f32";
  passes.addPass(math::createMathExtendToSupportedTypes(extend));
  arith::ArithEmulateUnsupportedFloatsOptions emulate;
  emulate.sourceTypeStrs = {"f16",    "bf16",       "f8E4M3FN",  "f8E4M3FNUZ",
                            "f8E5M2", "f8E5M2FNUZ", "f8E8M0FNU", "f4E2M1FN"};
  emulate.targetTypeStr = "f32";
  passes.addPass(arith::createArithEmulateUnsupportedFloats(emulate));
  ExpandSmallFloatsOptions small;
  small.f16 = !machine.has("f16c");
  passes.addPass(createExpandSmallFloats(small));

  passes.addPass(createLowerMath());
  // ceildiv, floordiv and the like, which LLVM does not have.
  passes.addPass(arith::createArithExpandOpsPass());
}

void cpu::addConversion(PassManager &passes, const Machine &machine) {
  addArithmetic(passes, machine);
  // Views become indices into what they view.
  passes.addPass(memref::createFoldMemRefAliasOpsPass());
  passes.addPass(createConvertVectorToSCFPass(
      VectorTransferToSCFOptions().enableFullUnroll()));
  // Write sizes and strides as affine.apply.
  passes.addPass(memref::createExpandStridedMetadataPass());
  passes.addPass(createLowerAffinePass());
  passes.addPass(createSCFToControlFlowPass());
  ConvertVectorToLLVMPassOptions vectors;
  vectors.x86Vector = true;
  passes.addPass(createConvertVectorToLLVMPass(vectors));
  passes.addPass(createConvertMathToLLVMPass());
  passes.addPass(createArithToLLVMConversionPass());
  passes.addPass(createFinalizeMemRefToLLVMConversionPass());
  passes.addPass(createConvertFuncToLLVMPass());
  passes.addPass(createConvertControlFlowToLLVMPass());
  passes.addPass(createUBToLLVMConversionPass());
  // Casts between memrefs and their structs meet and vanish.
  passes.addPass(createReconcileUnrealizedCastsPass());
}
