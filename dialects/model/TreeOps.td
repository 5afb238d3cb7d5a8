// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_TREEOPS
#define NIELLO_DIALECTS_MODEL_TREEOPS

include "dialects/model/ModelBase.td"

def Model_TreeEnsembleOp : Model_InferredOp<"tree_ensemble"> {
  let summary = "result[n,t] = aggregate over trees of the weights for t of the leaf that input[n] reaches";
  let description = [{
    A node i compares the row's number `features[i]` with `values[i]` as
    `modes[i]` says (0 to 5: <=, <, >=, >, ==, !=) and goes on to node `yes[i]`
    or `no[i]`; a NaN goes to yes where `missing[i]`. For a leaf (mode 6) `yes`
    and `no` are the first of its entries in `targets` and `weights` and the one
    after the last. A target that no tree names is 0 for min and max.
    - C1: `input` has rank 2.
    - C2: the six tables of nodes have one length, the two of leaves too.
    - C3: features are columns of the input, the next nodes lie behind their
      node, entries and targets are in range, and modes are 0 to 6.
    - C4: each root is a node.
    ```mlir
    %y = model.tree_ensemble sum %x features [0, 0, 0] values [0.5, 0.0, 0.0] modes [0, 6, 6] yes [1, 0, 1] no [2, 1, 2] missing [false, false, false] roots [0] targets [0, 0] weights [1.0, -1.0] to 1 : (tensor<?x3xf32>) -> tensor<?x1xf32>
    ```
  }];
  let arguments = (ins Aggregate:$aggregate, FloatTensor:$input,
                       DenseI32ArrayAttr:$features, DenseF64ArrayAttr:$values,
                       DenseI32ArrayAttr:$modes, DenseI32ArrayAttr:$yes,
                       DenseI32ArrayAttr:$no, DenseBoolArrayAttr:$missing,
                       DenseI32ArrayAttr:$roots, DenseI32ArrayAttr:$targets,
                       DenseF64ArrayAttr:$weights, SizeAttr:$num_targets);
  let results = (outs FloatTensor:$result);
  let assemblyFormat = [{
    $aggregate $input `features` $features `values` $values `modes` $modes
    `yes` $yes `no` $no `missing` $missing `roots` $roots `targets` $targets
    `weights` $weights `to` $num_targets attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // C1 to C4
}

#endif // NIELLO_DIALECTS_MODEL_TREEOPS
