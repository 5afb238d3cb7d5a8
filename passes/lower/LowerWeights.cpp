// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Finds each weight at its offset from the artefact's one base pointer.
//
// The small code model reaches 2 GB around the code; weights may lie further
// away. So code never names them: it loads one pointer, which the linker fills
// with a 64-bit relocation, and adds 64-bit offsets.

#include "passes/lower/Passes.h"

#include "compiler/weights/Layout.h"
#include "dialects/model/Model.h"
#include "passes/lower/Pointers.h"

namespace niello {
#define GEN_PASS_DEF_LOWERWEIGHTS
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

// extern const char niello_weights[]; const char *niello_weights_base =
// niello_weights; not constant for LLVM, which would else see through it.
static LLVM::GlobalOp createBase(ModuleOp module) {
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  Location loc = module.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(module.getContext());
  auto bytes = LLVM::GlobalOp::create(
      builder, loc, LLVM::LLVMArrayType::get(builder.getI8Type(), 0),
      /*isConstant=*/true, LLVM::Linkage::External, "niello_weights",
      Attribute());
  bytes.setVisibility_(LLVM::Visibility::Hidden);
  auto base =
      LLVM::GlobalOp::create(builder, loc, pointer,
                             /*isConstant=*/false, LLVM::Linkage::LinkonceODR,
                             "niello_weights_base", Attribute());
  base.setVisibility_(LLVM::Visibility::Hidden);
  base.setSection(".data.rel.ro");
  Block *block = builder.createBlock(&base.getInitializerRegion());
  builder.setInsertionPointToStart(block);
  Value address = LLVM::AddressOfOp::create(builder, loc, bytes);
  LLVM::ReturnOp::create(builder, loc, address);
  return base;
}

// load_weight @w : memref<...> -> memref at (*niello_weights_base + offset)
static void lower(model::LoadWeightOp op, LLVM::GlobalOp base,
                  uint64_t offset) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(op.getContext());
  Value variable = LLVM::AddressOfOp::create(builder, loc, base);
  auto start = LLVM::LoadOp::create(builder, loc, pointer, variable);
  start.setInvariant(true);
  Value distance = LLVM::ConstantOp::create(builder, loc, builder.getI64Type(),
                                            int64_t(offset));
  Value address =
      LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), start,
                          ArrayRef<LLVM::GEPArg>{distance});
  op.replaceAllUsesWith(
      memrefAt(builder, loc, address, cast<MemRefType>(op.getType()), {}));
  op.erase();
}

namespace {
struct LowerWeights : niello::impl::LowerWeightsBase<LowerWeights> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<model::LoadWeightOp> loads;
    module.walk([&](model::LoadWeightOp op) { loads.push_back(op); });
    if (loads.empty())
      return;
    FailureOr<WeightLayout> layout = layOutWeights(module);
    if (failed(layout))
      return signalPassFailure();
    LLVM::GlobalOp base = createBase(module);
    for (model::LoadWeightOp op : loads)
      lower(op, base, layout->offsets.lookup(op.getWeightAttr().getAttr()));
  }
};
} // namespace
