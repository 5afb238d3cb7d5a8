// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that sample images and pick boxes.

#include "frontends/onnx/ops/Terms.h"
#include "frontends/onnx/ops/layers/Windows.h"
#include "frontends/onnx/ops/math/Statistics.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

LogicalResult importGridSample(Node &node) {
  Tensor &input = node.tensor(0), &grid = node.tensor(1);
  std::string mode = node.stringAttr("mode", "linear");
  std::string padding = node.stringAttr("padding_mode", "zeros");
  model::Interpolation kind;
  if (mode == "linear" || mode == "bilinear")
    kind = model::Interpolation::Linear;
  else if (mode == "nearest")
    kind = model::Interpolation::Nearest;
  else if (mode == "cubic" || mode == "bicubic")
    kind = model::Interpolation::Cubic;
  else
    return node.bad("needs a mode of linear, nearest or cubic, but got " +
                    mode);
  model::Outside outside = model::Outside::Zeros;
  if (padding == "border")
    outside = model::Outside::Border;
  else if (padding == "reflection")
    outside = model::Outside::Reflection;
  else if (padding != "zeros")
    return node.bad("needs a padding_mode of zeros, border or reflection, but "
                    "got " +
                    padding);
  if (input.rank() < 3 || grid.rank() != input.rank())
    return node.bad("needs an input and a grid of one rank, 3 or more, but "
                    "got " +
                    Twine(input.rank()) + " and " + Twine(grid.rank()));
  if (failed(requireEqual(node, grid.dims[0], input.dims[0],
                          "the batches of the input and the grid")))
    return failure();
  auto places = withSize(node, grid, grid.rank() - 1, input.rank() - 2,
                         "the last size of the grid and the spatial rank");
  if (failed(places))
    return failure();
  SmallVector<Size> dims(ArrayRef(input.dims).take_front(2));
  dims.append(grid.dims.begin() + 1, grid.dims.end() - 1);
  auto sample = model::GridSampleOp::create(
      node.b, node.loc, kind, node.value(0), *places, outside,
      bool(node.intAttr("align_corners", 0)));
  return node.result(0, sample.getResult(), input.dtype, dims);
}

// grid[n, .., h, w, :] = theta[n] (x, y, .., 1) for x the centre of column w
// within -1 to 1, or with align_corners from the first column to the last. The
// standard's function body squeezes a batch of 1 away.
LogicalResult importAffineGrid(Node &node) {
  Tensor &theta = node.tensor(0);
  auto size = node.elements(1);
  if (!size || size->size() < 4 || size->size() > 5 || theta.rank() != 3)
    return node.bad("needs theta [N, n, n + 1] and a size [N, C, H, W] or [N, "
                    "C, D, H, W]");
  int64_t spatial = size->size() - 2;
  Sizes &sizes = node.sizes;
  if (failed(requireEqual(node, theta.dims[0], (*size)[0],
                          "the batches of theta and size")) ||
      failed(requireEqual(node, theta.dims[1], sizes.constant(spatial),
                          "the rows of theta and the spatial rank")) ||
      failed(requireEqual(node, theta.dims[2], sizes.constant(spatial + 1),
                          "the columns of theta and the spatial rank + 1")))
    return failure();
  bool corners = node.intAttr("align_corners", 0);
  Tensor wide = castTo(node, theta, sumType(theta.dtype));
  Value source = node.value(wide);
  SmallVector<Size> dims{(*size)[0]};
  dims.append(size->begin() + 2, size->end());
  if (failed(requireCounts(node, dims, "sizes")))
    return failure();
  dims.push_back(sizes.constant(spatial));
  auto sumOfColumns = [&](Emit &e, Terms at) {
    Term row = at.back();
    Term total = e.at(source, {at[0], row, e.index(spatial)});
    for (int64_t i : llvm::seq(spatial)) {
      int64_t dim = spatial - i; // x runs along the last of them
      Term length = e.cast(e.size(dims[dim]), total.getType());
      Term place = e.cast(at[dim], total.getType());
      Term x =
          corners ? place * 2 / (length - 1) - 1 : (place * 2 + 1) / length - 1;
      total = total + e.at(source, {at[0], row, e.index(i)}) * x;
    }
    return total;
  };
  Tensor grid = generate(node, dims, wide.dtype, sumOfColumns);
  return node.result(0, castTo(node, grid, theta.dtype));
}

LogicalResult importRoiAlign(Node &node) {
  Tensor &input = node.tensor(0), &rois = node.tensor(1);
  std::string mode = node.stringAttr("mode", "avg");
  if (mode != "avg" && mode != "max")
    return node.bad("needs a mode of avg or max, but got " + mode);
  std::string coordinates =
      node.stringAttr("coordinate_transformation_mode",
                      node.opset < 16 ? "output_half_pixel" : "half_pixel");
  int64_t height = node.intAttr("output_height", 1),
          width = node.intAttr("output_width", 1),
          samples = node.intAttr("sampling_ratio", 0);
  if (input.rank() != 4 || rois.rank() != 2 || height < 1 || width < 1 ||
      samples < 0)
    return node.bad("needs an input of rank 4, rois of rank 2 and positive "
                    "output sizes");
  Tensor &batches = node.tensor(2);
  if (batches.rank() != 1)
    return node.bad("needs batch_indices of rank 1, but got rank " +
                    Twine(batches.rank()));
  auto corners = withSize(node, rois, 1, 4, "the size of a region and 4");
  if (failed(corners) ||
      failed(requireEqual(node, batches.dims[0], rois.dims[0],
                          "the number of regions and of batch_indices")))
    return failure();
  auto align = model::RoiAlignOp::create(
      node.b, node.loc,
      mode == "max" ? model::RoiKind::Max : model::RoiKind::Average,
      node.value(0), *corners, node.value(2), height, width, samples,
      node.floatAttr("spatial_scale", 1), coordinates == "half_pixel");
  return node.result(0, align.getResult(), input.dtype,
                     {rois.dims[0], input.dims[1], node.sizes.constant(height),
                      node.sizes.constant(width)});
}

/// An optional one-element input as a scalar.
Value optionalScalar(Node &node, unsigned i, Value otherwise) {
  return node.has(i) ? extractScalar(node, node.tensor(i)) : otherwise;
}

LogicalResult importNonMaxSuppression(Node &node) {
  Tensor &boxes = node.tensor(0), &scores = node.tensor(1);
  if (boxes.rank() != 3 || scores.rank() != 3)
    return node.bad("needs boxes and scores of rank 3");
  auto corners = withSize(node, boxes, 2, 4, "the size of a box and 4");
  if (failed(corners) ||
      failed(requireEqual(node, boxes.dims[0], scores.dims[0],
                          "the batches of boxes and scores")) ||
      failed(requireEqual(node, boxes.dims[1], scores.dims[2],
                          "the number of boxes and of scores")))
    return failure();
  Type real = node.b.getF32Type();
  Value most = node.sizes.value(node.sizes.constant(0));
  if (node.has(2))
    most = arith::IndexCastOp::create(node.b, node.loc, node.b.getIndexType(),
                                      extractScalar(node, node.tensor(2)));
  auto &semantics = cast<FloatType>(real).getFloatSemantics();
  Value lowest = arith::ConstantOp::create(
      node.b, node.loc,
      node.b.getFloatAttr(real, APFloat::getInf(semantics, true)));
  auto nms =
      model::NmsOp::create(node.b, node.loc, *corners, node.value(1), most,
                           optionalScalar(node, 3, scalar(node, real, 0)),
                           optionalScalar(node, 4, lowest),
                           bool(node.intAttr("center_point_box", 0)));
  return node.result(0, nms.getResult(), DType::Int64);
}

/// The sizes a MaxPool of these windows was given, as far as its result tells:
/// stride * (size - 1) - pads + kernel.
SmallVector<Size> unpooledDims(Node &node, const Windows &windows,
                               Tensor &input) {
  Sizes &sizes = node.sizes;
  SmallVector<Size> dims(ArrayRef(input.dims).take_front(2));
  for (int64_t i = 0; i < windows.spatial(); ++i) {
    Size steps = sizes.mul(sizes.sub(input.dims[2 + i], sizes.constant(1)),
                           sizes.constant(windows.strides[i]));
    int64_t pads = windows.pads[i] + windows.pads[windows.spatial() + i];
    dims.push_back(
        sizes.sub(sizes.add(steps, windows.kernel[i]), sizes.constant(pads)));
  }
  return dims;
}

LogicalResult importMaxUnpool(Node &node) {
  Tensor &input = node.tensor(0), &places = node.tensor(1);
  auto windows = readWindows(node, input.rank(), nullptr);
  if (failed(windows))
    return failure();
  SmallVector<Size> dims = unpooledDims(node, *windows, input);
  Size count = node.sizes.product(input.dims);
  auto updates = reshape(node, input, count);
  auto indices = reshape(node, places, count);
  if (failed(updates) || failed(indices))
    return failure();
  Value zero = scalar(node, node.elementType(0), 0);
  Tensor flat = full(node, node.sizes.product(dims), input.dtype, zero);
  flat.value =
      model::ScatterOp::create(node.b, node.loc, model::ScatterKind::Elements,
                               flat.value, indices->value, updates->value)
          .getResult();
  auto out = reshape(node, flat, dims);
  if (failed(out))
    return failure();
  if (!node.has(2))
    return node.result(0, *out);
  auto wanted = node.elements(2);
  if (!wanted || wanted->size() != dims.size())
    return node.bad("needs an output_shape with a size for each dimension");
  for (auto [size, least] : llvm::zip(*wanted, dims))
    require(node, node.sizes.compare(arith::CmpIPredicate::sge, size, least),
            "needs an output size of {1} or more, but got {0}", size, least);
  Tensor whole = full(node, *wanted, input.dtype, zero);
  SmallVector<Size> offsets(dims.size(), node.sizes.constant(0));
  whole.value = insertSlice(node, out->value, whole.value, offsets, dims);
  return node.result(0, whole);
}

const Registration table[] = {
    {"", "GridSample", importGridSample, floats},
    {"", "AffineGrid", importAffineGrid, floats},
    {"", "RoiAlign", importRoiAlign, floats},
    {"", "NonMaxSuppression", importNonMaxSuppression, bit(DType::Float)},
    {"", "MaxUnpool", importMaxUnpool, floats},
};

} // namespace

ArrayRef<Registration> visionOps() { return table; }

} // namespace niello::onnx_frontend
