// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Makes the body of a parallel loop a function that the runtime's threads call.

#include "passes/lower/Passes.h"

#include "passes/lower/Pointers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"

namespace niello {
#define GEN_PASS_DEF_LOWERFORALL
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

namespace {

// What the body reads of its surroundings travels in a struct on the stack.
class Environment {
public:
  Environment(MLIRContext *context, ArrayRef<Value> values);

  /// The struct, filled before the loop. It lies on the function's stack: one
  /// in the loop around us would grow the stack.
  Value pack(OpBuilder &builder, Location loc, func::FuncOp function);
  /// The values again, inside the body's function.
  void unpack(OpBuilder &builder, Location loc, Value pointer, IRMapping &map);

private:
  Type inMemory(Type type);

  MLIRContext *context;
  ArrayRef<Value> values;
  Type structType;
};

} // namespace

Environment::Environment(MLIRContext *context, ArrayRef<Value> values)
    : context(context), values(values) {
  SmallVector<Type> fields;
  for (Value value : values)
    fields.push_back(inMemory(value.getType()));
  structType = LLVM::LLVMStructType::getLiteral(context, fields);
}

Type Environment::inMemory(Type type) {
  if (type.isIndex())
    return IntegerType::get(context, 64);
  auto memref = dyn_cast<MemRefType>(type);
  return memref ? memrefDescriptorType(context, memref.getRank()) : type;
}

Value Environment::pack(OpBuilder &builder, Location loc,
                        func::FuncOp function) {
  Type pointer = LLVM::LLVMPointerType::get(context);
  OpBuilder entry = OpBuilder::atBlockBegin(&function.getBody().front());
  Value one = LLVM::ConstantOp::create(entry, loc, builder.getI64Type(), 1);
  Value memory = LLVM::AllocaOp::create(entry, loc, pointer, structType, one);
  for (auto [i, value] : llvm::enumerate(values)) {
    Value stored = value;
    Type type = inMemory(value.getType());
    if (type != value.getType())
      stored = UnrealizedConversionCastOp::create(builder, loc, type, value)
                   .getResult(0);
    Value place =
        LLVM::GEPOp::create(builder, loc, pointer, structType, memory,
                            ArrayRef<LLVM::GEPArg>{0, static_cast<int32_t>(i)});
    LLVM::StoreOp::create(builder, loc, stored, place);
  }
  return memory;
}

void Environment::unpack(OpBuilder &builder, Location loc, Value pointer,
                         IRMapping &map) {
  for (auto [i, value] : llvm::enumerate(values)) {
    Type type = inMemory(value.getType());
    Value place = LLVM::GEPOp::create(
        builder, loc, pointer.getType(), structType, pointer,
        ArrayRef<LLVM::GEPArg>{0, static_cast<int32_t>(i)});
    Value loaded = LLVM::LoadOp::create(builder, loc, type, place);
    if (type != value.getType())
      loaded = UnrealizedConversionCastOp::create(builder, loc, value.getType(),
                                                  loaded)
                   .getResult(0);
    map.map(value, loaded);
  }
}

static LogicalResult outline(scf::ForallOp loop, unsigned number) {
  if (loop.getNumResults() != 0)
    return loop.emitOpError("needs buffers by now, but returns tensors");
  Location loc = loop.getLoc();
  MLIRContext *context = loop.getContext();
  auto function = loop->getParentOfType<func::FuncOp>();
  auto module = function->getParentOfType<ModuleOp>();
  OpBuilder builder(loop);
  Type word = builder.getI64Type();
  Type pointer = LLVM::LLVMPointerType::get(context);

  // The number of iterations: the product over the dims.
  SmallVector<Value> lowers = loop.getLowerBound(builder);
  SmallVector<Value> uppers = loop.getUpperBound(builder);
  SmallVector<Value> steps = loop.getStep(builder);
  SmallVector<Value> counts;
  Value total = arith::ConstantIndexOp::create(builder, loc, 1);
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  for (auto [lower, upper, step] : llvm::zip(lowers, uppers, steps)) {
    Value span = arith::MaxSIOp::create(
        builder, loc, zero, arith::SubIOp::create(builder, loc, upper, lower));
    Value count = arith::CeilDivUIOp::create(builder, loc, span, step);
    counts.push_back(count);
    total = arith::MulIOp::create(builder, loc, total, count);
  }

  llvm::SetVector<Value> above;
  getUsedValuesDefinedAbove(loop.getRegion(), above);
  above.insert(counts.begin(), counts.end());
  above.insert(lowers.begin(), lowers.end());
  above.insert(steps.begin(), steps.end());
  SmallVector<Value> captures;
  SmallVector<Operation *> constants;
  for (Value value : above) {
    Operation *op = value.getDefiningOp();
    if (op && op->hasTrait<OpTrait::ConstantLike>())
      constants.push_back(op);
    else
      captures.push_back(value);
  }

  // The function: unpack, then for each number in [begin, end) the body at
  // the place that the number stands for, the last dim fastest.
  Environment environment(context, captures);
  OpBuilder outside(function->getContext());
  outside.setInsertionPointAfter(function);
  auto body = func::FuncOp::create(
      outside, loc,
      (function.getName() + "_tile" + (number ? std::to_string(number) : ""))
          .str(),
      builder.getFunctionType({pointer, word, word}, {}));
  body.setPrivate();
  OpBuilder inside = OpBuilder::atBlockBegin(body.addEntryBlock());
  IRMapping map;
  for (Operation *constant : constants)
    inside.clone(*constant, map);
  environment.unpack(inside, loc, body.getArgument(0), map);
  auto toIndex = [&](Value value) -> Value {
    return arith::IndexCastOp::create(inside, loc, inside.getIndexType(),
                                      value);
  };
  Value one = arith::ConstantIndexOp::create(inside, loc, 1);
  auto range = scf::ForOp::create(inside, loc, toIndex(body.getArgument(1)),
                                  toIndex(body.getArgument(2)), one);
  func::ReturnOp::create(inside, loc);
  inside.setInsertionPointToStart(range.getBody());
  Value rest = range.getInductionVar();
  for (int64_t dim = counts.size() - 1; dim >= 0; --dim) {
    Value place = rest;
    if (dim > 0) {
      Value count = map.lookup(counts[dim]);
      place = arith::RemUIOp::create(inside, loc, rest, count);
      rest = arith::DivUIOp::create(inside, loc, rest, count);
    }
    Value offset =
        arith::MulIOp::create(inside, loc, place, map.lookup(steps[dim]));
    map.map(
        loop.getInductionVar(dim),
        arith::AddIOp::create(inside, loc, map.lookup(lowers[dim]), offset));
  }
  for (Operation &op : loop.getBody()->without_terminator())
    inside.clone(op, map);

  Value packed = environment.pack(builder, loc, function);
  Value address = func::ConstantOp::create(builder, loc, body.getFunctionType(),
                                           body.getName());
  address = UnrealizedConversionCastOp::create(builder, loc, pointer, address)
                .getResult(0);
  Value count = arith::IndexCastOp::create(builder, loc, word, total);
  func::CallOp::create(builder, loc,
                       runtimeFunction(module, "niello_rt_parallel",
                                       {word, pointer, pointer}, {}),
                       ValueRange{count, address, packed});
  loop.erase();
  return success();
}

namespace {
struct LowerForall : niello::impl::LowerForallBase<LowerForall> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> functions(getOperation().getOps<func::FuncOp>());
    for (func::FuncOp function : functions) {
      // Outermost loops only: the runtime runs nested ones in one thread, and
      // a plain loop is the cheaper way to do that.
      SmallVector<scf::ForallOp> loops;
      function.walk<WalkOrder::PreOrder>([&](scf::ForallOp loop) {
        loops.push_back(loop);
        return WalkResult::skip();
      });
      for (auto [number, loop] : llvm::enumerate(loops))
        if (failed(outline(loop, number)))
          return signalPassFailure();
    }
  }
};
} // namespace
