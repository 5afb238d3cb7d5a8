// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef NIELLO_TEST_RUNTIME_FAKE_MODEL_H
#define NIELLO_TEST_RUNTIME_FAKE_MODEL_H

#include "niello/niello_abi.h"

#endif
