/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* How a caller and its workers wait for each other.
 *
 * By spinning for as long as another kernel may follow, then asleep. A worker
 * that has lost its CPU to another program is waited for asleep at once, and
 * for a while not asked again: the loops in between are the caller's alone. */

#define _GNU_SOURCE
#include "runtime/core/pool.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define RELAX() _mm_pause()
#else
#define RELAX() ((void)0)
#endif

enum {
  SPINS_A_LOOK = 16, /* between two looks at the clock */
  STALL_NS = 100000, /* a thread that did not run for so long was off */
  REST = 16,         /* stalls cost at most a sixteenth of the time */
  MOST_REST_NS = 500000000,
};

static int64_t read_clock(clockid_t clock) {
  struct timespec time = {0, 0};
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t now(void) { return read_clock(CLOCK_MONOTONIC); }

bool await_work(pool *p) {
  for (int64_t end = now() + p->spin_ns; now() < end;)
    for (int i = 0; i < SPINS_A_LOOK; ++i) {
      if (atomic_load_explicit(&p->stop, memory_order_relaxed))
        return false;
      if (has_work(atomic_load_explicit(&p->claim, memory_order_acquire)))
        return true;
      RELAX();
    }
  pthread_mutex_lock(&p->lock);
  atomic_fetch_add(&p->sleepers, 1);
  while (!atomic_load(&p->stop) && !has_work(atomic_load(&p->claim)))
    pthread_cond_wait(&p->wake, &p->lock);
  atomic_fetch_sub(&p->sleepers, 1);
  pthread_mutex_unlock(&p->lock);
  return !atomic_load(&p->stop);
}

void finish_piece(pool *p) {
  atomic_fetch_add(&p->done, 1);
  if (!atomic_load(&p->caller_sleeps))
    return;
  pthread_mutex_lock(&p->lock);
  pthread_cond_signal(&p->finished);
  pthread_mutex_unlock(&p->lock);
}

static bool spin_for(pool *p, uint32_t pieces, int64_t nanoseconds) {
  if (atomic_load_explicit(&p->done, memory_order_acquire) == pieces)
    return true;
  for (int64_t end = now() + nanoseconds;;) {
    for (int i = 0; i < SPINS_A_LOOK; ++i) {
      if (atomic_load_explicit(&p->done, memory_order_acquire) == pieces)
        return true;
      RELAX();
    }
    if (now() >= end)
      return false;
  }
}

/* How long the slowest of the busy workers has not run, of the last `waited`;
 * those that have finished are not looked at again. */
static int64_t stalled(pool *p, int64_t waited) {
  int64_t most = 0;
  for (uint32_t i = 0; i < p->workers; ++i) {
    worker *it = &p->all[i];
    if (!atomic_load_explicit(&it->busy, memory_order_relaxed))
      it->ran = -1;
    if (it->ran < 0)
      continue;
    int64_t missed = waited - (read_clock(it->clock) - it->ran);
    most = missed > most ? missed : most;
  }
  return most;
}

static void sleep_until_done(pool *p, uint32_t pieces) {
  pthread_mutex_lock(&p->lock);
  atomic_store(&p->caller_sleeps, true);
  while (atomic_load(&p->done) != pieces)
    pthread_cond_wait(&p->finished, &p->lock);
  atomic_store(&p->caller_sleeps, false);
  pthread_mutex_unlock(&p->lock);
}

/* Waits for the pieces that workers hold. A worker that has lost its CPU to
 * another program is not waited for by spinning: this CPU, left idle, may be
 * the one that it goes on with. And for a while it is not asked again. */
void await_pieces(pool *p, uint32_t pieces) {
  if (spin_for(p, pieces, p->spin_ns))
    return;
  int64_t begin = now(), waited = 0;
  for (uint32_t i = 0; i < p->workers; ++i)
    p->all[i].ran = read_clock(p->all[i].clock);
  do {
    if (spin_for(p, pieces, STALL_NS))
      return;
    waited = now() - begin;
  } while (stalled(p, waited) < waited / 2);
  sleep_until_done(p, pieces);
  int64_t lost = now() - begin;
  p->rest_until =
      begin + lost + (lost < MOST_REST_NS / REST ? REST * lost : MOST_REST_NS);
}

bool is_resting(pool *p) {
  if (!p->rest_until)
    return false;
  if (now() < p->rest_until)
    return true;
  p->rest_until = 0;
  return false;
}
