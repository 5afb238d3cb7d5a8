// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Hash.h"
#include "dialects/model/Model.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

using namespace niello;
using namespace niello::model;

#include "dialects/model/ModelDialect.cpp.inc"
#include "dialects/model/ModelEnums.cpp.inc"
#include "dialects/model/ModelInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/model/ModelOps.cpp.inc"

void ModelDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/model/ModelOps.cpp.inc"
      >();
}

Operation *ModelDialect::materializeConstant(OpBuilder &builder,
                                             Attribute value, Type type,
                                             Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

std::string model::hashOf(StringRef bytes) {
  llvm::SHA256 sha;
  sha.update(bytes);
  auto digest = sha.final();
  return llvm::toHex(ArrayRef<uint8_t>(digest.data(), 16), true);
}

bool model::compatibleTypes(TypeRange inferred, TypeRange given) {
  if (inferred.size() != given.size())
    return false;
  return llvm::all_of(llvm::zip(inferred, given), [](auto pair) {
    auto [a, b] = pair;
    return getElementTypeOrSelf(a) == getElementTypeOrSelf(b) &&
           succeeded(verifyCompatibleShape(a, b));
  });
}
