// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Replaces every allocation by a place in the call's one arena, where size and
// lifetime are known, and by memory from the runtime where they are not.

#include "passes/plan/Passes.h"

#include "passes/lower/Pointers.h"
#include "passes/plan/Lifetimes.h"
#include "passes/plan/Sizes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace niello {
#define GEN_PASS_DEF_PLANARENA
#include "passes/plan/Passes.h.inc"
} // namespace niello

using namespace mlir;
using namespace niello;

namespace {

// Static buffers share by offset: each takes the lowest gap that is free for
// its whole life.
struct Block {
  const Lifetime *life;
  int64_t bytes;
  int64_t offset;
};

// Buffers of symbolic size share whole slots, as large as the largest.
struct Slot {
  SmallVector<const Lifetime *> lives;
  SmallVector<ByteSize> sizes;
  Value offset;

  bool isFree(const Lifetime &life) const {
    return llvm::none_of(
        lives, [&](const Lifetime *other) { return other->overlaps(life); });
  }
  // 0 for the same size, more the less alike it is.
  unsigned distance(const ByteSize &size) const {
    const ByteSize &own = sizes.front();
    if (own.sizes != size.sizes)
      return 64;
    return own.factor == size.factor
               ? 0
               : 1 + std::abs(int(llvm::Log2_64_Ceil(own.factor + 1)) -
                              int(llvm::Log2_64_Ceil(size.factor + 1)));
  }
};

// The memory of one function.
class Frame {
public:
  explicit Frame(func::FuncOp function)
      : function(function), hoister(function) {}

  void plan();

private:
  void placeStatic();
  void placeInSlot(const Lifetime &life, const ByteSize &size);
  /// The whole frame as memref<?xi8>; gives it back at the end of a function
  /// that is not an entry.
  Value allocateFrame(Value total);
  void replaceByView(const Lifetime &life, Value frame, Value offset);
  void replaceByRuntime(const Lifetime &life);

  Value callAlloc(OpBuilder &builder, Location loc, StringRef name,
                  Value bytes);
  void callFree(OpBuilder &builder, Location loc, Value pointer);

  func::FuncOp function;
  SizeHoister hoister;
  SmallVector<Block> blocks;
  int64_t blockBytes = 0;
  SmallVector<Slot> slots;
};

} // namespace

// A frame up to here lives on the stack of a kernel.
static constexpr int64_t kLargestStackFrame = 4096;

void Frame::placeStatic() {
  // Large ones first: small ones fill the gaps.
  SmallVector<Block *> order;
  for (Block &block : blocks)
    order.push_back(&block);
  llvm::sort(order, [](Block *a, Block *b) {
    return std::make_pair(-a->bytes, a->life->first) <
           std::make_pair(-b->bytes, b->life->first);
  });
  SmallVector<Block *> placed; // by offset
  for (Block *block : order) {
    int64_t offset = 0;
    for (Block *other : placed) {
      if (!other->life->overlaps(*block->life))
        continue;
      if (other->offset >= offset + block->bytes)
        break;
      offset = std::max(offset, other->offset + other->bytes);
    }
    block->offset = offset;
    blockBytes = std::max(blockBytes, offset + block->bytes);
    auto place = llvm::upper_bound(
        placed, offset, [](int64_t at, Block *b) { return at < b->offset; });
    placed.insert(place, block);
  }
}

void Frame::placeInSlot(const Lifetime &life, const ByteSize &size) {
  Slot *best = nullptr;
  for (Slot &slot : slots)
    if (slot.isFree(life) &&
        (!best || slot.distance(size) < best->distance(size)))
      best = &slot;
  if (!best)
    best = &slots.emplace_back();
  best->lives.push_back(&life);
  best->sizes.push_back(size);
}

Value Frame::callAlloc(OpBuilder &builder, Location loc, StringRef name,
                       Value bytes) {
  auto module = function->getParentOfType<ModuleOp>();
  Type word = builder.getI64Type();
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext());
  Value count = arith::IndexCastOp::create(builder, loc, word, bytes);
  return func::CallOp::create(builder, loc,
                              runtimeFunction(module, name, {word}, {pointer}),
                              count)
      .getResult(0);
}

void Frame::callFree(OpBuilder &builder, Location loc, Value pointer) {
  auto module = function->getParentOfType<ModuleOp>();
  func::CallOp::create(
      builder, loc,
      runtimeFunction(module, "niello_rt_free", {pointer.getType()}, {}),
      pointer);
}

Value Frame::allocateFrame(Value total) {
  OpBuilder &builder = hoister.top();
  Location loc = function.getLoc();
  auto type = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
  if (function->hasAttr("model.entry"))
    return memrefAt(builder, loc,
                    callAlloc(builder, loc, "niello_rt_arena", total), type,
                    total);
  if (slots.empty() && blockBytes <= kLargestStackFrame)
    return memref::AllocaOp::create(
        builder, loc, MemRefType::get({blockBytes}, builder.getI8Type()),
        builder.getI64IntegerAttr(64));
  Value pointer = callAlloc(builder, loc, "niello_rt_alloc", total);
  function.walk([&](func::ReturnOp op) {
    OpBuilder end(op);
    callFree(end, op.getLoc(), pointer);
  });
  return memrefAt(builder, loc, pointer, type, total);
}

void Frame::replaceByView(const Lifetime &life, Value frame, Value offset) {
  memref::AllocOp alloc = life.alloc;
  OpBuilder builder(alloc);
  alloc.replaceAllUsesWith(
      memref::ViewOp::create(builder, alloc.getLoc(), alloc.getType(), frame,
                             offset, alloc.getDynamicSizes())
          .getResult());
  alloc.erase();
}

void Frame::replaceByRuntime(const Lifetime &life) {
  memref::AllocOp alloc = life.alloc;
  Location loc = alloc.getLoc();
  OpBuilder builder(alloc);
  SizeArithmetic arithmetic(builder, loc);
  std::optional<ByteSize> size = sizeOf(alloc);
  Value bytes = size ? arithmetic.bytes(*size) : arithmetic.constant(-1);
  Value pointer = callAlloc(builder, loc, "niello_rt_alloc", bytes);
  Value memory =
      memrefAt(builder, loc, pointer, alloc.getType(), alloc.getDynamicSizes());
  if (life.bounded && life.lastUser) {
    OpBuilder after(alloc->getContext());
    after.setInsertionPointAfter(life.lastUser);
    callFree(after, loc, pointer);
  }
  alloc.replaceAllUsesWith(memory);
  alloc.erase();
}

void Frame::plan() {
  // Kernels give their scratch back; the frame does that for them.
  function.walk([](memref::DeallocOp dealloc) { dealloc.erase(); });
  SmallVector<Lifetime> lifetimes = findLifetimes(function);
  if (lifetimes.empty())
    return;
  SmallVector<const Lifetime *> others;
  for (const Lifetime &life : lifetimes) {
    std::optional<ByteSize> size;
    // Dead buffers stay for nobody to read; canonicalisation drops them.
    memref::AllocOp alloc = life.alloc;
    if (life.bounded && alloc.getType().getLayout().isIdentity())
      size = hoister.hoist(alloc);
    if (!size)
      others.push_back(&life);
    else if (size->isConstant())
      blocks.push_back({&life, alignUp(size->factor), 0});
    else
      placeInSlot(life, *size);
  }
  placeStatic();

  if (!blocks.empty() || !slots.empty()) {
    SizeArithmetic arithmetic(hoister.top(), function.getLoc());
    Value total = arithmetic.constant(blockBytes);
    for (Slot &slot : slots) {
      slot.offset = total;
      Value bytes = arithmetic.bytes(slot.sizes.front());
      for (const ByteSize &size : llvm::drop_begin(slot.sizes))
        bytes = arithmetic.max(bytes, arithmetic.bytes(size));
      total = arithmetic.add(total, bytes);
    }
    DenseMap<int64_t, Value> offsets;
    for (Block &block : blocks)
      if (Value &offset = offsets[block.offset]; !offset)
        offset = arithmetic.constant(block.offset);
    Value frame = allocateFrame(total);
    for (const Block &block : blocks)
      replaceByView(*block.life, frame, offsets[block.offset]);
    for (const Slot &slot : slots)
      for (const Lifetime *life : slot.lives)
        replaceByView(*life, frame, slot.offset);
  }
  for (const Lifetime *life : others)
    replaceByRuntime(*life);
}

namespace {
struct PlanArena : niello::impl::PlanArenaBase<PlanArena> {
  void runOnOperation() override {
    // Runtime functions are declared on the way.
    for (auto function :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (!function.isExternal())
        Frame(function).plan();
  }
};
} // namespace
