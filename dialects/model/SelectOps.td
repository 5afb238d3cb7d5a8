// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_SELECTOPS
#define NIELLO_DIALECTS_MODEL_SELECTOPS

include "dialects/model/ModelBase.td"

def Model_TopKOp : Model_InferredOp<"topk"> {
  let summary = "the k greatest or least elements along an axis, in order, and their places";
  let description = [{
    Equal elements keep their order; a NaN is greater than every number.
    `places` is i64. k > size stops the run.
    - C1: `axis` is in [0, rank).
    ```mlir
    %v, %p = model.topk max %x, %k axis 1 : (tensor<2x9xf32>, index) -> (tensor<2x?xf32>, tensor<2x?xi64>)
    ```
  }];
  let arguments = (ins Extreme:$end, ModelTensor:$input, Index:$k,
                       SizeAttr:$axis,
                       DefaultValuedAttr<BoolAttr, "true">:$is_signed);
  let results = (outs ModelTensor:$values, IntegerTensor:$places);
  let assemblyFormat = [{
    $end $input `,` $k `axis` $axis attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1
}

def Model_ArgReduceOp : Model_InferredOp<"arg_reduce"> {
  let summary = "the place of the greatest or least element along an axis";
  let description = [{
    The first of equals, or the last with `select_last`; a NaN is greater than
    every number. The result is i64, without the axis, or with a size of 1 there
    with `keep`.
    - C1: `axis` is in [0, rank).
    ```mlir
    %p = model.arg_reduce max %x axis 1 {keep} : (tensor<2x9xf32>) -> tensor<2x1xi64>
    ```
  }];
  let arguments = (ins Extreme:$end, ModelTensor:$input, SizeAttr:$axis,
                       UnitAttr:$keep, UnitAttr:$select_last,
                       DefaultValuedAttr<BoolAttr, "true">:$is_signed);
  let results = (outs IntegerTensor:$result);
  let assemblyFormat = [{
    $end $input `axis` $axis attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1
}

def Model_NonzeroOp : Model_InferredOp<"nonzero"> {
  let summary = "result[:, n] = the place of the n-th element that is not 0";
  let description = [{
    i64, [rank of input, count], in row major order; the count is known only at
    run time.
    ```mlir
    %p = model.nonzero %x : (tensor<2x3xf32>) -> tensor<2x?xi64>
    ```
  }];
  let arguments = (ins ModelTensor:$input);
  let results = (outs IntegerTensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Model_UniqueOp : Model_InferredOp<"unique"> {
  let summary = "the different slices along an axis";
  let description = [{
    In ascending order, compared element by element, or in order of appearance
    with `by_appearance`. `first` is the place where each appears first,
    `inverse` the number of each input slice among the values, `counts` how often
    each occurs; all i64.
    - C1: `axis` is in [0, rank).
    ```mlir
    %v, %f, %i, %c = model.unique %x axis 0 : (tensor<5xf32>) -> (tensor<?xf32>, tensor<?xi64>, tensor<5xi64>, tensor<?xi64>)
    ```
  }];
  let arguments = (ins ModelTensor:$input, SizeAttr:$axis,
                       UnitAttr:$by_appearance,
                       DefaultValuedAttr<BoolAttr, "true">:$is_signed);
  let results = (outs ModelTensor:$values, IntegerTensor:$first,
                      IntegerTensor:$inverse, IntegerTensor:$counts);
  let assemblyFormat = [{
    $input `axis` $axis attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1
}

#endif // NIELLO_DIALECTS_MODEL_SELECTOPS
