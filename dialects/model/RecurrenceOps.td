// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_RECURRENCEOPS
#define NIELLO_DIALECTS_MODEL_RECURRENCEOPS

include "mlir/Interfaces/ControlFlowInterfaces.td"
include "dialects/model/ModelBase.td"

def Model_RecurrenceOp : Model_Op<"recurrence", [
    AttrSizedOperandSegments, RecursiveMemoryEffects,
    SingleBlockImplicitTerminator<"YieldOp">,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                              ["reifyResultShapes"]>,
    DeclareOpInterfaceMethods<PlainLoweringInterface>]> {
  let summary = "(state, y[t]) = body(state, x[t]) for each t in order";
  let description = [{
    The body has the states and then a slice of each of `inputs` at `t` along
    `axis`, without that dimension. It yields the next states and then a slice of
    each stacked result. The results are the last states and then the stacks,
    with the dimension at `axis`. `reverse` has one flag an input and one a
    stack: that one is read or written from the end; none given means all
    forwards.
    - C1: there are inputs, all with a dimension at `axis` of one size.
    - C2: the body's arguments are the states and the inputs' slices.
    - C3: the body yields the states' types, then the slices of the stacks.
    - C4: `reverse` is empty or has one flag for each input and stack.
    ```mlir
    %last, %all = model.recurrence(%h) over(%x) axis 0 {
    ^bb0(%s: tensor<4xf32>, %t: tensor<4xf32>):
      %n = arith.addf %s, %t : tensor<4xf32>
      model.yield %n, %n : tensor<4xf32>, tensor<4xf32>
    } : (tensor<4xf32>, tensor<?x4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
    ```
  }];
  let arguments = (ins Variadic<ModelTensor>:$states,
                       Variadic<ModelTensor>:$inputs, SizeAttr:$axis,
                       DefaultValuedAttr<DenseBoolArrayAttr, "{}">:$reverse);
  let results = (outs Variadic<ModelTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `(` $states `)` `over` `(` $inputs `)` `axis` $axis $body attr-dict
    `:` functional-type(operands, results)
  }];
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::ValueRange":$states,
      "::mlir::ValueRange":$inputs, "int64_t":$axis,
      "::llvm::ArrayRef<bool>":$reverse,
      "::llvm::function_ref<::llvm::SmallVector<::mlir::Value>("
        "::mlir::OpBuilder &, ::mlir::ValueRange, ::mlir::ValueRange)>":$body)>];
  let extraClassDeclaration = [{
    /// The results that are stacks.
    ::mlir::ResultRange getStacks();
    bool isReversed(unsigned inputOrStack);
  }];
  let hasRegionVerifier = 1; // C1 to C4
}

def Model_YieldOp : Model_Op<"yield", [
    Pure, Terminator, ReturnLike, HasParent<"RecurrenceOp">]> {
  let summary = "Ends the body of a model op with what it gives";
  let description = [{
    ```mlir
    model.yield %n, %n : tensor<4xf32>, tensor<4xf32>
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$results);
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ValueRange()); }]>];
  let assemblyFormat = "($results^ `:` type($results))? attr-dict";
}

#endif // NIELLO_DIALECTS_MODEL_RECURRENCEOPS
