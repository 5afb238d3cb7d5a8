// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/weights/Layout.h"

#include "dialects/model/Model.h"
#include "runtime/include/niello/niello_abi.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;
using namespace niello;

std::optional<uint64_t> niello::weightBytes(Type type) {
  auto tensor = cast<ShapedType>(type);
  std::optional<int64_t> bytes =
      llvm::divideCeil(tensor.getElementTypeBitWidth(), 8);
  for (int64_t size : tensor.getShape())
    if (bytes = llvm::checkedMul(*bytes, size); !bytes)
      return std::nullopt;
  return *bytes;
}

FailureOr<WeightLayout> niello::layOutWeights(ModuleOp module) {
  // Far beyond any file, and no sum of two such numbers wraps round.
  constexpr uint64_t limit = uint64_t(1) << 60;
  WeightLayout layout;
  for (auto weight : module.getOps<model::WeightOp>()) {
    std::optional<uint64_t> bytes = weightBytes(weight.getType());
    if (!bytes || *bytes > limit || layout.totalBytes > limit)
      return weight.emitOpError("needs all weights to fit into 2^60 bytes");
    layout.totalBytes = llvm::alignTo(layout.totalBytes, NIELLO_ALIGNMENT);
    layout.offsets[weight.getSymNameAttr()] = layout.totalBytes;
    layout.totalBytes += *bytes;
  }
  return layout;
}
