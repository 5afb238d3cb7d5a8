/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Parallel loops: the caller and its workers claim tiles one after the other.
 *
 * `state` holds the number of the loop (high half), whether it can be joined
 * and how many workers have. A worker that wakes too late finds the loop
 * closed and costs nobody time. Tiles are claimed in order and a claimed tile
 * is always run up to its own failure, so the failure of the lowest tile is
 * found on every run, whatever the timing. */

#include "runtime/core/session.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define RELAX() _mm_pause()
#else
#define RELAX() ((void)0)
#endif

enum {
  OPEN = 1 << 30,
  JOINED = OPEN - 1,
  SPINS = 2000, /* 50 to 100 us: longer than the gap between two kernels */
  CLAIMS_PER_THREAD = 32,
  STACK_BYTES =
      4 << 20, /* kernels keep tiles there; musl's default is 128 KB */
};

typedef struct pool {
  niello_session *session;
  uint32_t workers;
  int spins;
  pid_t process;
  pthread_t *ids;

  _Atomic uint64_t state;
  _Atomic uint32_t left; /* workers that are through with the loop */
  _Atomic bool stop;
  _Atomic uint32_t sleepers;
  pthread_mutex_t lock;
  pthread_cond_t wake;

  niello_parallel_body body;
  void *env;
  int64_t count, chunk;
  _Atomic int64_t next;

  _Atomic int64_t failed_at; /* begin of the lowest failed piece */
  failure first;             /* under `lock` */
} pool;

typedef struct piece {
  pool *p;
  int64_t begin, end;
} piece;

static void run_piece(context *call, void *argument) {
  const piece *part = argument;
  part->p->body(&call->abi, part->p->env, part->begin, part->end);
}

static void record(pool *p, int64_t begin, const failure *what) {
  pthread_mutex_lock(&p->lock);
  if (begin < atomic_load(&p->failed_at)) {
    atomic_store(&p->failed_at, begin);
    p->first = *what;
  }
  pthread_mutex_unlock(&p->lock);
}

static void run_pieces(pool *p, context *call) {
  for (;;) {
    int64_t begin =
        atomic_fetch_add_explicit(&p->next, p->chunk, memory_order_relaxed);
    if (begin >= p->count || atomic_load(&p->failed_at) < begin)
      return;
    piece part = {p, begin,
                  p->count - begin < p->chunk ? p->count : begin + p->chunk};
    if (!guard(call, run_piece, &part))
      record(p, begin, &call->failure);
  }
}

/* Waits for a loop other than `seen`; false at the end of the pool. */
static bool await_loop(pool *p, uint64_t *seen, int spins) {
  for (int i = 0; i < spins; ++i) {
    if (atomic_load(&p->stop))
      return false;
    uint64_t state = atomic_load_explicit(&p->state, memory_order_relaxed);
    if (state >> 32 != *seen && (state & OPEN))
      return true;
    RELAX();
  }
  pthread_mutex_lock(&p->lock);
  atomic_fetch_add(&p->sleepers, 1);
  for (;;) {
    uint64_t state = atomic_load(&p->state);
    if (atomic_load(&p->stop) || (state >> 32 != *seen && (state & OPEN)))
      break;
    pthread_cond_wait(&p->wake, &p->lock);
  }
  atomic_fetch_sub(&p->sleepers, 1);
  pthread_mutex_unlock(&p->lock);
  return !atomic_load(&p->stop);
}

static bool join(pool *p, uint64_t *seen) {
  uint64_t state = atomic_load(&p->state);
  while (state >> 32 != *seen && (state & OPEN))
    if (atomic_compare_exchange_weak(&p->state, &state, state + 1)) {
      *seen = state >> 32;
      return true;
    }
  return false;
}

static void *work(void *argument) {
  pool *p = argument;
  context call;
  start_context(&call, p->session, true);
  enter_arithmetic();
  uint64_t seen = 0;
  while (await_loop(p, &seen, p->spins)) {
    if (!join(p, &seen))
      continue;
    run_pieces(p, &call);
    atomic_fetch_add(&p->left, 1);
  }
  return NULL;
}

static pool *start_pool(niello_session *session) {
  const uint32_t wanted = session->threads - 1;
  pool *p = take(session, sizeof(pool));
  if (!p)
    return NULL;
  *p = (pool){.session = session};
  p->process = getpid();
  p->spins = wanted < allowed_cpus() ? SPINS : 1;
  p->ids = take(session, wanted * sizeof(pthread_t));
  if (!p->ids) {
    give(session, p);
    return NULL;
  }
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->wake, NULL);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  /* Fewer threads than wanted are slower, not wrong. */
  uint32_t started = 0;
  while (started < wanted &&
         !pthread_create(&p->ids[started], &attributes, work, p))
    ++started;
  pthread_attr_destroy(&attributes);
  p->workers = started;
  return p;
}

static void join_workers(pool *p) {
  pthread_mutex_lock(&p->lock);
  atomic_store(&p->stop, true);
  pthread_cond_broadcast(&p->wake);
  pthread_mutex_unlock(&p->lock);
  for (uint32_t i = 0; i < p->workers; ++i)
    pthread_join(p->ids[i], NULL);
  pthread_mutex_destroy(&p->lock);
  pthread_cond_destroy(&p->wake);
}

/* Threads do not follow a process through fork: in a child there is no one to
 * join, and the lock and the condition are as those threads have left them. */
static bool is_inherited(const pool *p) { return p->process != getpid(); }

void end_pool(pool *p) {
  if (!p)
    return;
  if (!is_inherited(p))
    join_workers(p);
  give(p->session, p->ids);
  give(p->session, p);
}

static void set_loop(pool *p, int64_t count, uint32_t threads,
                     niello_parallel_body body, void *env) {
  p->body = body;
  p->env = env;
  p->count = count;
  /* A claim for each tile, unless tiles are so many that they must be tiny. */
  p->chunk = count / ((int64_t)threads * CLAIMS_PER_THREAD);
  if (p->chunk < 1)
    p->chunk = 1;
  atomic_store(&p->next, 0);
  atomic_store(&p->failed_at, INT64_MAX);
  atomic_store(&p->left, 0);
}

static void open_and_run(pool *p, context *own) {
  uint64_t number = (atomic_load(&p->state) >> 32) + 1;
  atomic_store(&p->state, (number & UINT32_MAX) << 32 | OPEN);
  if (atomic_load(&p->sleepers)) {
    pthread_mutex_lock(&p->lock);
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
  }
  run_pieces(p, own);
  uint64_t joined = atomic_fetch_and(&p->state, ~(uint64_t)OPEN) & JOINED;
  for (unsigned i = 0; atomic_load(&p->left) != joined; ++i) {
    RELAX();
    if (i > SPINS)
      sched_yield();
  }
}

static void run_host_piece(void *argument, int64_t index) {
  pool *p = argument;
  context call;
  start_context(&call, p->session, true);
  uint32_t before = enter_arithmetic();
  int64_t begin = index * p->chunk;
  piece part = {p, begin,
                p->count - begin < p->chunk ? p->count : begin + p->chunk};
  if (!guard(&call, run_piece, &part))
    record(p, begin, &call.failure);
  leave_arithmetic(before);
}

static void run_on_host(context *call, int64_t count, niello_parallel_body body,
                        void *env) {
  niello_session *session = call->session;
  pool p = {.session = session};
  pthread_mutex_init(&p.lock, NULL);
  set_loop(&p, count, session->threads, body, env);
  int64_t pieces = (count - 1) / p.chunk + 1;
  session->host.parallel_for(session->host.user, pieces, run_host_piece, &p);
  pthread_mutex_destroy(&p.lock);
  if (p.failed_at != INT64_MAX)
    call->failure = p.first;
}

void run_parallel(context *call, int64_t count, niello_parallel_body body,
                  void *env) {
  niello_session *session = call->session;
  if (session->host.parallel_for) {
    run_on_host(call, count, body, env);
    return;
  }
  if (session->pool && is_inherited(session->pool)) {
    end_pool(session->pool);
    session->pool = NULL;
  }
  if (!session->pool)
    session->pool = start_pool(session);
  pool *p = session->pool;
  if (!p || !p->workers) {
    body(&call->abi, env, 0, count);
    return;
  }
  set_loop(p, count, session->threads, body, env);
  context own;
  start_context(&own, session, true);
  open_and_run(p, &own);
  if (atomic_load(&p->failed_at) != INT64_MAX)
    call->failure = p->first;
}
