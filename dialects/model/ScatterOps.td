// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_SCATTEROPS
#define NIELLO_DIALECTS_MODEL_SCATTEROPS

include "dialects/model/ModelBase.td"

def Model_ScatterOp : Model_InferredOp<"scatter"> {
  let summary = "result = data, then result[indices[i]] = updates[i] for each i in order";
  let description = [{
    - `nd`: the last dimension of `indices` names a place in the leading
      dimensions of `data`, where a slice of `updates` goes;
    - `elements`: result[.., indices[.., i, ..], ..] = updates[.., i, ..] at
      `axis`.

    With a `reduction` the old value is combined with the new one. A negative
    index counts from the end. An index outside stops the run.
    - C1: `axis` is in [0, rank of data).
    - C2: `elements` needs data, indices and updates of one rank, and updates of
      the shape of indices.
    - C3: `nd` needs a static last size of `indices`, 0 to the rank of data, and
      updates of the other sizes of indices followed by data's that are not
      named.
    - C4: data and updates have one element type.
    ```mlir
    %r = model.scatter elements %x, %i, %u add {axis = 1 : i64} : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3x2xf32>) -> tensor<3x4xf32>
    ```
  }];
  let arguments = (ins ScatterKind:$kind, ModelTensor:$data,
                       IntegerTensor:$indices, ModelTensor:$updates,
                       DefaultValuedAttr<Reduction, "Reduction::None">:$reduction,
                       DefaultValuedAttr<SizeAttr, "0">:$axis,
                       DefaultValuedAttr<BoolAttr, "true">:$is_signed);
  let results = (outs ModelTensor:$result);
  let assemblyFormat = [{
    $kind $data `,` $indices `,` $updates ($reduction^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1 to C4
}

#endif // NIELLO_DIALECTS_MODEL_SCATTEROPS
