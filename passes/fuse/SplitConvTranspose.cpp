// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Takes the product out of a transposed convolution: what is left adds up, for
// each element, the few taps that reach it.

#include "compiler/support/Reasons.h"
#include "compiler/support/SourceNodes.h"
#include "dialects/model/Model.h"
#include "dialects/model/Terms.h"
#include "dialects/model/Windows.h"
#include "passes/fuse/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"

namespace niello {
#define GEN_PASS_DEF_SPLITCONVTRANSPOSE
#include "passes/fuse/Passes.h.inc"
} // namespace niello

using namespace niello;
using namespace niello::model;

// [C, M / groups, K...] -> [M * prod(K), C / groups, 1...]: group by group,
// all taps of an output after another.
static Value tapsAsOutputs(Emit &e, ConvTransposeOp op) {
  auto type = cast<RankedTensorType>(op.getWeight().getType());
  int64_t groups = op.getGroups(), spatial = type.getRank() - 2;
  int64_t channels = type.getDimSize(0) / groups;
  int64_t outputs = type.getNumElements() / type.getDimSize(0);
  auto shaped = [&](ArrayRef<int64_t> sizes) {
    return RankedTensorType::get(sizes, type.getElementType());
  };
  ReassociationIndices all;
  for (int64_t i : llvm::seq(type.getRank()))
    all.push_back(i);
  Value flat = tensor::CollapseShapeOp::create(
      e.b, e.loc, op.getWeight(), ArrayRef<ReassociationIndices>{all});
  Value split = tensor::ExpandShapeOp::create(
      e.b, e.loc, shaped({groups, channels, outputs}), flat,
      ArrayRef<ReassociationIndices>{{0, 1, 2}});
  Value turned =
      linalg::TransposeOp::create(
          e.b, e.loc, split,
          e.empty({e.index(groups), e.index(outputs), e.index(channels)},
                  type.getElementType()),
          ArrayRef<int64_t>{0, 2, 1})
          ->getResult(0);
  Value rows = tensor::CollapseShapeOp::create(
      e.b, e.loc, turned, ArrayRef<ReassociationIndices>{{0, 1}, {2}});
  SmallVector<int64_t> sizes(type.getRank(), 1);
  sizes[0] = groups * outputs;
  sizes[1] = channels;
  ReassociationIndices last;
  for (int64_t i : llvm::seq(spatial + 1))
    last.push_back(1 + i);
  return tensor::ExpandShapeOp::create(
      e.b, e.loc, shaped(sizes), rows,
      ArrayRef<ReassociationIndices>{{0}, last});
}

// z[b, (m, k), t] = sum_c w[c, m, k] x[b, c, t]
static Value product(Emit &e, ConvTransposeOp op) {
  int64_t spatial = cast<ShapedType>(op.getInput().getType()).getRank() - 2;
  SmallVector<int64_t> ones(spatial, 1), zeros(2 * spatial, 0);
  return ConvOp::create(e.b, e.loc, op.getInput(), tapsAsOutputs(e, op),
                        Value(), Value(), Value(), ones, ones, zeros,
                        op.getGroups(), PadRule::Explicit);
}

// y[b, m, o] = bias[m] + sum_j z[b, (m, k), t] with u = o + p, k = u % s + j s
// and t = u / s - j, for each spatial dimension: the taps that reach o.
static Value sumOfTaps(Emit &e, ConvTransposeOp op, Value z) {
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  Type type = weight.getElementType();
  int64_t spatial = weight.getRank() - 2;
  Terms sizes = resultSizes(e, op), input = e.dims(op.getInput());
  Terms begins, reaching;
  SmallVector<int64_t> strides;
  for (int64_t i : llvm::seq(spatial)) {
    begins.push_back(beginPad(e, op, i, sizes[i + 2]));
    strides.push_back(windowOf(op, i, spatial).stride);
    reaching.push_back(
        e.index(llvm::divideCeil(weight.getDimSize(i + 2), strides[i])));
  }
  return e.generate(sizes, type, [&](Terms place) {
    Term start =
        op.getBias() ? e.at(op.getBias(), {place[1]}) : e.constant(type, 0);
    return e.nest(reaching, start, [&](Terms j, Term sum) {
      Terms from{place[0], place[1]};
      Term inside = e.boolean(true);
      for (int64_t i : llvm::seq(spatial)) {
        int64_t taps = weight.getDimSize(i + 2);
        Term u = place[i + 2] + begins[i];
        Term tap = u % strides[i] + j[i] * strides[i];
        Term t = u / strides[i] - j[i];
        from[1] = from[1] * taps + tap;
        from.push_back(t);
        inside = inside & (tap < taps) & (t >= 0) & (t < input[i + 2]);
      }
      return e.branch(
          inside, [&] { return sum + e.at(z, from); }, [&] { return sum; });
    });
  });
}

static LogicalResult split(ConvTransposeOp op, PatternRewriter &rewriter) {
  auto weight = cast<RankedTensorType>(op.getWeight().getType());
  if (weight.getElementTypeBitWidth() < 32)
    return rewriter.notifyMatchFailure(op, "its sums are wider than its type");
  if (!weight.hasStaticShape() || weight.getNumElements() == 0)
    return rewriter.notifyMatchFailure(op, "its weight's sizes are not known");
  if (llvm::any_of(op.getDilations(), [](int64_t d) { return d != 1; }))
    return rewriter.notifyMatchFailure(op, "its kernel is dilated");
  constexpr int64_t worthIt = 4; // channels of a group, see Passes.td
  if (weight.getDimSize(0) / int64_t(op.getGroups()) < worthIt)
    return rewriter.notifyMatchFailure(op, "its groups have few channels");
  Emit e(rewriter, op.getLoc());
  requireBiasFits(e, op.getBias(), resultSizes(e, op)[1]);
  Value result = sumOfTaps(e, op, product(e, op));
  if (result.getType() != op.getType())
    result =
        tensor::CastOp::create(rewriter, op.getLoc(), op.getType(), result);
  rewriter.replaceOp(op, result);
  return success();
}

namespace {
struct SplitConvTranspose
    : niello::impl::SplitConvTransposeBase<SplitConvTranspose> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(split);
    KeepNames names(getOperation());
    Reasons reasons(getOperation(), getArgument(), names);
    applyToEach<ConvTransposeOp>(getOperation(), std::move(patterns),
                                 reasons.listener());
  }
};
} // namespace
