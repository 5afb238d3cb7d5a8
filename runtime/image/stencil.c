/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Cuts the result of a stencil into tiles and runs them. */

#include "runtime/image/stencil.h"

#include "HalideRuntime.h"

#include <stdbool.h>

enum {
  MOST_TENSORS = 8,
  MOST_PARAMETERS = 16,
  /* 64 KB of f32: far more than a call costs, small beside the caches. */
  ELEMENTS_PER_TILE = 16384,
};

typedef struct job {
  niello_stencil_code code;
  const int32_t *parameters;
  const niello_stencil_tensor *tensors;
  int64_t num_parameters, num_tensors, num_slices;
  int64_t rows, rows_per_tile, tiles_per_slice;
} job;

static bool is_sliced(const job *it, int64_t tensor) {
  return tensor < it->num_slices || tensor == it->num_tensors - 1;
}

/* The rows of a slice: its second dimension from the right. */
static int64_t rows_of(const niello_stencil_tensor *tensor) {
  return tensor->dims[tensor->rank - 2];
}

/* One slice of a tensor in Halide's terms, the innermost dimension first. */
static void set_buffer(const job *it, int64_t number, int64_t slice,
                       halide_buffer_t *buffer, halide_dimension_t *dims) {
  const niello_stencil_tensor *tensor = &it->tensors[number];
  int first = is_sliced(it, number);
  *buffer = (halide_buffer_t){0};
  buffer->type = (struct halide_type_t){(uint8_t)tensor->type,
                                        (uint8_t)(tensor->type >> 8), 1};
  buffer->dimensions = tensor->rank - first;
  buffer->dim = dims;
  int64_t stride = 1;
  for (int i = 0; i < buffer->dimensions; ++i) {
    int64_t extent = tensor->dims[tensor->rank - 1 - i];
    dims[i] = (halide_dimension_t){0, (int32_t)extent, (int32_t)stride, 0};
    stride *= extent;
  }
  int64_t bytes = buffer->type.bits / 8;
  buffer->host = (uint8_t *)tensor->data + (first ? slice * stride * bytes : 0);
}

/* Leaves a tile's rows of a slice of the result. */
static void crop_rows(const job *it, int64_t tile, halide_buffer_t *buffer) {
  halide_dimension_t *rows = &buffer->dim[1];
  int64_t begin = tile * it->rows_per_tile, rest = it->rows - begin;
  int64_t bytes = buffer->type.bits / 8;
  buffer->host += begin * rows->stride * bytes;
  rows->min = (int32_t)begin;
  rows->extent = (int32_t)(rest < it->rows_per_tile ? rest : it->rows_per_tile);
}

static void run_tile(niello_ctx *ctx, const job *it, int64_t tile) {
  halide_buffer_t buffers[MOST_TENSORS];
  halide_dimension_t dims[MOST_TENSORS][NIELLO_STENCIL_RANK];
  void *arguments[1 + MOST_PARAMETERS + MOST_TENSORS];
  int count = 0;
  void *user = ctx;
  arguments[count++] = &user;
  for (int64_t i = 0; i < it->num_parameters; ++i)
    arguments[count++] = (void *)(uintptr_t)&it->parameters[i];
  for (int64_t i = 0; i < it->num_tensors; ++i) {
    set_buffer(it, i, tile / it->tiles_per_slice, &buffers[i], dims[i]);
    arguments[count++] = &buffers[i];
  }
  crop_rows(it, tile % it->tiles_per_slice, &buffers[it->num_tensors - 1]);
  int code = it->code(arguments);
  if (code)
    niello_rt_fail(ctx, NIELLO_FAILED_CHECK,
                   "an image kernel cannot run over tensors of these sizes "
                   "(Halide's error {0})",
                   code, 0);
}

static void run_tiles(niello_ctx *ctx, void *env, int64_t begin, int64_t end) {
  for (int64_t tile = begin; tile < end; ++tile)
    run_tile(ctx, env, tile);
}

/* Halide counts elements and strides in 32 bits. */
static void check_sizes(niello_ctx *ctx, const job *it) {
  if (it->num_tensors > MOST_TENSORS || it->num_parameters > MOST_PARAMETERS)
    niello_rt_fail(ctx, NIELLO_FAILED_CHECK,
                   "an image kernel takes {0} tensors at most, but got {1}",
                   MOST_TENSORS, it->num_tensors);
  for (int64_t i = 0; i < it->num_tensors; ++i) {
    const niello_stencil_tensor *tensor = &it->tensors[i];
    int64_t elements = 1;
    for (int32_t d = is_sliced(it, i); d < tensor->rank; ++d)
      if (__builtin_mul_overflow(elements, tensor->dims[d], &elements) ||
          elements > INT32_MAX)
        niello_rt_fail(ctx, NIELLO_FAILED_CHECK,
                       "an image kernel takes fewer than 2^31 elements a "
                       "plane, but tensor {0} of it has more; compile with -O0 "
                       "for such sizes",
                       i, 0);
  }
}

void niello_rt_stencil(niello_ctx *ctx, niello_stencil_code code,
                       const int32_t *parameters, int64_t num_parameters,
                       const niello_stencil_tensor *tensors,
                       int64_t num_tensors, int64_t num_slices) {
  const niello_stencil_tensor *result = &tensors[num_tensors - 1];
  for (int32_t d = 0; d < result->rank; ++d)
    if (result->dims[d] == 0)
      return;
  job it = {code, parameters, tensors, num_parameters, num_tensors, num_slices,
            0,    0,          0};
  check_sizes(ctx, &it);
  int64_t elements = 1; /* of a row, with the rows of outer dimensions at it */
  for (int32_t d = 1; d < result->rank; ++d)
    elements *= result->dims[d];
  it.rows = rows_of(result);
  it.rows_per_tile = ELEMENTS_PER_TILE / (elements / it.rows) + 1;
  it.tiles_per_slice = (it.rows - 1) / it.rows_per_tile + 1;
  niello_rt_parallel(ctx, result->dims[0] * it.tiles_per_slice, run_tiles, &it);
}
