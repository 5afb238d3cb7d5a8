// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_KERNEL_KERNELOPS_TD
#define NIELLO_DIALECTS_KERNEL_KERNELOPS_TD

include "dialects/kernel/GroupInterface.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Kernel_Dialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::niello::kernel";
  let summary = "The plan: what will run, one op a kernel, with its cost";
  let description = [{
    An op of this dialect is one kernel of the compiled program: a group of
    `linalg` and `tensor` operations that run as one loop nest. It names the
    source nodes that it computes, what it costs, and the tiles it is cut into.
    `--emit=plan` prints these ops, so the text is made for reading.
  }];
}

class Kernel_Op<string mnemonic, list<Trait> traits = []>
    : Op<Kernel_Dialect, mnemonic, traits>;

// A group of operations that become one function: destination style, nothing
// captured. `flops` and `bytes` are numbers, or sums of products with the name of
// each size that is known at run time only, or a `?`.
//
// The rules of all groups, checked in GroupOps.cpp:
//   C1: the body has one argument an input, then one an output, of equal types.
//   C2: the body yields one tensor an output, of the output's type.
class Kernel_GroupOp<string mnemonic>
    : Kernel_Op<mnemonic, [
        IsolatedFromAbove, AttrSizedOperandSegments, RecursiveMemoryEffects,
        SingleBlockImplicitTerminator<"YieldOp">, Kernel_GroupInterface,
        DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let arguments = (ins
    StrAttr:$source,
    Variadic<AnyType>:$inputs,
    Variadic<AnyRankedTensor>:$outputs,
    OptionalAttr<StrAttr>:$flops,
    OptionalAttr<StrAttr>:$bytes,
    OptionalAttr<DenseI64ArrayAttr>:$tiles);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1; // C1, C2
  let extraClassDeclaration =
      "static constexpr ::llvm::StringLiteral kind = \"" # mnemonic # "\";";
}

include "dialects/kernel/GroupOps.td"
include "dialects/kernel/StencilOps.td"

#endif // NIELLO_DIALECTS_KERNEL_KERNELOPS_TD
