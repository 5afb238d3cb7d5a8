// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The register tile, and what happens to a finished tile.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/lower/cpu/Gemm.h"
#include "passes/lower/cpu/VectorBody.h"

using namespace mlir;

namespace niello {

// acc[r][v] = sum over k of packedA[block][k][r] * packedB[k][v], then stored
// to the tile. `rows` accumulators of `tile.vectors` vectors stay in registers.
void GemmEmitter::microKernel(Value block, int64_t rows) {
  if (contraction.isBytes)
    return bytesKernel(block, rows);
  VectorType type = vectorType(contraction.element);
  bool isFloat = isa<FloatType>(contraction.element);
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  Value base = mul(add(firstRow, block), k); // these count rows
  SmallVector<Value> start(rows * tile.vectors, zero);
  auto depth = scf::ForOp::create(builder, loc, index(0), k, index(1), start);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(depth.getBody());
    Value at = depth.getInductionVar();
    int64_t pitch = hasPackedB() ? contraction.bPanel : tile.columns();
    Value bAt = mul(at, index(pitch));
    Value aAt = add(base, mul(at, index(tile.rows)));
    SmallVector<Value> b, next;
    for (int64_t v = 0; v < tile.vectors; ++v) {
      Value start = hasPackedB() ? bStarts[v] : index(v * tile.lanes);
      b.push_back(
          vector::LoadOp::create(builder, loc, type, packedB, add(bAt, start)));
    }
    prefetchB(bAt, pitch);
    for (int64_t r = 0; r < rows; ++r) {
      Value a =
          memref::LoadOp::create(builder, loc, packedA, add(aAt, index(r)));
      a = vector::BroadcastOp::create(builder, loc, type, a);
      for (int64_t v = 0; v < tile.vectors; ++v) {
        Value sum = depth.getRegionIterArgs()[r * tile.vectors + v];
        if (isFloat && tile.fma)
          sum = vector::FMAOp::create(builder, loc, a, b[v], sum);
        else if (isFloat)
          sum = arith::AddFOp::create(
              builder, loc, sum, arith::MulFOp::create(builder, loc, a, b[v]));
        else
          sum = arith::AddIOp::create(
              builder, loc, sum, arith::MulIOp::create(builder, loc, a, b[v]));
        next.push_back(sum);
      }
    }
    scf::YieldOp::create(builder, loc, next);
  }
  for (auto [i, sum] : llvm::enumerate(depth.getResults()))
    vector::StoreOp::create(builder, loc, sum, accumulators,
                            index(i * tile.lanes));
}

// Weights come from memory or from the last-level cache, one line of each panel
// a step. A tile of 8 x 48 takes 12 to 24 cycles a step, so 16 steps are 190 to
// 380: about what memory takes. Measured at 512x3072x768 on two 512-bit ports:
// 0.82 of the peak without, 0.89 with 8 to 16 steps. What is fetched beyond the
// last panel is never read.
void GemmEmitter::prefetchB(Value at, int64_t pitch) {
  constexpr int64_t steps = 16, lineBytes = 64;
  if (!hasPackedB())
    return;
  int64_t bytes = tile.lanes * contraction.element.getIntOrFloatBitWidth() / 8;
  int64_t unit = contraction.isBytes ? 4 : 1; // elements a word
  for (int64_t v = 0; v < tile.vectors; ++v)
    if (v * bytes % lineBytes == 0)
      memref::PrefetchOp::create(
          builder, loc, packedB,
          mul(add(add(at, index(steps * pitch)), bStarts[v]), index(unit)),
          /*isWrite=*/false,
          /*localityHint=*/3, /*isDataCache=*/true);
}

// Picks the body for `rows` rows at row `block` of packed A. Fewer rows than a
// tile has are computed by the smallest body that covers them; the packed rows
// beyond are copies, their sums are not stored.
void GemmEmitter::computeTile(Value block, Value rows) {
  SmallVector<int64_t> bodies = {tile.rows};
  if (auto all = getConstantIntValue(m)) {
    if (int64_t rest = *all % tile.rows)
      bodies.push_back(rest);
  } else {
    for (int64_t body = tile.rows / 2; body > 0; body /= 4)
      bodies.push_back(body);
  }
  std::function<void(unsigned)> choose = [&](unsigned body) {
    if (body + 1 == bodies.size()) {
      microKernel(block, bodies[body]);
      return;
    }
    Value larger = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::sgt, rows, index(bodies[body + 1]));
    ifThen(
        larger, [&] { microKernel(block, bodies[body]); },
        [&] { choose(body + 1); });
  };
  choose(0);
}

namespace {

// The stages' operands along a row of the output: what does not vary is loaded
// once a row, the rest for each vector or element.
struct RowEpilogue {
  GemmEmitter &gemm;
  SmallVector<SmallVector<View>> views; // by stage and operand; inputs first
  View sum;
  bool vectors = true;                         // the lanes can be used at all
  SmallVector<SmallVector<Value>> invariant{}; // by stage and operand, or null

  RowEpilogue(GemmEmitter &emitter) : gemm(emitter) {
    Contraction &contraction = gemm.contraction;
    if (gemm.storesSum) {
      sum = see(contraction.c, contraction.cMap);
      check(sum, /*written=*/true);
    }
    for (GemmStage &stage : gemm.stages) {
      auto &row = views.emplace_back();
      for (auto [operand, map] :
           llvm::zip(stage.op->getOperands(), stage.maps)) {
        bool output =
            row.size() >= static_cast<size_t>(stage.op.getNumDpsInputs());
        // What is not touched gets no view, so that its buffer can go.
        if (output ? !stage.stored : isCarried(operand, stage)) {
          row.push_back(View());
          continue;
        }
        row.push_back(see(operand, map));
        check(row.back(), output);
      }
      if (!whyNotWidened(stage.op).empty())
        vectors = false;
      if (contraction.n.size() > 1 && stage.op.hasIndexSemantics())
        vectors = false;
    }
  }

  View see(Value memref, AffineMap map) {
    return viewAlong(gemm.builder, gemm.loc, memref, map, gemm.contraction.n);
  }

  void check(View view, bool written) {
    if (written ? !view.linear : view.varies && !view.linear)
      vectors = false;
    if (view.varies && !isLoadedAsVector(view.element()))
      vectors = false;
  }

  // Whether the operand is what an earlier stage has just computed.
  bool isCarried(Value operand, GemmStage &stage) {
    if (operand == gemm.contraction.c)
      return true;
    for (GemmStage &earlier : gemm.stages) {
      if (&earlier == &stage)
        return false;
      if (llvm::is_contained(earlier.op.getOutputs(), operand))
        return true;
    }
    return false;
  }

  void startRow() {
    invariant.clear();
    for (auto [stage, row] : llvm::zip(gemm.stages, views)) {
      auto &values = invariant.emplace_back();
      for (auto [i, view] : llvm::enumerate(row)) {
        bool read =
            stage.op.payloadUsesValueFromOperand(&stage.op->getOpOperand(i));
        if (!view.memref || view.varies || !read)
          values.push_back(Value());
        else
          values.push_back(memref::LoadOp::create(
              gemm.builder, gemm.loc, view.memref, subscripts(view, Value())));
      }
    }
  }

  SmallVector<Value> subscripts(View &view, Value column) {
    auto values = applyMap(gemm.builder, gemm.loc, view.lead, gemm.loops);
    if (view.linear)
      values.push_back(column);
    return values;
  }

  Value load(View &view, Value column, int64_t lanes) {
    auto at = subscripts(view, column);
    if (lanes == 1)
      return memref::LoadOp::create(gemm.builder, gemm.loc, view.memref, at);
    return vector::LoadOp::create(gemm.builder, gemm.loc,
                                  VectorType::get(lanes, view.element()),
                                  view.memref, at);
  }

  void store(Value value, View &view, Value column, int64_t lanes) {
    auto at = subscripts(view, column);
    if (lanes == 1) {
      memref::StoreOp::create(gemm.builder, gemm.loc, value, view.memref, at);
      return;
    }
    value = widen(gemm.builder, gemm.loc, value, lanes);
    vector::StoreOp::create(gemm.builder, gemm.loc, value, view.memref, at);
  }

  // Runs the stages on the finished sum at tile position `from`.
  void finish(Value from, Value column, int64_t lanes) {
    Contraction &contraction = gemm.contraction;
    splitCounter(gemm.builder, gemm.loc, column, contraction.n, gemm.sizes,
                 gemm.loops);
    Value value;
    if (lanes == 1)
      value = memref::LoadOp::create(gemm.builder, gemm.loc, gemm.accumulators,
                                     from);
    else
      value = vector::LoadOp::create(gemm.builder, gemm.loc,
                                     gemm.vectorType(contraction.element),
                                     gemm.accumulators, from);
    DenseMap<Value, Value> carried = {{contraction.c, value}};
    if (gemm.storesSum)
      store(value, sum, column, lanes);
    for (auto [number, stage] : llvm::enumerate(gemm.stages)) {
      SmallVector<Value> arguments, indices;
      for (auto [i, view] : llvm::enumerate(views[number])) {
        Value operand = stage.op->getOperand(i);
        if (Value known = carried.lookup(operand))
          arguments.push_back(known);
        else if (Value known = invariant[number][i])
          arguments.push_back(known);
        else if (stage.op.payloadUsesValueFromOperand(
                     &stage.op->getOpOperand(i)))
          arguments.push_back(load(view, column, lanes));
        else
          arguments.push_back(Value());
      }
      if (stage.op.hasIndexSemantics())
        indices = stageIndices(stage, lanes);
      auto results =
          emitBody(gemm.builder, stage.op, arguments, indices, lanes);
      unsigned inputs = stage.op.getNumDpsInputs();
      for (auto [i, result] : llvm::enumerate(results)) {
        carried[stage.op.getOutputs()[i]] = result;
        if (stage.stored)
          store(result, views[number][inputs + i], column, lanes);
      }
    }
  }

  SmallVector<Value> stageIndices(GemmStage &stage, int64_t lanes) {
    SmallVector<Value> indices;
    for (unsigned loop : stage.loops) {
      Value value = gemm.loops[loop];
      if (lanes != 1 && llvm::is_contained(gemm.contraction.n, loop)) {
        auto type = VectorType::get(lanes, gemm.builder.getIndexType());
        Value step = vector::StepOp::create(gemm.builder, gemm.loc, type);
        value =
            arith::AddIOp::create(gemm.builder, gemm.loc, step,
                                  widen(gemm.builder, gemm.loc, value, lanes));
      }
      indices.push_back(value);
    }
    return indices;
  }
};

} // namespace

void GemmEmitter::storeTile(Value row, Value column) {
  RowEpilogue epilogue(*this);
  bool wholeRows = false, wholeColumns = false;
  if (auto all = getConstantIntValue(m))
    wholeRows = *all % tile.rows == 0;
  if (auto all = getConstantIntValue(n))
    wholeColumns = *all % tile.columns() == 0;
  Value rows =
      wholeRows ? index(tile.rows) : min(index(tile.rows), sub(m, row));
  Value columns = wholeColumns ? index(tile.columns())
                               : min(index(tile.columns()), sub(n, column));
  Value vectorEnd = index(0);
  if (epilogue.vectors)
    vectorEnd = wholeColumns
                    ? columns
                    : sub(columns, builder.createOrFold<arith::RemUIOp>(
                                       loc, columns, index(tile.lanes)));
  forEach(index(0), rows, index(1), [&](Value r) {
    splitCounter(builder, loc, add(row, r), contraction.m, sizes, loops);
    epilogue.startRow();
    Value from = mul(r, index(tile.columns()));
    if (epilogue.vectors)
      forEach(index(0), vectorEnd, index(tile.lanes), [&](Value c) {
        epilogue.finish(add(from, c), add(column, c), tile.lanes);
      });
    if (!wholeColumns || !epilogue.vectors)
      forEach(vectorEnd, columns, index(1), [&](Value c) {
        epilogue.finish(add(from, c), add(column, c), 1);
      });
  });
}

} // namespace niello
