/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What one core, two cores, .. can do at most: reading memory in a row,
 * float32 multiply-adds, u8 x s8 multiply-adds.
 *
 *   roofline THREADS    prints lines `what threads figure unit`
 *
 * The loops are asm, so that no compiler thinks them away. 12 sums that do not
 * depend on each other hide a latency of up to 6 cycles on two ports. */

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum {
  BYTES = 1 << 30, /* far beyond any cache */
  ROUNDS = 3000000,
  TRIES = 9, /* the best counts: others may be at work */
  MOST_THREADS = 64,
};

#define EACH(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define OPERANDS                                                               \
  :: : "xmm0",                                                                 \
       "xmm1",                                                                 \
       "xmm2",                                                                 \
       "xmm3",                                                                 \
       "xmm4",                                                                 \
       "xmm5",                                                                 \
       "xmm6",                                                                 \
       "xmm7",                                                                 \
       "xmm8",                                                                 \
       "xmm9",                                                                 \
       "xmm10",                                                                \
       "xmm11",                                                                \
       "xmm12",                                                                \
       "xmm13"

/* Registers 12 and 13 are zero: no denormal ever slows a sum. */
#define COUNTED(name, step)                                                    \
  static void name(void) {                                                     \
    __asm__ volatile("vzeroall" OPERANDS);                                     \
    for (long i = 0; i < ROUNDS; ++i)                                          \
      __asm__ volatile(EACH(step) OPERANDS);                                   \
    __asm__ volatile("vzeroupper" OPERANDS);                                   \
  }
#define FMA512(i) "vfmadd231ps %%zmm12, %%zmm13, %%zmm" #i "\n"
#define FMA256(i) "vfmadd231ps %%ymm12, %%ymm13, %%ymm" #i "\n"
#define DOT512(i) "vpdpbusd %%zmm12, %%zmm13, %%zmm" #i "\n"
#define DOT256(i) "%{vex%} vpdpbusd %%ymm12, %%ymm13, %%ymm" #i "\n"

COUNTED(fma512, FMA512)
COUNTED(fma256, FMA256)
COUNTED(dot512, DOT512)
COUNTED(dot256, DOT256)

typedef long long line __attribute__((vector_size(64)));

static line *memory;
static int threads;
static void (*loop)(void);
static pthread_barrier_t gate;
static double seconds[MOST_THREADS];

static void read_part(int part) {
  const long lines = BYTES / (long)sizeof(line) / threads / 4 * 4;
  const line *at = memory + lines * part;
  line a = {0}, b = a, c = a, d = a;
  for (long i = 0; i < lines; i += 4) {
    a ^= at[i];
    b ^= at[i + 1];
    c ^= at[i + 2];
    d ^= at[i + 3];
    for (long ahead = 32; ahead < 36; ++ahead)
      __builtin_prefetch(at + i + ahead);
  }
  a ^= b ^ c ^ d;
  __asm__ volatile("" ::"m"(a));
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void *work(void *argument) {
  const int part = (int)(long)argument;
  pthread_barrier_wait(&gate);
  double begin = now();
  if (loop)
    loop();
  else
    read_part(part);
  seconds[part] = now() - begin;
  return NULL;
}

/* Prints the rate of `amount` a thread: the slowest of them counts. */
static void measure(const char *what, void (*body)(void), double amount,
                    const char *unit) {
  double best = 0;
  loop = body;
  for (int i = 0; i < TRIES; ++i) {
    pthread_t ids[MOST_THREADS];
    double slowest = 0;
    pthread_barrier_init(&gate, NULL, (unsigned)threads);
    for (long part = 0; part < threads; ++part)
      if (pthread_create(&ids[part], NULL, work, (void *)part))
        exit(1);
    for (int part = 0; part < threads; ++part) {
      pthread_join(ids[part], NULL);
      slowest = seconds[part] > slowest ? seconds[part] : slowest;
    }
    pthread_barrier_destroy(&gate);
    double rate = threads * amount / slowest / 1e9;
    best = rate > best ? rate : best;
  }
  printf("%s %d %.1f %s\n", what, threads, best, unit);
  fflush(stdout);
}

int main(int count, char **words) {
  const int most = count > 1 ? atoi(words[1]) : 1;
  if (most < 1 || most > MOST_THREADS) {
    fprintf(stderr, "roofline: needs 1 to %d threads\n", MOST_THREADS);
    return 1;
  }
  __builtin_cpu_init();
  memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    fprintf(stderr, "roofline: needs %d bytes of memory\n", BYTES);
    return 1;
  }
  madvise(memory, BYTES, MADV_HUGEPAGE);
  memset(memory, 1, BYTES);
  for (threads = 1; threads <= most; ++threads) {
    measure("read", NULL, (double)BYTES / threads, "GB/s");
    if (__builtin_cpu_supports("avx512f"))
      measure("fma", fma512, 12.0 * 2 * 16 * ROUNDS, "GFLOP/s");
    else if (__builtin_cpu_supports("fma"))
      measure("fma", fma256, 12.0 * 2 * 8 * ROUNDS, "GFLOP/s");
    if (__builtin_cpu_supports("avx512vnni"))
      measure("vnni", dot512, 12.0 * 2 * 64 * ROUNDS, "GOP/s");
    else if (__builtin_cpu_supports("avxvnni"))
      measure("vnni", dot256, 12.0 * 2 * 32 * ROUNDS, "GOP/s");
  }
  return 0;
}
