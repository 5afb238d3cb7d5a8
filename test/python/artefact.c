/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the compiler would make of a tiny model, written by hand, so that the
 * package can be tested without a compiler:
 *
 *   sum    = left + right          float32 [batch, 3]
 *   twice  = 2 * ids               int64   [batch]
 *   bits   = brain                 bfloat16 [] (copied)
 *
 * A negative id fails a check, as a gather of that index would. */

#include "niello/niello_abi.h"

static void run(niello_ctx *ctx, const niello_buffer *in, niello_buffer *out) {
  int64_t batch = in[0].dims[0];
  const float *left = in[0].data, *right = in[1].data;
  const int64_t *ids = in[2].data;
  float *sum = ctx->rt->arena(ctx, (uint64_t)batch * 20 + 64);
  int64_t *twice = ctx->rt->alloc(ctx, (uint64_t)batch * 8 + 8);
  for (int64_t i = 0; i < 3 * batch; ++i)
    sum[i] = left[i] + right[i];
  for (int64_t i = 0; i < batch; ++i) {
    if (ids[i] < 0)
      ctx->rt->fail(ctx, NIELLO_FAILED_CHECK,
                    "node 'Gather_1': index {0} is below {1}", ids[i], 0);
    twice[i] = 2 * ids[i];
  }
  out[0].data = sum;
  out[0].dims[0] = batch;
  out[0].dims[1] = 3;
  out[1].data = twice;
  out[1].dims[0] = batch;
  out[2].data = in[3].data;
}

static const niello_dim_desc matrix[] = {{-1, 0, 0}, {3, -1, 0}};
static const niello_symbol_desc symbols[] = {
    {sizeof(niello_symbol_desc), 0, "batch", 0, INT64_MAX}};
#define TENSOR(dtype, rank, name)                                              \
  {sizeof(niello_tensor_desc), NIELLO_##dtype, rank, name, matrix}
static const niello_tensor_desc inputs[] = {
    TENSOR(FLOAT32, 2, "left"), TENSOR(FLOAT32, 2, "right"),
    TENSOR(INT64, 1, "ids"), TENSOR(BFLOAT16, 0, "brain")};
static const niello_tensor_desc outputs[] = {TENSOR(FLOAT32, 2, "sum"),
                                             TENSOR(INT64, 1, "twice"),
                                             TENSOR(BFLOAT16, 0, "bits")};
static const niello_entry_code code[] = {run};
static const niello_entry_desc entries[] = {
    {sizeof(niello_entry_desc), 4, 3, 0, "main", inputs, outputs, code}};
static const niello_level_desc levels[] = {
    {sizeof(niello_level_desc), 0, "x86-64-v2", {0, 0}}};
static const niello_model_desc model = {
    .size = sizeof(niello_model_desc),
    .abi_version = NIELLO_ABI_VERSION,
    .name = "tiny",
    .source = "tiny.onnx",
    .hash = "00",
    .compiler = "by hand",
    .symbols = symbols,
    .levels = levels,
    .entries = entries,
    .num_symbols = 1,
    .num_levels = 1,
    .num_entries = 1,
};

__attribute__((visibility("default"))) const niello_model_desc *
niello_get_model(void) {
  return &model;
}
