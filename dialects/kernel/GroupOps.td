// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_KERNEL_GROUPOPS_TD
#define NIELLO_DIALECTS_KERNEL_GROUPOPS_TD

def Kernel_GemmOp : Kernel_GroupOp<"gemm"> {
  let summary = "C = epilogue(A B): a contraction and what follows elementwise";
  let description = [{
    One contraction, then elementwise operations over its result: bias,
    activation, residual. `tiles` is rows and columns of the register tile.

    - C1: the body has one argument an input, then one an output, of equal
      types.
    - C2: the body yields one tensor an output, of the output's type.
    ```mlir
    %y = kernel.gemm "fc1" ins(%a = %x : tensor<4x8xf32>, %b = %w : tensor<8x2xf32>) outs(%c = %o : tensor<4x2xf32>) flops "128" bytes "224" tiles [8, 48] {
      %zero = arith.constant 0.000000e+00 : f32
      %f = linalg.fill ins(%zero : f32) outs(%c : tensor<4x2xf32>) -> tensor<4x2xf32>
      %m = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8x2xf32>) outs(%f : tensor<4x2xf32>) -> tensor<4x2xf32>
      kernel.yield %m : tensor<4x2xf32>
    }
    ```
  }];
}

def Kernel_ConvOp : Kernel_GroupOp<"conv"> {
  let summary = "y = epilogue(conv(x, w)): a convolution as an implicit GEMM";
  let description = [{
    As `kernel.gemm`, where the columns of B are read from the image through
    the window's index map instead of being stored.

    - C1, C2: as `kernel.gemm`.
    ```mlir
    %y = kernel.conv "conv1" ins(%a = %x : tensor<1x2x9xf32>, %b = %w : tensor<4x2x3xf32>) outs(%c = %o : tensor<1x4x7xf32>) {
      %v = linalg.conv_1d_ncw_fcw ins(%a, %b : tensor<1x2x9xf32>, tensor<4x2x3xf32>) outs(%c : tensor<1x4x7xf32>) -> tensor<1x4x7xf32>
      kernel.yield %v : tensor<1x4x7xf32>
    }
    ```
  }];
}

def Kernel_AttentionOp : Kernel_GroupOp<"attention"> {
  let summary = "y = softmax(f(q k)) v: attention, a block of scores at a time";
  let description = [{
    Two contractions and what turns the scores of the first into the weights of
    the second. The scores are never whole: `tiles` is the queries and the keys
    of a block of them.

    - C1, C2: as `kernel.gemm`.
    ```mlir
    %y = kernel.attention "attn" ins(%a = %q : tensor<4x8xf32>, %b = %k : tensor<8x8xf32>) outs(%c = %o : tensor<4x8xf32>) tiles [32, 64] {
      %x = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8x8xf32>) outs(%c : tensor<4x8xf32>) -> tensor<4x8xf32>
      %w = linalg.softmax dimension(1) ins(%x : tensor<4x8xf32>) outs(%c : tensor<4x8xf32>) -> tensor<4x8xf32>
      %m = linalg.matmul ins(%w, %b : tensor<4x8xf32>, tensor<8x8xf32>) outs(%c : tensor<4x8xf32>) -> tensor<4x8xf32>
      kernel.yield %m : tensor<4x8xf32>
    }
    ```
  }];
}

def Kernel_RowsOp : Kernel_GroupOp<"rows"> {
  let summary = "y_i = f(x_i): reductions and maps along rows, a row at a time";
  let description = [{
    Operations that agree on their outer dimensions, at least one of which
    reduces the inner ones: softmax, norms. A row stays in the first cache
    between them.

    - C1, C2: as `kernel.gemm`.
    ```mlir
    %y = kernel.rows "sum" ins(%a = %x : tensor<4x8xf32>) outs(%c = %o : tensor<4xf32>) {
      %s = linalg.reduce { arith.addf } ins(%a : tensor<4x8xf32>) outs(%c : tensor<4xf32>) dimensions = [1]
      kernel.yield %s : tensor<4xf32>
    }
    ```
  }];
}

def Kernel_MapOp : Kernel_GroupOp<"map"> {
  let summary = "y_i = f(x_i): elementwise";
  let description = [{
    - C1, C2: as `kernel.gemm`.
    ```mlir
    %y = kernel.map "exp" ins(%a = %x : tensor<4xf32>) outs(%c = %o : tensor<4xf32>) {
      %e = linalg.exp ins(%a : tensor<4xf32>) outs(%c : tensor<4xf32>) -> tensor<4xf32>
      kernel.yield %e : tensor<4xf32>
    }
    ```
  }];
}

def Kernel_MoveOp : Kernel_GroupOp<"move"> {
  let summary = "y = x elsewhere: transposes, gathers, slices, padding";
  let description = [{
    - C1, C2: as `kernel.gemm`.
    ```mlir
    %y = kernel.move "transpose" ins(%a = %x : tensor<4x8xf32>) outs(%c = %o : tensor<8x4xf32>) {
      %t = linalg.transpose ins(%a : tensor<4x8xf32>) outs(%c : tensor<8x4xf32>) permutation = [1, 0]
      kernel.yield %t : tensor<8x4xf32>
    }
    ```
  }];
}

def Kernel_CallOp : Kernel_GroupOp<"call"> {
  let summary = "y = f(x): any other group of operations, kept whole";
  let description = [{
    What the other kinds do not describe and no generator takes: loops, sorts,
    calls of the runtime's own kernels.

    - C1, C2: as `kernel.gemm`.
    ```mlir
    %y = kernel.call "fill" ins(%a = %x : f32) outs(%c = %o : tensor<4xf32>) {
      %f = linalg.fill ins(%a : f32) outs(%c : tensor<4xf32>) -> tensor<4xf32>
      kernel.yield %f : tensor<4xf32>
    }
    ```
  }];
}

def Kernel_YieldOp : Kernel_Op<"yield", [
    Pure, Terminator, ReturnLike,
    ParentOneOf<["AttentionOp", "GemmOp", "ConvOp", "RowsOp", "MapOp", "MoveOp",
                 "CallOp"]>]> {
  let summary = "what the group computed, in the order of its outputs";
  let description = [{
    ```mlir
    kernel.yield %m : tensor<4x2xf32>
    ```
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$operands);
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ValueRange()); }]>];
  let assemblyFormat = "attr-dict ($operands^ `:` type($operands))?";
}

#endif // NIELLO_DIALECTS_KERNEL_GROUPOPS_TD
