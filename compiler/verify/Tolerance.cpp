// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one table of tolerances. u is the rounding unit of the dtype; a result
// that is rounded once is off by u of its magnitude at most.

#include "compiler/verify/Tolerance.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace llvm;

namespace niello {
namespace {

struct Row {
  double units;  ///< for each element
  double bySqrt; ///< times the square root of the terms
  const char *reason;
  std::initializer_list<const char *> ops;
};

// Twice, for both sides round: a sum of n terms in two orders differs by
// 2 lambda sqrt(n) u of the magnitudes with a probability that grows with
// lambda (Higham and Mary, "A new approach to probabilistic rounding error
// analysis", 2019, theorem 2.4); for lambda = 4 it fails once in some thousand
// sums, and what exceeds it is judged by the reference's own sensitivity.
constexpr double kSum = 2 * 4;

// Ours is within 6 ulp of the true value (approximate-math in
// passes/lower/cpu/Passes.td), libm within 1; an ulp is at most 2 u.
constexpr double kFunction = 2 * (6 + 1);

const Row kRows[] = {
    {0,
     0,
     "moves or chooses elements and rounds nothing",
     {"Identity",
      "Reshape",
      "Transpose",
      "Squeeze",
      "Unsqueeze",
      "Flatten",
      "Expand",
      "Tile",
      "Concat",
      "Split",
      "Slice",
      "Gather",
      "Pad",
      "GatherND",
      "GatherElements",
      "Where",
      "Max",
      "Min",
      "MaxPool",
      "Relu",
      "Clip",
      "Neg",
      "Abs",
      "Sign",
      "ReduceMax",
      "ReduceMin",
      "DepthToSpace",
      "TopK",
      "SpaceToDepth",
      "Dropout",
      "ArgMax",
      "ArgMin",
      "NonZero",
      "Compress",
      "Trilu",
      "Equal",
      "Greater",
      "Less",
      "And",
      "Or",
      "Not",
      "Shape",
      "Size",
      "Constant",
      "Floor",
      "Ceil",
      "Round",
      "OneHot",
      "EyeLike",
      "Unique",
      "Scatter",
      "LessOrEqual",
      "GlobalMaxPool",
      "GreaterOrEqual",
      "ReverseSequence",
      "ConstantOfShape",
      "ScatterElements",
      "ScatterND"}},
    {2,
     0,
     "rounds once on either side, or not where the product of a sum is "
     "kept exact (fma)",
     {"Add", "Sub", "Mul", "Div", "Sqrt", "Reciprocal", "Cast", "LeakyRelu",
      "PRelu", "Mod", "HardSigmoid", "HardSwish", "ThresholdedRelu", "Shrink",
      "DequantizeLinear", "QuantizeLinear", "CastLike", "Range", "Bias"}},
    {kFunction,
     0,
     "a function of one number: ours within 6 ulp, libm's "
     "within 1",
     {"Exp",  "Log",  "Sin",     "Cos",      "Tan",       "Sinh",     "Cosh",
      "Tanh", "Erf",  "Sigmoid", "Softplus", "Softsign",  "Elu",      "Selu",
      "Celu", "Mish", "Gelu",    "FastGelu", "QuickGelu", "BiasGelu", "Pow",
      "Asin", "Acos", "Atan",    "Asinh",    "Acosh",     "Atanh",    "Swish"}},
    {2, kSum, "a sum in another order", {"MatMul",      "Gemm",
                                         "Conv",        "ConvTranspose",
                                         "ReduceSum",   "ReduceMean",
                                         "ReduceL1",    "ReduceSumSquare",
                                         "AveragePool", "GlobalAveragePool",
                                         "Sum",         "Mean",
                                         "CumSum",      "Einsum",
                                         "FusedMatMul", "ReduceProd",
                                         "LpPool",      "MatMulInteger",
                                         "ConvInteger", "QLinearMatMul",
                                         "QLinearConv", "DFT",
                                         "Resize",      "GridSample",
                                         "RoiAlign",    "DeformConv",
                                         "LRN",         "Det"}},
};

// What is in no row: a composite with sums and functions inside, or a body of
// nodes.
const Row kOther = {
    2 * kFunction, kSum, "sums in another order and functions of them", {}};

const Row &rowOf(StringRef op) {
  op = op.substr(op.rfind(':') + 1);
  for (const Row &row : kRows)
    if (is_contained(row.ops, op))
      return row;
  return kOther;
}

} // namespace

double roundingUnit(int32_t dtype) {
  switch (dtype) {
  case NIELLO_FLOAT32:
    return 0x1p-24;
  case NIELLO_FLOAT64:
    return 0x1p-53;
  case NIELLO_FLOAT16:
    return 0x1p-11;
  case NIELLO_BFLOAT16:
    return 0x1p-8;
  }
  return 0;
}

// com.microsoft defines its operators for float32 and what is narrower; of
// float64, MoE, QMoE and their like compute the middle in float32.
double innerUnit(StringRef op) {
  return op.starts_with("com.microsoft::") ? roundingUnit(NIELLO_FLOAT32) : 0;
}

// DynamicQuantizeLSTM rounds its state to one of 256 values at each step, so
// that a rounding error decides between two of them, 2/255 of the greatest
// apart at most. One such step is handed on, weighted and damped; twice it is
// allowed.
double innerStep(StringRef op) {
  return op.ends_with("DynamicQuantizeLSTM") ? 4.0 / 255 : 0;
}

double budgetOf(StringRef op, uint64_t terms) {
  const Row &row = rowOf(op);
  return row.units + row.bySqrt * std::sqrt(double(terms));
}

StringRef budgetReason(StringRef op) { return rowOf(op).reason; }

} // namespace niello
