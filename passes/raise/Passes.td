// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_PASSES_RAISE_PASSES_TD
#define NIELLO_PASSES_RAISE_PASSES_TD

include "mlir/Pass/PassBase.td"

def RaiseAttention : Pass<"raise-attention"> {
  let summary = "A softmax between two products is attention";
  let description = [{
    ```
    softmax(q k^T * c + mask) v              ->   attention(q, k, v) mask
    softmax(where(mask, q k^T / c, h)) v     ->   attention(q, k, v) mask hidden h
    where(all of mask is -inf, 0, softmax(..)) v   ->   the same without `hidden`
    attention(q, repeated k, repeated v)           ->   attention(q, k, v)
    ```
    The factor may stand on either side of the product; the key may come
    transposed; a tanh between two factors is the softcap. `hidden` says that a
    row which sees nothing is what the file's softmax makes of it.
    - Needs: `model` ops on tensors, constants as the importer leaves them.
    - Leaves: 16-bit floats, which a file rounds between the steps; scores or
      weights that something else reads; two masks.
    - Order: first of the blocks; `split-attention` undoes it for the CPU.
    - Float: a quotient becomes a product and factors are multiplied, so the
      last bit may differ. Rows which the file sets to 0 by their mask are 0
      also where all their scores overflow to -infinity.
  }];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::linalg::LinalgDialect",
    "mlir::tensor::TensorDialect", "niello::model::ModelDialect"
  ];
}

def RaiseNorm : Pass<"raise-norm"> {
  let summary = "What is divided by its own spread is a norm";
  let description = [{
    ```
    d = x - mean(x); d / sqrt(mean(d d) + e) * s + b   ->   norm layer(x, s, b)
    x * (1 / sqrt(mean(x x) + e)) * s                  ->   norm rms(x, s)
    x g + (b - mean(x) g), g = s / sqrt(..)            ->   norm layer(x, s, b)
    ```
    - Needs: `model` ops on tensors, means as a sum and a quotient by its count.
    - Leaves: 16-bit floats, which a file rounds between the steps; means along
      other dimensions than the last ones, or of a size that is not known; a
      scale or a bias that differs by row stays an operation of its own.
    - Order: among the blocks; whatever reads norms comes after it.
    - Float: a product by the inverse becomes a quotient, so the last bit may
      differ.
  }];
  let dependentDialects = [
    "mlir::tensor::TensorDialect", "niello::model::ModelDialect"
  ];
}

def RaiseGelu : Pass<"raise-gelu"> {
  let summary = "x (1 + erf(x / sqrt 2)) / 2 is a GELU";
  let description = [{
    ```
    x * 0.5 * (1 + erf(x / 1.41421))                     ->   gelu(x)
    x * (0.5 + 0.5 * tanh(0.797885 * (x + 0.044715 x^3))) ->   gelu(x) tanh
    ```
    The order of factors and sums does not matter: what stands in the function
    is read as a polynomial of x.
    - Needs: `arith` and `math` on tensors.
    - Leaves: 16-bit floats, which a file rounds between the steps; constants
      that differ from the function's by more than two roundings to f32.
    - Order: among the blocks; whatever reads activations comes after it.
    - Float: factors are multiplied in another order, so the last bit may
      differ.
  }];
  let dependentDialects = ["niello::model::ModelDialect"];
}

def RaiseQuantizedMatmul : Pass<"raise-quantized-matmul"> {
  let summary = "A product of dequantised bytes is a product of integers";
  let description = [{
    ```
    matmul(s (a - p), t (b - q))   ->   float(matmul(a, b) zeros p, q) * (s t)
    ```
    A factor may come transposed, as the weights of a Gemm do.
    - Needs: `model.matmul` on f32; dequantising as one `linalg.generic`.
    - Leaves: scales or zero points that differ along the sum, factors stored in
      other integers than bytes or not dequantised at all, and sums of more than
      33025 products, which could pass 2^31.
    - Order: after `raise-attention`, whose products are one op; before
      `split-zero-points`, which makes two bytes of a kind of them.
    - Float: the sum is exact and rounded once, where the file's form rounds
      each product and each sum: no result is further from the real numbers.
  }];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::linalg::LinalgDialect",
    "mlir::tensor::TensorDialect", "niello::model::ModelDialect"
  ];
}

#endif // NIELLO_PASSES_RAISE_PASSES_TD
