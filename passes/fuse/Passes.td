// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_PASSES_FUSE_PASSES_TD
#define NIELLO_PASSES_FUSE_PASSES_TD

include "mlir/Pass/PassBase.td"

def SplitConvTranspose : Pass<"split-conv-transpose"> {
  let summary = "A transposed convolution is a product, then a sum of its taps";
  let description = [{
    ```
    y[b,m,o] = bias[m] + sum_{c,k,t: t s + k - p = o} x[b,c,t] w[c,m,k]
      ->  z[b,(m,k),t] = sum_c w[c,m,k] x[b,c,t]
          y[b,m,o]     = bias[m] + sum_{k,t: t s + k - p = o} z[b,(m,k),t]
    ```
    Almost all of the arithmetic is in `z`, a convolution with a kernel of one
    tap, which has a generator.
    - Needs: `model` ops on tensors.
    - Leaves: 16-bit floats, which `z` would round; dilated kernels and kernels
      of unknown size; groups of fewer than 4 channels, whose product is less
      work than writing and reading it.
    - Order: before `lower-model-to-linalg`, which knows one way to lower an op.
    - Float: the sum over channels is taken before the sum over taps.
  }];
  let dependentDialects = [
    "mlir::linalg::LinalgDialect", "mlir::tensor::TensorDialect",
    "mlir::arith::ArithDialect", "mlir::scf::SCFDialect",
    "niello::model::ModelDialect"
  ];
}

def SplitAttention : Pass<"split-attention"> {
  let summary = "Attention is a product, weights of its rows, and a product";
  let description = [{
    ```
    o = attention(q, k, v)
      ->  x = visible(scale q k)      top = max_s x
          w = e^(x - top)             o = (sum_s w v) / (sum_s w)
    ```
    `fuse-kernels` makes one kernel of it all where it can. Otherwise both
    products have a generator, which takes the scale, the mask and the quotient
    as its last step, and what is between them is one kernel of rows.
    - Needs: `model` ops on tensors.
    - Leaves: numbers of heads that are not known at compile time, which decide
      what the rows of a product are; keys that fewer than 4 queries read.
    - Order: before `lower-model-to-linalg`, which knows one way to lower an op.
    - Float: sums of a product are taken in the generator's order.
  }];
  let dependentDialects = [
    "mlir::linalg::LinalgDialect", "mlir::tensor::TensorDialect",
    "mlir::arith::ArithDialect", "mlir::math::MathDialect",
    "niello::model::ModelDialect"
  ];
}

def FuseElementwise : Pass<"fuse-elementwise"> {
  let summary = "Join elementwise operations and fold movement into index maps";
  let description = [{
    ```
    t = x * c; y = t + b                  ->   y = x * c + b
    k' = transpose(k); s = q k'           ->   s = q k, reading k transposed
    split(transpose(x))                   ->   transpose(split(x))
    softmax(x)                            ->   max, exp(x - max), sum, quotient
    contraction from a start              ->   start + contraction from 0
    ```
    - Needs: `linalg` on tensors, arithmetic converted by
      `convert-elementwise-to-linalg`.
    - Leaves: results with several readers, unless they only move data; work
      that a contraction or a broadcast would repeat for each element it reads.
    - Order: before `fuse-kernels`, which groups what is left.
    - Float: the start of a sum is added last instead of first.
  }];
  let dependentDialects = [
    "mlir::affine::AffineDialect", "mlir::linalg::LinalgDialect",
    "mlir::tensor::TensorDialect", "mlir::arith::ArithDialect",
    "mlir::math::MathDialect"
  ];
}

def FuseKernels : Pass<"fuse-kernels", "mlir::ModuleOp"> {
  let summary = "Gather the operations of an entry into kernels: the plan";
  let description = [{
    ```
    m = x w; y = gelu(m + b)              ->   kernel.gemm { m; y }
    s = sum(x); q = sum((x - s)^2); ...   ->   kernel.rows { s; q; ... }
    x = q k; w = e^(x - max x); w v / ... ->   kernel.attention { x; w; ... }
    ```
    - Needs: `fuse-elementwise` has run, so that what can be one operation is.
    - Leaves: control flow, shape arithmetic and tensors of fewer than 16
      elements outside of kernels. Blocks of loops and branches get kernels of
      their own.
    - Order: after all rewrites of single operations, because a group is opaque
      to them; before `plan-kernels` and `outline-kernels`.
    - Float: no change.
  }];
  let dependentDialects = [
    "mlir::linalg::LinalgDialect", "mlir::tensor::TensorDialect",
    "niello::kernel::KernelDialect"
  ];
}

#endif // NIELLO_PASSES_FUSE_PASSES_TD
