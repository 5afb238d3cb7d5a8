// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a model is made of: the operations of the model dialect by name, and the
// rest by what it does.

#include "compiler/inspect/Inspect.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

#include <map>

using namespace mlir;

namespace niello {

static std::string modelName(Operation *op) {
  std::string name = op->getName().stripDialect().str();
  return llvm::TypeSwitch<Operation *, std::string>(op)
      .Case([&](model::NormOp norm) {
        return name + " " + model::stringifyNormKind(norm.getKind()).str();
      })
      .Case([&](model::PoolOp pool) {
        return name + " " + model::stringifyPoolKind(pool.getKind()).str();
      })
      .Default([&](Operation *) { return name; });
}

// Nothing where it is no computation on tensors: sizes, constants, weights.
static std::string blockName(Operation *op) {
  if (isa<model::WeightOp, model::LoadWeightOp, model::RequireOp>(op))
    return "";
  Dialect *dialect = op->getDialect();
  if (isa_and_nonnull<model::ModelDialect>(dialect))
    return op->hasTrait<OpTrait::IsTerminator>() ? "" : modelName(op);
  if (isa<scf::IfOp, scf::ForOp, scf::WhileOp>(op))
    return op->getName().getStringRef().str();
  bool onTensors =
      op->getNumResults() && isa<RankedTensorType>(op->getResult(0).getType());
  if (!onTensors || isa<arith::ConstantOp, tensor::EmptyOp>(op))
    return "";
  if (isa_and_nonnull<arith::ArithDialect, math::MathDialect>(dialect))
    return "elementwise";
  if (isa_and_nonnull<tensor::TensorDialect>(dialect))
    return "reshape or slice";
  if (isa_and_nonnull<linalg::LinalgDialect>(dialect))
    return op->getName().getStringRef().str();
  return "";
}

std::vector<OperationCount> countBlocks(ModuleOp module) {
  std::map<std::string, uint64_t> counts;
  for (auto function : module.getOps<FunctionOpInterface>())
    function->walk([&](Operation *op) {
      if (std::string name = blockName(op); !name.empty())
        ++counts[name];
    });
  std::vector<OperationCount> blocks;
  for (const auto &[name, count] : counts)
    blocks.push_back({name, count});
  llvm::sort(blocks, [](const auto &a, const auto &b) {
    return std::tie(b.count, a.name) < std::tie(a.count, b.name);
  });
  return blocks;
}

} // namespace niello
