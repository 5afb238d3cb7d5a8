// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/raise/Scores.h"

#include "dialects/model/Sizes.h"
#include "passes/raise/Spelled.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace niello;
using namespace niello::model;

// mask + scores, either way round.
StringRef Scores::readSum(arith::AddFOp sum) {
  if (bits)
    return "it hides keys and then adds to them";
  if (softcap != 0)
    return "its mask is inside of its softcap";
  StringRef reason;
  for (unsigned side : {0, 1}) {
    Scores other = *this;
    other.sums.push_back({unstretched(sum->getOperand(1 - side)), scale});
    reason = other.read(sum->getOperand(side));
    if (reason.empty()) {
      *this = other;
      break;
    }
  }
  return reason;
}

// where(mask, scores, number), or where(mask, number, scores).
StringRef Scores::readSelect(arith::SelectOp op) {
  if (bits || !sums.empty())
    return "it hides keys and has another mask";
  if (softcap != 0)
    return "its mask is inside of its softcap";
  if (!isa<RankedTensorType>(op.getCondition().getType()))
    return "its mask is one for all scores";
  auto number = splatOf(op.getFalseValue());
  isInverted = !number;
  if (isInverted)
    number = splatOf(op.getTrueValue());
  if (!number)
    return "its mask chooses between tensors";
  bits = unstretched(op.getCondition());
  hidden = *number * scale;
  return read(isInverted ? op.getFalseValue() : op.getTrueValue());
}

// Takes a factor off x, and a tanh between factors: c tanh(x / c).
bool Scores::readFactor(Value &x) {
  auto scaled = scaledBy(x);
  if (!scaled)
    return false;
  x = scaled->rest;
  scale *= scaled->factor;
  auto cap = x.getDefiningOp<math::TanhOp>();
  if (cap && x.hasOneUse() && softcap == 0 && scale > 0) {
    softcap = scale;
    x = cap.getOperand();
  }
  return true;
}

StringRef Scores::read(Value x) {
  while (true) {
    if (!x.hasOneUse())
      return "its scores have another reader";
    Operation *op = x.getDefiningOp();
    if (auto matmul = dyn_cast_or_null<MatmulOp>(op)) {
      product = matmul;
      return "";
    }
    if (auto sum = dyn_cast_or_null<arith::AddFOp>(op))
      return readSum(sum);
    if (auto choice = dyn_cast_or_null<arith::SelectOp>(op))
      return readSelect(choice);
    auto stretch = dyn_cast_or_null<BroadcastOp>(op);
    if (stretch && rankOf(stretch.getInput()) == rankOf(x))
      x = stretch.getInput();
    else if (!readFactor(x))
      return "its scores are no product of queries and keys";
  }
}

bool Scores::saysBlind(Value rows) const {
  auto equal = unstretched(rows).getDefiningOp<arith::CmpFOp>();
  if (!equal || equal.getPredicate() != arith::CmpFPredicate::OEQ ||
      sums.size() != 1 || sums[0].second != 1)
    return false;
  for (unsigned side : {0, 1}) {
    auto most = reducedOf(equal->getOperand(side));
    if (most &&
        splatOf(equal->getOperand(1 - side)) ==
            -std::numeric_limits<double>::infinity() &&
        isa<arith::MaximumFOp, arith::MaxNumFOp>(most->join) &&
        unstretched(most->input) == sums[0].first &&
        ArrayRef(most->dims) == ArrayRef<int64_t>{rankOf(most->input) - 1})
      return true;
  }
  return false;
}
