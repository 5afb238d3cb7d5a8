// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft operators that have become standard ones, or are a few of them.

#include "frontends/onnx/Node.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

LogicalResult importTrilu(Node &node) {
  return node.expand("(x, k) => (y) { y = Trilu<upper: int = @upper>(x, k) }");
}

LogicalResult importGatherND(Node &node) {
  return node.expand("(x, i) => (y) { w = Cast<to: int = 7>(i) "
                     "y = GatherND(x, w) }");
}

LogicalResult importExpandDims(Node &node) {
  return node.expand("(x, axis) => (y) { w = Cast<to: int = 7>(axis) "
                     "one = Constant<value_ints: ints = [1]>() "
                     "axes = Reshape(w, one) y = Unsqueeze(x, axes) }");
}

LogicalResult importGridSample(Node &node) {
  std::string mode = node.stringAttr("mode", "bilinear");
  // The names that opset 20 gave them.
  if (mode == "bilinear")
    mode = "linear";
  else if (mode == "bicubic")
    mode = "cubic";
  return node.expand("(x, grid) => (y) { y = GridSample<align_corners: int = "
                     "@align_corners, mode: string = \"" +
                     mode +
                     "\", padding_mode: string = @padding_mode>(x, grid) }");
}

// pads [2 r] or [1, 2 r], value of rank 0 or 1
LogicalResult importPad(Node &node) {
  return node.expand(
      "(x, pads, value) => (y) { all = Constant<value_ints: ints = [-1]>() "
      "none = Constant<value: tensor = int64[0] {}>() p = Reshape(pads, all) " +
      std::string(node.has(2) ? "v = Reshape(value, none) " : "") +
      "y = Pad<mode: string = @mode>(x, p, " + (node.has(2) ? "v" : "value") +
      ") }");
}

// Each of rank 0 or 1; delta may be left out.
LogicalResult importRange(Node &node) {
  for (unsigned i = 0; i < node.numInputs(); ++i) {
    if (!node.has(i))
      continue;
    Size count = node.sizes.product(node.tensor(i).dims);
    if (Sizes::asConstant(count).value_or(1) != 1)
      return node.bad("needs one start, limit and delta");
  }
  return node.expand(
      "(start, limit, delta) => (y) { "
      "none = Constant<value: tensor = int64[0] {}>() s = Reshape(start, none) "
      "l = Reshape(limit, none) " +
      std::string(node.has(2) ? "d = Reshape(delta, none) "
                              : "one = Constant<value_int: int = 1>() "
                                "d = CastLike(one, s) ") +
      "y = Range(s, l, d) }");
}

// The unique elements in the order of their first places, where each element
// stands among them, how many there are of each.
LogicalResult importUnique(Node &node) {
  return node.expand("(x) => (y, places, counts) { y, firsts, places, counts = "
                     "Unique<sorted: int = 0>(x) }");
}

// Distances of the rows of A [M, N] and B [K, N]
LogicalResult importCDist(Node &node) {
  std::string metric = node.stringAttr("metric", "sqeuclidean");
  if (metric != "euclidean" && metric != "sqeuclidean")
    return node.refuse("needs the metric euclidean or sqeuclidean, but got " +
                       metric);
  return node.expand(
      "(a, b) => (y) { zero = Constant<value_ints: ints = [0]>() "
      "one = Constant<value_ints: ints = [1]>() "
      "two = Constant<value_ints: ints = [2]>() p = Unsqueeze(a, one) "
      "q = Unsqueeze(b, zero) d = Sub(p, q) "
      "s = ReduceSumSquare<keepdims: int = 0>(d, two) y = " +
      std::string(metric == "euclidean" ? "Sqrt(s) }" : "Identity(s) }"));
}

constexpr const char *ms = "com.microsoft";

const Registration table[] = {
    {ms, "Trilu", importTrilu, numbers | bools},
    {ms, "GatherND", importGatherND, numbers | bools},
    {ms, "ExpandDims", importExpandDims, numbers | bools},
    {ms, "GridSample", importGridSample, floats},
    {ms, "Pad", importPad, floats},
    {ms, "Range", importRange,
     bit(DType::Float) | bit(DType::Double) | bit(DType::Int16) |
         bit(DType::Int32) | bit(DType::Int64)},
    {ms, "Unique", importUnique, bit(DType::Float)},
    {ms, "CDist", importCDist, bit(DType::Float) | bit(DType::Double)},
};

} // namespace

ArrayRef<Registration> standardOps() { return table; }

} // namespace niello::onnx_frontend
