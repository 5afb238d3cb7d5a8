// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_KERNEL_STENCILOPS_TD
#define NIELLO_DIALECTS_KERNEL_STENCILOPS_TD

include "mlir/Interfaces/DestinationStyleOpInterface.td"

def Kernel_StencilOp : Kernel_Op<"stencil", [
    AttrSizedOperandSegments, DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "output = stencil(slices, tables), a kernel that Halide compiled";
  let description = [{
    Runs the stencil of that name in `runtime/image`, at the ISA level that is
    compiled for. The first dimension of `slices` and of `output` is not the
    stencil's: it runs once for each place in it. `tables` are given whole.
    With `bits` the stencil moves elements of the width of the output's, of
    whatever type.

    - C1: operands are tensors and there is one result, of the output's type; or
      they are memrefs of identity layout and there is none.
    - C2: the output has rank 3 or more, no operand more than 4.
    - C3: slices and output have the same first size.
    ```mlir
    %y = kernel.stencil "resize_inner_2" slices(%x : tensor<3x4x8xf32>) tables(%p, %w : tensor<2x16xi32>, tensor<2x16xf32>) outs(%o : tensor<3x4x16xf32>) -> tensor<3x4x16xf32>
    ```
  }];
  let arguments = (ins
    StrAttr:$stencil,
    Variadic<AnyTypeOf<[AnyRankedTensor, AnyMemRef]>>:$slices,
    Variadic<AnyTypeOf<[AnyRankedTensor, AnyMemRef]>>:$tables,
    AnyTypeOf<[AnyRankedTensor, AnyMemRef]>:$output,
    OptionalAttr<DenseI32ArrayAttr>:$parameters,
    UnitAttr:$bits);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $stencil (`parameters` $parameters^)? (`bits` $bits^)?
    `slices` `(` $slices `:` type($slices) `)`
    (`tables` `(` $tables^ `:` type($tables) `)`)?
    `outs` `(` $output `:` type($output) `)` attr-dict
    (`->` type($results)^)?
  }];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() {
      return getOutputMutable();
    }
  }];
  let hasVerifier = 1; // C1 to C3
}

#endif // NIELLO_DIALECTS_KERNEL_STENCILOPS_TD
