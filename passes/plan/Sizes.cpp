// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/plan/Sizes.h"

#include "passes/lower/Pointers.h"
#include "runtime/include/niello/niello_abi.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace niello;

int64_t niello::alignUp(int64_t bytes) {
  return llvm::alignTo(bytes, NIELLO_ALIGNMENT);
}

Value SizeArithmetic::constant(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

// a + b, or the greatest number where that wraps
Value SizeArithmetic::add(Value a, Value b) {
  if (matchPattern(a, m_Zero()))
    return b;
  if (matchPattern(b, m_Zero()))
    return a;
  Value sum = arith::AddIOp::create(builder, loc, a, b);
  Value wrapped =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, sum, a);
  return arith::SelectOp::create(builder, loc, wrapped, constant(-1), sum);
}

// a * b, or the greatest number where the upper half is not zero
Value SizeArithmetic::multiply(Value a, Value b) {
  if (matchPattern(a, m_One()))
    return b;
  if (matchPattern(b, m_One()))
    return a;
  auto product = arith::MulUIExtendedOp::create(builder, loc, a, b);
  Value fits = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                     product.getHigh(), constant(0));
  return arith::SelectOp::create(builder, loc, fits, product.getLow(),
                                 constant(-1));
}

Value SizeArithmetic::max(Value a, Value b) {
  return a == b ? a : arith::MaxUIOp::create(builder, loc, a, b).getResult();
}

Value SizeArithmetic::bytes(const ByteSize &size) {
  if (size.isConstant())
    return constant(alignUp(size.factor));
  Value product = constant(1);
  for (Value value : size.sizes) {
    // A negative size belongs to a branch that is not taken.
    Value natural = arith::MaxSIOp::create(builder, loc, value, constant(0));
    product = multiply(product, natural);
  }
  product = multiply(product, constant(size.factor));
  // The top is not a multiple of the alignment, so it stays out of reach.
  Value padded = add(product, constant(NIELLO_ALIGNMENT - 1));
  return arith::AndIOp::create(builder, loc, padded,
                               constant(-NIELLO_ALIGNMENT));
}

std::optional<ByteSize> niello::sizeOf(memref::AllocOp alloc) {
  MemRefType type = alloc.getType();
  ByteSize size = {elementBytes(type.getElementType()),
                   alloc.getDynamicSizes()};
  // Room for the rounding stays free.
  constexpr int64_t limit = int64_t(1) << 60;
  for (int64_t dim : type.getShape()) {
    if (ShapedType::isDynamic(dim))
      continue;
    if (llvm::MulOverflow(size.factor, dim, size.factor) || size.factor > limit)
      return std::nullopt;
  }
  return size;
}

SizeHoister::SizeHoister(func::FuncOp function)
    : builder(OpBuilder::atBlockBegin(&function.getBody().front())) {}

std::optional<ByteSize> SizeHoister::hoist(memref::AllocOp alloc) {
  std::optional<ByteSize> size = sizeOf(alloc);
  if (!size)
    return std::nullopt;
  for (Value &value : size->sizes)
    if (value = hoist(value, 0); !value)
      return std::nullopt;
  // Equal products look equal: an order of the text's, not of memory's.
  for (Value value : size->sizes)
    ranks.try_emplace(value, ranks.size());
  llvm::sort(size->sizes, [&](Value a, Value b) {
    return ranks.lookup(a) < ranks.lookup(b);
  });
  return size;
}

// `value` computed again at the top, or null.
Value SizeHoister::hoist(Value value, unsigned depth) {
  constexpr unsigned deepest = 64;
  if (auto found = done.find(value); found != done.end())
    return found->second;
  Operation *op = value.getDefiningOp();
  if (!op || depth > deepest)
    return nullptr;

  Attribute attribute;
  if (matchPattern(value, m_Constant(&attribute))) {
    Value &constant = constants[attribute];
    if (!constant)
      constant = builder.clone(*op)->getResult(0);
    return done[value] = constant;
  }
  IRMapping map;
  if (auto dim = dyn_cast<memref::DimOp>(op)) {
    std::optional<int64_t> index = dim.getConstantIndex();
    Value source = dim.getSource();
    auto type = dyn_cast<MemRefType>(source.getType());
    if (!index || !type || *index >= type.getRank())
      return nullptr;
    if (auto alloc = source.getDefiningOp<memref::AllocOp>())
      if (type.isDynamicDim(*index))
        return done[value] = hoist(
                   alloc.getDynamicSizes()[type.getDynamicDimIndex(*index)],
                   depth + 1);
    auto argument = dyn_cast<BlockArgument>(source);
    if (!argument || !isa<func::FuncOp>(argument.getOwner()->getParentOp()))
      return nullptr;
    map.map(source, source);
    map.map(dim.getIndex(), hoist(dim.getIndex(), depth + 1));
  } else {
    bool arithmetic =
        isa<arith::ArithDialect>(op->getDialect()) ||
        isa<affine::AffineApplyOp, affine::AffineMinOp, affine::AffineMaxOp>(
            op);
    if (!arithmetic || !isPure(op))
      return nullptr;
    for (Value operand : op->getOperands()) {
      Value copy = hoist(operand, depth + 1);
      if (!copy)
        return nullptr;
      map.map(operand, copy);
    }
  }
  Operation *copy = builder.clone(*op, map);
  for (auto [from, to] : llvm::zip(op->getResults(), copy->getResults()))
    done[from] = to;
  return done[value];
}
