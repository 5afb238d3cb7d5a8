// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft layers on quantised tensors: dequantised, computed and
// quantised again as onnxruntime does it, spelled out in standard operators.

#include "frontends/onnx/Node.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

using llvm::formatv;

/// "y = QuantizeLinear(v, scale, zero)" of the type of the node's input `like`,
/// which a zero point that is left out does not say.
std::string quantized(Node &node, unsigned like, bool hasZero,
                      const char *text) {
  return formatv("QuantizeLinear<output_dtype: int = {0}>{1}",
                 hasZero ? 0 : static_cast<int>(node.dtype(like)), text)
      .str();
}

/// Nodes that make `b` of v, whole numbers that may be outside of the type of
/// the node's first input: saturated to it.
std::string saturated(Node &node) {
  bool isSigned = node.dtype(0) == DType::Int8;
  return formatv("low = Constant<value_float: float = {0}>() "
                 "high = Constant<value_float: float = {1}>() "
                 "c = Clip(v, low, high) b = Cast<to: int = {2}>(c) ",
                 isSigned ? "-128.0" : "0.0", isSigned ? "127.0" : "255.0",
                 static_cast<int>(node.dtype(0)))
      .str();
}

/// The zero point yz, which may be left out, as a float.
std::string zeroPoint(Node &node, unsigned i) {
  return node.has(i) ? "z = Cast<to: int = 1>(yz) "
                     : "z = Constant<value_float: float = 0.0>() ";
}

/// [N, C, ...] from [N, ..., C] and back.
std::pair<std::string, std::string> channelsFirst(Node &node) {
  if (!node.intAttr("channels_last", 0))
    return {"Identity", "Identity"};
  int64_t rank = node.tensor(0).rank();
  std::string first = formatv("Transpose<perm: ints = [0, {0}", rank - 1),
              last = "Transpose<perm: ints = [0";
  for (int64_t i = 1; i < rank - 1; ++i) {
    first += formatv(", {0}", i);
    last += formatv(", {0}", i + 1);
  }
  return {first + "]>", last + ", 1]>"};
}

// B rounded before the call, A by its own range: inputs A, B, b_scale, b_zero?,
// bias?
LogicalResult importDynamicQuantizeMatMul(Node &node) {
  return node.expand("(a, b, b_scale, b_zero, bias) => (y) { "
                     "q, scale, zero = DynamicQuantizeLinear(a) "
                     "y = com.microsoft.MatMulIntegerToFloat"
                     "(q, b, scale, b_scale, zero, b_zero, bias) }");
}

LogicalResult importQLinearConv(Node &node) {
  auto [first, last] = channelsFirst(node);
  return node.expand(formatv(
      "(x, xs, xz, w, ws, wz, ys, yz, b) => (y) {{ p = {0}(x) t = QLinearConv"
      "<auto_pad: string = @auto_pad, dilations: ints = @dilations, "
      "group: int = @group, kernel_shape: ints = @kernel_shape, "
      "pads: ints = @pads, strides: ints = @strides>"
      "(p, xs, xz, w, ws, wz, ys, yz, b) y = {1}(t) }",
      first, last));
}

// round(mean / y_scale + y_zero): the zero point is added before rounding
LogicalResult importQLinearAveragePool(Node &node) {
  auto [first, last] = channelsFirst(node);
  return node.expand(formatv(
      "(x, xs, xz, ys, yz) => (y) {{ p = {0}(x) d = DequantizeLinear(p, xs, "
      "xz) t = AveragePool<auto_pad: string = @auto_pad, ceil_mode: int = "
      "@ceil_mode, count_include_pad: int = @count_include_pad, "
      "kernel_shape: ints = @kernel_shape, pads: ints = @pads, "
      "strides: ints = @strides>(d) r = Div(t, ys) {2} s = Add(r, z) "
      "v = Round(s) {3} y = {1}(b) }",
      first, last, zeroPoint(node, 4), saturated(node)));
}

LogicalResult importQLinearReduceMean(Node &node) {
  return node.expand(
      "(x, xs, xz, ys, yz) => (y) { d = DequantizeLinear(x, xs, xz) "
      "axes = Constant<value_ints: ints = @axes>() "
      "m = ReduceMean<keepdims: int = @keepdims>(d, axes) y = " +
      quantized(node, 0, node.has(4), "(m, ys, yz)") + " }");
}

// condition, X, x_scale, x_zero, Y, y_scale, y_zero, z_scale, z_zero
LogicalResult importQLinearWhere(Node &node) {
  return node.expand("(c, x, xs, xz, y, ys, yz, zs, zz) => (z) { "
                     "a = DequantizeLinear(x, xs, xz) "
                     "b = DequantizeLinear(y, ys, yz) w = Where(c, a, b) "
                     "z = QuantizeLinear(w, zs, zz) }");
}

// round(floor(1 / y_scale) e^(x_scale (x - max)) / sum) + y_zero
LogicalResult importQLinearSoftmax(Node &node) {
  bool isFlat = node.intAttr("opset", 13) < 13;
  int64_t rank = node.tensor(0).rank();
  auto axis = node.axis(node.intAttr("axis", isFlat ? 1 : -1), rank);
  if (failed(axis))
    return failure();
  std::string flat =
      isFlat ? formatv("Flatten<axis: int = {0}>", *axis).str() : "Identity";
  return node.expand(formatv(
      "(x, xs, xz, ys, yz) => (y) {{ p = {0}(x) "
      "d = Cast<to: int = 1>(p) axes = Constant<value_ints: ints = [{1}]>() "
      "m = ReduceMax(d, axes) u = Sub(d, m) w = Mul(u, xs) e = Exp(w) "
      "s = ReduceSum(e, axes) one = Constant<value_float: float = 1.0>() "
      "r = Div(one, ys) f = Floor(r) n = Mul(e, f) q = Div(n, s) "
      "i = Round(q) {2} v = Add(i, z) {3} k = Shape(x) y = Reshape(b, k) }",
      flat, isFlat ? 1 : *axis, zeroPoint(node, 4), saturated(node)));
}

// EmbedLayerNormalization of quantised tables; inputs: ids, segments?, word,
// position, segment?, gamma, beta, mask?, the scales of the five, their zeros
LogicalResult importQEmbedLayerNorm(Node &node) {
  bool hasSegments = node.has(1);
  std::string text =
      "(ids, segments, word, place, segment, gamma, beta, mask, ws, ps, ss, "
      "gs, bs, wz, pz, sz, gz, bz) => (y, count) { "
      "wq = Gather(word, ids) w = DequantizeLinear(wq, ws, wz) "
      "shape = Shape(ids) zero = Constant<value_int: int = 0>() "
      "one = Constant<value_int: int = 1>() length = Gather(shape, one) "
      "places = Range(zero, length, one) pq = Gather(place, places) "
      "p = DequantizeLinear(pq, ps, pz) a = Add(w, p) ";
  text += hasSegments ? "sq = Gather(segment, segments) "
                        "t = DequantizeLinear(sq, ss, sz) s = Add(a, t) "
                      : "s = Identity(a) ";
  text += "g = DequantizeLinear(gamma, gs, gz) "
          "b = DequantizeLinear(beta, bs, bz) "
          "y = LayerNormalization<axis: int = -1, epsilon: float = @epsilon>"
          "(s, g, b) axes = Constant<value_ints: ints = [1]>() ";
  text += node.has(7) ? "count = ReduceSum<keepdims: int = 0>(mask, axes) }"
                      : "none = Sub(ids, ids) "
                        "count = ReduceSum<keepdims: int = 0>(none, axes) }";
  return node.expand(text);
}

constexpr DTypes bytes = bit(DType::Int8) | bit(DType::UInt8);
constexpr const char *ms = "com.microsoft";

const Registration table[] = {
    {ms, "DynamicQuantizeMatMul", importDynamicQuantizeMatMul,
     bit(DType::Float)},
    {ms, "QLinearConv", importQLinearConv, bytes},
    {ms, "QLinearAveragePool", importQLinearAveragePool, bytes},
    {ms, "QLinearReduceMean", importQLinearReduceMean, bytes},
    {ms, "QLinearWhere", importQLinearWhere, bit(DType::Bool)},
    {ms, "QLinearSoftmax", importQLinearSoftmax, bytes},
    {ms, "QEmbedLayerNormalization", importQEmbedLayerNorm, bit(DType::Int32)},
};

} // namespace

ArrayRef<Registration> quantizedLayerOps() { return table; }

} // namespace niello::onnx_frontend
