/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The names that generated code calls. They go through the table of the
 * context, so that an artefact runs under any runtime, not just its own. */

#include "niello/niello_abi.h"

void *niello_rt_arena(niello_ctx *ctx, uint64_t bytes) {
  return ctx->rt->arena(ctx, bytes);
}

void *niello_rt_alloc(niello_ctx *ctx, uint64_t bytes) {
  return ctx->rt->alloc(ctx, bytes);
}

void niello_rt_free(niello_ctx *ctx, void *memory) {
  ctx->rt->free(ctx, memory);
}

void niello_rt_fail(niello_ctx *ctx, int32_t code, const char *sentence,
                    int64_t a, int64_t b) {
  ctx->rt->fail(ctx, code, sentence, a, b);
  __builtin_unreachable();
}

void niello_rt_parallel(niello_ctx *ctx, int64_t count,
                        niello_parallel_body body, void *env) {
  ctx->rt->parallel(ctx, count, body, env);
}
