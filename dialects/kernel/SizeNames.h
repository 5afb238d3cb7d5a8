// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a size that is known at run time only is called.

#ifndef NIELLO_DIALECTS_KERNEL_SIZENAMES_H
#define NIELLO_DIALECTS_KERNEL_SIZENAMES_H

#include "mlir/IR/Value.h"

#include <string>

namespace niello::kernel {

/// The name that an input of the entry gives to the size that dimension `dim`
/// of a tensor has, through the kernels and operations in between that hand it
/// on; `?` where it has none, or where the size is computed.
std::string sizeName(mlir::Value tensor, int64_t dim);

/// The same of an index that is such a size.
std::string sizeName(mlir::Value index);

} // namespace niello::kernel

#endif // NIELLO_DIALECTS_KERNEL_SIZENAMES_H
