// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Gives each entry the C function that the runtime calls.
//
// niello_buffer is {void *data; int64_t dims[16]}: 136 bytes.

#include "passes/lower/Passes.h"

#include "passes/lower/Pointers.h"
#include "runtime/include/niello/niello_abi.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace niello {
#define GEN_PASS_DEF_LOWERENTRY
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

namespace {

// Writes the body of one wrapper.
struct Wrapper {
  OpBuilder &builder;
  Location loc;

  // &buffers[i], advanced by `offset` bytes
  Value field(Value buffers, int64_t i, int64_t offset) {
    int64_t place = i * int64_t(sizeof(niello_buffer)) + offset;
    return LLVM::GEPOp::create(
        builder, loc, buffers.getType(), builder.getI8Type(), buffers,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(place)});
  }
  static int64_t dimOffset(int64_t dim) { return 8 + 8 * dim; }

  Value readInput(Value inputs, int64_t i, MemRefType type) {
    Value data = LLVM::LoadOp::create(builder, loc, inputs.getType(),
                                      field(inputs, i, 0));
    SmallVector<Value> sizes;
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      if (!type.isDynamicDim(dim))
        continue;
      Value size = LLVM::LoadOp::create(builder, loc, builder.getI64Type(),
                                        field(inputs, i, dimOffset(dim)));
      sizes.push_back(arith::IndexCastOp::create(builder, loc,
                                                 builder.getIndexType(), size));
    }
    return memrefAt(builder, loc, data, type, sizes);
  }

  void writeOutput(Value outputs, int64_t i, Value memref) {
    LLVM::StoreOp::create(builder, loc, pointerOf(builder, loc, memref),
                          field(outputs, i, 0));
    int64_t rank = cast<MemRefType>(memref.getType()).getRank();
    for (int64_t dim = 0; dim < rank; ++dim) {
      Value size = arith::IndexCastOp::create(
          builder, loc, builder.getI64Type(),
          memref::DimOp::create(builder, loc, memref, dim));
      LLVM::StoreOp::create(builder, loc, size,
                            field(outputs, i, dimOffset(dim)));
    }
  }
};

} // namespace

// Both sides of the call are contiguous and of a rank that the ABI carries.
static LogicalResult checkType(func::FuncOp entry, Type type, StringRef what,
                               unsigned i) {
  auto memref = dyn_cast<MemRefType>(type);
  if (!memref)
    return entry.emitError() << "needs " << what << " " << i
                             << " to be a memref by now, but got " << type;
  if (memref.getRank() > NIELLO_MAX_RANK)
    return entry.emitError()
           << what << " " << i << " has rank " << memref.getRank() << ", but "
           << NIELLO_MAX_RANK << " is the most a caller can pass";
  if (!memref.getLayout().isIdentity())
    return entry.emitError() << "needs " << what << " " << i
                             << " to be contiguous, but got " << type;
  return success();
}

// What a frontend said of the entry's arguments and results moves to the
// wrapper, the one function that keeps its form down to LLVM: a text of that
// stage describes its entries too.
static void moveDescription(func::FuncOp entry, func::FuncOp wrapper) {
  MLIRContext *context = entry.getContext();
  auto take = [&](DictionaryAttr all, auto remove) -> Attribute {
    SmallVector<NamedAttribute> ours;
    for (NamedAttribute one : all ? all.getValue() : ArrayRef<NamedAttribute>())
      if (one.getName().strref().starts_with("model."))
        ours.push_back(one);
    for (NamedAttribute one : ours)
      remove(one.getName());
    return DictionaryAttr::get(context, ours);
  };
  SmallVector<Attribute> inputs, outputs;
  for (unsigned i = 1; i < entry.getNumArguments(); ++i)
    inputs.push_back(take(entry.getArgAttrDict(i), [&](StringAttr name) {
      entry.removeArgAttr(i, name);
    }));
  for (unsigned i = 0; i < entry.getNumResults(); ++i)
    outputs.push_back(take(entry.getResultAttrDict(i), [&](StringAttr name) {
      entry.removeResultAttr(i, name);
    }));
  entry->removeAttr("model.entry");
  wrapper->setAttr("model.entry", entry.getSymNameAttr());
  wrapper->setAttr("model.inputs", ArrayAttr::get(context, inputs));
  wrapper->setAttr("model.outputs", ArrayAttr::get(context, outputs));
}

static LogicalResult wrap(func::FuncOp entry, unsigned number) {
  for (auto [i, type] : llvm::enumerate(entry.getArgumentTypes().drop_front()))
    if (failed(checkType(entry, type, "input", i)))
      return failure();
  for (auto [i, type] : llvm::enumerate(entry.getResultTypes()))
    if (failed(checkType(entry, type, "output", i)))
      return failure();

  OpBuilder builder(entry);
  builder.setInsertionPointAfter(entry);
  Location loc = entry.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
  auto wrapper = func::FuncOp::create(
      builder, loc, "niello_entry_" + std::to_string(number),
      builder.getFunctionType({pointer, pointer, pointer}, {}));
  Block *block = wrapper.addEntryBlock();
  builder.setInsertionPointToStart(block);
  Wrapper writer{builder, loc};
  SmallVector<Value> operands = {block->getArgument(0)};
  for (auto [i, type] : llvm::enumerate(entry.getArgumentTypes().drop_front()))
    operands.push_back(
        writer.readInput(block->getArgument(1), i, cast<MemRefType>(type)));
  auto call = func::CallOp::create(builder, loc, entry, operands);
  for (auto [i, result] : llvm::enumerate(call.getResults()))
    writer.writeOutput(block->getArgument(2), i, result);
  func::ReturnOp::create(builder, loc);
  moveDescription(entry, wrapper);
  // The C library's start files look for a `main` of their own.
  std::string name = (entry.getName() + "_body").str();
  call.setCallee(name);
  entry.setName(name);
  entry.setPrivate();
  return success();
}

namespace {
struct LowerEntry : niello::impl::LowerEntryBase<LowerEntry> {
  void runOnOperation() override {
    unsigned number = 0;
    for (auto function :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (function->hasAttr("model.entry") && failed(wrap(function, number++)))
        return signalPassFailure();
  }
};
} // namespace
