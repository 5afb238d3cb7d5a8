// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A model written by hand, as the compiler would emit it. The tests of the
// runtime link it instead of a compiled one.

#include "fake_model.h"

#include <string.h>

static const niello_symbol_desc symbols[] = {
    {sizeof(niello_symbol_desc), 0, "batch", 1, 8},
    {sizeof(niello_symbol_desc), 0, "seq", 2, INT64_MAX},
};

#ifndef FAKE_FEATURES
#define FAKE_FEATURES 0
#endif
#ifndef FAKE_LEVEL
#define FAKE_LEVEL "x86-64-v2"
#endif
static const niello_level_desc levels[] = {
    {sizeof(niello_level_desc), 0, FAKE_LEVEL, {FAKE_FEATURES, 0}},
};

#define TENSOR(dtype, name, dims)                                              \
  {sizeof(niello_tensor_desc), dtype, sizeof(dims) / sizeof(dims[0]), name,    \
   dims}

static const niello_dim_desc batch_by_3[] = {{-1, 0, 0}, {3, -1, 0}};
static const niello_dim_desc batch_by_seq[] = {{-1, 0, 0}, {-1, 1, 0}};
static const niello_dim_desc only_batch[] = {{-1, 0, 0}};
static const niello_dim_desc one[] = {{1, -1, 0}};
static const niello_dim_desc four[] = {{4, -1, 0}};
static const niello_dim_desc any[] = {{-1, -1, 0}};

// main: sum = x + y, same = x, weight = the weights.
static const niello_tensor_desc main_inputs[] = {
    TENSOR(NIELLO_FLOAT32, "x", batch_by_3),
    TENSOR(NIELLO_FLOAT32, "y", batch_by_3),
    TENSOR(NIELLO_BOOL, "mask", only_batch),
};
static const niello_tensor_desc main_outputs[] = {
    TENSOR(NIELLO_FLOAT32, "sum", batch_by_3),
    TENSOR(NIELLO_FLOAT32, "same/x:0", batch_by_3),
    TENSOR(NIELLO_FLOAT32, "weight", four),
};

static void set_dims(niello_buffer *to, int64_t a, int64_t b) {
  to->dims[0] = a;
  to->dims[1] = b;
}

static void main_code(niello_ctx *ctx, const niello_buffer *inputs,
                      niello_buffer *outputs) {
  int64_t batch = inputs[0].dims[0];
  float *sum = niello_rt_arena(ctx, (uint64_t)batch * 3 * sizeof(float));
  for (int64_t i = 0; i < batch * 3; ++i)
    sum[i] =
        ((const float *)inputs[0].data)[i] + ((const float *)inputs[1].data)[i];
  outputs[0].data = sum;
  set_dims(&outputs[0], batch, 3);
  outputs[1] = inputs[0];
  outputs[2].data = (void *)(uintptr_t)niello_descriptor.weights;
  set_dims(&outputs[2], 4, 0);
}

// gather: picked = the weights at index, or a failed check.
static const niello_tensor_desc gather_inputs[] = {
    TENSOR(NIELLO_INT64, "index", one),
    TENSOR(NIELLO_FLOAT32, "values", batch_by_seq),
};
static const niello_tensor_desc gather_outputs[] = {
    TENSOR(NIELLO_FLOAT32, "picked", any),
};

static void gather_code(niello_ctx *ctx, const niello_buffer *inputs,
                        niello_buffer *outputs) {
  int64_t index = *(const int64_t *)inputs[0].data;
  int64_t size = inputs[1].dims[0] * inputs[1].dims[1];
  void *lost = niello_rt_alloc(ctx, 100);
  if (index < 0 || index >= size)
    niello_rt_fail(ctx, NIELLO_FAILED_CHECK,
                   "node 'Gather_7' needs an index below {1}, but got {0}",
                   index, size);
  float *picked = niello_rt_alloc(ctx, (uint64_t)index * sizeof(float));
  memcpy(picked, inputs[1].data, (uint64_t)index * sizeof(float));
  niello_rt_free(ctx, lost);
  outputs[0].data = picked;
  outputs[0].dims[0] = index;
}

// loop: total = 0 + 1 + ... + (tiles - 1), in parallel; a tile that is a
// multiple of `bad` fails.
static const niello_tensor_desc loop_inputs[] = {
    TENSOR(NIELLO_INT64, "tiles", one),
    TENSOR(NIELLO_INT64, "bad", one),
};
static const niello_tensor_desc loop_outputs[] = {
    TENSOR(NIELLO_INT64, "total", one),
};

typedef struct loop_env {
  int64_t *each;
  int64_t bad;
} loop_env;

static void tile(niello_ctx *ctx, void *env, int64_t begin, int64_t end);

static void inner(niello_ctx *ctx, void *env, int64_t begin, int64_t end) {
  (void)ctx;
  for (int64_t i = begin; i < end; ++i)
    ++*(int64_t *)env;
}

static void tile(niello_ctx *ctx, void *env, int64_t begin, int64_t end) {
  const loop_env *loop = env;
  for (int64_t i = begin; i < end; ++i) {
    int64_t *own = niello_rt_alloc(ctx, sizeof(int64_t));
    *own = 0;
    niello_rt_parallel(ctx, i, inner, own);
    if (loop->bad && i && i % loop->bad == 0)
      niello_rt_fail(ctx, NIELLO_FAILED_CHECK, "tile {0} is bad", i, 0);
    loop->each[i] = *own;
    if (i % 2)
      niello_rt_free(ctx, own);
  }
}

static void loop_code(niello_ctx *ctx, const niello_buffer *inputs,
                      niello_buffer *outputs) {
  int64_t tiles = *(const int64_t *)inputs[0].data;
  int64_t *total = niello_rt_arena(ctx, sizeof(int64_t));
  loop_env env = {niello_rt_alloc(ctx, (uint64_t)tiles * sizeof(int64_t)),
                  *(const int64_t *)inputs[1].data};
  niello_rt_parallel(ctx, tiles, tile, &env);
  *total = 0;
  for (int64_t i = 0; i < tiles; ++i)
    *total += env.each[i];
  outputs[0].data = total;
  outputs[0].dims[0] = 1;
}

static const niello_entry_code main_codes[] = {main_code};
static const niello_entry_code gather_codes[] = {gather_code};
static const niello_entry_code loop_codes[] = {loop_code};

#define ENTRY(name)                                                            \
  {sizeof(niello_entry_desc),                                                  \
   sizeof(name##_inputs) / sizeof(name##_inputs[0]),                           \
   sizeof(name##_outputs) / sizeof(name##_outputs[0]),                         \
   0,                                                                          \
   #name,                                                                      \
   name##_inputs,                                                              \
   name##_outputs,                                                             \
   name##_codes}

static const niello_entry_desc entries[] = {ENTRY(main), ENTRY(gather),
                                            ENTRY(loop)};

static const float weights[] = {1, 2, 3, 4};

const niello_model_desc niello_descriptor = {
    sizeof(niello_model_desc),
    NIELLO_ABI_VERSION,
    "fake",
    "fake.onnx",
    "0123456789abcdef",
    "niello 0",
    symbols,
    levels,
    entries,
    (const unsigned char *)weights,
    sizeof(weights),
    2,
    1,
    3,
    0,
    "",
};
