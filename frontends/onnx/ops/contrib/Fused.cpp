// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft operators that are several standard ones in a row, as graph
// optimisers write them: spelled out again, for our own fusion to see.

#include "frontends/onnx/Node.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

using llvm::formatv;

/// A number as an attribute or constant of type float in ONNX's text form.
std::string real(float number) { return formatv("{0:e9}", number).str(); }

/// "y = name<attributes>(v)" for an activation of ONNX Runtime's fusions with
/// its parameters in their order, or a refusal.
FailureOr<std::string> activation(Node &node, StringRef kind,
                                  ArrayRef<float> params) {
  auto needs = [&](size_t count) { return params.size() >= count; };
  if (kind.empty())
    return std::string("y = Identity(v)");
  if (kind == "Relu" || kind == "Sigmoid" || kind == "Tanh" ||
      kind == "Softplus" || kind == "Softsign")
    return formatv("y = {0}(v)", kind).str();
  if ((kind == "LeakyRelu" || kind == "Elu" || kind == "ThresholdedRelu") &&
      needs(1))
    return formatv("y = {0}<alpha: float = {1}>(v)", kind, real(params[0]))
        .str();
  if (kind == "HardSigmoid" && needs(2))
    return formatv("y = HardSigmoid<alpha: float = {0}, beta: float = {1}>(v)",
                   real(params[0]), real(params[1]))
        .str();
  if (kind == "Clip" && needs(2))
    return formatv("low = Constant<value_float: float = {0}>() "
                   "high = Constant<value_float: float = {1}>() "
                   "least = CastLike(low, v) most = CastLike(high, v) "
                   "y = Clip(v, least, most)",
                   real(params[0]), real(params[1]))
        .str();
  return node.refuse("its activation " + kind + " with " +
                     Twine(params.size()) + " parameters");
}

constexpr const char *convAttributes =
    "<auto_pad: string = @auto_pad, dilations: ints = @dilations, "
    "group: int = @group, kernel_shape: ints = @kernel_shape, "
    "pads: ints = @pads, strides: ints = @strides>";

/// Permutations between [N, C, ...] and [N, ..., C].
std::string order(int64_t rank, bool toLast) {
  std::string text = "<perm: ints = [0";
  if (!toLast)
    text += formatv(", {0}", rank - 1);
  for (int64_t i = toLast ? 2 : 1; i < rank - (toLast ? 0 : 1); ++i)
    text += formatv(", {0}", i);
  return text + (toLast ? ", 1]>" : "]>");
}

// activation(conv(x, w) + b + z)
LogicalResult importFusedConv(Node &node, bool isLast) {
  auto params =
      node.floatsAttr("activation_params").value_or(SmallVector<float>());
  std::string sum = node.has(3) ? "Add(u, z)" : "Identity(u)";
  auto act = activation(node, node.stringAttr("activation", ""), params);
  if (failed(act))
    return failure();
  int64_t rank = node.tensor(0).rank();
  std::string in = isLast ? "Transpose" + order(rank, false) : "Identity";
  std::string out = isLast ? "Transpose" + order(rank, true) : "Identity";
  return node.expand(formatv("(x, w, b, z) => (y) {{ p = {0}(x) "
                             "t = Conv{1}(p, w, b) u = {2}(t) v = {3} {4} }",
                             in, convAttributes, out, sum, *act));
}

LogicalResult importFusedConvFirst(Node &node) {
  return importFusedConv(node, /*isLast=*/false);
}
LogicalResult importFusedConvLast(Node &node) {
  return importFusedConv(node, /*isLast=*/true);
}

// activation(alpha A' B' + beta C)
LogicalResult importFusedGemm(Node &node) {
  std::string kind = node.stringAttr("activation", "");
  // Where a parameter is left out, the operator's own default holds.
  float alpha = kind == "LeakyRelu" ? 0.01f : kind == "HardSigmoid" ? 0.2f : 1;
  SmallVector<float> params{node.floatAttr("activation_alpha", alpha),
                            node.floatAttr("activation_beta", 0.5f)};
  auto act = activation(node, kind, params);
  if (failed(act))
    return failure();
  return node.expand(
      "(a, b, c) => (y) { v = Gemm<alpha: float = @alpha, beta: float = @beta, "
      "transA: int = @transA, transB: int = @transB>(a, b, c) " +
      *act + " }");
}

LogicalResult importNhwcMaxPool(Node &node) {
  int64_t rank = node.tensor(0).rank();
  return node.expand(formatv(
      "(x) => (y) {{ p = Transpose{0}(x) t = MaxPool<auto_pad: string = "
      "@auto_pad, ceil_mode: int = @ceil_mode, dilations: ints = @dilations, "
      "kernel_shape: ints = @kernel_shape, pads: ints = @pads, strides: ints = "
      "@strides>(p) y = Transpose{1}(t) }",
      order(rank, false), order(rank, true)));
}

// x + bias + skip
LogicalResult importBiasAdd(Node &node) {
  return node.expand("(x, bias, skip) => (y) { s = Add(x, bias) "
                     "y = Add(s, skip) }");
}

// left * gelu(right) for the halves of x + bias
LogicalResult importBiasSplitGelu(Node &node) {
  return node.expand("(x, bias) => (y) { s = Add(x, bias) left, right = "
                     "Split<axis: int = -1, num_outputs: int = 2>(s) "
                     "g = Gelu(right) y = Mul(left, g) }");
}

/// gamma and beta may be of another float type than x.
std::string groupNorm(Node &node, bool isLast) {
  int64_t rank = node.tensor(0).rank();
  return formatv("p = {0}(s) g = CastLike(gamma, s) b = CastLike(beta, s) "
                 "n = GroupNormalization<num_groups: int = @groups, "
                 "epsilon: float = @epsilon>(p, g, b) u = {1}(n) {2} ",
                 isLast ? "Transpose" + order(rank, false) : "Identity",
                 isLast ? "Transpose" + order(rank, true) : "Identity",
                 node.intAttr("activation", 0) ? "v = Sigmoid(u) y = Mul(u, v)"
                                               : "y = Identity(u)")
      .str();
}

LogicalResult importGroupNorm(Node &node) {
  return node.expand("(x, gamma, beta) => (y) { s = Identity(x) " +
                     groupNorm(node, node.intAttr("channels_last", 1)) + "}");
}

// The norm of s = x + skip + bias, and s.
LogicalResult importSkipGroupNorm(Node &node) {
  bool isLast = node.intAttr("channels_last", 1);
  if (!node.has(3))
    return node.bad("needs a skip tensor");
  // [N, C] and [C] take their places before or behind the spatial dimensions.
  bool isFlat = node.tensor(3).rank() == 2;
  std::string text = formatv("inner = Constant<value_ints: ints = [1, 2]>() "
                             "outer = Constant<value_ints: ints = {0}>() ",
                             isLast ? "[1, 2]" : "[2, 3]");
  text += isFlat ? "k = Unsqueeze(skip, outer) " : "k = Identity(skip) ";
  text += "a = Add(x, k) ";
  if (!node.has(4))
    text += "s = Identity(a) ";
  else if (isLast)
    text += "s = Add(a, bias) ";
  else
    text += "c = Unsqueeze(bias, inner) s = Add(a, c) ";
  return node.expand("(x, gamma, beta, skip, bias) => (y, s) { " + text +
                     groupNorm(node, isLast) + "}");
}

constexpr const char *ms = "com.microsoft";

const Registration table[] = {
    {ms, "FusedConv", importFusedConvFirst, floats},
    {ms, "NhwcFusedConv", importFusedConvLast, floats},
    {ms, "NhwcConv", importFusedConvLast, floats},
    {ms, "FusedGemm", importFusedGemm, floats},
    {ms, "NhwcMaxPool", importNhwcMaxPool,
     floats | bit(DType::Int8) | bit(DType::UInt8)},
    {ms, "BiasAdd", importBiasAdd, floats},
    {ms, "BiasSplitGelu", importBiasSplitGelu, floats},
    {ms, "GroupNorm", importGroupNorm, floats},
    {ms, "SkipGroupNorm", importSkipGroupNorm, floats},
};

} // namespace

ArrayRef<Registration> fusedOps() { return table; }

} // namespace niello::onnx_frontend
