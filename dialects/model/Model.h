// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dialect `model`: what a model computes, on tensors. Building an op never
// fails: result types are inferred leniently and the verifier says, by rule,
// what does not fit. So a caller that builds from untrusted input verifies each
// op it has built.

#ifndef NIELLO_DIALECTS_MODEL_MODEL_H
#define NIELLO_DIALECTS_MODEL_MODEL_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/model/ModelDialect.h.inc"
#include "dialects/model/ModelEnums.h.inc"

namespace niello::model {
using namespace mlir;

/// The code of a failed check of values in compiled code: NIELLO_FAILED_CHECK.
constexpr int32_t kFailedCheck = 5;

/// Whether result types may stand where others were inferred: the same element
/// type and rank, and no two static sizes that differ.
bool compatibleTypes(TypeRange inferred, TypeRange given);

} // namespace niello::model

#include "dialects/model/ModelInterfaces.h.inc"

#define GET_OP_CLASSES
#include "dialects/model/ModelOps.h.inc"

#endif // NIELLO_DIALECTS_MODEL_MODEL_H
