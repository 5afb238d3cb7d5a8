// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/kernel/Costs.h"

#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;
using namespace niello::kernel;

// The first two parameters of a pool are its window's sizes.
static std::optional<int64_t> poolWork(StencilOp stencil) {
  std::optional<ArrayRef<int32_t>> window = stencil.getParameters();
  if (!window || window->size() < 2)
    return std::nullopt;
  return llvm::checkedMul<int64_t>((*window)[0], (*window)[1]);
}

// A table of weights has a row a tap; the taps of two axes are multiplied.
static std::optional<int64_t> resizeWork(StencilOp stencil) {
  std::optional<int64_t> taps = 1;
  for (Value table : stencil.getTables()) {
    auto type = cast<ShapedType>(table.getType());
    if (!isa<FloatType>(type.getElementType()) || type.getRank() != 2)
      continue;
    if (type.isDynamicDim(0))
      return std::nullopt;
    if (taps = llvm::checkedMul(*taps, type.getDimSize(0)); !taps)
      return std::nullopt;
  }
  return llvm::checkedMul<int64_t>(2, *taps);
}

std::optional<int64_t> niello::kernel::workPerElement(StencilOp stencil) {
  StringRef name = stencil.getStencil();
  if (name.starts_with("pool_"))
    return poolWork(stencil);
  if (name.starts_with("resize_nearest_"))
    return 0;
  if (name.starts_with("resize_"))
    return resizeWork(stencil);
  return std::nullopt;
}
