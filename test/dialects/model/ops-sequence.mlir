// RUN: niello-opt %s | niello-opt | FileCheck %s

// CHECK-LABEL: @attention
func.func @attention(%q: tensor<1x8x?x64xf32>, %k: tensor<1x2x?x64xf32>, %v: tensor<1x2x?x64xf32>, %m: tensor<?x?xi1>, %p: tensor<i64>, %s: tensor<8xf32>) -> (tensor<1x8x?x64xf32>, tensor<1x8x?x64xf32>, tensor<1x8x?x64xf32>) {
  // CHECK: model.attention %{{.+}}, %{{.+}}, %{{.+}} scale 1.250000e-01 {causal} : (tensor<1x8x?x64xf32>, tensor<1x2x?x64xf32>, tensor<1x2x?x64xf32>) -> tensor<1x8x?x64xf32>
  %o = model.attention %q, %k, %v scale 0.125 {causal} : (tensor<1x8x?x64xf32>, tensor<1x2x?x64xf32>, tensor<1x2x?x64xf32>) -> tensor<1x8x?x64xf32>
  // CHECK: model.attention %{{.+}}, %{{.+}}, %{{.+}} mask %{{.+}} offset %{{.+}} scale 1.250000e-01 {left = 7 : i64}
  %w = model.attention %q, %k, %v mask %m offset %p scale 0.125 {left = 7 : i64} : (tensor<1x8x?x64xf32>, tensor<1x2x?x64xf32>, tensor<1x2x?x64xf32>, tensor<?x?xi1>, tensor<i64>) -> tensor<1x8x?x64xf32>
  // CHECK: model.attention %{{.+}}, %{{.+}}, %{{.+}} sinks %{{.+}} scale 1.250000e-01 :
  %u = model.attention %q, %k, %v sinks %s scale 0.125 : (tensor<1x8x?x64xf32>, tensor<1x2x?x64xf32>, tensor<1x2x?x64xf32>, tensor<8xf32>) -> tensor<1x8x?x64xf32>
  // CHECK: model.attention %{{.+}}, %{{.+}}, %{{.+}} mask %{{.+}} scale 1.250000e-01 {hidden = -1.000000e+04 : f64}
  %h = model.attention %q, %k, %v mask %m scale 0.125 {hidden = -1.0e4 : f64} : (tensor<1x8x?x64xf32>, tensor<1x2x?x64xf32>, tensor<1x2x?x64xf32>, tensor<?x?xi1>) -> tensor<1x8x?x64xf32>
  return %o, %w, %u : tensor<1x8x?x64xf32>, tensor<1x8x?x64xf32>, tensor<1x8x?x64xf32>
}

// CHECK-LABEL: @gelu
func.func @gelu(%x: tensor<2x3xf32>, %h: tensor<?xf16>) -> (tensor<2x3xf32>, tensor<?xf16>) {
  // CHECK: model.gelu %{{.+}} approximate tanh : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %y = model.gelu %x approximate tanh : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: model.gelu %{{.+}} approximate none : (tensor<?xf16>) -> tensor<?xf16>
  %e = model.gelu %h approximate none : (tensor<?xf16>) -> tensor<?xf16>
  return %y, %e : tensor<2x3xf32>, tensor<?xf16>
}

// CHECK-LABEL: @rope
func.func @rope(%x: tensor<1x2x3x8xf32>, %c: tensor<3x4xf32>, %s: tensor<3x4xf32>) -> tensor<1x2x3x8xf32> {
  // CHECK: model.rope %{{.+}}, %{{.+}}, %{{.+}} : (tensor<1x2x3x8xf32>, tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<1x2x3x8xf32>
  %y = model.rope %x, %c, %s : (tensor<1x2x3x8xf32>, tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<1x2x3x8xf32>
  return %y : tensor<1x2x3x8xf32>
}

// CHECK-LABEL: @random
func.func @random(%n: index, %p: tensor<3xf32>) -> (tensor<?x4xf32>, tensor<3xi32>) {
  // CHECK: model.random normal seed 7 first 0.000000e+00 second 1.000000e+00 sizes(%{{.+}}) : tensor<?x4xf32>
  %r = model.random normal seed 7 first 0.0 second 1.0 sizes(%n) : tensor<?x4xf32>
  // CHECK: model.random bernoulli seed 7 {{.+}} probability %{{.+}} : tensor<3xf32> : tensor<3xi32>
  %b = model.random bernoulli seed 7 first 0.0 second 1.0 probability %p : tensor<3xf32> : tensor<3xi32>
  return %r, %b : tensor<?x4xf32>, tensor<3xi32>
}

// CHECK-LABEL: @recurrence
func.func @recurrence(%h: tensor<4xf32>, %x: tensor<?x4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>) {
  // CHECK: model.recurrence(%{{.+}}) over(%{{.+}}) axis 0 {
  // CHECK:   model.yield %[[N:[a-z0-9]+]], %[[N]] : tensor<4xf32>, tensor<4xf32>
  // CHECK: } : (tensor<4xf32>, tensor<?x4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
    %last, %all = model.recurrence(%h) over(%x) axis 0 {
    ^bb0(%s: tensor<4xf32>, %t: tensor<4xf32>):
      %n = arith.addf %s, %t : tensor<4xf32>
      model.yield %n, %n : tensor<4xf32>, tensor<4xf32>
    } : (tensor<4xf32>, tensor<?x4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %last, %all : tensor<4xf32>, tensor<?x4xf32>
}
