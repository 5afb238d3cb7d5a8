// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises the GELU, x (1 + f(x)) / 2, where f is erf(x / sqrt 2) or the tanh
// that stands for it, in whatever order a file multiplies and adds.

#include "dialects/model/Sizes.h"
#include "passes/raise/Passes.h"
#include "passes/raise/Spelled.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"

#include <array>

namespace niello {
#define GEN_PASS_DEF_RAISEGELU
#include "passes/raise/Passes.h.inc"
} // namespace niello

using namespace niello;
using namespace niello::model;

namespace {

// By power of x, up to the cube.
using Polynomial = std::array<double, 4>;

// Reads arithmetic as a polynomial of one value.
class PolynomialReader {
public:
  explicit PolynomialReader(Value x) { known[x] = {0, 1, 0, 0}; }
  std::optional<Polynomial> read(Value value);

private:
  std::optional<Polynomial> readGeneric(linalg::GenericOp op);
  std::optional<Polynomial> join(Operation *op);

  DenseMap<Value, std::optional<Polynomial>> known;
};

} // namespace

static std::optional<Polynomial> product(const Polynomial &a,
                                         const Polynomial &b) {
  Polynomial result{};
  for (unsigned i : llvm::seq(4u))
    for (unsigned j : llvm::seq(4u)) {
      if (i + j < 4)
        result[i + j] += a[i] * b[j];
      else if (a[i] * b[j] != 0)
        return std::nullopt;
    }
  return result;
}

static Polynomial sum(const Polynomial &a, const Polynomial &b, double sign) {
  Polynomial result = a;
  for (unsigned i : llvm::seq(4u))
    result[i] += sign * b[i];
  return result;
}

// a op b of polynomials.
std::optional<Polynomial> PolynomialReader::join(Operation *op) {
  if (!isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp>(op))
    return std::nullopt;
  auto a = read(op->getOperand(0)), b = read(op->getOperand(1));
  if (!a || !b)
    return std::nullopt;
  if (isa<arith::MulFOp>(op))
    return product(*a, *b);
  if (!isa<arith::DivFOp>(op))
    return sum(*a, *b, isa<arith::AddFOp>(op) ? 1 : -1);
  if ((*b)[1] != 0 || (*b)[2] != 0 || (*b)[3] != 0)
    return std::nullopt;
  for (double &factor : *a)
    factor /= (*b)[0];
  return a;
}

// A power with a constant exponent is spelled so.
std::optional<Polynomial> PolynomialReader::readGeneric(linalg::GenericOp op) {
  if (op.getNumLoops() != op.getNumParallelLoops() || op.getNumDpsInits() != 1)
    return std::nullopt;
  for (OpOperand &operand : op->getOpOperands()) {
    if (!op.getMatchingIndexingMap(&operand).isIdentity())
      return std::nullopt;
    if (op.isDpsInput(&operand) && op.payloadUsesValueFromOperand(&operand))
      known[op.getMatchingBlockArgument(&operand)] = read(operand.get());
  }
  return read(op.getBody()->getTerminator()->getOperand(0));
}

std::optional<Polynomial> PolynomialReader::read(Value value) {
  if (auto found = known.find(value); found != known.end())
    return found->second;
  // Found again while it is read: each value is read once.
  known[value] = std::nullopt;
  std::optional<Polynomial> result;
  FloatAttr number;
  Operation *op = value.getDefiningOp();
  if (!op)
    return std::nullopt;
  if (matchPattern(value, m_Constant(&number)))
    result = Polynomial{number.getValueAsDouble()};
  else if (auto generic = dyn_cast<linalg::GenericOp>(op))
    result = readGeneric(generic);
  else if (auto splat = isa<RankedTensorType>(value.getType()) ? splatOf(value)
                                                               : std::nullopt)
    result = Polynomial{*splat};
  else
    result = join(op);
  known[value] = result;
  return result;
}

// Whether u is the argument of `f` in the GELU of x.
static bool isArgument(Value u, Value x, bool isTanh) {
  PolynomialReader reader(x);
  auto polynomial = reader.read(u);
  double first = isTanh ? 0.79788456080286536 : 0.70710678118654752;
  double third = isTanh ? first * 0.044715 : 0;
  return polynomial && (*polynomial)[0] == 0 && (*polynomial)[2] == 0 &&
         isAbout((*polynomial)[1], first) && isAbout((*polynomial)[3], third);
}

// The factors of a product, apart from those that are numbers: `number`.
static void readFactors(Value value, bool isRoot, double &number,
                        SmallVectorImpl<Value> &factors) {
  constexpr unsigned most = 3; // two are expected
  if (factors.size() >= most)
    return;
  auto whole = value.getDefiningOp<arith::MulFOp>();
  auto scaled = scaledBy(value);
  bool isInner = isRoot || value.hasOneUse();
  if (auto splat = splatOf(value)) {
    number *= *splat;
  } else if (scaled && isInner) {
    number *= scaled->factor;
    readFactors(scaled->rest, /*isRoot=*/false, number, factors);
  } else if (whole && isInner) {
    readFactors(whole.getLhs(), /*isRoot=*/false, number, factors);
    readFactors(whole.getRhs(), /*isRoot=*/false, number, factors);
  } else {
    factors.push_back(value);
  }
}

namespace {
// scale * (f(u) + 1)
struct Gate {
  Value argument;
  bool isTanh;
  double scale;
};
} // namespace

static std::optional<Gate> readGate(Value value) {
  auto sum = value.getDefiningOp<arith::AddFOp>();
  for (unsigned side : {0, 1}) {
    auto number = sum ? splatOf(sum->getOperand(side)) : std::nullopt;
    if (!number)
      continue;
    Value part = sum->getOperand(1 - side);
    double scale = 1;
    if (auto scaled = scaledBy(part)) {
      scale = scaled->factor;
      part = scaled->rest;
    }
    Operation *op = part.getDefiningOp();
    if (op && isa<math::ErfOp, math::TanhOp>(op) && isAbout(scale, *number))
      return Gate{op->getOperand(0), isa<math::TanhOp>(op), scale};
  }
  return std::nullopt;
}

// x (1 + f(x)) / 2 -> gelu(x)
static LogicalResult raise(Operation *op, PatternRewriter &rewriter) {
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type)
    return rewriter.notifyMatchFailure(op, "it is not of tensors");
  double number = 1;
  SmallVector<Value> factors;
  readFactors(op->getResult(0), /*isRoot=*/true, number, factors);
  if (factors.size() != 2)
    return rewriter.notifyMatchFailure(op, "it is no product of two tensors");
  for (unsigned side : {0, 1}) {
    Value x = factors[side];
    auto gate = readGate(factors[1 - side]);
    if (!gate)
      continue;
    if (type.getElementTypeBitWidth() < 32)
      return rewriter.notifyMatchFailure(op, "its 16-bit floats are rounded "
                                             "between the steps");
    if (!isAbout(gate->scale * number, 0.5) || x.getType() != type)
      return rewriter.notifyMatchFailure(op, "its factor is not a half");
    if (!isArgument(gate->argument, x, gate->isTanh))
      return rewriter.notifyMatchFailure(op, "its function is of another "
                                             "argument than a GELU's");
    rewriter.replaceOpWithNewOp<GeluOp>(
        op, x, gate->isTanh ? Approximation::Tanh : Approximation::None);
    return success();
  }
  return rewriter.notifyMatchFailure(op, "no factor of it is 1 + erf or tanh");
}

static LogicalResult raiseProduct(arith::MulFOp op, PatternRewriter &rewriter) {
  return raise(op, rewriter);
}
static LogicalResult raiseQuotient(arith::DivFOp op,
                                   PatternRewriter &rewriter) {
  return raise(op, rewriter);
}

namespace {
struct RaiseGelu : niello::impl::RaiseGeluBase<RaiseGelu> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add(raiseProduct);
    patterns.add(raiseQuotient);
    if (failed(raiseAll(getOperation(), getArgument(), std::move(patterns))))
      return signalPassFailure();
  }
};
} // namespace
