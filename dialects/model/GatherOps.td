// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_GATHEROPS
#define NIELLO_DIALECTS_MODEL_GATHEROPS

include "dialects/model/ModelBase.td"

def Model_GatherOp : Model_InferredOp<"gather"> {
  let summary = "result[i] = data[indices[i]], by one of three index rules";
  let description = [{
    - `axis`: result[a.., i.., c..] = data[a.., indices[i..], c..] at `axis`;
    - `nd`: the last dimension of `indices` names a place in the dimensions of
      `data` after the `batch_dims` leading ones, which both share;
    - `elements`: result[.., i, ..] = data[.., indices[.., i, ..], ..] at `axis`.

    A negative index counts from the end. An index outside stops the run.
    - C1: `axis` is in [0, rank of data).
    - C2: `elements` needs data and indices of one rank, and indices no larger
      than data off the axis.
    - C3: `nd` needs a static last size of `indices`, at least 1 and at most the
      rank of data less `batch_dims`; `batch_dims` is below both ranks.
    ```mlir
    %r = model.gather axis %table, %ids {axis = 0 : i64} : (tensor<9x4xf32>, tensor<2x3xi64>) -> tensor<2x3x4xf32>
    ```
  }];
  let arguments = (ins GatherKind:$kind, ModelTensor:$data,
                       IntegerTensor:$indices,
                       DefaultValuedAttr<SizeAttr, "0">:$axis,
                       DefaultValuedAttr<SizeAttr, "0">:$batch_dims);
  let results = (outs ModelTensor:$result);
  let assemblyFormat = [{
    $kind $data `,` $indices attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1 to C3
  let hasFolder = 1;   // constants along an axis, as shape arithmetic has them
}

#endif // NIELLO_DIALECTS_MODEL_GATHEROPS
