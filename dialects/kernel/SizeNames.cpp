// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/kernel/SizeNames.h"

#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/ShapedOpInterfaces.h"

using namespace mlir;

namespace niello::kernel {

// Chains of operations that hand a size on are short; an attribute or two of a
// text could make them long.
static constexpr unsigned kDeepest = 64;

static std::string nameOf(Value tensor, int64_t dim, unsigned depth);

static std::string nameOfIndex(Value index, unsigned depth) {
  auto source = index.getDefiningOp<ShapedDimOpInterface>();
  std::optional<int64_t> dim =
      source ? getConstantIntValue(source.getDimension()) : std::nullopt;
  return dim ? nameOf(source.getShapedValue(), *dim, depth + 1) : "?";
}

static std::string nameOfArgument(BlockArgument argument, int64_t dim,
                                  unsigned depth) {
  Operation *parent = argument.getOwner()->getParentOp();
  unsigned number = argument.getArgNumber();
  if (auto group = dyn_cast<GroupInterface>(parent))
    return nameOf(group->getOperand(number), dim, depth + 1);
  auto function = dyn_cast<FunctionOpInterface>(parent);
  auto dims = function && argument.getOwner()->isEntryBlock()
                  ? function.getArgAttrOfType<ArrayAttr>(number, "model.dims")
                  : ArrayAttr();
  if (!dims || dim >= int64_t(dims.size()))
    return "?";
  auto name = dyn_cast<StringAttr>(dims[dim]);
  return name ? name.str() : "?";
}

// The dynamic sizes of an operation that makes a tensor or a buffer.
template <typename OpTy>
static std::string nameOfSize(OpTy op, int64_t dim, unsigned depth) {
  unsigned index = op.getType().getDynamicDimIndex(dim);
  return nameOfIndex(op.getDynamicSizes()[index], depth);
}

static std::string nameOf(Value tensor, int64_t dim, unsigned depth) {
  auto type = dyn_cast<ShapedType>(tensor.getType());
  if (depth > kDeepest || !type || dim < 0 || dim >= type.getRank())
    return "?";
  if (!type.isDynamicDim(dim))
    return std::to_string(type.getDimSize(dim));
  if (auto argument = dyn_cast<BlockArgument>(tensor))
    return nameOfArgument(argument, dim, depth);
  Operation *op = tensor.getDefiningOp();
  unsigned number = cast<OpResult>(tensor).getResultNumber();
  if (auto empty = dyn_cast<tensor::EmptyOp>(op))
    return nameOfSize(empty, dim, depth);
  if (auto alloc = dyn_cast<memref::AllocOp>(op))
    return nameOfSize(alloc, dim, depth);
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return nameOf(cast.getSource(), dim, depth + 1);
  if (auto group = dyn_cast<GroupInterface>(op))
    return nameOf(group.getOutputs()[number], dim, depth + 1);
  if (auto into = dyn_cast<DestinationStyleOpInterface>(op))
    return nameOf(into.getDpsInitOperand(number)->get(), dim, depth + 1);
  return "?";
}

std::string sizeName(Value tensor, int64_t dim) {
  return nameOf(tensor, dim, 0);
}

std::string sizeName(Value index) { return nameOfIndex(index, 0); }

} // namespace niello::kernel
