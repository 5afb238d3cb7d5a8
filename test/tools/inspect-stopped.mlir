// A model that stops on its way down: what it came to is printed first, then why,
// with the exit code of compile. Nothing lowers a tensor.gather.
// REQUIRES: niello
// RUN: not niello inspect %s > %t.out 2> %t.err
// RUN: FileCheck %s < %t.out
// RUN: FileCheck %s --check-prefix=WHY < %t.err
// RUN: not niello inspect %s --json 2> %t.err | FileCheck %s --check-prefix=JSON

// CHECK:      inspect-stopped.mlir
// CHECK-NEXT: in   x float32[4]
// CHECK-NEXT: in   i int32[2,1]
// CHECK-NEXT: out  y float32[2]
// CHECK:      blocks
// CHECK-NEXT:   1  elementwise
// CHECK:      plan: {{[0-9]}} kernel
// CHECK-NOT:  weights
// CHECK-NOT:  arena

// WHY:      inspect-stopped.mlir{{.*}}: error: op was not bufferized
// WHY-NEXT: niello: cannot take the text '{{.*}}inspect-stopped.mlir' to stage loops

// JSON-NOT: "arena"
// JSON:     "exit_code": 1,
// JSON:     "plan": [
// JSON:     "sentence": "cannot take the text '{{.*}}' to stage loops

module attributes {model.stage = "source"} {
  func.func @main(
      %x: tensor<4xf32> {model.name = "x", model.dtype = "float32", model.dims = [4]},
      %i: tensor<2x1xi32> {model.name = "i", model.dtype = "int32", model.dims = [2, 1]})
      -> (tensor<2xf32> {model.name = "y", model.dtype = "float32", model.dims = [2]})
      attributes {model.entry} {
    %0 = math.exp %x : tensor<4xf32>
    %y = tensor.gather %0[%i] gather_dims([0]) : (tensor<4xf32>, tensor<2x1xi32>) -> tensor<2xf32>
    return %y : tensor<2xf32>
  }
}
