/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* How compiled code calls a stencil that Halide compiled with Niello. */
#ifndef NIELLO_RUNTIME_IMAGE_STENCIL_H
#define NIELLO_RUNTIME_IMAGE_STENCIL_H

#include "niello/niello_abi.h"

enum { NIELLO_STENCIL_RANK = 4 };

/** A contiguous row-major tensor; the pass lower-stencils writes the same
 * struct. */
typedef struct niello_stencil_tensor {
  void *data;
  uint32_t type; /**< kind (0 signed, 1 unsigned, 2 float) | bits << 8 */
  int32_t rank;
  int64_t dims[NIELLO_STENCIL_RANK];
} niello_stencil_tensor;

NIELLO_STATIC_ASSERT(sizeof(niello_stencil_tensor) == 48, "layout");

/** Halide's calling convention: the address of each argument. */
typedef int (*niello_stencil_code)(void **arguments);

/** Runs a stencil over all slices, in parallel where that pays.
 *
 * @param code         the stencil of the level that the caller is compiled for
 * @param parameters   its scalars
 * @param tensors      its tensors, read only but for the last, which is written
 * @param num_slices   that many of the first tensors, and the last, have one
 *                     dimension more than the stencil: it runs once for each
 *                     place in that dimension, of which all have as many
 *
 * What the stencil refuses ends the call with NIELLO_FAILED_CHECK. The result
 * does not depend on the number of threads: tiles are cut by sizes alone. */
NIELLO_HIDDEN void niello_rt_stencil(niello_ctx *ctx, niello_stencil_code code,
                                     const int32_t *parameters,
                                     int64_t num_parameters,
                                     const niello_stencil_tensor *tensors,
                                     int64_t num_tensors, int64_t num_slices);

#endif
