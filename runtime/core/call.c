/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What generated code calls, and how a failure in it ends the call. */

#include "runtime/core/session.h"

#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
#include <xmmintrin.h>

uint32_t enter_arithmetic(void) {
  uint32_t before = _mm_getcsr();
  _mm_setcsr(0x1f80); /* the processor's own default */
  return before;
}

void leave_arithmetic(uint32_t before) { _mm_setcsr(before); }
#else
uint32_t enter_arithmetic(void) { return 0; }

void leave_arithmetic(uint32_t before) { (void)before; }
#endif

void start_context(context *call, niello_session *session, bool parallel) {
  call->abi.rt = &niello_rt_of_this_runtime;
  call->session = session;
  call->parallel = parallel;
  call->failure.code = NIELLO_OK;
}

/* No local lives across the jump, so nothing needs to be volatile. */
__attribute__((noinline)) bool
guard(context *call, void (*body)(context *call, void *argument),
      void *argument) {
  if (__builtin_setjmp(call->jump))
    return false;
  body(call, argument);
  return true;
}

/* Apart from `fail`: a function may not jump into itself. */
static __attribute__((noreturn, noinline)) void leave(context *call) {
  __builtin_longjmp(call->jump, 1);
}

/* Replaces {0} and {1}. */
static void fill_in(char *to, size_t room, const char *sentence, int64_t a,
                    int64_t b) {
  size_t used = 0;
  while (*sentence && used + 1 < room) {
    bool first = !strncmp(sentence, "{0}", 3);
    if (!first && strncmp(sentence, "{1}", 3) != 0) {
      to[used++] = *sentence++;
      continue;
    }
    int length =
        snprintf(to + used, room - used, "%lld", (long long)(first ? a : b));
    used += (size_t)length < room - used ? (size_t)length : room - used - 1;
    sentence += 3;
  }
  to[used] = 0;
}

static void rt_fail(niello_ctx *ctx, int32_t code, const char *sentence,
                    int64_t a, int64_t b) {
  context *call = (context *)ctx;
  call->failure.code = code > NIELLO_OK && code <= NIELLO_SYSTEM
                           ? (niello_status)code
                           : NIELLO_FAILED_CHECK;
  fill_in(call->failure.text, sizeof(call->failure.text), sentence, a, b);
  leave(call);
}

static void *or_fail(niello_ctx *ctx, void *memory, uint64_t bytes) {
  if (!memory)
    rt_fail(ctx, NIELLO_NO_MEMORY,
            "not enough memory: the call needs another {0} bytes",
            (int64_t)(bytes > INT64_MAX ? INT64_MAX : bytes), 0);
  return memory;
}

static void *rt_arena(niello_ctx *ctx, uint64_t bytes) {
  context *call = (context *)ctx;
  if (call->parallel) /* the arena is the call's, not a thread's */
    return or_fail(ctx, take_block(call->session, bytes), bytes);
  return or_fail(ctx, take_arena(call->session, bytes), bytes);
}

static void *rt_alloc(niello_ctx *ctx, uint64_t bytes) {
  return or_fail(ctx, take_block(((context *)ctx)->session, bytes), bytes);
}

static void rt_free(niello_ctx *ctx, void *memory) {
  give_block(((context *)ctx)->session, memory);
}

static void rt_parallel(niello_ctx *ctx, int64_t count,
                        niello_parallel_body body, void *env) {
  context *call = (context *)ctx;
  if (count <= 0)
    return;
  if (count == 1 || call->parallel || call->session->threads == 1) {
    body(ctx, env, 0, count);
    return;
  }
  run_parallel(call, count, body, env);
  if (call->failure.code)
    leave(call);
}

const niello_rt_functions niello_rt_of_this_runtime = {
    sizeof(niello_rt_functions),
    NIELLO_ABI_VERSION,
    rt_arena,
    rt_alloc,
    rt_free,
    rt_fail,
    rt_parallel,
};
