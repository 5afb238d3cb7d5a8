// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packing: A into blocks [K][MR], one panel of B into [K][NR]. A row of A
// beyond the end is a copy of the last one, a column of B what the scratch
// held; their sums are never stored.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/lower/cpu/Gemm.h"
#include "passes/lower/cpu/VectorBody.h"

using namespace mlir;

namespace niello {
namespace {

bool isPlain(View &view) { return isLoadedAsVector(view.element()); }

} // namespace

// An element, or a vector of them, in the accumulator's type.
Value GemmEmitter::convert(Operation *cast, Value value) {
  if (!cast)
    return value;
  return cloneWidened(builder, cast, {value}, tile.lanes);
}

// One loop a depth loop, with `loops` set and the position in the panel.
void GemmEmitter::forDepth(llvm::function_ref<void(Value)> body) {
  std::function<void(unsigned, Value)> nest = [&](unsigned number,
                                                  Value position) {
    if (number == contraction.k.size()) {
      body(position);
      return;
    }
    unsigned loop = contraction.k[number];
    forEach(index(0), sizes[loop], index(1), [&](Value at) {
      loops[loop] = at;
      nest(number + 1, add(mul(position, sizes[loop]), at));
    });
  };
  nest(0, index(0));
}

// memref[base + kk * pitch + i] = view(lead i, kk), for a view that is linear
// along the depth: squares of lanes x lanes are loaded along k and transposed.
// A store writes a whole vector; what it puts beyond `width` is overwritten by
// the next one, so positions go up.
void GemmEmitter::transposePanel(View view, Value memref, int64_t pitch,
                                 Value base, int64_t width,
                                 ArrayRef<SmallVector<Value>> leads,
                                 Operation *cast) {
  VectorType loaded = vectorType(view.element());
  VectorType type = vectorType(contraction.element);
  Value squares =
      sub(k, builder.createOrFold<arith::RemUIOp>(loc, k, index(tile.lanes)));
  auto at = [&](int64_t row, Value depth) {
    SmallVector<Value> subscripts(leads[row]);
    subscripts.push_back(depth);
    return subscripts;
  };
  forEach(index(0), squares, index(tile.lanes), [&](Value depth) {
    SmallVector<Value> rows;
    for (int64_t row = 0; row < width; ++row)
      rows.push_back(
          convert(cast, vector::LoadOp::create(builder, loc, loaded,
                                               view.memref, at(row, depth))));
    Value zero =
        arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
    rows.resize(tile.lanes, zero);
    transposeSquare(builder, loc, rows);
    for (auto [i, row] : llvm::enumerate(rows))
      vector::StoreOp::create(
          builder, loc, row, memref,
          add(base, mul(add(depth, index(i)), index(pitch))));
  });
  forEach(squares, k, index(1), [&](Value depth) {
    for (int64_t row = 0; row < width; ++row) {
      Value value =
          convert(cast, memref::LoadOp::create(builder, loc, view.memref,
                                               at(row, depth)));
      memref::StoreOp::create(
          builder, loc, value, memref,
          add(base, add(mul(depth, index(pitch)), index(row))));
    }
  });
}

// Rows row .. row + rows of A, MR at a time.
void GemmEmitter::packA(Value row, Value rows) {
  if (contraction.isBytes)
    return packBytesOfA(row, rows);
  View view =
      viewAlong(builder, loc, contraction.a, contraction.aMap, contraction.k);
  Value last = sub(m, index(1));
  forEach(index(0), rows, index(tile.rows), [&](Value block) {
    Value base = mul(block, k);
    if (view.linear && isPlain(view)) {
      SmallVector<SmallVector<Value>> leads;
      for (int64_t r = 0; r < tile.rows; ++r) {
        splitCounter(builder, loc, min(add(row, add(block, index(r))), last),
                     contraction.m, sizes, loops);
        leads.push_back(applyMap(builder, loc, view.lead, loops));
      }
      transposePanel(view, packedA, tile.rows, base, tile.rows, leads,
                     contraction.aCast);
      return;
    }
    forDepth([&](Value depth) {
      Value to = add(base, mul(depth, index(tile.rows)));
      forEach(index(0), index(tile.rows), index(1), [&](Value r) {
        splitCounter(builder, loc, min(add(row, add(block, r)), last),
                     contraction.m, sizes, loops);
        Value value = memref::LoadOp::create(
            builder, loc, contraction.a,
            applyMap(builder, loc, contraction.aMap, loops));
        memref::StoreOp::create(builder, loc, convert(contraction.aCast, value),
                                packedA, add(to, r));
      });
    });
  });
}

// The leading subscripts of a vector of columns from `column` on, in `view`,
// which is linear along the depth. One beyond the end is the last.
SmallVector<SmallVector<Value>> GemmEmitter::columnLeads(const View &view,
                                                         Value column) {
  SmallVector<SmallVector<Value>> leads;
  Value last = sub(n, index(1));
  for (int64_t lane = 0; lane < tile.lanes; ++lane) {
    Value at = min(add(column, index(lane)), last);
    splitCounter(builder, loc, at, contraction.n, sizes, loops);
    leads.push_back(applyMap(builder, loc, view.lead, loops));
  }
  return leads;
}

// Columns column .. column + NR of B.
void GemmEmitter::packB(Value column) {
  if (contraction.isBytes)
    return packBytesOfB(column);
  View along =
      viewAlong(builder, loc, contraction.b, contraction.bMap, contraction.n);
  View depthwise =
      viewAlong(builder, loc, contraction.b, contraction.bMap, contraction.k);
  if (depthwise.linear && isPlain(depthwise)) {
    for (int64_t v = 0; v < tile.vectors; ++v) {
      auto leads = columnLeads(depthwise, add(column, index(v * tile.lanes)));
      transposePanel(depthwise, packedB, tile.columns(), index(v * tile.lanes),
                     tile.lanes, leads, contraction.bCast);
    }
    return;
  }
  Value columns = min(index(tile.columns()), sub(n, column));
  if (!along.linear || !isPlain(along)) {
    packWindow(along, column, columns);
    return;
  }
  // Whole vectors as they lie, the last ones element by element.
  Value end = sub(columns, builder.createOrFold<arith::RemUIOp>(
                               loc, columns, index(tile.lanes)));
  forDepth([&](Value depth) {
    auto subscripts = applyMap(builder, loc, along.lead, loops);
    subscripts.push_back(column);
    Value to = mul(depth, index(tile.columns()));
    forEach(index(0), end, index(tile.lanes), [&](Value c) {
      subscripts.back() = add(column, c);
      Value value = vector::LoadOp::create(
          builder, loc, vectorType(along.element()), along.memref, subscripts);
      vector::StoreOp::create(builder, loc, convert(contraction.bCast, value),
                              packedB, add(to, c));
    });
    forEach(end, columns, index(1), [&](Value c) {
      subscripts.back() = add(column, c);
      Value value =
          memref::LoadOp::create(builder, loc, along.memref, subscripts);
      memref::StoreOp::create(builder, loc, convert(contraction.bCast, value),
                              packedB, add(to, c));
    });
  });
}

// Columns that do not lie side by side: a convolution's window. Columns of one
// image row that follow each other in memory are still moved as vectors.
void GemmEmitter::packWindow(View view, Value column, Value columns) {
  unsigned fastest = contraction.n.back();
  AffineMap map = contraction.bMap;
  auto type = cast<MemRefType>(contraction.b.getType());
  // The fastest column loop moves the last subscript by one, and nothing else.
  auto moves = [&](AffineExpr expr) {
    auto next = expr.replace(getAffineDimExpr(fastest, map.getContext()),
                             getAffineDimExpr(fastest, map.getContext()) + 1);
    return simplifyAffineExpr(next - expr, map.getNumDims(), 0);
  };
  bool sideBySide = type.isLastDimUnitStride() && isPlain(view) &&
                    moves(map.getResults().back()) ==
                        getAffineConstantExpr(1, map.getContext());
  for (AffineExpr result : map.getResults().drop_back())
    sideBySide &= !result.isFunctionOfDim(fastest);

  auto copy = [&](Value from, Value to, int64_t lanes) {
    splitCounter(builder, loc, from, contraction.n, sizes, loops);
    forDepth([&](Value depth) {
      auto at = applyMap(builder, loc, map, loops);
      Value target = add(mul(depth, index(tile.columns())), to);
      if (lanes == 1) {
        Value value = memref::LoadOp::create(builder, loc, contraction.b, at);
        memref::StoreOp::create(builder, loc, convert(contraction.bCast, value),
                                packedB, target);
        return;
      }
      Value value = vector::LoadOp::create(
          builder, loc, vectorType(view.element()), contraction.b, at);
      vector::StoreOp::create(builder, loc, convert(contraction.bCast, value),
                              packedB, target);
    });
  };
  forEach(index(0), columns, index(tile.lanes), [&](Value c) {
    Value from = add(column, c);
    auto single = [&] {
      Value end = min(add(c, index(tile.lanes)), columns);
      forEach(c, end, index(1),
              [&](Value lane) { copy(add(column, lane), lane, 1); });
    };
    if (!sideBySide) {
      single();
      return;
    }
    Value inRow = from;
    if (contraction.n.size() > 1)
      inRow = arith::RemUIOp::create(builder, loc, from, sizes[fastest]);
    Value fits =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sle,
                              add(inRow, index(tile.lanes)), sizes[fastest]);
    ifThen(fits, [&] { copy(from, c, tile.lanes); }, single);
  });
}

} // namespace niello
