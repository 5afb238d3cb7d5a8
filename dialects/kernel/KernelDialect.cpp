// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/kernel/Kernel.h"

#include "dialects/kernel/GroupInterface.cpp.inc"
#include "dialects/kernel/KernelDialect.cpp.inc"

void niello::kernel::KernelDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/kernel/KernelOps.cpp.inc"
      >();
}
