// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/lower/Pointers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace niello;

Type niello::memrefDescriptorType(MLIRContext *context, int64_t rank) {
  Type pointer = LLVM::LLVMPointerType::get(context);
  Type word = IntegerType::get(context, 64);
  SmallVector<Type> fields = {pointer, pointer, word};
  if (rank > 0)
    fields.append(2, LLVM::LLVMArrayType::get(word, rank));
  return LLVM::LLVMStructType::getLiteral(context, fields);
}

Value niello::memrefAt(OpBuilder &builder, Location loc, Value pointer,
                       MemRefType type, ValueRange sizes) {
  Type word = builder.getI64Type();
  auto constant = [&](int64_t value) -> Value {
    return LLVM::ConstantOp::create(builder, loc, word, value);
  };
  int64_t rank = type.getRank();
  Value result = LLVM::PoisonOp::create(
      builder, loc, memrefDescriptorType(builder.getContext(), rank));
  auto set = [&](Value value, ArrayRef<int64_t> place) {
    result = LLVM::InsertValueOp::create(builder, loc, result, value, place);
  };
  set(pointer, 0);
  set(pointer, 1);
  set(constant(0), 2);

  SmallVector<Value> words;
  for (int64_t i = 0, dynamic = 0; i < rank; ++i)
    words.push_back(
        type.isDynamicDim(i)
            ? arith::IndexCastOp::create(builder, loc, word, sizes[dynamic++])
                  .getResult()
            : constant(type.getDimSize(i)));
  Value stride;
  for (int64_t i = rank - 1; i >= 0; --i) {
    set(words[i], {3, i});
    stride = i == rank - 1
                 ? constant(1)
                 : LLVM::MulOp::create(builder, loc, stride, words[i + 1])
                       .getResult();
    set(stride, {4, i});
  }
  return UnrealizedConversionCastOp::create(builder, loc, type, result)
      .getResult(0);
}

Value niello::pointerOf(OpBuilder &builder, Location loc, Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, loc, memref);
  Value base =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, memref);
  Value bytes = arith::MulIOp::create(
      builder, loc, metadata.getOffset(),
      arith::ConstantIndexOp::create(builder, loc,
                                     elementBytes(type.getElementType())));
  Value address = arith::IndexCastOp::create(
      builder, loc, builder.getI64Type(),
      arith::AddIOp::create(builder, loc, base, bytes));
  return LLVM::IntToPtrOp::create(
      builder, loc, LLVM::LLVMPointerType::get(builder.getContext()), address);
}

int64_t niello::elementBytes(Type type) {
  if (type.isIndex())
    return 8;
  if (auto complex = dyn_cast<ComplexType>(type))
    return 2 * elementBytes(complex.getElementType());
  return llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
}

func::FuncOp niello::runtimeFunction(ModuleOp module, StringRef name,
                                     TypeRange inputs, TypeRange results) {
  if (auto found = module.lookupSymbol<func::FuncOp>(name))
    return found;
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  auto function = func::FuncOp::create(
      builder, module.getLoc(), name, builder.getFunctionType(inputs, results));
  function.setPrivate();
  return function;
}

bool niello::takesContext(func::FuncOp function) {
  return !function.isExternal() || function.getName().starts_with("niello_rt_");
}
