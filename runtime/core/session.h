/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a model, a session and a call hold, and who does what with it. */
#ifndef NIELLO_RUNTIME_CORE_SESSION_H
#define NIELLO_RUNTIME_CORE_SESSION_H

#include "niello/niello.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct niello_model {
  const niello_model_desc *desc;
  int level; /* index of the first level this CPU can run, -1 for none */
};

/* Memory of niello_rt_alloc, in a ring of its session. */
typedef struct block {
  struct block *previous, *next;
  uint64_t bytes; /* of the caller, behind the header */
  uint64_t room;  /* at least as many */
  uint64_t run;   /* that last took it or gave it back */
  uint64_t padding[3];
} block;

NIELLO_STATIC_ASSERT(sizeof(block) == NIELLO_ALIGNMENT, "keeps alignment");

typedef struct failure {
  niello_status code; /* NIELLO_OK: none */
  char text[sizeof(niello_message)];
} failure;

/* A call, or one thread's part in a parallel loop of it. */
typedef struct context {
  niello_ctx abi; /* first: generated code sees only this */
  niello_session *session;
  bool parallel; /* inside of a parallel loop: nested loops stay in here */
  failure failure;
  void *jump[5]; /* of __builtin_setjmp */
} context;

struct niello_session {
  const niello_model *model;
  niello_host host;  /* alloc and free are always set */
  uint32_t threads;  /* of the next loops, never 0 */
  struct pool *pool; /* NULL until a loop needs it */

  unsigned char *arena;
  uint64_t arena_bytes;
  bool arena_taken; /* by the call in progress */

  pthread_mutex_t lock; /* of the rings, for parallel loops */
  block live;           /* of the call in progress */
  block kept;           /* holds outputs until the next run */
  block spare;          /* given back, for what is taken next */
  uint32_t spares;      /* how many */
  uint64_t run;         /* counts runs */

  int64_t *symbols; /* sizes in this call, -1: not seen yet */
  uint32_t *seen;   /* which dimension of which input said so first */
  niello_buffer *buffers;
  context call;
  char error[sizeof(niello_message)];
};

/* Element `index` of an array of size-prefixed structs. */
#define AT(array, index)                                                       \
  ((__typeof__(array))(const void *)((const char *)(array) +                   \
                                     (size_t)(index) * (array)[0].size))

/* message.c */
void say(char *to, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
niello_status refuse(niello_session *session, niello_status code,
                     const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *near_name(const char *wanted, const char *const *names,
                      size_t count);

/* machine.c */
typedef struct machine {
  uint64_t features[2];
} machine;
machine this_machine(void);
int best_level(const niello_model_desc *desc, const machine *cpu);

/* limits.c; quota_cpus reads the files that name this process's control group
 * and, below `mount`, what each may use: UINT32_MAX without a limit */
uint32_t quota_cpus(const char *groups, const char *mount);
uint32_t allowed_cpus(void);

/* memory.c; take and give are alloc and free of the host, with overflow
 * checks, for any thread */
void *take(niello_session *session, uint64_t bytes);
void give(niello_session *session, void *memory);
void *take_block(niello_session *session, uint64_t bytes);
void give_block(niello_session *session, void *memory);
void give_ring(niello_session *session, block *ring);
void end_spares(niello_session *session, uint64_t before);
bool keep_block(niello_session *session, const void *memory);
void expire_kept(niello_session *session);
bool in_arena(const niello_session *session, const void *memory);
bool was_output(const niello_session *session, const void *memory);
void *take_arena(niello_session *session, uint64_t bytes);

/* check.c */
bool count_bytes(const int64_t *shape, int32_t rank, size_t element,
                 uint64_t *bytes);
niello_status check_inputs(niello_session *session,
                           const niello_entry_desc *entry,
                           const niello_tensor *inputs, size_t count);
niello_status check_outputs(niello_session *session,
                            const niello_entry_desc *entry,
                            const niello_tensor *outputs, size_t count);
niello_status check_values(niello_session *session,
                           const niello_tensor_desc *desc, const void *data,
                           uint64_t bytes);
void known_shape(const niello_session *session, const niello_tensor_desc *desc,
                 int64_t *shape);

/* copy.c; either side may be strided, NULL strides are contiguous */
bool is_contiguous(const niello_tensor *tensor);
void copy_array(void *to, const int64_t *to_strides, const void *from,
                const int64_t *from_strides, const int64_t *shape, int32_t rank,
                size_t element);

/* call.c; round to nearest, denormals kept, nothing trapped, whatever the host
 * program has set: results depend on the inputs alone. Returns what was set. */
uint32_t enter_arithmetic(void);
void leave_arithmetic(uint32_t before);

/* Runs `body`, false when it ended in niello_rt_fail */
extern const niello_rt_functions niello_rt_of_this_runtime;
void start_context(context *call, niello_session *session, bool parallel);
bool guard(context *call, void (*body)(context *call, void *argument),
           void *argument);

/* pool.c */
void run_parallel(context *call, int64_t count, niello_parallel_body body,
                  void *env);
void end_pool(struct pool *pool);

#endif
