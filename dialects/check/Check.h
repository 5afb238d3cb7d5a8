// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dialect `check`: assertions inside test IR.

#ifndef NIELLO_DIALECTS_CHECK_CHECK_H
#define NIELLO_DIALECTS_CHECK_CHECK_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/check/CheckDialect.h.inc"

#define GET_OP_CLASSES
#include "dialects/check/CheckOps.h.inc"

#endif // NIELLO_DIALECTS_CHECK_CHECK_H
