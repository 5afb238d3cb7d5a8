// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Windows.h"

using namespace niello;
using namespace niello::model;

LogicalResult model::verifyWindows(Operation *op, int64_t spatial,
                                   ArrayRef<int64_t> strides,
                                   ArrayRef<int64_t> dilations,
                                   ArrayRef<int64_t> pads) {
  auto check = [&](StringRef name, ArrayRef<int64_t> values, int64_t count,
                   int64_t least) -> LogicalResult {
    if (!values.empty() && int64_t(values.size()) != count) // C2
      return op->emitOpError("needs ")
             << count << " " << name << ", but got " << values.size();
    for (int64_t value : values)
      if (value < least) // C2
        return op->emitOpError("needs ")
               << name << " of " << least << " or more, but got " << value;
    return success();
  };
  if (failed(check("strides", strides, spatial, 1)) ||
      failed(check("dilations", dilations, spatial, 1)))
    return failure();
  return check("pads", pads, 2 * spatial, 0);
}

static Type sumElement(Type element) {
  if (element.isInteger() && element.getIntOrFloatBitWidth() < 32)
    return IntegerType::get(element.getContext(), 32);
  return element;
}

LogicalResult ConvOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  RankedTensorType input = tensorType(adaptor.getInput());
  RankedTensorType weight = tensorType(adaptor.getWeight());
  int64_t rank = input.getRank();
  SmallVector<int64_t> shape(rank, ShapedType::kDynamic);
  if (rank >= 2 && weight.getRank() == rank) {
    shape[0] = input.getDimSize(0);
    shape[1] = weight.getDimSize(0);
    for (int64_t i : llvm::seq<int64_t>(2, rank)) {
      Window window = windowOf(adaptor, i - 2, rank - 2);
      bool known =
          !input.isDynamicDim(i) && window.stride > 0 &&
          (window.rule != PadRule::Explicit || !weight.isDynamicDim(i));
      if (known)
        shape[i] = typeSize(windowCount<Wide>(input.getDimSize(i),
                                              weight.getDimSize(i), window));
    }
  }
  types.push_back(
      RankedTensorType::get(shape, sumElement(input.getElementType())));
  return success();
}

static LogicalResult verifyTypes(ConvOp op) {
  Type a = elementType(op.getInput()), b = elementType(op.getWeight());
  if (a.isInteger() != b.isInteger() || (!a.isInteger() && a != b)) // C5
    return op.emitOpError("needs floats of one type or integers, but got ")
           << a << " and " << b;
  auto verifyZero = [&](Value zero, Value operand) -> LogicalResult {
    if (zero && (elementType(zero) != elementType(operand) ||
                 !elementType(operand).isInteger() ||
                 !mayBroadcast(tensorType(zero).getShape(),
                               tensorType(operand).getShape()))) // C5
      return op.emitOpError("needs an integer zero point that broadcasts to ")
             << operand.getType() << ", but got " << zero.getType();
    return success();
  };
  if (failed(verifyZero(op.getInputZero(), op.getInput())))
    return failure();
  return verifyZero(op.getWeightZero(), op.getWeight());
}

LogicalResult ConvOp::verify() {
  RankedTensorType input = getInput().getType(), weight = getWeight().getType();
  if (input.getRank() < 3 || weight.getRank() != input.getRank()) // C1
    return emitOpError("needs input and weight of one rank, 3 or more, but "
                       "got ")
           << input.getRank() << " and " << weight.getRank();
  if (failed(verifyWindows(*this, input.getRank() - 2, getStrides(),
                           getDilations(), getPads()))) // C2
    return failure();
  int64_t groups = getGroups();
  int64_t channels = input.getDimSize(1), inGroup = weight.getDimSize(1);
  int64_t outputs = weight.getDimSize(0);
  bool known =
      !ShapedType::isDynamic(channels) && !ShapedType::isDynamic(inGroup);
  if (groups < 1 || (known && channels != groups * inGroup) ||
      (!ShapedType::isDynamic(outputs) && outputs % groups != 0)) // C3
    return emitOpError("needs groups that divide ")
           << outputs << " outputs and " << channels << " channels into "
           << inGroup << ", but got " << groups;
  if (getBias() && (rankOf(getBias()) != 1 ||
                    !mayEqual(staticSize(getBias(), 0), outputs))) // C4
    return emitOpError("needs one bias an output, ")
           << outputs << ", but got " << getBias().getType();
  if (getPad() != PadRule::Explicit && !getPads().empty()) // C6
    return emitOpError("needs either pads or a pad rule, but got both");
  return verifyTypes(*this);
}

LogicalResult ConvOp::reifyResultShapes(OpBuilder &builder,
                                        ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  int64_t rank = rankOf(getInput());
  Terms sizes{e.dim(getInput(), 0), e.dim(getWeight(), 0)};
  for (int64_t i : llvm::seq<int64_t>(2, rank))
    sizes.push_back(windowCount(e.dim(getInput(), i), e.dim(getWeight(), i),
                                windowOf(*this, i - 2, rank - 2)));
  return setSizes(*this, sizes, reified);
}

// The size of a spatial dimension of conv_transpose.
template <typename N>
static N transposedSize(N size, N kernel, int64_t outputPadding, int64_t wanted,
                        const Window &window) {
  if (wanted >= 0)
    return size - size + wanted;
  if (window.rule != PadRule::Explicit)
    return size * window.stride;
  return (size - 1) * window.stride + outputPadding + reachOf(kernel, window) -
         window.begin - window.end;
}

LogicalResult ConvTransposeOp::inferReturnTypes(MLIRContext *,
                                                std::optional<Location>,
                                                Adaptor adaptor,
                                                SmallVectorImpl<Type> &types) {
  RankedTensorType input = tensorType(adaptor.getInput());
  RankedTensorType weight = tensorType(adaptor.getWeight());
  int64_t rank = input.getRank();
  SmallVector<int64_t> shape(rank, ShapedType::kDynamic);
  if (rank >= 2 && weight.getRank() == rank) {
    shape[0] = input.getDimSize(0);
    if (!weight.isDynamicDim(1))
      shape[1] = typeSize(Wide(weight.getDimSize(1)) * adaptor.getGroups());
    for (int64_t i : llvm::seq<int64_t>(2, rank)) {
      int64_t wanted = orElse(adaptor.getOutputShape(), i - 2, -1);
      if (wanted >= 0 || (!input.isDynamicDim(i) && !weight.isDynamicDim(i)))
        shape[i] = typeSize(
            transposedSize<Wide>(input.getDimSize(i), weight.getDimSize(i),
                                 orElse(adaptor.getOutputPadding(), i - 2, 0),
                                 wanted, windowOf(adaptor, i - 2, rank - 2)));
    }
  }
  types.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

LogicalResult ConvTransposeOp::verify() {
  RankedTensorType input = getInput().getType(), weight = getWeight().getType();
  if (input.getRank() < 3 || weight.getRank() != input.getRank()) // C1
    return emitOpError("needs input and weight of one rank, 3 or more, but "
                       "got ")
           << input.getRank() << " and " << weight.getRank();
  int64_t spatial = input.getRank() - 2;
  if (failed(verifyWindows(*this, spatial, getStrides(), getDilations(),
                           getPads()))) // C2
    return failure();
  for (ArrayRef<int64_t> list : {getOutputPadding(), getOutputShape()})
    if (!list.empty() &&
        (int64_t(list.size()) != spatial ||
         llvm::any_of(list, [](int64_t n) { return n < 0; }))) // C2
      return emitOpError("needs output_padding and output_shape of ")
             << spatial << " numbers of 0 or more";
  int64_t groups = getGroups(), channels = input.getDimSize(1);
  if (groups < 1 || !mayEqual(channels, weight.getDimSize(0)) ||
      (!ShapedType::isDynamic(channels) && channels % groups != 0)) // C3
    return emitOpError("needs groups that divide ")
           << channels << " channels, as many as the weight's "
           << weight.getDimSize(0) << ", but got " << groups;
  int64_t outputs = getResult().getType().getDimSize(1);
  if (getBias() && (rankOf(getBias()) != 1 ||
                    !mayEqual(staticSize(getBias(), 0), outputs))) // C4
    return emitOpError("needs one bias an output, ")
           << outputs << ", but got " << getBias().getType();
  if (input.getElementType() != weight.getElementType() ||
      (getBias() && elementType(getBias()) != input.getElementType())) // C5
    return emitOpError("needs floats of one type, but got ")
           << input.getElementType() << " and " << weight.getElementType();
  return success();
}

LogicalResult
ConvTransposeOp::reifyResultShapes(OpBuilder &builder,
                                   ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  int64_t rank = rankOf(getInput());
  Terms sizes{e.dim(getInput(), 0), e.dim(getWeight(), 1) * getGroups()};
  for (int64_t i : llvm::seq<int64_t>(2, rank))
    sizes.push_back(
        maximum(transposedSize(e.dim(getInput(), i), e.dim(getWeight(), i),
                               orElse(getOutputPadding(), i - 2, 0),
                               orElse(getOutputShape(), i - 2, -1),
                               windowOf(*this, i - 2, rank - 2)),
                e.index(0)));
  return setSizes(*this, sizes, reified);
}
