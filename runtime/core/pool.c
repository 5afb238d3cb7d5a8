/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Parallel loops: the caller and its workers claim tiles one after the other.
 *
 * `claim` holds the number of the loop, how many pieces it has and which is
 * next, so a worker that waits looks at one cache line. It holds a piece from
 * the moment it has counted `claim` up, and only pieces are waited for: one
 * that wakes late, or is not running between two pieces, costs nobody time.
 * Pieces are claimed in order and each is run unless a lower one has failed, so
 * the failure of the lowest tile is found on every run, whatever the timing.
 *
 * Nothing here locks or allocates while workers are awake. */

#define _GNU_SOURCE
#include "runtime/core/pool.h"

#include <stdlib.h>
#include <sys/mman.h>

enum {
  CLAIMS_PER_THREAD = 32,
  PAGE = 4096,
  STACK_BYTES =
      4 << 20, /* kernels keep tiles there; musl's default is 128 KB */
};

typedef struct piece {
  niello_parallel_body body;
  void *env;
  int64_t begin, end;
} piece;

static void run_piece(context *call, void *argument) {
  const piece *part = argument;
  part->body(&call->abi, part->env, part->begin, part->end);
}

static void record(pool *p, int64_t begin, const failure *what) {
  pthread_mutex_lock(&p->lock);
  if (begin < atomic_load(&p->failed_at)) {
    atomic_store(&p->failed_at, begin);
    p->first = *what;
  }
  pthread_mutex_unlock(&p->lock);
}

static void run_claimed(pool *p, context *call, piece *part) {
  if (atomic_load_explicit(&p->failed_at, memory_order_relaxed) < part->begin)
    return;
  if (!guard(call, run_piece, part))
    record(p, part->begin, &call->failure);
}

static piece piece_of(loop *it, int64_t number) {
  int64_t chunk = atomic_load_explicit(&it->chunk, memory_order_acquire);
  int64_t count = atomic_load_explicit(&it->count, memory_order_acquire);
  int64_t begin = number * chunk;
  return (piece){atomic_load_explicit(&it->body, memory_order_acquire),
                 atomic_load_explicit(&it->env, memory_order_acquire), begin,
                 count - begin < chunk ? count : begin + chunk};
}

/* Claims the next piece; false when there is none. */
static bool take_piece(pool *p, piece *part) {
  uint64_t claim = atomic_load_explicit(&p->claim, memory_order_acquire);
  while (has_work(claim)) {
    *part = piece_of(&p->loop, next_of(claim));
    if (atomic_compare_exchange_weak(&p->claim, &claim, claim + 1))
      return true;
  }
  return false;
}

static void *work(void *argument) {
  worker *self = argument;
  pool *p = self->pool;
  context call;
  start_context(&call, p->session, true);
  enter_arithmetic();
  while (await_work(p)) {
    piece part;
    atomic_store_explicit(&self->busy, true, memory_order_relaxed);
    while (take_piece(p, &part)) {
      run_claimed(p, &call, &part);
      finish_piece(p);
    }
    atomic_store_explicit(&self->busy, false, memory_order_relaxed);
  }
  return NULL;
}

static void start_workers(pool *p, uint32_t wanted) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  /* Fewer threads than wanted are slower, not wrong. */
  while (p->workers < wanted) {
    worker *next = &p->all[p->workers];
    *next = (worker){.pool = p};
    if (pthread_create(&next->id, &attributes, work, next))
      break;
    if (pthread_getcpuclockid(next->id, &next->clock))
      next->clock = CLOCK_MONOTONIC; /* is never seen to stall */
    ++p->workers;
  }
  pthread_attr_destroy(&attributes);
}

/* Threads do not follow a process through fork: in a child there is no one to
 * join, and the lock and the condition are as those threads have left them. The
 * kernel wipes a page there; to ask for the process's number takes longer than
 * the rest of a loop. */
static bool is_inherited(const pool *p) { return !atomic_load(p->lives); }

static bool watch_forks(pool *p) {
  void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED)
    return false;
  p->lives = page;
  atomic_store(p->lives, true);
  if (!madvise(page, PAGE, MADV_WIPEONFORK))
    return true;
  munmap(page, PAGE); /* Linux before 4.14: no threads rather than lost ones */
  return false;
}

static pool *start_pool(niello_session *session) {
  const uint32_t wanted = session->threads - 1;
  pool *p = take(session, sizeof(pool));
  if (!p)
    return NULL;
  *p = (pool){.session = session};
  /* More threads than CPUs: one that spins keeps another from its piece. */
  p->spin_ns = wanted < allowed_cpus() ? SPIN_NS : 0;
  p->all = take(session, wanted * sizeof(worker));
  if (!p->all || !watch_forks(p)) {
    give(session, p->all);
    give(session, p);
    return NULL;
  }
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->wake, NULL);
  pthread_cond_init(&p->finished, NULL);
  start_workers(p, wanted);
  return p;
}

static void join_workers(pool *p) {
  pthread_mutex_lock(&p->lock);
  atomic_store(&p->stop, true);
  pthread_cond_broadcast(&p->wake);
  pthread_mutex_unlock(&p->lock);
  for (uint32_t i = 0; i < p->workers; ++i)
    pthread_join(p->all[i].id, NULL);
  pthread_mutex_destroy(&p->lock);
  pthread_cond_destroy(&p->wake);
  pthread_cond_destroy(&p->finished);
}

void end_pool(pool *p) {
  if (!p)
    return;
  if (!is_inherited(p))
    join_workers(p);
  munmap((void *)p->lives, PAGE);
  give(p->session, p->all);
  give(p->session, p);
}

static uint32_t set_loop(pool *p, int64_t count, uint32_t threads,
                         niello_parallel_body body, void *env) {
  /* A claim for each tile, unless tiles are so many that they must be tiny. */
  const int64_t most = (int64_t)threads * CLAIMS_PER_THREAD;
  const int64_t chunk = (count - 1) / most + 1;
  atomic_store_explicit(&p->loop.body, body, memory_order_release);
  atomic_store_explicit(&p->loop.env, env, memory_order_release);
  atomic_store_explicit(&p->loop.count, count, memory_order_release);
  atomic_store_explicit(&p->loop.chunk, chunk, memory_order_release);
  atomic_store_explicit(&p->failed_at, INT64_MAX, memory_order_relaxed);
  atomic_store_explicit(&p->done, 0, memory_order_relaxed);
  return (uint32_t)((count - 1) / chunk + 1);
}

static void open_loop(pool *p, uint64_t number, uint32_t pieces) {
  atomic_store(&p->claim, number << 2 * BITS | (uint64_t)pieces << BITS);
  if (!atomic_load(&p->sleepers))
    return;
  pthread_mutex_lock(&p->lock);
  pthread_cond_broadcast(&p->wake);
  pthread_mutex_unlock(&p->lock);
}

static void run_host_piece(void *argument, int64_t index) {
  pool *p = argument;
  context call;
  start_context(&call, p->session, true);
  uint32_t before = enter_arithmetic();
  piece part = piece_of(&p->loop, index);
  if (!guard(&call, run_piece, &part))
    record(p, part.begin, &call.failure);
  leave_arithmetic(before);
}

static void run_on_host(context *call, int64_t count, niello_parallel_body body,
                        void *env) {
  niello_session *session = call->session;
  pool p = {.session = session};
  pthread_mutex_init(&p.lock, NULL);
  uint32_t pieces = set_loop(&p, count, session->threads, body, env);
  session->host.parallel_for(session->host.user, pieces, run_host_piece, &p);
  pthread_mutex_destroy(&p.lock);
  if (p.failed_at != INT64_MAX)
    call->failure = p.first;
}

static void run_on_pool(pool *p, context *call, int64_t count,
                        niello_parallel_body body, void *env) {
  /* From here on a claim of the loop before fails, whatever has changed. */
  uint64_t number = (atomic_load(&p->claim) >> 2 * BITS) + 1;
  atomic_store(&p->claim, number << 2 * BITS);
  uint32_t pieces = set_loop(p, count, p->workers + 1, body, env), own = 0;
  open_loop(p, number, pieces);
  context part_of_call;
  start_context(&part_of_call, call->session, true);
  for (piece part; take_piece(p, &part); ++own)
    run_claimed(p, &part_of_call, &part);
  await_pieces(p, pieces - own);
  if (atomic_load(&p->failed_at) != INT64_MAX)
    call->failure = p->first;
}

static void run_alone(context *call, int64_t count, niello_parallel_body body,
                      void *env) {
  context own;
  start_context(&own, call->session, true);
  piece all = {body, env, 0, count};
  if (!guard(&own, run_piece, &all))
    call->failure = own.failure;
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
  if (!p || !p->workers || is_resting(p))
    run_alone(call, count, body, env);
  else
    run_on_pool(p, call, count, body, env);
}
