// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: niello-opt --copy-returned-slices %s | FileCheck %s

// A returned slice is copied, also behind a reshape.
// CHECK-LABEL: @slice
func.func @slice(%x: tensor<?x2x?xf32>, %n: index, %m: index) -> tensor<?x?xf32> {
  // CHECK: %[[S:[a-z0-9_]+]] = tensor.extract_slice
  %0 = tensor.extract_slice %x[0, 0, 0] [%n, 1, %m] [1, 1, 1]
      : tensor<?x2x?xf32> to tensor<?x1x?xf32>
  // CHECK: %[[C:[a-z0-9_]+]] = tensor.collapse_shape %[[S]]
  %1 = tensor.collapse_shape %0 [[0, 1], [2]]
      : tensor<?x1x?xf32> into tensor<?x?xf32>
  // CHECK: %[[COPY:[a-z0-9_]+]] = linalg.copy ins(%[[C]]
  // CHECK: return %[[COPY]]
  return %1 : tensor<?x?xf32>
}

// What is no slice is returned as it is.
// CHECK-LABEL: @whole
func.func @whole(%x: tensor<?xf32>) -> tensor<?xf32> {
  // CHECK-NOT: linalg.copy
  return %x : tensor<?xf32>
}
