// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_KERNEL_GROUPINTERFACE_TD
#define NIELLO_DIALECTS_KERNEL_GROUPINTERFACE_TD

include "mlir/IR/OpBase.td"

def Kernel_GroupInterface : OpInterface<"GroupInterface"> {
  let cppNamespace = "::niello::kernel";
  let description = [{
    What passes ask of a kernel of any kind: which nodes it computes, what goes
    in and out, and the operations inside.
  }];
  let methods = [
    InterfaceMethod<"The word after `kernel.`", "llvm::StringRef",
                    "getKind", (ins), [{ return $_op.kind; }]>,
    InterfaceMethod<"The names of the source nodes", "llvm::StringRef",
                    "getSource">,
    InterfaceMethod<"What is read", "mlir::OperandRange", "getInputs">,
    InterfaceMethod<"What is written", "mlir::OperandRange", "getOutputs">,
    InterfaceMethod<"The operations inside", "mlir::Region &", "getBody">,
  ];
}

#endif // NIELLO_DIALECTS_KERNEL_GROUPINTERFACE_TD
