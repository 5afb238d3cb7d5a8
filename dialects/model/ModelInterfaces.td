// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_MODELINTERFACES
#define NIELLO_DIALECTS_MODEL_MODELINTERFACES

include "mlir/IR/OpBase.td"

def PlainLoweringInterface : OpInterface<"PlainLoweringInterface"> {
  let cppNamespace = "::niello::model";
  let description = [{
    An op that can be written out in upstream ops on tensors, slowly and
    readably: this is what the op means, and the oracle for every fast lowering.
  }];
  let methods = [
    InterfaceMethod<[{
      Writes the op out at the builder's place and returns a value for each
      result, of the result's type. Fails, having emitted an error at the op,
      where the plain path does not support it.
    }], "::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>>", "lowerPlain",
    (ins "::mlir::OpBuilder &":$builder)>
  ];
}

#endif // NIELLO_DIALECTS_MODEL_MODELINTERFACES
