/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a parallel loop costs by itself: loops back to back, as kernels that
 * follow each other are, with a tile for each thread.
 *
 *   handover THREADS    prints lines `what nanoseconds-at-best in-the-median`
 *
 * empty: nothing in a tile. meet: no tile ends before all have begun, so each
 * thread must have come. N: each tile takes N nanoseconds; of two threads both
 * are at work when the loop takes little more than that.
 *
 * Built with the sources of runtime/core and test/runtime/Inputs/fake_model.c.
 */

#define _GNU_SOURCE
#include "runtime/core/session.h"
#include "test/runtime/Inputs/fake_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCHES = 2000, LOOPS = 20 };

static uint32_t threads;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

enum { EMPTY = 0, MEET = -1 };

static _Atomic int64_t begun, tiles;

static void tile(niello_ctx *ctx, void *env, int64_t begin, int64_t end) {
  (void)ctx;
  const int64_t work = *(const int64_t *)env;
  ++tiles;
  if (work == MEET) {
    /* Whoever runs all tiles meets nobody. */
    int64_t all = (begun += end - begin) - 1;
    for (all = all / threads * threads + threads; begun < all;)
      ;
  } else if (work != EMPTY) {
    for (int64_t stop = now() + work * (end - begin); now() < stop;)
      ;
  }
}

static int order(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void measure(niello_session *session, int64_t work) {
  static double times[BATCHES];
  context call;
  start_context(&call, session, false);
  /* While a worker's CPU is taken the caller runs loops alone: not counted. */
  int found = 0;
  for (int i = 0; i < BATCHES; ++i) {
    int64_t begin = now(), before = tiles;
    for (int k = 0; k < LOOPS; ++k)
      call.abi.rt->parallel(&call.abi, threads, tile, &work);
    times[found] = (double)(now() - begin) / LOOPS;
    found += tiles - before == (int64_t)LOOPS * threads;
  }
  qsort(times, (size_t)found, sizeof(*times), order);
  if (work > 0)
    printf("%lld", (long long)work);
  else
    printf("%s", work == MEET ? "meet" : "empty");
  printf(" %.0f %.0f\n", found ? times[0] : 0.0,
         found ? times[found / 2] : 0.0);
}

int main(int count, char **words) {
  threads = count > 1 ? (uint32_t)atoi(words[1]) : 2;
  niello_session_options options = {sizeof(options), threads, NULL};
  niello_model *model;
  niello_session *session;
  if (niello_open(&niello_descriptor, &model, NULL) ||
      niello_session_create(model, &options, &session, NULL))
    return 1;
  const int64_t works[] = {EMPTY, MEET, 2000, 20000};
  for (size_t i = 0; i < sizeof(works) / sizeof(*works); ++i)
    measure(session, works[i]);
  niello_session_destroy(session);
  niello_close(model);
  return 0;
}
