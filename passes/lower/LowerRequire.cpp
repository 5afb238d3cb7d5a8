// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Turns a requirement into a branch that ends the call with a sentence.

#include "passes/lower/Passes.h"

#include "dialects/model/Model.h"
#include "passes/lower/Pointers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace niello {
#define GEN_PASS_DEF_LOWERREQUIRE
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

namespace {

// The sentences of a module, each once, as C strings.
class Sentences {
public:
  explicit Sentences(ModuleOp module) : module(module), symbols(module) {}

  Value address(OpBuilder &builder, Location loc, StringRef sentence) {
    LLVM::GlobalOp &global = globals[sentence];
    if (!global)
      global = create(loc, sentence);
    return LLVM::AddressOfOp::create(builder, loc, global);
  }

private:
  LLVM::GlobalOp create(Location loc, StringRef sentence) {
    OpBuilder builder(module.getContext());
    std::string text = sentence.str() + '\0';
    auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), text.size());
    auto global = LLVM::GlobalOp::create(
        builder, loc, type, /*isConstant=*/true, LLVM::Linkage::Private,
        "sentence", builder.getStringAttr(text));
    symbols.insert(global, module.getBody()->begin());
    return global;
  }
  ModuleOp module;
  SymbolTable symbols;
  llvm::StringMap<LLVM::GlobalOp> globals;
};

} // namespace

// require %ok, "..." -> if !ok: niello_rt_fail("...")
static void lower(model::RequireOp op, Sentences &sentences, ModuleOp module) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  Type word = builder.getI64Type(), code = builder.getI32Type();
  Type pointer = LLVM::LLVMPointerType::get(op.getContext());
  Value yes = arith::ConstantIntOp::create(builder, loc, 1, 1);
  Value failed = arith::XOrIOp::create(builder, loc, op.getCondition(), yes);
  auto branch = scf::IfOp::create(builder, loc, failed, /*withElse=*/false);
  builder.setInsertionPointToStart(branch.thenBlock());
  SmallVector<Value> operands = {
      arith::ConstantIntOp::create(builder, loc, int64_t(op.getCode()), 32),
      sentences.address(builder, loc, op.getSentence())};
  for (Value number : op.getNumbers())
    operands.push_back(arith::IndexCastOp::create(builder, loc, word, number));
  while (operands.size() < 4)
    operands.push_back(arith::ConstantIntOp::create(builder, loc, 0, 64));
  func::CallOp::create(builder, loc,
                       runtimeFunction(module, "niello_rt_fail",
                                       {code, pointer, word, word}, {}),
                       operands);
  op.erase();
}

namespace {
struct LowerRequire : niello::impl::LowerRequireBase<LowerRequire> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    Sentences sentences(module);
    SmallVector<model::RequireOp> ops;
    module.walk([&](model::RequireOp op) { ops.push_back(op); });
    for (model::RequireOp op : ops)
      lower(op, sentences, module);
  }
};
} // namespace
