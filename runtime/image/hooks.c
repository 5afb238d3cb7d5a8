/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What Halide's code asks of a runtime. The user context of a call is our own
 * context; which ISA level runs is the choice of the code that calls. */

#include "niello/niello_abi.h"

#include "HalideRuntime.h"

void *halide_malloc(void *user_context, size_t bytes) {
  return niello_rt_alloc(user_context, bytes);
}

void halide_free(void *user_context, void *memory) {
  niello_rt_free(user_context, memory);
}

/* Nothing is printed: the code alone goes back to niello_rt_stencil. */
#define REPORT(name, code, ...)                                                \
  int halide_error_##name(void *user_context, ##__VA_ARGS__) {                 \
    (void)user_context;                                                        \
    return halide_error_code_##code;                                           \
  }

#pragma clang diagnostic ignored "-Wunused-parameter"
REPORT(access_out_of_bounds, access_out_of_bounds, const char *tensor,
       int dimension, int min_touched, int max_touched, int min_valid,
       int max_valid)
REPORT(bad_dimensions, bad_dimensions, const char *tensor, int32_t given,
       int32_t correct)
REPORT(bad_type, bad_type, const char *tensor, uint32_t given, uint32_t correct)
REPORT(buffer_allocation_too_large, buffer_allocation_too_large,
       const char *tensor, uint64_t size, uint64_t most)
REPORT(buffer_argument_is_null, buffer_argument_is_null, const char *tensor)
REPORT(buffer_extents_negative, buffer_extents_negative, const char *tensor,
       int dimension, int extent)
REPORT(buffer_extents_too_large, buffer_extents_too_large, const char *tensor,
       int64_t size, int64_t most)
REPORT(constraint_violated, constraint_violated, const char *name, int value,
       const char *other, int needed)
REPORT(device_dirty_with_no_device_support, device_dirty_with_no_device_support,
       const char *tensor)
REPORT(host_is_null, host_is_null, const char *tensor)
REPORT(out_of_memory, out_of_memory)
