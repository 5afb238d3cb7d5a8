// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions.

#include "frontends/onnx/ops/layers/Windows.h"
#include "frontends/onnx/ops/quantized/Quantize.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

/// What a node says of its convolution, and the sizes [B, M, ...] that come of
/// [B, C, ...] and a weight [M, C / groups, ...].
struct Convolution {
  Windows windows;
  int64_t groups;
  SmallVector<Size> dims;
};

FailureOr<Convolution> readConvolution(Node &node, Tensor &input,
                                       Tensor &weight) {
  auto windows = readWindows(node, input.rank(), &weight);
  if (failed(windows))
    return failure();
  Convolution conv{*windows, node.intAttr("group", 1), {}};
  if (conv.groups < 1)
    return node.bad("needs groups of 1 or more, but got " + Twine(conv.groups));
  if (failed(requireEqual(
          node, input.dims[1],
          node.sizes.mul(weight.dims[1], node.sizes.constant(conv.groups)),
          "the channels of the input and groups times those of the weight")))
    return failure();
  conv.dims = {input.dims[0], weight.dims[0]};
  if (failed(appendWindowCounts(node, conv.windows, input, conv.dims)))
    return failure();
  return conv;
}

LogicalResult importConv(Node &node) {
  Tensor &input = node.tensor(0), &weight = node.tensor(1);
  auto read = readConvolution(node, input, weight);
  if (failed(read))
    return failure();
  const Windows &windows = read->windows;
  auto conv = model::ConvOp::create(
      node.b, node.loc, node.value(0), node.value(1),
      node.has(2) ? node.value(2) : Value(), Value(), Value(), windows.strides,
      windows.dilations, windows.givenPads(), read->groups, windows.rule);
  return node.result(0, conv.getResult(), input.dtype, read->dims);
}

/// A zero point one output channel, [M], shaped like the weight.
FailureOr<Value> weightZero(Node &node, unsigned i, Tensor &weight) {
  if (!node.has(i))
    return Value();
  Tensor zero = node.tensor(i);
  if (zero.rank() != 1 || Sizes::asConstant(zero.dims[0]) == 1)
    return node.value(zero);
  SmallVector<Size> dims(weight.rank(), node.sizes.constant(1));
  dims[0] = zero.dims[0];
  auto shaped = reshape(node, zero, dims);
  if (failed(shaped))
    return failure();
  return node.value(*shaped);
}

LogicalResult importConvInteger(Node &node) {
  Tensor &input = node.tensor(0), &weight = node.tensor(1);
  auto read = readConvolution(node, input, weight);
  if (failed(read))
    return failure();
  auto zero = weightZero(node, 3, weight);
  if (failed(zero))
    return failure();
  const Windows &windows = read->windows;
  auto conv = model::ConvOp::create(
      node.b, node.loc, node.value(0), node.value(1), Value(),
      node.has(2) ? node.value(2) : Value(), *zero, windows.strides,
      windows.dilations, windows.givenPads(), read->groups, windows.rule,
      isSignedInteger(input.dtype), isSignedInteger(weight.dtype));
  return node.result(0, conv.getResult(), DType::Int32, read->dims);
}

/// Factors one an output channel, [M], or one for all, along dimension 1.
FailureOr<Tensor> alongChannels(Node &node, Tensor factor, int64_t rank) {
  if (factor.rank() == 0)
    return factor;
  if (factor.rank() != 1)
    return node.bad("needs scales of rank 0 or 1");
  SmallVector<Size> dims(rank, node.sizes.constant(1));
  dims[1] = factor.dims[0];
  return reshape(node, factor, dims);
}

/// Input i, which has one element, as a scalar.
FailureOr<Tensor> oneNumber(Node &node, unsigned i, StringRef what) {
  Tensor number = node.tensor(i);
  if (number.rank() > 1)
    return node.bad("needs one " + what + ", but got rank " +
                    Twine(number.rank()));
  return reshape(node, number, {});
}

// x, x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, bias?:
// saturate(round(sums * (x_scale * w_scale / y_scale)) + y_zero), the sums in
// integers, bias included.
LogicalResult importQLinearConv(Node &node) {
  Tensor &input = node.tensor(0), &weight = node.tensor(3);
  auto read = readConvolution(node, input, weight);
  if (failed(read))
    return failure();
  auto inputZero = oneNumber(node, 2, "x_zero_point");
  auto zero = weightZero(node, 5, weight);
  if (failed(inputZero) || failed(zero))
    return failure();
  const Windows &windows = read->windows;
  auto conv = model::ConvOp::create(
      node.b, node.loc, node.value(0), node.value(3),
      node.has(8) ? node.value(8) : Value(), node.value(*inputZero), *zero,
      windows.strides, windows.dilations, windows.givenPads(), read->groups,
      windows.rule, isSignedInteger(input.dtype),
      isSignedInteger(weight.dtype));
  Tensor sums;
  sums.value = conv.getResult();
  sums.dtype = DType::Int32;
  sums.dims = read->dims;
  auto weightScale = alongChannels(node, node.tensor(4), input.rank());
  auto inputScale = oneNumber(node, 1, "x_scale");
  auto scale = oneNumber(node, 6, "y_scale");
  auto outputZero = oneNumber(node, 7, "y_zero_point");
  if (failed(weightScale) || failed(inputScale) || failed(scale) ||
      failed(outputZero) || failed(requireQuantised(node, node.dtype(7))))
    return failure();
  DType to = node.dtype(7);
  SmallVector<Tensor> terms{castTo(node, sums, DType::Float), *inputScale,
                            *weightScale, *scale, *outputZero};
  auto out = perElement(node, terms, to, [&](ArrayRef<model::Term> x) {
    return toIntegerGrid(x[0] * (x[1] * x[2] / x[3]), x[4], to);
  });
  return failed(out) ? failure() : node.result(0, *out);
}

/// stride * (size - 1) + output_padding + reach - pads, or what is asked for.
Size transposedSize(Node &node, const Windows &windows, int64_t i, Size size,
                    int64_t outputPadding, ArrayRef<int64_t> wanted) {
  Sizes &sizes = node.sizes;
  Size stride = sizes.constant(windows.strides[i]);
  if (!wanted.empty())
    return sizes.constant(wanted[i]);
  if (windows.rule != model::PadRule::Explicit)
    return sizes.mul(size, stride);
  int64_t pads = windows.pads[i] + windows.pads[windows.spatial() + i];
  Size steps = sizes.mul(sizes.sub(size, sizes.constant(1)), stride);
  Size full = sizes.add(steps, reachOf(node, windows, i));
  return sizes.add(full, sizes.constant(outputPadding - pads));
}

LogicalResult importConvTranspose(Node &node) {
  Tensor &input = node.tensor(0), &weight = node.tensor(1);
  auto windows = readWindows(node, input.rank(), &weight);
  if (failed(windows))
    return failure();
  int64_t spatial = windows->spatial(), groups = node.intAttr("group", 1);
  SmallVector<int64_t> padding =
      node.intsAttr("output_padding").value_or(SmallVector<int64_t>());
  SmallVector<int64_t> wanted =
      node.intsAttr("output_shape").value_or(SmallVector<int64_t>());
  // Sums of a few stay below 2^63.
  auto isNoSize = [](int64_t n) { return n < 0 || n > INT32_MAX; };
  if (padding.empty())
    padding.assign(spatial, 0);
  if (int64_t(wanted.size()) == spatial + 2) // with batch and channels
    wanted.erase(wanted.begin(), wanted.begin() + 2);
  if (int64_t(padding.size()) != spatial ||
      (!wanted.empty() && int64_t(wanted.size()) != spatial) ||
      llvm::any_of(padding, isNoSize) || llvm::any_of(wanted, isNoSize))
    return node.bad("needs an output_padding and an output_shape of " +
                    Twine(spatial) + " numbers of 0 or more below 2^31");
  if (groups < 1)
    return node.bad("needs groups of 1 or more, but got " + Twine(groups));
  if (failed(requireEqual(node, input.dims[1], weight.dims[0],
                          "the channels of the input and the weight")))
    return failure();
  SmallVector<Size> dims{
      input.dims[0],
      node.sizes.mul(weight.dims[1], node.sizes.constant(groups))};
  for (int64_t i = 0; i < spatial; ++i)
    dims.push_back(transposedSize(node, *windows, i, input.dims[2 + i],
                                  padding[i], wanted));
  auto conv = model::ConvTransposeOp::create(
      node.b, node.loc, node.value(0), node.value(1),
      node.has(2) ? node.value(2) : Value(), windows->strides,
      windows->dilations, windows->givenPads(), padding, wanted, groups,
      windows->rule);
  return node.result(0, conv.getResult(), input.dtype, dims);
}

const Registration table[] = {
    {"", "Conv", importConv, floats},
    {"", "ConvTranspose", importConvTranspose, floats},
    {"", "QLinearConv", importQLinearConv,
     bit(DType::Int8) | bit(DType::UInt8)},
    {"", "ConvInteger", importConvInteger,
     bit(DType::Int8) | bit(DType::UInt8)},
};

} // namespace

ArrayRef<Registration> convOps() { return table; }

} // namespace niello::onnx_frontend
