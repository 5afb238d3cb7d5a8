// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls the runtime for each stencil, with the code of the level compiled for.

#include "passes/lower/Passes.h"

#include "dialects/kernel/Kernel.h"
#include "passes/lower/Pointers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace niello {
#define GEN_PASS_DEF_LOWERSTENCILS
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

namespace {

// Writes the arguments of one call to the stack of its function.
class Arguments {
public:
  Arguments(kernel::StencilOp op, OpBuilder &builder)
      : op(op), builder(builder), loc(op.getLoc()),
        pointer(LLVM::LLVMPointerType::get(op.getContext())) {}

  /// An array of niello_stencil_tensor (runtime/image/stencil.h).
  Value tensors(ArrayRef<Value> memrefs);
  Value parameters(ArrayRef<int32_t> values);
  Value word(int64_t value) {
    return LLVM::ConstantOp::create(builder, loc, builder.getI64Type(), value);
  }

private:
  Value allocate(Type type, int64_t count);
  void store(Value value, Value array, Type type, ArrayRef<int32_t> place);
  void storeTensor(Value memref, Value array, Type type, int32_t number);
  int32_t typeOf(Value memref);

  kernel::StencilOp op;
  OpBuilder &builder;
  Location loc;
  Type pointer;
};

} // namespace

// On the function's stack: one in a loop around us would grow it.
Value Arguments::allocate(Type type, int64_t count) {
  auto function = op->getParentOfType<func::FuncOp>();
  OpBuilder entry = OpBuilder::atBlockBegin(&function.getBody().front());
  Value size =
      LLVM::ConstantOp::create(entry, loc, builder.getI64Type(), count);
  return LLVM::AllocaOp::create(entry, loc, pointer, type, size);
}

void Arguments::store(Value value, Value array, Type type,
                      ArrayRef<int32_t> place) {
  SmallVector<LLVM::GEPArg> indices(place.begin(), place.end());
  Value at = LLVM::GEPOp::create(builder, loc, pointer, type, array, indices);
  LLVM::StoreOp::create(builder, loc, value, at);
}

// kind | bits << 8; with `bits`, data moves as unsigned integers, tables do
// not.
int32_t Arguments::typeOf(Value memref) {
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  bool moves = op.getBits() && !llvm::is_contained(op.getTables(), memref);
  int32_t kind = moves ? 1 : isa<FloatType>(element) ? 2 : 0;
  return kind | int32_t(8 * elementBytes(element)) << 8;
}

void Arguments::storeTensor(Value memref, Value array, Type type,
                            int32_t number) {
  auto memrefType = cast<MemRefType>(memref.getType());
  Type narrow = builder.getI32Type();
  auto constant = [&](int64_t value) -> Value {
    return LLVM::ConstantOp::create(builder, loc, narrow, value);
  };
  store(pointerOf(builder, loc, memref), array, type, {number, 0});
  store(constant(typeOf(memref)), array, type, {number, 1});
  store(constant(memrefType.getRank()), array, type, {number, 2});
  for (int32_t i = 0; i < memrefType.getRank(); ++i) {
    Value size = memref::DimOp::create(builder, loc, memref, i);
    size = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), size);
    store(size, array, type, {number, 3, i});
  }
}

Value Arguments::tensors(ArrayRef<Value> memrefs) {
  Type narrow = builder.getI32Type();
  Type type = LLVM::LLVMStructType::getLiteral(
      op.getContext(), {pointer, narrow, narrow,
                        LLVM::LLVMArrayType::get(builder.getI64Type(), 4)});
  Value array = allocate(type, memrefs.size());
  for (auto [number, memref] : llvm::enumerate(memrefs))
    storeTensor(memref, array, type, number);
  return array;
}

Value Arguments::parameters(ArrayRef<int32_t> values) {
  if (values.empty())
    return LLVM::ZeroOp::create(builder, loc, pointer);
  Type type = builder.getI32Type();
  Value array = allocate(type, values.size());
  for (auto [i, value] : llvm::enumerate(values))
    store(LLVM::ConstantOp::create(builder, loc, type, value), array, type,
          {int32_t(i)});
  return array;
}

// stencil "f" -> niello_rt_stencil(stencil_f_v3_argv, parameters, tensors)
static void lower(kernel::StencilOp op, StringRef level, ModuleOp module) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(op.getContext());
  Type word = builder.getI64Type();
  SmallVector<Value> memrefs(op.getSlices());
  llvm::append_range(memrefs, op.getTables());
  memrefs.push_back(op.getOutput());
  ArrayRef<int32_t> values;
  if (auto attribute = op.getParametersAttr())
    values = attribute.asArrayRef();

  std::string name =
      ("stencil_" + op.getStencil() + "_" + level + "_argv").str();
  func::FuncOp code =
      runtimeFunction(module, name, {pointer}, {builder.getI32Type()});
  Value address = func::ConstantOp::create(builder, loc, code.getFunctionType(),
                                           code.getName());
  address = UnrealizedConversionCastOp::create(builder, loc, pointer, address)
                .getResult(0);
  Arguments arguments(op, builder);
  SmallVector<Value> operands = {address,
                                 arguments.parameters(values),
                                 arguments.word(values.size()),
                                 arguments.tensors(memrefs),
                                 arguments.word(memrefs.size()),
                                 arguments.word(op.getSlices().size())};
  func::CallOp::create(builder, loc,
                       runtimeFunction(module, "niello_rt_stencil",
                                       TypeRange(ValueRange(operands)), {}),
                       operands);
  op.erase();
}

namespace {
struct LowerStencils : niello::impl::LowerStencilsBase<LowerStencils> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<kernel::StencilOp> ops;
    module.walk([&](kernel::StencilOp op) { ops.push_back(op); });
    for (kernel::StencilOp op : ops)
      lower(op, level, module);
  }
};
} // namespace
