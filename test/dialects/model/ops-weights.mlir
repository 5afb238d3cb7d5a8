// RUN: niello-opt %s | niello-opt | FileCheck %s

// CHECK: model.weight @embed file("model.onnx") offset 64 length 32 encoding "raw" : tensor<2x4xf32>
model.weight @embed file("model.onnx") offset 64 length 32 encoding "raw" : tensor<2x4xf32>
// CHECK: model.weight @embed_t program(@transpose) of [@embed] : tensor<4x2xf32>
model.weight @embed_t program(@transpose) of [@embed] : tensor<4x2xf32>

// CHECK-LABEL: @load_weight
func.func @load_weight() -> tensor<2x4xf32> {
  // CHECK: model.load_weight @embed : tensor<2x4xf32>
  %w = model.load_weight @embed : tensor<2x4xf32>
  return %w : tensor<2x4xf32>
}

// CHECK-LABEL: @require
func.func @require(%ok: i1, %i: index, %n: index) {
  // CHECK: model.require %{{.+}}, 5, "index {0} is outside a size of {1}", %{{.+}}, %{{.+}}
  model.require %ok, 5, "index {0} is outside a size of {1}", %i, %n
  // CHECK: model.require %{{.+}}, 5, "no numbers"
  model.require %ok, 5, "no numbers"
  return
}

// CHECK-LABEL: @tap
func.func @tap(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  // CHECK: model.tap "blocks.0.out", %{{.+}} : tensor<2x4xf32>
  %t = model.tap "blocks.0.out", %x : tensor<2x4xf32>
  return %t : tensor<2x4xf32>
}
