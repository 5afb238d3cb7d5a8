// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Replaces each contraction over memrefs, and the elementwise operations that
// follow it, by a packed and register-tiled loop nest (Gemm.h).

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/lower/cpu/Gemm.h"
#include "passes/lower/cpu/Passes.h"

using namespace mlir;

namespace niello {
#define GEN_PASS_DEF_LOWERKERNELGEMM
#include "passes/lower/cpu/Passes.h.inc"

namespace {

// What else in the block touches `memref`, deallocation aside.
SmallVector<Operation *> usersOf(Value memref, Operation *but) {
  SmallVector<Operation *> users;
  for (Operation *user : memref.getUsers())
    if (user != but && !isa<memref::DeallocOp>(user))
      users.push_back(user);
  return users;
}

bool isLocal(Value memref) {
  return memref.getDefiningOp<memref::AllocOp>() ||
         memref.getDefiningOp<memref::AllocaOp>();
}

// The operation before `op` that sets its whole output to zero, or null.
linalg::LinalgOp findZeroFill(linalg::GenericOp op) {
  Value output = op.getOutputs()[0];
  for (Operation *before = op->getPrevNode(); before;
       before = before->getPrevNode()) {
    if (!llvm::is_contained(before->getOperands(), output)) {
      if (before == output.getDefiningOp())
        return nullptr;
      continue;
    }
    if (isa<memref::DimOp>(before))
      continue;
    auto fill = dyn_cast<linalg::LinalgOp>(before);
    if (!fill || fill.getNumDpsInits() != 1 || fill.getDpsInits()[0] != output)
      return nullptr;
    // linalg.fill, or a generic that yields a scalar from outside.
    Block *body = &fill->getRegion(0).front();
    Value value = body->getTerminator()->getOperand(0);
    if (auto argument = dyn_cast<BlockArgument>(value))
      if (argument.getOwner() == body) {
        value = fill->getOperand(argument.getArgNumber());
        if (isa<ShapedType>(value.getType()))
          return nullptr;
      }
    bool zero =
        matchPattern(value, m_AnyZeroFloat()) || matchPattern(value, m_Zero());
    return zero ? fill : nullptr;
  }
  return nullptr;
}

// The one elementwise operation that reads `memref` entirely, each element in
// its own iteration, and `loops`: which contraction loop each of its loops is.
linalg::GenericOp findStage(Value memref, Operation *writer, AffineMap written,
                            SmallVectorImpl<unsigned> &loops) {
  auto users = usersOf(memref, writer);
  llvm::erase_if(users, [&](Operation *user) {
    return user->isBeforeInBlock(writer) || isa<memref::DimOp>(user);
  });
  if (users.size() != 1 || users[0]->getBlock() != writer->getBlock())
    return nullptr;
  auto op = dyn_cast<linalg::GenericOp>(users[0]);
  if (!op || op.getNumParallelLoops() != op.getNumLoops() ||
      !op.hasPureBufferSemantics())
    return nullptr;
  for (OpOperand &output : op.getDpsInitsMutable())
    if (op.payloadUsesValueFromOperand(&output) ||
        !op.getMatchingIndexingMap(&output).isPermutation())
      return nullptr;
  AffineMap read;
  for (OpOperand *input : op.getDpsInputOperands()) {
    if (input->get() != memref)
      continue;
    if (read)
      return nullptr; // read twice, perhaps in two orders
    read = op.getMatchingIndexingMap(input);
  }
  if (!read || !read.isPermutation() ||
      read.getNumResults() != written.getNumResults())
    return nullptr;
  loops.assign(op.getNumLoops(), 0);
  for (auto [own, outer] : llvm::zip(read.getResults(), written.getResults()))
    loops[cast<AffineDimExpr>(own).getPosition()] =
        cast<AffineDimExpr>(outer).getPosition();
  return op;
}

// The chain of stages after the contraction; decides what is stored.
void collectStages(GemmEmitter &emitter) {
  Contraction &contraction = emitter.contraction;
  Value memref = contraction.c;
  Operation *writer = contraction.op;
  AffineMap written = contraction.cMap;
  while (isLocal(memref) || emitter.stages.empty()) {
    GemmStage stage;
    stage.op = findStage(memref, writer, written, stage.loops);
    if (!stage.op)
      break;
    SmallVector<AffineExpr> dims;
    for (unsigned loop : stage.loops)
      dims.push_back(getAffineDimExpr(loop, written.getContext()));
    for (AffineMap map : stage.op.getIndexingMapsArray())
      stage.maps.push_back(
          map.replaceDimsAndSymbols(dims, {}, contraction.numLoops(), 0));
    emitter.stages.push_back(stage);
    if (stage.op.getNumDpsInits() != 1)
      break;
    memref = stage.op.getOutputs()[0];
    writer = stage.op;
    written = emitter.stages.back().maps.back();
  }
  // Only buffers that nobody else sees may stay unwritten.
  emitter.storesSum = emitter.stages.empty() || !isLocal(contraction.c);
  for (GemmStage &stage : emitter.stages)
    stage.stored =
        &stage == &emitter.stages.back() || !isLocal(stage.op.getOutputs()[0]);
}

// The size of a role, or kDynamic.
int64_t staticSize(ArrayRef<int64_t> ranges, ArrayRef<unsigned> role) {
  int64_t size = 1;
  for (unsigned loop : role) {
    if (ShapedType::isDynamic(ranges[loop]))
      return ShapedType::kDynamic;
    size *= ranges[loop];
  }
  return size;
}

// contraction, stages -> the loop nest of Gemm.h
struct LowerContraction : OpRewritePattern<linalg::GenericOp> {
  LowerKernelGemmOptions options;

  LowerContraction(MLIRContext *context, LowerKernelGemmOptions options)
      : OpRewritePattern(context), options(options) {}

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    Contraction contraction;
    if (StringRef reason = matchContraction(op, contraction); !reason.empty())
      return rewriter.notifyMatchFailure(op, reason);
    linalg::LinalgOp fill = findZeroFill(op);
    if (!fill)
      return rewriter.notifyMatchFailure(
          op, "its output is not set to zero just before");
    auto ranges =
        cast<linalg::LinalgOp>(op.getOperation()).getStaticLoopRanges();
    int64_t m = staticSize(ranges, contraction.m);
    int64_t n = staticSize(ranges, contraction.n);
    int64_t k = staticSize(ranges, contraction.k);
    if (m >= 0 && n >= 0 && k >= 0 && m * n * k < options.leastProducts)
      return rewriter.notifyMatchFailure(op, "it is too small to pack");

    int64_t lanes =
        options.vectorBits / contraction.element.getIntOrFloatBitWidth();
    bool inPairs = contraction.isBytes &&
                   !GemmEmitter::dotsBytes(contraction, options.dotsBytes);
    GemmTile tile = inPairs
                        ? choosePairsTile(m, n, lanes, options.registers)
                        : chooseGemmTile(m, n, lanes, options.registers);
    // The plan has the last word.
    auto planned =
        op->getParentOfType<func::FuncOp>()->getAttrOfType<DenseI64ArrayAttr>(
            "kernel.tiles");
    if (planned && planned.size() == 2 && planned[0] > 0 &&
        planned[0] <= lanes && planned[1] >= lanes) {
      tile.rows = planned[0];
      tile.vectors = planned[1] / lanes;
    }
    tile.fma = options.fma;
    tile.dotsBytes = options.dotsBytes;
    GemmEmitter emitter(rewriter, op.getLoc(), contraction, tile);
    collectStages(emitter);
    Operation *last = emitter.stages.empty()
                          ? op.getOperation()
                          : emitter.stages.back().op.getOperation();
    rewriter.setInsertionPoint(last);
    emitter.emit();
    for (GemmStage &stage : llvm::reverse(emitter.stages))
      rewriter.eraseOp(stage.op);
    rewriter.eraseOp(op);
    rewriter.eraseOp(fill);
    return success();
  }
};

struct LowerKernelGemm : impl::LowerKernelGemmBase<LowerKernelGemm> {
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerContraction>(
        &getContext(),
        LowerKernelGemmOptions{vectorBits, registers, fma, dotsBytes,
                                            leastProducts});
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
  }
};

} // namespace
} // namespace niello
