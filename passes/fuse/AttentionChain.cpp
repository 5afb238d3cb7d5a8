// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/fuse/AttentionChain.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "passes/fuse/AttentionSteps.h"
#include "passes/fuse/Generic.h"

using namespace mlir;

namespace niello {
namespace {

using linalg::GenericOp;

// Wider heads than this are no attention that anybody has seen, and the
// generator holds a block of them.
constexpr int64_t mostWidth = 1024;

struct Matcher {
  AttentionChain &chain;
  DenseMap<Value, SmallVector<unsigned>> dims{}; // common loops, by value

  OpOperand &input(GenericOp op, unsigned number) {
    return *op.getDpsInputOperand(number);
  }

  // Numbers the loops of `op` by the values of the chain that it reads; one
  // that none of them has is e.
  bool bind(GenericOp op) {
    SmallVector<unsigned> loops(op.getNumLoops(), ~0u);
    for (OpOperand *operand : op.getDpsInputOperands()) {
      auto known = dims.find(operand->get());
      if (known == dims.end())
        continue;
      AffineMap map = op.getMatchingIndexingMap(operand);
      if (!map.isProjectedPermutation())
        return false;
      for (auto [result, loop] : llvm::zip(map.getResults(), known->second)) {
        unsigned own = cast<AffineDimExpr>(result).getPosition();
        if (loops[own] != ~0u && loops[own] != loop)
          return false;
        loops[own] = loop;
      }
    }
    for (unsigned &loop : loops)
      if (loop == ~0u)
        loop = chain.rank;
    return keep(op, loops);
  }

  bool keep(GenericOp op, ArrayRef<unsigned> loops) {
    llvm::SmallDenseSet<unsigned> distinct(loops.begin(), loops.end());
    AffineMap written = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
    Value result = AttentionChain::resultOf(op);
    if (distinct.size() != loops.size() || dims.count(result) ||
        !written.isProjectedPermutation())
      return false;
    for (AffineExpr dim : written.getResults())
      dims[result].push_back(loops[cast<AffineDimExpr>(dim).getPosition()]);
    chain.loops[op].assign(loops.begin(), loops.end());
    return true;
  }

  // From the weights up to the first product.
  StringRef findScores();
  // The quotient, which is the only reader of the second product.
  StringRef findQuotient(GenericOp mixed);
  StringRef findSinks(const Exponent &exponent);
  StringRef bindAll();
  StringRef findOperands(unsigned weightsNumber);
  StringRef findRoles();
  bool isClosed();
};

} // namespace

StringRef Matcher::findScores() {
  auto exponent = *matchExponent(yielded(chain.weights));
  chain.guarded = exponent.guarded;
  auto x = inputOf(chain.weights, exponent.of);
  auto m = inputOf(chain.weights, exponent.above);
  if (!x || !m || x == m || chain.weights.getNumDpsInputs() != 2)
    return "its weights are not of one score and one maximum";
  Value score = input(chain.weights, *x).get();
  GenericOp last = genericBefore(score, chain.weights);
  if (last && !isContraction(last)) {
    chain.visible = last;
    if (!isElementwise(last))
      return "its scores are not made element by element";
    for (Value from : last.getDpsInputs())
      if (GenericOp op = genericBefore(from, last); op && isContraction(op))
        chain.scores = op;
  } else {
    chain.scores = last;
  }
  if (!chain.scores || !startsAt(chain.scores, /*lowest=*/false))
    return "its scores are no product";

  chain.top = genericBefore(input(chain.weights, *m).get(), chain.weights);
  if (chain.top && isElementwise(chain.top) &&
      chain.top.getNumDpsInputs() > 0) {
    chain.sinkTop = chain.top;
    chain.top = genericBefore(input(chain.sinkTop, 0).get(), chain.sinkTop);
  }
  if (!chain.top || !reducesBy<arith::MaxNumFOp>(chain.top) ||
      chain.top.getDpsInputs()[0] != score ||
      !startsAt(chain.top, /*lowest=*/true))
    return "its weights are not relative to the greatest score";
  return "";
}

// m = max(m, sink) and l = l + e^(sink - m), with the same sink.
StringRef Matcher::findSinks(const Exponent &weights) {
  StringRef no = "its sinks are not as attention has them";
  if (!chain.sinkTop || !chain.sinkTotal)
    return chain.sinkTop || chain.sinkTotal ? no : "";
  Block *body = chain.sinkTop.getBody();
  Value sink =
      otherThan<arith::MaxNumFOp>(yielded(chain.sinkTop), body->getArgument(0));
  auto number =
      sink ? inputOf(chain.sinkTop, sink, &chain.sink.cast) : std::nullopt;
  if (chain.sinkTop.getNumDpsInputs() != 2 || number != 1u)
    return no;
  chain.sink.value = input(chain.sinkTop, 1).get();

  body = chain.sinkTotal.getBody();
  auto l = inputOf(chain.sinkTotal, body->getArgument(0));
  Value added =
      otherThan<arith::AddFOp>(yielded(chain.sinkTotal), body->getArgument(0));
  auto exponent = added ? matchExponent(added) : std::nullopt;
  if (!l || !exponent || exponent->guarded != weights.guarded)
    return no;
  Operation *cast = nullptr;
  auto of = inputOf(chain.sinkTotal, exponent->of, &cast);
  auto above = inputOf(chain.sinkTotal, exponent->above);
  if (!of || !above || *of == 0 || *above == 0 ||
      input(chain.sinkTotal, *of).get() != chain.sink.value ||
      input(chain.sinkTotal, *above).get() !=
          AttentionChain::resultOf(chain.sinkTop))
    return no;
  return "";
}

StringRef Matcher::findQuotient(GenericOp mixed) {
  Value product = AttentionChain::resultOf(mixed);
  for (Operation *user : product.getUsers()) {
    auto reader = dyn_cast<GenericOp>(user);
    if (!reader || reader == mixed || !isElementwise(reader) ||
        reader->getBlock() != mixed->getBlock() ||
        !mixed->isBeforeInBlock(reader))
      continue;
    chain.quotient = reader;
  }
  StringRef no = "its last step is no quotient by the sum of weights";
  if (!chain.quotient || chain.quotient.getNumDpsInits() != 1 ||
      chain.quotient.hasIndexSemantics())
    return no;
  // One division, of the product by the total, which nothing else reads.
  arith::DivFOp division;
  std::optional<unsigned> above, below;
  for (arith::DivFOp op : chain.quotient.getBody()->getOps<arith::DivFOp>()) {
    bool guarded;
    auto number = inputOf(chain.quotient, op.getLhs());
    if (!number || input(chain.quotient, *number).get() != product)
      continue;
    division = op;
    above = number;
    below = inputOf(chain.quotient, stripGuard(op.getRhs(), m_AnyZeroFloat(),
                                               m_OneFloat(), guarded));
    if (!guarded)
      below = std::nullopt;
  }
  if (!below || *above == *below)
    return no;
  auto guard = division.getRhs().getDefiningOp<arith::SelectOp>();
  Block *body = chain.quotient.getBody();
  if (!body->getArgument(*above).hasOneUse() ||
      !llvm::all_of(body->getArgument(*below).getUsers(), [&](Operation *user) {
        return user == guard || user == guard.getCondition().getDefiningOp();
      }))
    return no;
  chain.total = genericBefore(input(chain.quotient, *below).get(), mixed);
  if (chain.total && isElementwise(chain.total) &&
      chain.total.getNumDpsInputs() > 0) {
    chain.sinkTotal = chain.total;
    chain.total =
        genericBefore(input(chain.sinkTotal, 0).get(), chain.sinkTotal);
  }
  if (!chain.total || !reducesBy<arith::AddFOp>(chain.total) ||
      chain.total.getDpsInputs()[0] !=
          AttentionChain::resultOf(chain.weights) ||
      !startsAt(chain.total, /*lowest=*/false))
    return no;
  return "";
}

StringRef Matcher::bindAll() {
  StringRef no = "its operations do not agree on their loops";
  AffineMap written =
      chain.scores.getMatchingIndexingMap(chain.scores.getDpsInitOperand(0));
  if (!written.isProjectedPermutation() ||
      chain.scores.getNumReductionLoops() != 1)
    return no;
  chain.rank = written.getNumResults();
  SmallVector<unsigned> loops(chain.scores.getNumLoops(), chain.rank);
  for (auto [i, dim] : llvm::enumerate(written.getResults()))
    loops[cast<AffineDimExpr>(dim).getPosition()] = i;
  if (!keep(chain.scores, loops))
    return no;
  for (Operation *op : chain.ops())
    if (op != chain.scores && !bind(cast<GenericOp>(op)))
      return no;
  auto reduced = [&](GenericOp op) {
    SmallVector<unsigned> dims;
    op.getReductionDims(dims);
    return dims.size() == 1 ? chain.loops[op][dims[0]] : chain.rank;
  };
  chain.s = reduced(chain.top);
  if (chain.s == chain.rank || reduced(chain.total) != chain.s ||
      reduced(chain.mixed) != chain.s)
    return no;
  // Whole: scores and weights by all loops, their rows by all but s.
  auto has = [&](GenericOp op, bool keys, bool values) {
    llvm::SmallDenseSet<unsigned> found(
        dims[AttentionChain::resultOf(op)].begin(),
        dims[AttentionChain::resultOf(op)].end());
    return found.size() == chain.rank - !keys + values &&
           found.count(chain.s) == keys && found.count(chain.rank) == values;
  };
  bool whole = has(chain.weights, true, false) &&
               has(chain.top, false, false) && has(chain.total, false, false) &&
               has(chain.mixed, false, true) &&
               has(chain.quotient, false, true);
  for (GenericOp op : {chain.sinkTop, chain.sinkTotal})
    whole &= !op || has(op, false, false);
  return whole && (!chain.visible || has(chain.visible, true, false)) ? "" : no;
}

StringRef Matcher::findOperands(unsigned weightsNumber) {
  auto access = [&](GenericOp op, unsigned number) {
    AttentionChain::Access result;
    OpOperand &operand = input(op, number);
    result.value = operand.get();
    result.map = chain.mapOf(operand);
    Block *body = op.getBody();
    for (Operation *user : body->getArgument(number).getUsers())
      if (!isa<arith::MulFOp>(user))
        result.cast = user;
    return result;
  };
  chain.query = access(chain.scores, 0);
  chain.key = access(chain.scores, 1);
  if (chain.query.map.isFunctionOfDim(chain.s))
    std::swap(chain.query, chain.key);
  chain.values = access(chain.mixed, 1 - weightsNumber);
  if (chain.sinkTop)
    chain.sink.map = chain.mapOf(input(chain.sinkTop, 1));
  if (input(chain.mixed, weightsNumber).get() == chain.values.value)
    return "its product is of the weights with themselves";
  for (auto &operand : {chain.query, chain.key, chain.values}) {
    Type type = getElementTypeOrSelf(operand.value.getType());
    if (!(type.isF32() && !operand.cast) &&
        !((type.isF16() || type.isBF16()) &&
          isa_and_nonnull<arith::ExtFOp>(operand.cast)))
      return "it does not sum in f32";
  }
  for (GenericOp op : {chain.scores, chain.weights, chain.mixed})
    if (!getElementTypeOrSelf(AttentionChain::resultOf(op).getType()).isF32())
      return "it does not sum in f32";
  return "";
}

StringRef Matcher::findRoles() {
  if (chain.query.map.isFunctionOfDim(chain.s) ||
      !chain.key.map.isFunctionOfDim(chain.s) ||
      !chain.values.map.isFunctionOfDim(chain.s))
    return "its products do not run along the keys";
  for (unsigned loop : llvm::seq(chain.rank)) {
    if (loop == chain.s)
      continue;
    bool outer = chain.key.map.isFunctionOfDim(loop) ||
                 chain.values.map.isFunctionOfDim(loop);
    (outer ? chain.outer : chain.rows).push_back(loop);
  }
  if (chain.rows.empty())
    return "no two queries read the same keys";
  if (chain.sinkTop && chain.sink.map.isFunctionOfDim(chain.s))
    return "its sinks differ by key";
  for (int64_t width : {chain.width(), chain.valueWidth()})
    if (ShapedType::isDynamic(width) || width < 1 || width > mostWidth)
      return "the width of its heads is not known, or above 1024";
  for (GenericOp op : {chain.visible, chain.sinkTop, chain.weights,
                       chain.sinkTotal, chain.quotient})
    if (op && op.payloadUsesValueFromOperand(op.getDpsInitOperand(0)))
      return "its steps add to what is there";
  for (GenericOp op : {chain.visible, chain.quotient}) {
    if (!op)
      continue;
    for (Operation &inner : op.getBody()->without_terminator())
      if (!isa<arith::ConstantOp, linalg::IndexOp>(inner) &&
          (!OpTrait::hasElementwiseMappableTraits(&inner) ||
           inner.getNumResults() != 1))
        return "its scores read something by their place";
  }
  return "";
}

// Nothing but the chain reads what is between its ends.
bool Matcher::isClosed() {
  auto ops = chain.ops();
  for (Operation *op : llvm::drop_end(ops))
    for (Operation *user :
         AttentionChain::resultOf(cast<GenericOp>(op)).getUsers())
      if (!llvm::is_contained(ops, user) &&
          !isa<linalg::FillOp, memref::DimOp, memref::DeallocOp>(user))
        return false;
  return true;
}

StringRef matchAttention(GenericOp mixed, AttentionChain &chain) {
  if (!isContraction(mixed) || mixed.getNumReductionLoops() != 1)
    return "it is no product";
  unsigned number = 0;
  for (; number < 2 && !chain.weights; ++number)
    if (GenericOp op = genericBefore(mixed.getDpsInputs()[number], mixed))
      if (isElementwise(op) && matchExponent(yielded(op)))
        chain.weights = op;
  if (!chain.weights)
    return "neither of its factors is an exponential";
  chain.mixed = mixed;
  Matcher matcher{chain};
  if (StringRef why = matcher.findScores(); !why.empty())
    return why;
  if (StringRef why = matcher.findQuotient(mixed); !why.empty())
    return why;
  if (!startsAt(mixed, /*lowest=*/false))
    return "its product starts from something";
  if (StringRef why = matcher.findSinks(*matchExponent(yielded(chain.weights)));
      !why.empty())
    return why;
  if (StringRef why = matcher.bindAll(); !why.empty())
    return why;
  if (StringRef why = matcher.findOperands(number - 1); !why.empty())
    return why;
  if (StringRef why = matcher.findRoles(); !why.empty())
    return why;
  return matcher.isClosed() ? "" : "something else reads its scores or weights";
}

SmallVector<Operation *> AttentionChain::ops() {
  SmallVector<Operation *> all;
  for (GenericOp op : {scores, visible, top, sinkTop, weights, total, sinkTotal,
                       mixed, quotient})
    if (op)
      all.push_back(op);
  return all;
}

SmallVector<unsigned> AttentionChain::loopsOf(GenericOp op) {
  return loops.lookup(op);
}

AffineMap AttentionChain::mapOf(OpOperand &operand) {
  auto op = cast<GenericOp>(operand.getOwner());
  SmallVector<AffineExpr> dims;
  for (unsigned loop : loops.lookup(op))
    dims.push_back(getAffineDimExpr(loop, op.getContext()));
  return op.getMatchingIndexingMap(&operand).replaceDimsAndSymbols(dims, {},
                                                                   rank + 1, 0);
}

Value AttentionChain::resultOf(GenericOp op) {
  return op->getNumResults() ? Value(op->getResult(0))
                             : op.getDpsInits().front();
}

static int64_t rangeOf(GenericOp op, ArrayRef<unsigned> loops, unsigned loop) {
  auto ranges = cast<linalg::LinalgOp>(op.getOperation()).getStaticLoopRanges();
  return ranges[llvm::find(loops, loop) - loops.begin()];
}

int64_t AttentionChain::sizeOf(unsigned loop) {
  return rangeOf(scores, loops[scores], loop);
}
int64_t AttentionChain::width() { return sizeOf(rank); }
int64_t AttentionChain::valueWidth() {
  return rangeOf(mixed, loops[mixed], rank);
}

} // namespace niello
