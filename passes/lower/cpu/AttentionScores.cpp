// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From products to weights: masks, the greatest score of a lane, and e to the
// power of what is below it.

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/lower/cpu/Attention.h"
#include "passes/lower/cpu/VectorBody.h"

using namespace mlir;

namespace niello {

// What a block of queries reads of the operands of `visible`, and where its
// rows are.
void AttentionEmitter::prepareScores() {
  inputs.clear();
  rowIndices.clear();
  linalg::GenericOp op = chain.visible;
  if (!op)
    return;
  for (OpOperand *operand : op.getDpsInputOperands()) {
    Input &input = inputs.emplace_back();
    input.value = operand->get();
    if (!op.payloadUsesValueFromOperand(operand))
      continue;
    if (input.value == AttentionChain::resultOf(chain.scores)) {
      input.kind = Input::Score;
      continue;
    }
    auto type = dyn_cast<MemRefType>(input.value.getType());
    if (!type) {
      input.kind = Input::Known;
      continue;
    }
    input.access = {input.value, chain.mapOf(*operand)};
    AffineMap map = input.access.map;
    bool byKey = map.isFunctionOfDim(chain.s);
    bool byRow = llvm::any_of(
        chain.rows, [&](unsigned loop) { return map.isFunctionOfDim(loop); });
    Type element = type.getElementType();
    if (!isLoadedAsVector(element))
      element = builder.getI8Type();
    if (byRow) {
      input.kind = byKey ? Input::ByBoth : Input::ByQuery;
      input.value = scratch(tile.queries() * (byKey ? tile.keys : 1), element);
      if (!byKey)
        packByQuery(input);
    } else if (byKey) {
      input.kind = Input::ByKey;
    } else {
      input.kind = Input::Known;
      input.value = load(input.access);
    }
  }
  if (!op.hasIndexSemantics())
    return;
  // One row loop runs with the lanes; of several, each lane has its own.
  Type type = builder.getIndexType();
  Values places;
  for ([[maybe_unused]] unsigned loop : chain.rows)
    places.push_back(scratch(tile.queries(), type));
  forEach(index(0), index(tile.queries()), 1, [&](Value r) {
    setRow(add(row0, r));
    for (auto [loop, memref] : llvm::zip(chain.rows, places))
      memref::StoreOp::create(builder, loc, loops[loop], memref, r);
  });
  for (Value memref : places) {
    Values &vectors = rowIndices.emplace_back();
    for (int64_t v : llvm::seq(tile.vectors))
      vectors.push_back(vectorAt(memref, index(v * tile.lanes)));
  }
}

// For j < count: P[j] = f(P[j], operands), top = max(top, P[j]). `body` is
// `visible`, or what is left of it where everything is seen, or null.
SmallVector<Value> AttentionEmitter::scoreKeys(linalg::GenericOp body,
                                               Value from, Value count,
                                               Values tops) {
  return forEach(index(0), count, 1, tops, [&](Value j, ValueRange now) {
    loops[chain.s] = add(from, j);
    Values byKey(inputs.size()), next;
    for (auto [i, input] : llvm::enumerate(inputs))
      if (body && input.kind == Input::ByKey)
        byKey[i] = load(input.access);
    for (int64_t v : llvm::seq(tile.vectors)) {
      Value at = place(j, tile.queries(), v * tile.lanes);
      Value x = vectorAt(scores, at);
      if (body) {
        Values arguments, indices;
        for (auto [i, input] : llvm::enumerate(inputs)) {
          Value value = input.value;
          if (input.kind == Input::Score)
            value = x;
          else if (input.kind == Input::ByKey)
            value = byKey[i];
          else if (input.kind == Input::ByBoth)
            value = lanesOf(input, at);
          else if (input.kind == Input::ByQuery)
            value = lanesOf(input, index(v * tile.lanes));
          arguments.push_back(value);
        }
        arguments.resize(body.getBody()->getNumArguments());
        if (body.hasIndexSemantics())
          for (unsigned loop : chain.loopsOf(chain.visible)) {
            auto *row = llvm::find(chain.rows, loop);
            indices.push_back(row == chain.rows.end()
                                  ? loops[loop]
                                  : rowIndices[row - chain.rows.begin()][v]);
          }
        x = widen(builder, loc,
                  emitBody(builder, body, arguments, indices, tile.lanes)[0],
                  tile.lanes);
        storeAt(x, scores, at);
      }
      // NaN is not greater, and comes through with its weight.
      Value isGreater = arith::CmpFOp::create(
          builder, loc, arith::CmpFPredicate::OGT, x, now[v]);
      next.push_back(
          arith::SelectOp::create(builder, loc, isGreater, x, now[v]));
    }
    return next;
  });
}

// A vector of an input's scratch; a bool from its byte.
Value AttentionEmitter::lanesOf(Input &input, Value at) {
  Value value = vectorAt(input.value, at);
  if (isLoadedAsVector(
          cast<MemRefType>(input.access.value.getType()).getElementType()))
    return value;
  return arith::TruncIOp::create(builder, loc, vectorType(builder.getI1Type()),
                                 value);
}

// All of `visible`, or without the comparisons where all of them hold.
SmallVector<Value> AttentionEmitter::applyMasks(Value from, Value count,
                                                Values tops) {
  for (Input &input : inputs)
    if (input.kind == Input::ByBoth)
      packByBoth(input, from, count);
  if (bounds.empty())
    return scoreKeys(chain.visible, from, count, tops);
  auto compare = [&](arith::CmpIPredicate predicate, Value left, Value right) {
    return arith::CmpIOp::create(builder, loc, predicate, left, right);
  };
  Value all = arith::AndIOp::create(
      builder, loc, compare(arith::CmpIPredicate::sge, from, seenByAll.from),
      compare(arith::CmpIPredicate::sle, add(from, count), seenByAll.to));
  auto branch =
      scf::IfOp::create(builder, loc, ValueRange(tops).getTypes(), all,
                        /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  linalg::GenericOp plain = withoutBounds();
  scf::YieldOp::create(builder, loc, scoreKeys(plain, from, count, tops));
  plain->destroy();
  builder.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(builder, loc,
                       scoreKeys(chain.visible, from, count, tops));
  return branch.getResults();
}

// What weights are relative to: a row that sees nothing is -infinity, which
// must not meet itself. Where such a row is NaN, that comes at the end.
Value AttentionEmitter::guard(Value top) {
  Value least = real(-std::numeric_limits<float>::infinity());
  Value isLeast = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ,
                                        top, least);
  return arith::SelectOp::create(builder, loc, isLeast, real(0), top);
}

// e^x for x <= 0, or NaN: 2^n 2^f with n = round(x log2 e), by a polynomial of
// degree 5 for 2^f, minimax on [-1/2, 1/2] among those that are 1 at 0; 2 ulp.
// Below 2^-126 it is 0. At 0 it is 1, so that a block which has nothing for a
// lane leaves its sums as they were.
Value AttentionEmitter::power(Value x) {
  constexpr float log2e = 1.44269504f, magic = 12582912.0f; // 1.5 * 2^23
  constexpr float least = -87.3365448f;                     // -126 ln 2
  Value shifted = multiplyAdd(x, real(log2e), real(magic));
  Value whole = arith::SubFOp::create(builder, loc, shifted, real(magic));
  Value f =
      multiplyAdd(x, real(log2e), arith::NegFOp::create(builder, loc, whole));
  Value p = real(1.326472725e-3f);
  for (float coefficient : {9.671512786e-3f, 5.550733744e-2f, 2.402224208e-1f,
                            6.931469776e-1f, 1.0f})
    p = multiplyAdd(p, f, real(coefficient));
  // The low bits of `shifted` are n, and 2^n has n + 127 as its exponent.
  VectorType integers = vectorType(builder.getI32Type());
  auto splat = [&](int32_t value) -> Value {
    return arith::ConstantOp::create(
        builder, loc,
        DenseElementsAttr::get(integers, builder.getI32IntegerAttr(value)));
  };
  Value bits = arith::BitcastOp::create(builder, loc, integers, shifted);
  bits = arith::AddIOp::create(builder, loc, bits, splat(127 - 0x4B400000));
  bits = arith::ShLIOp::create(builder, loc, bits, splat(23));
  Value scale = arith::BitcastOp::create(builder, loc, x.getType(), bits);
  Value result = arith::MulFOp::create(builder, loc, p, scale);
  Value vanishes = arith::CmpFOp::create(
      builder, loc, arith::CmpFPredicate::OLT, x, real(least));
  return arith::SelectOp::create(builder, loc, vanishes, real(0), result);
}

// P[j] = e^(P[j] - top) for j < count, added to the sums.
SmallVector<Value> AttentionEmitter::weighKeys(Value count, ValueRange tops,
                                               Values sums) {
  Values above;
  for (Value top : tops)
    above.push_back(guard(top));
  return forEach(index(0), count, 1, sums, [&](Value j, ValueRange now) {
    Values next;
    for (int64_t v : llvm::seq(tile.vectors)) {
      Value at = place(j, tile.queries(), v * tile.lanes);
      Value weight = power(
          arith::SubFOp::create(builder, loc, vectorAt(scores, at), above[v]));
      storeAt(weight, scores, at);
      next.push_back(arith::AddFOp::create(builder, loc, now[v], weight));
    }
    return next;
  });
}

// A sink is a score of no value: rows start from it.
void AttentionEmitter::startSinks(Values &tops, Values &sums) {
  if (!chain.sink.value)
    return;
  Input sink;
  sink.access = chain.sink;
  sink.value = scratch(tile.queries(), builder.getF32Type());
  packByQuery(sink);
  for (int64_t v : llvm::seq(tile.vectors)) {
    tops[v] = vectorAt(sink.value, index(v * tile.lanes));
    sums[v] =
        power(arith::SubFOp::create(builder, loc, tops[v], guard(tops[v])));
  }
}

} // namespace niello
