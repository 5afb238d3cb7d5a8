// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Path.h"

using namespace niello;
using namespace niello::model;

void WeightOp::build(OpBuilder &builder, OperationState &state, StringRef name,
                     StringRef file, int64_t offset, int64_t length,
                     StringRef encoding, Type type) {
  build(builder, state, builder.getStringAttr(name),
        builder.getStringAttr(file), builder.getI64IntegerAttr(offset),
        builder.getI64IntegerAttr(length), builder.getStringAttr(encoding),
        FlatSymbolRefAttr(), ArrayAttr(), TypeAttr::get(type), StringAttr());
}

void WeightOp::build(OpBuilder &builder, OperationState &state, StringRef name,
                     FlatSymbolRefAttr program, ArrayAttr inputs, Type type) {
  build(builder, state, builder.getStringAttr(name), StringAttr(),
        IntegerAttr(), IntegerAttr(), StringAttr(), program, inputs,
        TypeAttr::get(type), StringAttr());
}

// The bytes that a static tensor takes contiguously in a file, or nothing where
// they exceed 63 bits.
static std::optional<int64_t> bytesOf(RankedTensorType type) {
  int64_t bits =
      type.getElementType().isInteger(1) ? 8 : type.getElementTypeBitWidth();
  for (int64_t size : type.getShape()) {
    std::optional<int64_t> product = llvm::checkedMul(bits, size);
    if (!product)
      return std::nullopt;
    bits = *product;
  }
  return bits / 8 + (bits % 8 != 0);
}

LogicalResult WeightOp::verify() {
  auto type = dyn_cast<RankedTensorType>(getType());
  if (!type || !type.hasStaticShape() ||
      !type.getElementType().isIntOrFloat()) // C1
    return emitOpError("needs a static ranked tensor of numbers, but got ")
           << getType();
  bool stored = getFile() && getOffset() && getLength() && getEncoding();
  bool isFile = getFile() || getOffset() || getLength() || getEncoding();
  bool computed = getProgram() && getInputs();
  bool isProgram = getProgram() || getInputs();
  if (isFile == isProgram || stored != isFile || computed != isProgram) // C6
    return emitOpError("needs a file with offset, length and encoding, or a "
                       "program with its inputs, but got ")
           << (isFile && isProgram ? "both" : "not all of either");
  if (isProgram)
    return success();
  if (*getEncoding() != "raw" && *getEncoding() != "varint") // C2
    return emitOpError("needs encoding \"raw\" or \"varint\", but got \"")
           << *getEncoding() << "\"";
  if (*getOffset() < 0 || *getLength() < 0) // C3
    return emitOpError("needs offset and length of 0 or more, but got ")
           << *getOffset() << " and " << *getLength();
  std::optional<int64_t> bytes = bytesOf(type);
  if (!bytes || (*getEncoding() == "raw" && *getLength() != *bytes)) // C4
    return emitOpError("needs the length of its type, ")
           << bytes.value_or(-1) << " bytes, but got " << *getLength();
  StringRef file = *getFile();
  auto isParent = [](StringRef part) { return part == ".."; };
  if (llvm::sys::path::is_absolute(file) ||
      llvm::any_of(llvm::make_range(llvm::sys::path::begin(file),
                                    llvm::sys::path::end(file)),
                   isParent)) // C5
    return emitOpError("needs a file in the model's folder, but got \"")
           << file << "\"";
  return success();
}

LogicalResult
LoadWeightOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  auto weight =
      symbolTable.lookupNearestSymbolFrom<WeightOp>(*this, getWeightAttr());
  if (!weight) // C1
    return emitOpError("needs a model.weight named ")
           << getWeightAttr() << ", but there is none";
  auto stored = cast<ShapedType>(weight.getType());
  auto loaded = cast<ShapedType>(getResult().getType());
  if (stored.getShape() != loaded.getShape() ||
      stored.getElementType() != loaded.getElementType()) // C2
    return emitOpError("needs the weight's type ")
           << stored << ", but got " << loaded;
  return success();
}

LogicalResult RequireOp::verify() {
  size_t count = getNumbers().size();
  if (count > 2) // C1
    return emitOpError("needs at most 2 numbers, but got ") << count;
  for (size_t i : {0, 1})
    if (getSentence().contains("{" + std::to_string(i) + "}") &&
        count <= i) // C2
      return emitOpError("needs a number for {")
             << i << "} in its sentence, but got " << count;
  return success();
}

// require(true) -> nothing
LogicalResult RequireOp::canonicalize(RequireOp op, PatternRewriter &rewriter) {
  if (!matchPattern(op.getCondition(), m_One()))
    return rewriter.notifyMatchFailure(op, "condition is not known to hold");
  rewriter.eraseOp(op);
  return success();
}

LogicalResult TapOp::verify() {
  if (getName().empty()) // C1
    return emitOpError("needs a name, but got \"\"");
  return success();
}

LogicalResult TapOp::reifyResultShapes(OpBuilder &builder,
                                       ReifiedRankedShapedTypeDims &reified) {
  Emit e(builder, getLoc());
  return setSizes(*this, e.dims(getInput()), reified);
}

FailureOr<SmallVector<Value>> TapOp::lowerPlain(OpBuilder &) {
  return SmallVector<Value>{getInput()};
}
