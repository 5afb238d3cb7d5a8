// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resize and Upsample, at every opset's inputs and defaults.

#include "frontends/onnx/ops/Emit.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <cmath>

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

/// Numbers of a float vector: known ones as such, the rest as f32 values.
struct Reals {
  SmallVector<Value> values;
  SmallVector<std::optional<double>> known;
};

/// The elements of a float vector with a static count.
std::optional<Reals> readReals(Node &node, unsigned i) {
  Tensor &tensor = node.tensor(i);
  if (tensor.rank() != 1 || !Sizes::asConstant(tensor.dims[0]))
    return std::nullopt;
  int64_t count = *Sizes::asConstant(tensor.dims[0]);
  if (count > 64)
    return std::nullopt;
  Tensor floats = castTo(node, tensor, DType::Float);
  DenseFPElementsAttr constants;
  bool isKnown = matchPattern(node.value(tensor), m_Constant(&constants));
  Reals reals;
  for (int64_t at = 0; at < count; ++at) {
    std::optional<double> number;
    if (isKnown)
      number = constants.getValues<APFloat>()[at].convertToDouble();
    reals.known.push_back(number);
    reals.values.push_back(
        number ? scalar(node, node.b.getF32Type(), *number)
               : node.b.createOrFold<tensor::ExtractOp>(
                     node.loc, floats.value,
                     node.sizes.value(node.sizes.constant(at))));
  }
  return reals;
}

/// What is resized, and to which sizes.
struct Plan {
  SmallVector<int64_t> axes; // of the scales, sizes and roi
  Reals scales;
  SmallVector<Size> sizes; // one an axis
  SmallVector<Value> roi;
};

Value toReal(Node &node, Size size, FloatType type) {
  if (auto c = Sizes::asConstant(size))
    return scalar(node, type, *c);
  Value number = arith::IndexCastOp::create(
      node.b, node.loc, node.b.getI64Type(), node.sizes.value(size));
  return arith::SIToFPOp::create(node.b, node.loc, type, number);
}

/// floor(size * scale)
Size scaledSize(Node &node, Size size, Value scale,
                std::optional<double> known) {
  Sizes &sizes = node.sizes;
  if (known && *known == std::floor(*known) && *known >= 1 && *known < 1e6)
    return sizes.mul(size, sizes.constant(*known));
  if (known && *known > 1e-6 && 1 / *known == std::floor(1 / *known))
    return sizes.floorDiv(size, sizes.constant(1 / *known));
  if (auto c = Sizes::asConstant(size); c && known)
    return sizes.constant(std::clamp(std::floor(*c * *known), 0.0, 1e15));
  FloatType wide = node.b.getF64Type();
  Value product = arith::MulFOp::create(
      node.b, node.loc, toReal(node, size, wide),
      arith::ExtFOp::create(node.b, node.loc, wide, scale));
  Value number =
      arith::FPToSIOp::create(node.b, node.loc, node.b.getI64Type(),
                              math::FloorOp::create(node.b, node.loc, product));
  Size out = sizes.fromData(arith::IndexCastOp::create(
      node.b, node.loc, node.b.getIndexType(), number));
  return sizes.max(out, sizes.constant(0));
}

/// round(scale * size), half up; 0 for what is no number.
Size proportionalSize(Node &node, Size size, Value scale,
                      std::optional<double> known) {
  constexpr double most = 1e15; // an f64 holds all integers up to it
  if (auto from = Sizes::asConstant(size); from && known)
    return node.sizes.constant(
        std::fmin(std::fmax(std::floor(*known * *from + 0.5), 0), most));
  ImplicitLocOpBuilder &b = node.b;
  FloatType wide = b.getF64Type();
  Value exact = arith::MulFOp::create(b, toReal(node, size, wide), scale);
  Value rounded = math::FloorOp::create(
      b, arith::AddFOp::create(b, exact, scalar(node, wide, 0.5)));
  Value inside = arith::MinNumFOp::create(
      b, arith::MaxNumFOp::create(b, rounded, scalar(node, wide, 0)),
      scalar(node, wide, most));
  Size out = node.sizes.fromData(arith::IndexCastOp::create(
      b, b.getIndexType(), arith::FPToSIOp::create(b, b.getI64Type(), inside)));
  return node.sizes.max(out, node.sizes.constant(0));
}

/// Sizes that keep the proportions: all scales become the least (not_larger)
/// or the greatest (not_smaller).
void keepProportions(Node &node, Plan &plan, Tensor &input, bool larger) {
  ImplicitLocOpBuilder &b = node.b;
  FloatType wide = b.getF64Type();
  Value scale;
  for (auto [axis, size] : llvm::zip(plan.axes, plan.sizes)) {
    Value each =
        b.createOrFold<arith::DivFOp>(node.loc, toReal(node, size, wide),
                                      toReal(node, input.dims[axis], wide));
    scale = !scale   ? each
            : larger ? b.createOrFold<arith::MaximumFOp>(node.loc, scale, each)
                     : b.createOrFold<arith::MinimumFOp>(node.loc, scale, each);
  }
  APFloat number(0.0);
  std::optional<double> known;
  if (matchPattern(scale, m_ConstantFloat(&number)))
    known = number.convertToDouble();
  Value narrow =
      known ? scalar(node, b.getF32Type(), *known)
            : arith::TruncFOp::create(b, b.getF32Type(), scale).getResult();
  for (auto [i, axis] : llvm::enumerate(plan.axes)) {
    plan.scales.values[i] = narrow;
    plan.scales.known[i] = known;
    plan.sizes[i] = proportionalSize(node, input.dims[axis], scale, known);
  }
}

LogicalResult readSizes(Node &node, Plan &plan, Tensor &input, unsigned i) {
  auto sizes = node.elements(i);
  if (!sizes || sizes->size() != plan.axes.size())
    return node.bad("needs a size for each of " + Twine(plan.axes.size()) +
                    " axes");
  plan.sizes = *sizes;
  FloatType real = node.b.getF32Type();
  for (auto [axis, size] : llvm::zip(plan.axes, plan.sizes)) {
    auto from = Sizes::asConstant(input.dims[axis]),
         to = Sizes::asConstant(size);
    std::optional<double> known;
    if (node.sizes.equal(input.dims[axis], size))
      known = 1;
    else if (from && to && *from > 0)
      known = double(float(*to) / float(*from));
    plan.scales.known.push_back(known);
    plan.scales.values.push_back(
        known
            ? scalar(node, real, *known)
            : arith::DivFOp::create(node.b, node.loc, toReal(node, size, real),
                                    toReal(node, input.dims[axis], real)));
  }
  std::string policy = node.stringAttr("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller")
    return node.bad("needs a keep_aspect_ratio_policy of stretch, not_larger "
                    "or not_smaller, but got " +
                    policy);
  if (policy != "stretch")
    keepProportions(node, plan, input, policy == "not_smaller");
  return success();
}

LogicalResult readScales(Node &node, Plan &plan, Tensor &input, unsigned i) {
  if (auto attr = node.floatsAttr("scales")) { // Upsample 7
    for (float scale : *attr) {
      plan.scales.known.push_back(scale);
      plan.scales.values.push_back(scalar(node, node.b.getF32Type(), scale));
    }
  } else if (auto reals = readReals(node, i)) {
    plan.scales = *reals;
  }
  if (plan.scales.values.size() != plan.axes.size())
    return node.bad("needs a scale for each of " + Twine(plan.axes.size()) +
                    " axes, but got " + Twine(plan.scales.values.size()));
  for (auto [axis, value, known] :
       llvm::zip(plan.axes, plan.scales.values, plan.scales.known)) {
    if (known && !(*known > 0 && *known < 1e6))
      return node.bad("needs positive scales");
    plan.sizes.push_back(scaledSize(node, input.dims[axis], value, known));
  }
  return success();
}

LogicalResult readAxes(Node &node, Plan &plan, int64_t rank) {
  plan.axes = node.intsAttr("axes").value_or(
      llvm::to_vector(llvm::seq<int64_t>(0, rank)));
  SmallVector<bool> seen(rank, false);
  for (int64_t &axis : plan.axes) {
    auto fixed = node.axis(axis, rank);
    if (failed(fixed))
      return failure();
    if (std::exchange(seen[*fixed], true))
      return node.bad("names an axis twice");
    axis = *fixed;
  }
  return success();
}

template <typename T> using Names = ArrayRef<std::pair<StringRef, T>>;

/// The value an attribute's text stands for.
template <typename T>
FailureOr<T> readName(Node &node, StringRef attribute, StringRef otherwise,
                      Names<T> names) {
  std::string text = node.stringAttr(attribute, otherwise);
  for (auto [name, value] : names)
    if (name == text)
      return value;
  return node.bad("needs a " + attribute + " of the standard, but got " + text);
}

const std::pair<StringRef, model::Interpolation> modes[] = {
    {"nearest", model::Interpolation::Nearest},
    {"linear", model::Interpolation::Linear},
    {"bilinear", model::Interpolation::Linear},
    {"cubic", model::Interpolation::Cubic}};

const std::pair<StringRef, model::Coordinates> coordinateModes[] = {
    {"half_pixel", model::Coordinates::HalfPixel},
    {"half_pixel_symmetric", model::Coordinates::HalfPixelSymmetric},
    {"pytorch_half_pixel", model::Coordinates::PytorchHalfPixel},
    {"align_corners", model::Coordinates::AlignCorners},
    {"asymmetric", model::Coordinates::Asymmetric},
    {"tf_half_pixel_for_nn", model::Coordinates::TfHalfPixelForNn},
    {"tf_crop_and_resize", model::Coordinates::TfCropAndResize}};

const std::pair<StringRef, model::Rounding> roundings[] = {
    {"round_prefer_floor", model::Rounding::PreferFloor},
    {"round_prefer_ceil", model::Rounding::PreferCeil},
    {"floor", model::Rounding::Floor},
    {"ceil", model::Rounding::Ceil}};

LogicalResult emitResize(Node &node, Plan &plan, bool old) {
  Tensor &input = node.tensor(0);
  auto mode = readName<model::Interpolation>(node, "mode", "nearest", modes);
  auto coordinates = readName<model::Coordinates>(
      node, "coordinate_transformation_mode", old ? "asymmetric" : "half_pixel",
      coordinateModes);
  auto rounding = readName<model::Rounding>(
      node, "nearest_mode", old ? "floor" : "round_prefer_floor", roundings);
  if (failed(mode) || failed(coordinates) || failed(rounding))
    return failure();
  bool crops = *coordinates == model::Coordinates::TfCropAndResize;
  size_t count = plan.axes.size();
  if (crops) {
    auto roi = node.has(1) ? readReals(node, 1) : std::nullopt;
    if (!roi || roi->values.size() != 2 * count)
      return node.bad("needs a roi with a start and an end for each of " +
                      Twine(count) + " axes");
    plan.roi = roi->values;
  }
  SmallVector<Size> dims(input.dims);
  SmallVector<int64_t> axes;
  SmallVector<Value> scales, starts, ends;
  for (auto [i, axis] : llvm::enumerate(plan.axes)) {
    dims[axis] = plan.sizes[i];
    if (!crops && plan.scales.known[i] == 1.0)
      continue; // nothing happens along it
    axes.push_back(axis);
    scales.push_back(plan.scales.values[i]);
    if (crops) {
      starts.push_back(plan.roi[i]);
      ends.push_back(plan.roi[count + i]);
    }
  }
  if (axes.empty())
    return node.result(0, input);
  starts.append(ends);
  auto resize =
      model::ResizeOp::create(node.b, node.loc, *mode, node.value(0), axes,
                              scales, dims, starts, *coordinates, *rounding);
  resize.setAntialias(node.intAttr("antialias", 0));
  resize.setExcludeOutside(node.intAttr("exclude_outside", 0));
  resize.setCubicA(node.floatAttr("cubic_coeff_a", -0.75f));
  resize.setExtrapolation(node.floatAttr("extrapolation_value", 0));
  resize.setIsSigned(!isUnsignedInteger(input.dtype));
  return node.result(0, resize.getResult(), input.dtype, dims);
}

LogicalResult importResize(Node &node) {
  Tensor &input = node.tensor(0);
  bool old = node.opset < 11;
  unsigned scalesAt = old ? 1 : 2;
  Plan plan;
  if (failed(readAxes(node, plan, input.rank())))
    return failure();
  auto isGiven = [&](unsigned i) {
    return node.has(i) && node.tensor(i).rank() == 1 &&
           Sizes::asConstant(node.tensor(i).dims[0]) != 0;
  };
  bool bySizes = !old && isGiven(3);
  if (failed(bySizes ? readSizes(node, plan, input, 3)
                     : readScales(node, plan, input, scalesAt)))
    return failure();
  return emitResize(node, plan, old);
}

LogicalResult importUpsample(Node &node) {
  Plan plan;
  if (failed(readAxes(node, plan, node.tensor(0).rank())) ||
      failed(readScales(node, plan, node.tensor(0), 1)))
    return failure();
  return emitResize(node, plan, /*old=*/true);
}

const Registration table[] = {
    {"", "Resize", importResize, numbers, 10},
    {"", "Upsample", importUpsample, numbers, 7},
};

} // namespace

ArrayRef<Registration> resizeOps() { return table; }

} // namespace niello::onnx_frontend
