// RUN: not niello run %s 2>&1 | FileCheck %s
// REQUIRES: niello

// Weights for 4 places where the result has 16: what Halide refuses ends the
// call with a sentence.
// CHECK: an image kernel cannot run over tensors of these sizes (Halide's error -{{[0-9]+}})
func.func @main() attributes {model.entry} {
  %x = arith.constant dense<1.0> : tensor<1x4x8xf32>
  %p = arith.constant dense<0> : tensor<2x16xi32>
  %w = arith.constant dense<0.5> : tensor<2x4xf32>
  %o = tensor.empty() : tensor<1x4x16xf32>
  %y = kernel.stencil "resize_inner_2" slices(%x : tensor<1x4x8xf32>)
       tables(%p, %w : tensor<2x16xi32>, tensor<2x4xf32>)
       outs(%o : tensor<1x4x16xf32>) -> tensor<1x4x16xf32>
  check.close %y, %y absolute 0.0 relative 0.0
      : tensor<1x4x16xf32>, tensor<1x4x16xf32>
  return
}
