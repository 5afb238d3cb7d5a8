// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What kernels cost that were not compiled from operations of ours.

#ifndef NIELLO_DIALECTS_KERNEL_COSTS_H
#define NIELLO_DIALECTS_KERNEL_COSTS_H

#include "dialects/kernel/Kernel.h"

#include <optional>

namespace niello::kernel {

/// Arithmetic operations for one element of the stencil's output: a
/// comparison or an addition for each element of a pool's window, a multiply
/// and an addition for each tap of a resize. Nothing where that follows from
/// data, as for a region's samples, or from sizes of run time.
std::optional<int64_t> workPerElement(StencilOp stencil);

} // namespace niello::kernel

#endif // NIELLO_DIALECTS_KERNEL_COSTS_H
