// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/lower/cpu/Contraction.h"

#include "passes/fuse/Generic.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace niello {
namespace {

// Looks through one widening of an element.
Value stripCast(Value value, Operation *&cast) {
  Operation *op = value.getDefiningOp();
  if (!op || !isa<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp,
                  arith::SIToFPOp, arith::UIToFPOp>(op))
    return value;
  cast = op;
  return op->getOperand(0);
}

// Binds a and b from `c + cast(a) * cast(b)`, in any order of operands.
StringRef matchBody(Contraction &contraction) {
  Block *body = contraction.op.getBody();
  Operation *sum = body->getTerminator()->getOperand(0).getDefiningOp();
  if (!sum || !isa<arith::AddFOp, arith::AddIOp>(sum))
    return "its body does not yield a sum";
  Value result = body->getArgument(2);
  Value term =
      sum->getOperand(0) == result ? sum->getOperand(1) : sum->getOperand(0);
  if (sum->getOperand(0) != result && sum->getOperand(1) != result)
    return "its sum does not add to the output";
  Operation *product = term.getDefiningOp();
  if (!product || !isa<arith::MulFOp, arith::MulIOp>(product))
    return "its sum is not over products";
  Operation *casts[2] = {nullptr, nullptr};
  auto first =
      dyn_cast<BlockArgument>(stripCast(product->getOperand(0), casts[0]));
  auto second =
      dyn_cast<BlockArgument>(stripCast(product->getOperand(1), casts[1]));
  if (!first || !second || first == second || first == result ||
      second == result || first.getOwner() != body || second.getOwner() != body)
    return "its factors are not its two inputs";
  auto maps = contraction.op.getIndexingMapsArray();
  contraction.a = contraction.op.getInputs()[first.getArgNumber()];
  contraction.b = contraction.op.getInputs()[second.getArgNumber()];
  contraction.aMap = maps[first.getArgNumber()];
  contraction.bMap = maps[second.getArgNumber()];
  contraction.aCast = casts[0];
  contraction.bCast = casts[1];
  return "";
}

bool uses(AffineMap map, unsigned loop) { return map.isFunctionOfDim(loop); }

// The last results of C's map that only one of A and B knows become a role, in
// C's order; what does not lie together in C stays outside.
SmallVector<unsigned> roleOf(Contraction &contraction, AffineMap with,
                             AffineMap without) {
  SmallVector<unsigned> role;
  for (AffineExpr result : llvm::reverse(contraction.cMap.getResults())) {
    unsigned loop = cast<AffineDimExpr>(result).getPosition();
    if (uses(with, loop) && !uses(without, loop))
      role.insert(role.begin(), loop);
    else if (!role.empty())
      break;
  }
  return role;
}

// The width W of a map (d floordiv W, k..., d mod W), d the one loop of a role,
// over memory of that very order; 0 for other maps.
int64_t panelWidth(Value memref, AffineMap map, ArrayRef<unsigned> role,
                   ArrayRef<unsigned> k, Operation *cast) {
  auto type = llvm::cast<MemRefType>(memref.getType());
  if (cast || role.size() != 1 || map.getNumResults() != k.size() + 2 ||
      !type.getLayout().isIdentity() || !type.hasStaticShape())
    return 0;
  int64_t width = type.getShape().back();
  AffineExpr loop = getAffineDimExpr(role[0], map.getContext());
  if (map.getResults().front() != loop.floorDiv(width) ||
      map.getResults().back() != loop % width)
    return 0;
  for (auto [at, result] : llvm::zip(k, map.getResults().drop_front()))
    if (result != getAffineDimExpr(at, map.getContext()))
      return 0;
  return width;
}

// The same for bytes: (d floordiv W, k floordiv 4, d mod W, k mod 4).
int64_t bytePanelWidth(Value memref, AffineMap map, ArrayRef<unsigned> role,
                       ArrayRef<unsigned> k) {
  auto type = llvm::cast<MemRefType>(memref.getType());
  if (role.size() != 1 || k.size() != 1 || map.getNumResults() != 4 ||
      !type.getLayout().isIdentity() || !type.hasStaticShape())
    return 0;
  int64_t width = type.getDimSize(2);
  AffineExpr column = getAffineDimExpr(role[0], map.getContext());
  AffineExpr depth = getAffineDimExpr(k[0], map.getContext());
  bool isPanel = type.getDimSize(3) == 4 &&
                 map.getResult(0) == column.floorDiv(width) &&
                 map.getResult(1) == depth.floorDiv(4) &&
                 map.getResult(2) == column % width &&
                 map.getResult(3) == depth % 4;
  return isPanel ? width : 0;
}

} // namespace

StringRef matchContraction(linalg::GenericOp op, Contraction &contraction) {
  contraction.op = op;
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1)
    return "it has not two inputs and one output";
  if (!op.hasPureBufferSemantics())
    return "it is not on memrefs";
  contraction.c = op.getOutputs()[0];
  contraction.cMap = op.getIndexingMapsArray()[2];
  contraction.element =
      cast<MemRefType>(contraction.c.getType()).getElementType();
  if (!contraction.element.isF32() && !contraction.element.isF64() &&
      !contraction.element.isInteger(32))
    return "its sum is neither f32, f64 nor i32";
  if (!contraction.cMap.isProjectedPermutation())
    return "its output is not indexed by plain loops";
  if (StringRef reason = matchBody(contraction); !reason.empty())
    return reason;
  if (contraction.cMap.getNumResults() == 0)
    return "its output is a scalar";

  // The lanes run along C's last dimension: B is the operand that knows it.
  auto last = cast<AffineDimExpr>(contraction.cMap.getResults().back());
  if (uses(contraction.aMap, last.getPosition())) {
    std::swap(contraction.a, contraction.b);
    std::swap(contraction.aMap, contraction.bMap);
    std::swap(contraction.aCast, contraction.bCast);
  }
  contraction.n = roleOf(contraction, contraction.bMap, contraction.aMap);
  contraction.m = roleOf(contraction, contraction.aMap, contraction.bMap);
  if (contraction.n.empty() || contraction.m.empty())
    return "no loop of its output belongs to one input alone";

  auto sizes = cast<linalg::LinalgOp>(op.getOperation()).getStaticLoopRanges();
  for (auto [loop, kind] : llvm::enumerate(op.getIteratorTypesArray())) {
    if (kind == utils::IteratorType::reduction) {
      // One that runs once may be missing: the height of a kernel whose input
      // has none.
      if ((!uses(contraction.aMap, loop) || !uses(contraction.bMap, loop)) &&
          sizes[loop] != 1)
        return "it sums over a loop that one input lacks";
      contraction.k.push_back(loop);
    } else if (!llvm::is_contained(contraction.m, loop) &&
               !llvm::is_contained(contraction.n, loop)) {
      contraction.outer.push_back(loop);
    }
  }
  // A is read along k the most: its order of loops makes one run of it.
  auto place = [&](unsigned loop) {
    auto results = contraction.aMap.getResults();
    auto *found = llvm::find(results, getAffineDimExpr(loop, op.getContext()));
    return std::make_pair(found - results.begin(), loop);
  };
  llvm::sort(contraction.k, [&](unsigned left, unsigned right) {
    return place(left) < place(right);
  });
  contraction.isBytes = byteFactors(op).has_value();
  if (contraction.isBytes) {
    contraction.bPanel = bytePanelWidth(contraction.b, contraction.bMap,
                                        contraction.n, contraction.k);
    return contraction.k.empty() ? "it sums over nothing" : "";
  }
  contraction.aPanel =
      panelWidth(contraction.a, contraction.aMap, contraction.m, contraction.k,
                 contraction.aCast);
  contraction.bPanel =
      panelWidth(contraction.b, contraction.bMap, contraction.n, contraction.k,
                 contraction.bCast);
  return contraction.k.empty() ? "it sums over nothing" : "";
}

// Not by a collapse_shape: that is folded into each load, which then divides
// its subscript again, in the inner loop.
Value mergeDims(OpBuilder &builder, Location loc, Value memref, unsigned from) {
  auto type = cast<MemRefType>(memref.getType());
  SmallVector<OpFoldResult> sizes = memref::getMixedSizes(builder, loc, memref);
  OpFoldResult one = builder.getIndexAttr(1), merged = one;
  auto product = [&](OpFoldResult left, OpFoldResult right) {
    return getAsOpFoldResult(builder.createOrFold<arith::MulIOp>(
        loc, getValueOrCreateConstantIndexOp(builder, loc, left),
        getValueOrCreateConstantIndexOp(builder, loc, right)));
  };
  for (OpFoldResult size : ArrayRef(sizes).drop_front(from))
    merged = product(merged, size);
  sizes.resize(from);
  sizes.push_back(merged);
  SmallVector<OpFoldResult> strides(sizes.size(), one);
  for (unsigned i = sizes.size() - 1; i-- > 0;)
    strides[i] = product(strides[i + 1], sizes[i + 1]);
  SmallVector<int64_t> shape(type.getShape().take_front(from));
  shape.push_back(getConstantIntValue(merged).value_or(ShapedType::kDynamic));
  return memref::ReinterpretCastOp::create(
      builder, loc, MemRefType::get(shape, type.getElementType()), memref,
      /*offset=*/OpFoldResult(builder.getIndexAttr(0)), sizes, strides);
}

View viewAlong(OpBuilder &builder, Location loc, Value memref, AffineMap map,
               ArrayRef<unsigned> role) {
  View view{memref, map};
  view.varies =
      llvm::any_of(role, [&](unsigned loop) { return uses(map, loop); });
  auto type = cast<MemRefType>(memref.getType());
  unsigned rank = map.getNumResults(), size = role.size();
  if (!view.varies || rank < size)
    return view;
  if (!type.getLayout().isIdentity() &&
      (size != 1 || !type.isLastDimUnitStride()))
    return view;
  AffineMap lead = map.getMajorSubMap(rank - size);
  for (auto [i, loop] : llvm::enumerate(role))
    if (map.getResult(rank - size + i) !=
            getAffineDimExpr(loop, map.getContext()) ||
        (lead && uses(lead, loop)))
      return view;
  if (!lead)
    lead = AffineMap::get(map.getNumDims(), 0, map.getContext());
  if (size > 1)
    view.memref = mergeDims(builder, loc, memref, rank - size);
  view.lead = lead;
  view.linear = true;
  return view;
}

SmallVector<Value> applyMap(OpBuilder &builder, Location loc, AffineMap map,
                            ValueRange loops) {
  SmallVector<Value> results;
  for (AffineExpr result : map.getResults()) {
    if (auto dim = dyn_cast<AffineDimExpr>(result))
      results.push_back(loops[dim.getPosition()]);
    else
      results.push_back(
          affine::expandAffineExpr(builder, loc, result, loops, {}));
  }
  return results;
}

void splitCounter(OpBuilder &builder, Location loc, Value counter,
                  ArrayRef<unsigned> role, ValueRange sizes,
                  MutableArrayRef<Value> loops) {
  for (unsigned i = role.size(); i-- > 1;) {
    Value size = sizes[role[i]];
    loops[role[i]] = arith::RemUIOp::create(builder, loc, counter, size);
    counter = arith::DivUIOp::create(builder, loc, counter, size);
  }
  loops[role[0]] = counter;
}

} // namespace niello
