// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Normalisations with statistics or factors a channel, [B, C, ...].

#include "frontends/onnx/ops/math/Statistics.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

/// Requires [C] of each input from `first` to `last`.
LogicalResult checkChannels(Node &node, unsigned first, unsigned last) {
  Tensor &input = node.tensor(0);
  if (input.rank() < 2)
    return node.bad("needs an input of rank 2 or more, but got " +
                    Twine(input.rank()));
  for (unsigned i = first; i <= last; ++i) {
    if (node.tensor(i).rank() != 1)
      return node.bad("needs one number a channel, but got rank " +
                      Twine(node.tensor(i).rank()));
    if (failed(requireEqual(node, node.tensor(i).dims[0], input.dims[1],
                            "the channels and their factors")))
      return failure();
  }
  return success();
}

/// Whether the node asks for statistics of the batch itself.
bool isTraining(Node &node) {
  if (node.opset >= 14)
    return node.intAttr("training_mode", 0);
  if (node.opset < 7)
    return !node.intAttr("is_test", 0);
  return node.wantsOutput(1);
}

// running' = running * momentum + current * (1 - momentum)
FailureOr<Tensor> runningStatistic(Node &node, Tensor running, Tensor current) {
  float momentum = node.floatAttr("momentum", 0.9f);
  DType dtype = running.dtype;
  SmallVector<Tensor> both{running, castTo(node, current, dtype)};
  return elementwise(node, both, dtype, [&](auto &b, auto args) -> Value {
    Value keep = scalar(node, args[0].getType(), momentum);
    Value take = scalar(node, args[0].getType(), 1 - double(momentum));
    return arith::AddFOp::create(b, arith::MulFOp::create(b, args[0], keep),
                                 arith::MulFOp::create(b, args[1], take));
  });
}

LogicalResult trainBatchNorm(Node &node) {
  Tensor &input = node.tensor(0);
  SmallVector<int64_t> axes{0};
  axes.append(axesFrom(2, input.rank()));
  auto mean = meanOver(node, input, axes, /*keepDims=*/false);
  auto center = meanOver(node, input, axes, /*keepDims=*/true);
  if (failed(mean) || failed(center))
    return failure();
  SmallVector<Tensor> both{castTo(node, input, mean->dtype), *center};
  auto squares =
      elementwise(node, both, mean->dtype, [](auto &b, auto args) -> Value {
        Value off = arith::SubFOp::create(b, args[0], args[1]);
        return arith::MulFOp::create(b, off, off);
      });
  if (failed(squares))
    return failure();
  auto variance = meanOver(node, *squares, axes, /*keepDims=*/false);
  if (failed(variance))
    return failure();
  auto norm = model::NormOp::create(
      node.b, node.loc, node.value(0), node.value(1), node.value(2),
      mean->value, variance->value, node.floatAttr("epsilon", 1e-5f));
  auto newMean = runningStatistic(node, node.tensor(3), *mean);
  auto newVariance = runningStatistic(node, node.tensor(4), *variance);
  if (failed(newMean) || failed(newVariance))
    return failure();
  (void)node.result(1, *newMean);
  (void)node.result(2, *newVariance);
  (void)node.result(3, castTo(node, *mean, input.dtype));
  (void)node.result(4, castTo(node, *variance, input.dtype));
  return node.result(0, norm.getResult(), input.dtype, input.dims);
}

LogicalResult importBatchNorm(Node &node) {
  if (node.numInputs() < 5)
    return node.bad("needs 5 inputs, but got " + Twine(node.numInputs()));
  if (!node.intAttr("spatial", 1))
    return node.refuse("only statistics a channel (spatial = 1) are supported");
  if (failed(checkChannels(node, 1, 4)))
    return failure();
  if (isTraining(node))
    return trainBatchNorm(node);
  auto norm = model::NormOp::create(
      node.b, node.loc, node.value(0), node.value(1), node.value(2),
      node.value(3), node.value(4), node.floatAttr("epsilon", 1e-5f));
  Tensor &input = node.tensor(0);
  return node.result(0, norm.getResult(), input.dtype, input.dims);
}

LogicalResult importInstanceNorm(Node &node) {
  if (failed(checkChannels(node, 1, 2)))
    return failure();
  auto norm = model::NormOp::create(
      node.b, node.loc, model::NormKind::Instance, node.value(0), int64_t(1),
      node.value(1), node.value(2), node.floatAttr("epsilon", 1e-5f));
  Tensor &input = node.tensor(0);
  return node.result(0, norm.getResult(), input.dtype, input.dims);
}

/// Factors a group, [G], repeated to factors a channel, [C].
FailureOr<Tensor> repeatToChannels(Node &node, Tensor factors, Size channels) {
  Sizes &sizes = node.sizes;
  Size groups = factors.dims[0], one = sizes.constant(1);
  auto column = reshape(node, factors, {groups, one});
  if (failed(column))
    return failure();
  Tensor wide =
      broadcastTo(node, *column, {groups, sizes.floorDiv(channels, groups)});
  return reshape(node, wide, {channels});
}

LogicalResult importGroupNorm(Node &node) {
  Tensor &input = node.tensor(0);
  int64_t groups = node.intAttr("num_groups", 0);
  if (input.rank() < 2 || groups < 1)
    return node.bad("needs an input of rank 2 or more and num_groups of 1 or "
                    "more");
  Size channels = input.dims[1];
  if (failed(requireEqual(
          node, node.sizes.remainder(channels, node.sizes.constant(groups)),
          node.sizes.constant(0), "the channels beyond whole groups and 0")))
    return failure();
  SmallVector<Value> factors;
  for (unsigned i : {1, 2}) {
    Tensor &factor = node.tensor(i);
    if (factor.rank() != 1)
      return node.bad("needs a vector of factors");
    if (node.opset >= 21) { // a channel since then
      factors.push_back(node.value(factor));
      continue;
    }
    if (failed(requireEqual(node, factor.dims[0], node.sizes.constant(groups),
                            "the factors and the groups")))
      return failure();
    auto wide = repeatToChannels(node, factor, channels);
    if (failed(wide))
      return failure();
    factors.push_back(wide->value);
  }
  auto norm = model::NormOp::create(
      node.b, node.loc, model::NormKind::Group, node.value(0), groups,
      factors[0], factors[1], node.floatAttr("epsilon", 1e-5f));
  return node.result(0, norm.getResult(), input.dtype, input.dims);
}

LogicalResult importRmsNorm(Node &node) {
  Tensor &input = node.tensor(0);
  auto axis = node.axis(node.intAttr("axis", -1), input.rank());
  if (failed(axis))
    return failure();
  auto norm = model::NormOp::create(node.b, node.loc, model::NormKind::Rms,
                                    node.value(0), node.value(1), Value(),
                                    *axis, node.floatAttr("epsilon", 1e-5f));
  return node.result(0, norm.getResult(), input.dtype, input.dims);
}

// d / (sqrt(mean d^2) + 1e-9) for d = x - mean x. The standard's function body
// says so with constants of f32, which fits no other input.
LogicalResult importMeanVarianceNorm(Node &node) {
  Tensor &input = node.tensor(0);
  SmallVector<int64_t> axes;
  for (int64_t given :
       node.intsAttr("axes").value_or(SmallVector<int64_t>{0, 2, 3})) {
    auto axis = node.axis(given, input.rank());
    if (failed(axis))
      return failure();
    axes.push_back(*axis);
  }
  llvm::sort(axes);
  axes.erase(llvm::unique(axes), axes.end());
  Tensor wide = castTo(node, input, sumType(input.dtype));
  auto mean = meanOver(node, wide, axes, /*keepDims=*/true);
  if (failed(mean))
    return failure();
  SmallVector<Tensor> both{wide, *mean};
  auto centred =
      elementwise(node, both, wide.dtype, [&](auto &b, auto args) -> Value {
        return arith::SubFOp::create(b, args[0], args[1]);
      });
  if (failed(centred))
    return failure();
  auto squares = powerOf(node, *centred, 2);
  if (failed(squares))
    return failure();
  auto variance = meanOver(node, *squares, axes, /*keepDims=*/true);
  if (failed(variance))
    return failure();
  SmallVector<Tensor> parts{*centred, *variance};
  auto out =
      elementwise(node, parts, wide.dtype, [&](auto &b, auto args) -> Value {
        Value root = math::SqrtOp::create(b, args[1]);
        Value tiny = scalar(node, root.getType(), 1e-9);
        Value safe = arith::AddFOp::create(b, root, tiny);
        return arith::DivFOp::create(b, args[0], safe);
      });
  return failed(out) ? failure()
                     : node.result(0, castTo(node, *out, input.dtype));
}

// x / (sum |x|^p)^(1/p), and 0 where that is 0
LogicalResult importLpNorm(Node &node) {
  Tensor &input = node.tensor(0);
  auto axis = node.axis(node.intAttr("axis", -1), input.rank());
  if (failed(axis))
    return failure();
  double p = node.intAttr("p", 2);
  if (p != 1 && p != 2)
    return node.bad("needs p of 1 or 2, but got " + std::to_string(p));
  auto powers = powerOf(node, input, p);
  if (failed(powers))
    return failure();
  auto length =
      powerOf(node, sumOver(node, *powers, *axis, /*keepDims=*/true), 1 / p);
  if (failed(length))
    return failure();
  SmallVector<Tensor> both{castTo(node, input, length->dtype), *length};
  auto out =
      elementwise(node, both, length->dtype, [&](auto &b, auto args) -> Value {
        Value zero = scalar(node, args[0].getType(), 0);
        Value none =
            arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, args[1], zero);
        Value quotient = arith::DivFOp::create(b, args[0], args[1]);
        return arith::SelectOp::create(b, none, zero, quotient);
      });
  return failed(out) ? failure()
                     : node.result(0, castTo(node, *out, input.dtype));
}

// x / (bias + alpha / size * sum of squares over `size` channels)^beta: the
// mean over a window of channels, counting those outside as 0.
LogicalResult importLrn(Node &node) {
  Tensor &input = node.tensor(0);
  int64_t size = node.intAttr("size", 0);
  if (input.rank() < 3 || size < 1 || size > INT32_MAX)
    return node.bad("needs an input of rank 3 or more and a size of 1 or more");
  Sizes &sizes = node.sizes;
  Size one = sizes.constant(1);
  auto squares = powerOf(node, input, 2);
  if (failed(squares))
    return failure();
  SmallVector<Size> flat{input.dims[0], one, input.dims[1],
                         sizes.product(ArrayRef(input.dims).drop_front(2))};
  auto rows = reshape(node, *squares, flat);
  if (failed(rows))
    return failure();
  int64_t before = (size - 1) / 2, after = size - 1 - before;
  Tensor mean = *rows;
  mean.value = model::PoolOp::create(
                   node.b, node.loc, model::PoolKind::Average, rows->value,
                   {size, 1}, ArrayRef<int64_t>(), ArrayRef<int64_t>(),
                   {before, 0, after, 0}, model::PadRule::Explicit,
                   /*ceil_mode=*/false, /*count_include_pad=*/true)
                   .getResult();
  auto shaped = reshape(node, mean, input.dims);
  if (failed(shaped))
    return failure();
  double alpha = node.floatAttr("alpha", 1e-4f),
         beta = node.floatAttr("beta", 0.75f), bias = node.floatAttr("bias", 1);
  SmallVector<Tensor> both{castTo(node, input, shaped->dtype), *shaped};
  auto out =
      elementwise(node, both, shaped->dtype, [&](auto &b, auto args) -> Value {
        Type type = args[0].getType();
        Value scaled =
            arith::MulFOp::create(b, args[1], scalar(node, type, alpha));
        Value base = arith::AddFOp::create(b, scaled, scalar(node, type, bias));
        Value power = math::PowFOp::create(b, base, scalar(node, type, beta));
        return arith::DivFOp::create(b, args[0], power);
      });
  return failed(out) ? failure()
                     : node.result(0, castTo(node, *out, input.dtype));
}

const Registration table[] = {
    {"", "BatchNormalization", importBatchNorm, floats},
    {"", "InstanceNormalization", importInstanceNorm, floats},
    {"", "GroupNormalization", importGroupNorm, floats},
    {"", "RMSNormalization", importRmsNorm, floats},
    {"", "LpNormalization", importLpNorm, floats},
    {"", "MeanVarianceNormalization", importMeanVarianceNorm, floats},
    {"", "LRN", importLrn, floats},
};

} // namespace

ArrayRef<Registration> channelNormOps() { return table; }

} // namespace niello::onnx_frontend
