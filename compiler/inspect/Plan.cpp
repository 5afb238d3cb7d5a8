// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kernels of a plan, as the passes that made them wrote them down.

#include "compiler/inspect/Inspect.h"

#include "compiler/inspect/Names.h"
#include "compiler/support/SourceNodes.h"
#include "dialects/kernel/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;

namespace niello {

// "12", or "12*rows + 3*rows*?", of which the value is not known.
static Quantity toQuantity(StringAttr text) {
  Quantity quantity;
  if (!text)
    return quantity;
  quantity.text = text.str();
  if (uint64_t value; !text.getValue().getAsInteger(10, value))
    quantity.value = value;
  return quantity;
}

// The sizes of the loops that the first reduction inside sums over.
static std::string reductionOf(Region &body) {
  std::string text;
  body.walk([&](linalg::LinalgOp op) {
    auto kinds = op.getIteratorTypesArray();
    auto ranges = op.getStaticLoopRanges();
    for (auto [kind, range] : llvm::zip(kinds, ranges))
      if (kind == utils::IteratorType::reduction)
        text += (text.empty() ? "" : "*") +
                (ShapedType::isDynamic(range) ? "?" : std::to_string(range));
    return text.empty() ? WalkResult::advance() : WalkResult::interrupt();
  });
  return text;
}

static KernelFacts describe(kernel::GroupInterface group) {
  KernelFacts facts;
  facts.kind = group.getKind().str();
  facts.nodes = nodesIn(group->getLoc());
  group.getBody().walk([&](kernel::StencilOp stencil) {
    facts.stencil = stencil.getStencil().str();
  });
  for (Value output : group.getOutputs())
    facts.outputs.push_back(typeName(output));
  facts.reduction = reductionOf(group.getBody());
  facts.flops = toQuantity(group->getAttrOfType<StringAttr>("flops"));
  facts.bytes = toQuantity(group->getAttrOfType<StringAttr>("bytes"));
  return facts;
}

std::vector<KernelFacts> listKernels(ModuleOp module) {
  std::vector<KernelFacts> kernels;
  for (auto function : module.getOps<FunctionOpInterface>())
    function->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (auto group = dyn_cast<kernel::GroupInterface>(op)) {
        kernels.push_back(describe(group));
        return WalkResult::skip();
      }
      return WalkResult::advance();
    });
  return kernels;
}

} // namespace niello
