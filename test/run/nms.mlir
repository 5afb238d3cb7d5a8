// RUN: niello run %s
// REQUIRES: niello
//
// Expected values are from onnxruntime.

// Two classes; corners in any order.
func.func private @corners() {
  %boxes = arith.constant dense<[[[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1],
        [0.0, -0.1, 1.0, 0.9], [0.0, 10.0, 1.0, 11.0], [1.0, 11.1, 0.0,
        10.1], [0.0, 100.0, 1.0, 101.0]]]> : tensor<1x6x4xf32>
  %scores = arith.constant dense<[[[0.9, 0.75, 0.6, 0.95, 0.5, 0.3], [0.2,
        0.3, 0.4, 0.5, 0.6, 0.1]]]> : tensor<1x2x6xf32>
  %most = arith.constant 3 : index
    %overlap = arith.constant 0.5 : f32
    %score = arith.constant 0.25 : f32
    %y = model.nms %boxes, %scores most %most overlap %overlap score %score
        : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, index, f32, f32) -> tensor<?x3xi64>
  %y_expected = arith.constant dense<[[0, 0, 3], [0, 0, 0], [0, 0, 5], [0, 1,
        4], [0, 1, 2]]> : tensor<5x3xi64>
  check.equal %y, %y_expected : tensor<?x3xi64>, tensor<5x3xi64>
  return
}

// Centres and extents; dynamic sizes, at most two.
func.func private @centers() {
  %boxes_static = arith.constant dense<[[[0.5, 0.5, 1.0, 1.0], [0.6, 0.5,
        1.0, 1.0], [0.39999998, 0.5, 1.0, 1.0], [10.5, 0.5, 1.0, 1.0], [10.6,
        0.5, 1.0, 1.0], [100.5, 0.5, 1.0, 1.0]]]> : tensor<1x6x4xf32>
  %boxes = tensor.cast %boxes_static : tensor<1x6x4xf32> to tensor<?x?x?xf32>
  %scores_static = arith.constant dense<[[[0.9, 0.75, 0.6, 0.95, 0.5, 0.3],
        [0.2, 0.3, 0.4, 0.5, 0.6, 0.1]]]> : tensor<1x2x6xf32>
  %scores = tensor.cast %scores_static : tensor<1x2x6xf32> to tensor<?x?x?xf32>
  %most = arith.constant 2 : index
    %overlap = arith.constant 0.3 : f32
    %score = arith.constant 0.0 : f32
    %y = model.nms %boxes, %scores most %most overlap %overlap score %score {centers}
        : (tensor<?x?x?xf32>, tensor<?x?x?xf32>, index, f32, f32) -> tensor<?x3xi64>
  %y_expected = arith.constant dense<[[0, 0, 3], [0, 0, 0], [0, 1, 4], [0, 1,
        2]]> : tensor<4x3xi64>
  check.equal %y, %y_expected : tensor<?x3xi64>, tensor<4x3xi64>
  return
}

func.func @main() attributes {model.entry} {
  call @corners() : () -> ()
  call @centers() : () -> ()
  return
}
