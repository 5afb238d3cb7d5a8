// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Gives debuggers and profilers the names of the source nodes.
//
// LLVM wants a scope for every place in the code and knows two: functions, and
// functions inlined into others. So a node becomes a function, inlined wherever
// its operations have come to stand.

#include "compiler/support/SourceNodes.h"
#include "passes/lower/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/BinaryFormat/Dwarf.h"

namespace niello {
#define GEN_PASS_DEF_ADDDEBUGINFO
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace mlir;
using namespace niello;

namespace {

class Scopes {
public:
  explicit Scopes(ModuleOp module) : context(module.getContext()) {
    auto source = module->getAttrOfType<StringAttr>("model.source");
    name = source ? source : StringAttr::get(context, "model");
    file = LLVM::DIFileAttr::get(context, name, StringAttr::get(context, "."));
    unit = LLVM::DICompileUnitAttr::get(
        distinct(), llvm::dwarf::DW_LANG_C11, file,
        StringAttr::get(context, "niello"), /*isOptimized=*/true,
        LLVM::DIEmissionKind::LineTablesOnly, LLVM::DINameTableKind::None);
    type = LLVM::DISubroutineTypeAttr::get(context, {});
  }

  /// `location` inside a scope of its own: what a function has to carry.
  Location scoped(Location location, StringRef function) {
    return FusedLoc::get(context, location, scopeOf(function));
  }

  /// A place in `function`, inside of `node` unless that is empty.
  Location place(StringRef function, StringRef node) {
    Location at = FileLineColLoc::get(name, /*line=*/1, /*column=*/0);
    Location outer = scoped(at, function);
    return node.empty() ? outer : CallSiteLoc::get(scoped(at, node), outer);
  }

private:
  DistinctAttr distinct() {
    return DistinctAttr::create(UnitAttr::get(context));
  }

  LLVM::DISubprogramAttr scopeOf(StringRef name) {
    LLVM::DISubprogramAttr &scope = scopes[name];
    if (!scope)
      scope = LLVM::DISubprogramAttr::get(
          context, distinct(), unit, file, StringAttr::get(context, name),
          /*linkageName=*/StringAttr(), file, /*line=*/1, /*scopeLine=*/1,
          LLVM::DISubprogramFlags::Definition |
              LLVM::DISubprogramFlags::Optimized,
          type, {}, {});
    return scope;
  }

  MLIRContext *context;
  StringAttr name;
  LLVM::DIFileAttr file;
  LLVM::DICompileUnitAttr unit;
  LLVM::DISubroutineTypeAttr type;
  llvm::StringMap<LLVM::DISubprogramAttr> scopes;
};

struct AddDebugInfo : niello::impl::AddDebugInfoBase<AddDebugInfo> {
  void runOnOperation() override {
    Scopes scopes(getOperation());
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>()) {
      if (function.isExternal())
        continue;
      StringRef name = function.getName();
      llvm::StringMap<LocationAttr> places;
      function.getBody().walk([&](Operation *op) {
        StringRef node = firstNodeIn(op->getLoc());
        LocationAttr &place = places[node];
        if (!place)
          place = scopes.place(name, node);
        op->setLoc(place);
      });
      function->setLoc(scopes.scoped(function.getLoc(), name));
    }
  }
};

} // namespace
