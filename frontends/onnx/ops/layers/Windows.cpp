// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/layers/Windows.h"

using namespace mlir;

namespace niello::onnx_frontend {

/// An attribute with one number for each of `count`, all at least `least`.
static LogicalResult readNumbers(Node &node, StringRef name, int64_t count,
                                 int64_t least, int64_t otherwise,
                                 SmallVector<int64_t> &numbers) {
  numbers = node.intsAttr(name).value_or(SmallVector<int64_t>());
  if (numbers.empty())
    numbers.assign(count, otherwise);
  if (int64_t(numbers.size()) != count)
    return node.bad("needs " + Twine(count) + " " + name + ", but got " +
                    Twine(numbers.size()));
  for (int64_t number : numbers)
    if (number < least || number > INT32_MAX)
      return node.bad("needs " + name + " of " + Twine(least) +
                      " or more, but got " + Twine(number));
  return success();
}

static LogicalResult readKernel(Node &node, int64_t spatial, Tensor *weight,
                                Windows &windows) {
  SmallVector<int64_t> kernel;
  bool given = node.attribute("kernel_shape");
  if (!given && !weight)
    return node.bad("needs a kernel_shape");
  if (given && failed(readNumbers(node, "kernel_shape", spatial, 1, 1, kernel)))
    return failure();
  for (int64_t i = 0; i < spatial; ++i) {
    if (!weight) {
      windows.kernel.push_back(node.sizes.constant(kernel[i]));
      continue;
    }
    windows.kernel.push_back(weight->dims[2 + i]);
    if (given && failed(requireEqual(node, weight->dims[2 + i],
                                     node.sizes.constant(kernel[i]),
                                     "kernel_shape and the weight's sizes")))
      return failure();
  }
  return success();
}

FailureOr<Windows> readWindows(Node &node, int64_t rank, Tensor *weight) {
  Windows windows;
  int64_t spatial = rank - 2;
  if (spatial < 1)
    return node.bad("needs an input of rank 3 or more, but got " + Twine(rank));
  if (weight && weight->rank() != rank)
    return node.bad("needs a weight of the input's rank, but got " +
                    Twine(weight->rank()) + " and " + Twine(rank));
  if (failed(readKernel(node, spatial, weight, windows)) ||
      failed(readNumbers(node, "strides", spatial, 1, 1, windows.strides)) ||
      failed(
          readNumbers(node, "dilations", spatial, 1, 1, windows.dilations)) ||
      failed(readNumbers(node, "pads", 2 * spatial, 0, 0, windows.pads)))
    return failure();
  std::string rule = node.stringAttr("auto_pad", "NOTSET");
  if (rule == "SAME_UPPER")
    windows.rule = model::PadRule::SameUpper;
  else if (rule == "SAME_LOWER")
    windows.rule = model::PadRule::SameLower;
  else if (rule == "VALID")
    windows.pads.assign(2 * spatial, 0);
  else if (rule != "NOTSET" && !rule.empty())
    return node.bad("needs an auto_pad of NOTSET, SAME_UPPER, SAME_LOWER or "
                    "VALID, but got " +
                    rule);
  windows.ceil = node.intAttr("ceil_mode", 0);
  return windows;
}

Size reachOf(Node &node, const Windows &windows, int64_t i) {
  Sizes &sizes = node.sizes;
  Size one = sizes.constant(1);
  return sizes.add(sizes.mul(sizes.sub(windows.kernel[i], one),
                             sizes.constant(windows.dilations[i])),
                   one);
}

// Fewer elements than a window reaches over give no window: a mean over none
// is no number, and onnxruntime counts one window that hangs over the end.
static LogicalResult requireWindow(Node &node, Size room, Size reach,
                                   Size padded, Size size) {
  if (auto known = Sizes::asConstant(room)) {
    if (*known >= 0 || Sizes::asConstant(size) == 0)
      return success();
    return node.bad("needs a window that fits into the padded input, but got " +
                    Twine(Sizes::asConstant(reach).value_or(-1)) + " over " +
                    Twine(Sizes::asConstant(padded).value_or(-1)));
  }
  Sizes &sizes = node.sizes;
  Size zero = sizes.constant(0);
  Value fits = sizes.compare(arith::CmpIPredicate::sge, room, zero);
  Value none = sizes.compare(arith::CmpIPredicate::eq, size, zero);
  require(node, arith::OrIOp::create(node.b, fits, none),
          "needs a window that fits into the padded input, but got {0} over "
          "{1}",
          reach, padded);
  return success();
}

static FailureOr<Size> windowCount(Node &node, const Windows &windows,
                                   int64_t i, Size size) {
  Sizes &sizes = node.sizes;
  Size stride = sizes.constant(windows.strides[i]), zero = sizes.constant(0);
  if (windows.rule != model::PadRule::Explicit)
    return sizes.ceilDiv(size, stride);
  int64_t begin = windows.pads[i], end = windows.pads[windows.spatial() + i];
  Size reach = reachOf(node, windows, i);
  Size padding = sizes.sub(sizes.constant(begin + end), reach);
  Size room = sizes.add(size, padding);
  // What pads fill up to the kernel's reach needs no clamp, so that sizes stay
  // comparable: size + 2 - 3 + 1 is size.
  bool fits = Sizes::asConstant(padding).value_or(-2) >= -1;
  if (!fits &&
      failed(requireWindow(node, room, reach,
                           sizes.add(size, sizes.constant(begin + end)), size)))
    return failure();
  auto clamp = [&](Size count) {
    return fits ? count : sizes.max(count, zero);
  };
  if (!windows.ceil)
    return clamp(sizes.floorDiv(sizes.add(room, stride), stride));
  Size count = clamp(sizes.ceilDiv(sizes.add(room, stride), stride));
  // The last window must start inside the input or its begin pad.
  Size last = sizes.mul(sizes.sub(count, sizes.constant(1)), stride);
  Size limit = sizes.add(size, sizes.constant(begin));
  auto a = Sizes::asConstant(last), b = Sizes::asConstant(limit);
  Size fewer = sizes.sub(count, sizes.constant(1));
  if (a && b)
    return *a >= *b ? fewer : count;
  return sizes.select(sizes.compare(arith::CmpIPredicate::sge, last, limit),
                      fewer, count);
}

LogicalResult appendWindowCounts(Node &node, const Windows &windows,
                                 const Tensor &input,
                                 SmallVectorImpl<Size> &dims) {
  for (int64_t i = 0; i < windows.spatial(); ++i) {
    auto count = windowCount(node, windows, i, input.dims[2 + i]);
    if (failed(count))
      return failure();
    dims.push_back(*count);
  }
  return success();
}

} // namespace niello::onnx_frontend
