// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The register tile of a product of bytes. A step takes four bytes of k, which
// lie together as one word of 32 bits, in A and in B:
//
//   for k4:  b[v]  = load 4 x lanes bytes of B, four of each column
//            a     = the word of row r, in every lane
//            s[r][v] = vpdpbusd s[r][v], a, b[v]     u8 x s8, sums wrap in s32
//
// Without vpdpbusd, or where both have a sign or neither, the even and the odd
// bytes of each word are widened to pairs of 16 bits, A's while it is packed:
//
//   s[r][v] += pmaddwd(even a, even b[v]) + pmaddwd(odd a, odd b[v])
//
// A product of two bytes is below 2^16 in magnitude and a pair of them below
// 2^17, so both forms are exact; pmaddubsw, which saturates at 2^15, is not.

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/lower/cpu/Gemm.h"

using namespace mlir;

namespace niello {
namespace {

bool isSigned(Operation *cast) { return isa<arith::ExtSIOp>(cast); }

// `type` with its bits as elements of `bits` each.
Value bitcast(OpBuilder &builder, Location loc, Value vector, unsigned bits) {
  auto type = cast<VectorType>(vector.getType());
  int64_t all = type.getNumElements() * type.getElementTypeBitWidth();
  return vector::BitCastOp::create(
      builder, loc, VectorType::get(all / bits, builder.getIntegerType(bits)),
      vector);
}

Value callIntrinsic(OpBuilder &builder, Location loc, StringRef name, Type type,
                    ValueRange arguments) {
  return LLVM::CallIntrinsicOp::create(builder, loc, type,
                                       builder.getStringAttr(name), arguments)
      ->getResult(0);
}

} // namespace

bool GemmEmitter::dotsBytes(const Contraction &contraction, bool target) {
  return target && isSigned(contraction.aCast) != isSigned(contraction.bCast);
}

// A word or a vector of words as what the dot products read: itself, or its
// even and its odd bytes as pairs of 16 bits, in words again.
SmallVector<Value> GemmEmitter::splitWords(Value words, bool isSigned) {
  if (wordParts() == 1)
    return {words};
  auto type = cast<VectorType>(words.getType());
  Value pairs = bitcast(builder, loc, words, 16);
  Value eight = arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(cast<ShapedType>(pairs.getType()),
                             builder.getI16IntegerAttr(8)));
  Value even = arith::ShLIOp::create(builder, loc, pairs, eight), odd;
  if (isSigned) {
    even = arith::ShRSIOp::create(builder, loc, even, eight);
    odd = arith::ShRSIOp::create(builder, loc, pairs, eight);
  } else {
    even = arith::ShRUIOp::create(builder, loc, even, eight);
    odd = arith::ShRUIOp::create(builder, loc, pairs, eight);
  }
  return {vector::BitCastOp::create(builder, loc, type, even),
          vector::BitCastOp::create(builder, loc, type, odd)};
}

// sum + the products of each word's bytes, of parts that splitWords has made.
Value GemmEmitter::addDots(Value sum, ValueRange a, ValueRange b) {
  int64_t bits = tile.lanes * 32;
  if (a.size() == 1) {
    // The first factor is the one without a sign.
    Value first = bitcast(builder, loc, a[0], 8);
    Value second = bitcast(builder, loc, b[0], 8);
    if (isSigned(contraction.aCast))
      std::swap(first, second);
    return callIntrinsic(builder, loc,
                         "llvm.x86.avx512.vpdpbusd." + std::to_string(bits),
                         sum.getType(), {sum, first, second});
  }
  StringRef name = bits == 512   ? "llvm.x86.avx512.pmaddw.d.512"
                   : bits == 256 ? "llvm.x86.avx2.pmadd.wd"
                                 : "llvm.x86.sse2.pmadd.wd";
  for (auto [left, right] : llvm::zip(a, b))
    sum = arith::AddIOp::create(
        builder, loc, sum,
        callIntrinsic(builder, loc, name, sum.getType(),
                      {bitcast(builder, loc, left, 16),
                       bitcast(builder, loc, right, 16)}));
  return sum;
}

// As microKernel. packedA is [block][k][parts][MR] words; packedB [k][NR] words
// in scratch, or panels of bytes that the compiler has packed.
void GemmEmitter::bytesKernel(Value block, int64_t rows) {
  VectorType type = vectorType(contraction.element);
  int64_t parts = wordParts();
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  Value base = mul(mul(add(firstRow, block), k), index(parts));
  SmallVector<Value> start(rows * tile.vectors, zero);
  auto depth = scf::ForOp::create(builder, loc, index(0), k, index(1), start);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(depth.getBody());
    Value at = depth.getInductionVar();
    int64_t pitch = hasPackedB() ? contraction.bPanel : tile.columns();
    Value bAt = mul(at, index(pitch));
    Value aAt = add(base, mul(at, index(tile.rows * parts)));
    SmallVector<SmallVector<Value>> b;
    for (int64_t v = 0; v < tile.vectors; ++v) {
      Value words;
      if (hasPackedB())
        words =
            bitcast(builder, loc,
                    vector::LoadOp::create(
                        builder, loc,
                        VectorType::get(4 * tile.lanes, builder.getI8Type()),
                        packedB, mul(add(bAt, bStarts[v]), index(4))),
                    32);
      else
        words = vector::LoadOp::create(builder, loc, type, packedB,
                                       add(bAt, index(v * tile.lanes)));
      b.push_back(splitWords(words, isSigned(contraction.bCast)));
    }
    prefetchB(bAt, pitch);
    SmallVector<Value> next;
    for (int64_t r = 0; r < rows; ++r) {
      SmallVector<Value> a;
      for (int64_t part = 0; part < parts; ++part) {
        Value word = memref::LoadOp::create(
            builder, loc, packedA, add(aAt, index(part * tile.rows + r)));
        a.push_back(vector::BroadcastOp::create(builder, loc, type, word));
      }
      for (int64_t v = 0; v < tile.vectors; ++v)
        next.push_back(
            addDots(depth.getRegionIterArgs()[r * tile.vectors + v], a, b[v]));
    }
    scf::YieldOp::create(builder, loc, next);
  }
  for (auto [i, sum] : llvm::enumerate(depth.getResults()))
    vector::StoreOp::create(builder, loc, sum, accumulators,
                            index(i * tile.lanes));
}

} // namespace niello
