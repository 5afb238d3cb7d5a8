// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Packing of bytes: four of k become a word, then words are packed as floats
// are (GemmPack.cpp). Bytes beyond the end of k are zero on both sides, so the
// last word needs no care when it is multiplied.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/lower/cpu/Gemm.h"
#include "passes/lower/cpu/VectorBody.h"

using namespace mlir;

namespace niello {

// Four bytes of k, or four vectors of `lanes` of them, as words: byte j of a
// word is load(4 * word + j), or 0 beyond the end.
Value GemmEmitter::wordAt(Value word, llvm::function_ref<Value(Value)> load,
                          int64_t lanes) {
  auto depth = getConstantIntValue(depthOfBytes);
  bool isWhole = depth && *depth % 4 == 0;
  Type type = builder.getI32Type();
  if (lanes > 1)
    type = VectorType::get(lanes, type);
  auto number = [&](int64_t value) -> Value {
    Value scalar = arith::ConstantIntOp::create(builder, loc, value, 32);
    return widen(builder, loc, scalar, lanes);
  };
  Value sum;
  for (int64_t j = 0; j < 4; ++j) {
    Value at = add(mul(word, index(4)), index(j));
    Value inside;
    if (!isWhole && j > 0) {
      inside = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                     at, depthOfBytes);
      at = min(at, sub(depthOfBytes, index(1)));
    }
    Value byte = arith::ExtUIOp::create(builder, loc, type, load(at));
    if (inside)
      byte = arith::SelectOp::create(builder, loc, inside, byte, number(0));
    if (j > 0)
      byte = arith::ShLIOp::create(builder, loc, byte, number(8 * j));
    sum = sum ? arith::OrIOp::create(builder, loc, sum, byte) : byte;
  }
  return sum;
}

// memref[base + (word * parts + part) * pitch + i] = part of word `word` of
// view(lead i), which is linear along the depth: squares of lanes x lanes words
// are loaded along k and transposed. Stores overlap as in transposePanel.
void GemmEmitter::packWords(View view, Value memref, int64_t pitch, Value base,
                            ArrayRef<SmallVector<Value>> leads, int64_t parts,
                            bool isSigned) {
  VectorType type = vectorType(builder.getI32Type());
  auto loaded = VectorType::get(4 * tile.lanes, builder.getI8Type());
  Value whole =
      builder.createOrFold<arith::DivUIOp>(loc, depthOfBytes, index(4));
  Value squares =
      sub(whole,
          builder.createOrFold<arith::RemUIOp>(loc, whole, index(tile.lanes)));
  auto place = [&](Value word, int64_t part) {
    return add(base,
               mul(add(mul(word, index(parts)), index(part)), index(pitch)));
  };
  auto at = [&](unsigned row, Value depth) {
    SmallVector<Value> subscripts(leads[row]);
    subscripts.push_back(depth);
    return subscripts;
  };
  forEach(index(0), squares, index(tile.lanes), [&](Value word) {
    SmallVector<SmallVector<Value>> rows(parts);
    for (unsigned row = 0; row < leads.size(); ++row) {
      Value bytes = vector::LoadOp::create(builder, loc, loaded, view.memref,
                                           at(row, mul(word, index(4))));
      Value words = vector::BitCastOp::create(builder, loc, type, bytes);
      SmallVector<Value> split =
          parts == 1 ? SmallVector<Value>{words} : splitWords(words, isSigned);
      for (int64_t part = 0; part < parts; ++part)
        rows[part].push_back(split[part]);
    }
    Value zero =
        arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
    for (SmallVector<Value> &square : rows) {
      square.resize(tile.lanes, zero);
      transposeSquare(builder, loc, square);
    }
    for (int64_t i = 0; i < tile.lanes; ++i)
      for (int64_t part = 0; part < parts; ++part)
        vector::StoreOp::create(builder, loc, rows[part][i], memref,
                                place(add(word, index(i)), part));
  });
  forEach(squares, k, index(1), [&](Value word) {
    for (unsigned row = 0; row < leads.size(); ++row) {
      Value bytes = wordAt(
          word,
          [&](Value depth) {
            return memref::LoadOp::create(builder, loc, view.memref,
                                          at(row, depth));
          },
          1);
      storeWord(bytes, memref, place(word, 0), index(row), pitch, parts,
                isSigned);
    }
  });
}

// memref[at + part * pitch + row] = the parts of one word.
void GemmEmitter::storeWord(Value word, Value memref, Value at, Value row,
                            int64_t pitch, int64_t parts, bool isSigned) {
  SmallVector<Value> split = {word};
  if (parts == 2) {
    Value one = vector::BroadcastOp::create(
        builder, loc, VectorType::get(1, word.getType()), word);
    split.clear();
    for (Value part : splitWords(one, isSigned))
      split.push_back(
          vector::ExtractOp::create(builder, loc, part, int64_t(0)));
  }
  for (auto [number, part] : llvm::enumerate(split))
    memref::StoreOp::create(builder, loc, part, memref,
                            add(at, add(row, index(number * pitch))));
}

// Rows row .. row + rows of A, MR at a time.
void GemmEmitter::packBytesOfA(Value row, Value rows) {
  View view =
      viewAlong(builder, loc, contraction.a, contraction.aMap, contraction.k);
  bool isSigned = isa<arith::ExtSIOp>(contraction.aCast);
  int64_t parts = wordParts();
  Value last = sub(m, index(1));
  forEach(index(0), rows, index(tile.rows), [&](Value block) {
    Value base = mul(mul(block, k), index(parts));
    auto atRow = [&](Value r) {
      splitCounter(builder, loc, min(add(row, add(block, r)), last),
                   contraction.m, sizes, loops);
    };
    if (view.linear) {
      SmallVector<SmallVector<Value>> leads;
      for (int64_t r = 0; r < tile.rows; ++r) {
        atRow(index(r));
        leads.push_back(applyMap(builder, loc, view.lead, loops));
      }
      packWords(view, packedA, tile.rows, base, leads, parts, isSigned);
      return;
    }
    forEach(index(0), k, index(1), [&](Value word) {
      Value to = add(base, mul(word, index(tile.rows * parts)));
      forEach(index(0), index(tile.rows), index(1), [&](Value r) {
        atRow(r);
        storeWord(gatherWord(contraction.a, contraction.aMap, word), packedA,
                  to, r, tile.rows, parts, isSigned);
      });
    });
  });
}

// The word of an operand at the loops' place, wherever its bytes lie.
Value GemmEmitter::gatherWord(Value memref, AffineMap map, Value word) {
  return wordAt(
      word,
      [&](Value depth) {
        splitCounter(builder, loc, depth, contraction.k, sizes, loops);
        return memref::LoadOp::create(builder, loc, memref,
                                      applyMap(builder, loc, map, loops));
      },
      1);
}

// Columns column .. column + NR of B, as words: the tile splits them.
void GemmEmitter::packBytesOfB(Value column) {
  View along =
      viewAlong(builder, loc, contraction.b, contraction.bMap, contraction.n);
  View depthwise =
      viewAlong(builder, loc, contraction.b, contraction.bMap, contraction.k);
  if (depthwise.linear) {
    for (int64_t v = 0; v < tile.vectors; ++v) {
      auto leads = columnLeads(depthwise, add(column, index(v * tile.lanes)));
      packWords(depthwise, packedB, tile.columns(), index(v * tile.lanes),
                leads, /*parts=*/1, /*isSigned=*/false);
    }
    return;
  }
  Value columns = min(index(tile.columns()), sub(n, column));
  Value end = index(0);
  if (along.linear)
    end = sub(columns, builder.createOrFold<arith::RemUIOp>(loc, columns,
                                                            index(tile.lanes)));
  forEach(index(0), k, index(1), [&](Value word) {
    Value to = mul(word, index(tile.columns()));
    if (along.linear)
      forEach(index(0), end, index(tile.lanes), [&](Value c) {
        auto load = [&](Value depth) {
          splitCounter(builder, loc, depth, contraction.k, sizes, loops);
          auto at = applyMap(builder, loc, along.lead, loops);
          at.push_back(add(column, c));
          return vector::LoadOp::create(
              builder, loc, vectorType(builder.getI8Type()), along.memref, at);
        };
        vector::StoreOp::create(builder, loc, wordAt(word, load, tile.lanes),
                                packedB, add(to, c));
      });
    forEach(end, columns, index(1), [&](Value c) {
      splitCounter(builder, loc, add(column, c), contraction.n, sizes, loops);
      memref::StoreOp::create(builder, loc,
                              gatherWord(contraction.b, contraction.bMap, word),
                              packedB, add(to, c));
    });
  });
}

} // namespace niello
