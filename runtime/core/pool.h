/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the caller of a parallel loop and its workers share. */
#ifndef NIELLO_RUNTIME_CORE_POOL_H
#define NIELLO_RUNTIME_CORE_POOL_H

#include "runtime/core/session.h"

#include <stdatomic.h>
#include <time.h>

enum {
  SPIN_NS = 50000, /* longer than the gap between two kernels */
  BITS = 18, /* of the number of a piece, MOST_THREADS times 32 and more */
};

typedef struct worker {
  struct pool *pool;
  pthread_t id;
  clockid_t clock;   /* how long it has run */
  int64_t ran;       /* when the caller began to wait for it */
  _Atomic bool busy; /* holds a piece */
  char apart[NIELLO_ALIGNMENT];
} worker;

/* What a worker reads to run a piece. Changed while no piece is left, and read
 * before `claim` is counted up: that fails where they were changed between. */
typedef struct loop {
  _Atomic(niello_parallel_body) body;
  _Atomic(void *) env;
  _Atomic int64_t count, chunk;
} loop;

typedef struct pool {
  niello_session *session;
  uint32_t workers;
  int64_t spin_ns;
  int64_t rest_until;  /* 0, or when workers are asked again */
  _Atomic bool *lives; /* a page of its own, zero in a child of fork */
  worker *all;

  _Alignas(NIELLO_ALIGNMENT) _Atomic uint64_t claim;
  _Alignas(NIELLO_ALIGNMENT) _Atomic uint32_t done; /* pieces, by workers */
  _Atomic bool caller_sleeps;
  _Alignas(NIELLO_ALIGNMENT) loop loop;
  _Atomic bool stop;
  _Atomic uint32_t sleepers;
  pthread_mutex_t lock;
  pthread_cond_t wake, finished;

  _Atomic int64_t failed_at; /* begin of the lowest failed piece */
  failure first;             /* under `lock` */
} pool;

static inline uint32_t pieces_of(uint64_t claim) {
  return claim >> BITS & ((1u << BITS) - 1);
}

static inline uint32_t next_of(uint64_t claim) {
  return claim & ((1u << BITS) - 1);
}

static inline bool has_work(uint64_t claim) {
  return next_of(claim) < pieces_of(claim);
}

/* wait.c */

/* Waits for pieces; false at the end of the pool. */
bool await_work(pool *p);

/* Counts a piece of a worker as done. */
void finish_piece(pool *p);

/* Waits until workers are done with `pieces`. */
void await_pieces(pool *p, uint32_t pieces);

/* Whether workers are left alone, since one of them did not come by. */
bool is_resting(pool *p);

#endif
