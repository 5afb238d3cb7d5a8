// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Windows.h"

using namespace niello;
using namespace niello::model;

template <typename OpOrAdaptor>
static Window poolWindow(OpOrAdaptor op, int64_t i, int64_t spatial) {
  Window window = windowOf(op, i, spatial);
  window.ceil = op.getCeilMode();
  return window;
}

LogicalResult PoolOp::inferReturnTypes(MLIRContext *context,
                                       std::optional<Location>, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  RankedTensorType input = tensorType(adaptor.getInput());
  SmallVector<int64_t> shape(input.getShape());
  for (int64_t i : llvm::seq<int64_t>(2, input.getRank())) {
    Window window = poolWindow(adaptor, i - 2, input.getRank() - 2);
    int64_t kernel = orElse(adaptor.getKernel(), i - 2, 1);
    if (!input.isDynamicDim(i) && window.stride > 0)
      shape[i] = typeSize(windowCount<Wide>(shape[i], kernel, window));
  }
  types.push_back(RankedTensorType::get(shape, input.getElementType()));
  if (adaptor.getIndices())
    types.push_back(
        RankedTensorType::get(shape, IntegerType::get(context, 64)));
  return success();
}

LogicalResult PoolOp::verify() {
  RankedTensorType input = getInput().getType();
  int64_t spatial = input.getRank() - 2;
  if (spatial < 1 || int64_t(getKernel().size()) != spatial ||
      llvm::any_of(getKernel(), [](int64_t k) { return k < 1; })) // C1
    return emitOpError("needs rank 3 or more and a kernel of rank - 2 sizes of "
                       "1 or more, but got rank ")
           << input.getRank() << " and " << getKernel().size() << " sizes";
  if (failed(verifyWindows(*this, spatial, getStrides(), getDilations(),
                           getPads()))) // C2
    return failure();
  if (getKind() != PoolKind::Max &&
      !isa<FloatType>(input.getElementType())) // C3
    return emitOpError("needs floats unless it is max, but got ")
           << input.getElementType();
  if (getP() < 1) // C3
    return emitOpError("needs p of 1 or more, but got ") << getP();
  size_t results = getIndices() ? 2 : 1;
  if (getNumResults() != results ||
      (getIndices() && getKind() != PoolKind::Max)) // C4
    return emitOpError("needs ")
           << results << " results, two for max only, but got "
           << getNumResults();
  return success();
}

LogicalResult PoolOp::reifyResultShapes(OpBuilder &builder,
                                        ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  Terms sizes = e.dims(getInput());
  int64_t spatial = sizes.size() - 2;
  for (int64_t i : llvm::seq(spatial))
    sizes[i + 2] = windowCount(sizes[i + 2], e.index(getKernel()[i]),
                               poolWindow(*this, i, spatial));
  return setSizes(*this, {sizes, sizes}, reified);
}
