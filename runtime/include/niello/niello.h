/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Runs compiled models.
 *
 *   niello_model *model;
 *   niello_session *session;
 *   niello_open(mymodel_model(), &model, &why);
 *   niello_session_create(model, NULL, &session, &why);
 *   niello_run(session, NULL, &input, 1, &output, 1);
 *
 * A model is immutable and may be used by any number of threads; a session
 * takes one call at a time. No function aborts or prints. Every function that
 * can fail returns a niello_status and leaves a sentence, in a niello_message
 * before there is a session and in niello_error(session) from then on.
 */
#ifndef NIELLO_NIELLO_H
#define NIELLO_NIELLO_H

#include "niello/niello_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NIELLO_API __attribute__((visibility("default")))

typedef struct niello_model niello_model;
typedef struct niello_session niello_session;

/** A sentence for people, empty after success. */
typedef struct niello_message {
  char text[1024];
} niello_message;

typedef enum niello_device { NIELLO_CPU = 0 } niello_device;

/** An array that the caller or a session owns. */
typedef struct niello_tensor {
  void *data;
  int32_t dtype; /**< niello_dtype */
  int32_t rank;
  int64_t shape[NIELLO_MAX_RANK];
  /** Bytes from one element to the next in each dimension, may be negative or
   * zero; NULL for a contiguous row-major array. The caller keeps it. */
  const int64_t *strides;
  int32_t device; /**< niello_device */
  int32_t memory; /**< of that device; 0 */
} niello_tensor;

NIELLO_STATIC_ASSERT(sizeof(niello_tensor) == 160, "layout");

/** Services that the host program gives instead of ours. NULL members stay
 * ours. The functions are called by several threads at once. */
typedef struct niello_host {
  uint32_t size;    /**< sizeof(niello_host) */
  uint32_t threads; /**< how many threads `parallel_for` runs on, 0: unknown */
  void *user;
  /** NULL when there is no memory. `alignment` is a power of two, `bytes` a
   * multiple of it. */
  void *(*alloc)(void *user, size_t bytes, size_t alignment);
  void (*free)(void *user, void *memory);
  /** Calls body(argument, i) once for each i in [0, count), on any threads, and
   * returns when all calls have. */
  void (*parallel_for)(void *user, int64_t count,
                       void (*body)(void *argument, int64_t index),
                       void *argument);
} niello_host;

typedef struct niello_session_options {
  uint32_t size;           /**< sizeof(niello_session_options) */
  uint32_t threads;        /**< 0: one for each CPU this process may use */
  const niello_host *host; /**< NULL: none; copied */
} niello_session_options;

/** Makes a model of a descriptor: of `<name>_model()` from a generated header,
 * or of `niello_get_model()` of a library opened with dlopen. Neither reads nor
 * copies weights. The descriptor outlives the model.
 *
 * @param why  NULL or where the sentence goes.
 * @return NIELLO_OK; NIELLO_WRONG_VERSION; NIELLO_BAD_ARGUMENT;
 *         NIELLO_NO_MEMORY. On failure *model is NULL.
 */
NIELLO_API niello_status niello_open(const niello_model_desc *descriptor,
                                     niello_model **model, niello_message *why);

/** Frees a model that no session uses any more. NULL is fine. */
NIELLO_API void niello_close(niello_model *model);

/** NIELLO_OK when this CPU can run the model; NIELLO_WRONG_MACHINE with a
 * sentence that names what is missing and how to compile without it. */
NIELLO_API niello_status niello_check_machine(const niello_model *model,
                                              niello_message *why);

/** The level (as --target= takes it) that runs on this CPU, NULL if none. */
NIELLO_API const char *niello_level(const niello_model *model);

/** The descriptor the model was made of. */
NIELLO_API const niello_model_desc *
niello_descriptor_of(const niello_model *model);

/** Entry, symbol, input or output number `index`; NULL past the last one. They
 * live as long as the descriptor. */
NIELLO_API const niello_entry_desc *niello_entry(const niello_model *model,
                                                 size_t index);
NIELLO_API const niello_symbol_desc *niello_symbol(const niello_model *model,
                                                   size_t index);
NIELLO_API const niello_tensor_desc *
niello_input(const niello_entry_desc *entry, size_t index);
NIELLO_API const niello_tensor_desc *
niello_output(const niello_entry_desc *entry, size_t index);

/** The entry of that name, the first one for NULL; NULL if there is none. */
NIELLO_API const niello_entry_desc *niello_find_entry(const niello_model *model,
                                                      const char *name);

/** "float32" and its like; NULL for a number that is no dtype. */
NIELLO_API const char *niello_dtype_name(int32_t dtype);

/** Bytes an element of that dtype takes in a niello_tensor; 0 for none. */
NIELLO_API size_t niello_dtype_size(int32_t dtype);

/** Makes a session. Threads start with the first loop that needs them.
 *
 * @param options  NULL for all defaults.
 * @return NIELLO_OK; NIELLO_WRONG_MACHINE; NIELLO_BAD_ARGUMENT;
 *         NIELLO_NO_MEMORY. On failure *session is NULL.
 */
NIELLO_API niello_status niello_session_create(
    const niello_model *model, const niello_session_options *options,
    niello_session **session, niello_message *why);

/** Ends the threads of a session and frees all it owns, outputs it provided
 * among them. Not during a call of it. NULL is fine. */
NIELLO_API void niello_session_destroy(niello_session *session);

/** Sets how many threads the next runs use; 0 as in the options. Results do
 * not depend on it. Not during a run of the session. */
NIELLO_API niello_status niello_set_threads(niello_session *session,
                                            uint32_t threads);

/** Runs entry `entry` once and waits for it to finish.
 *
 * @param entry    its name, NULL for the first.
 * @param inputs   one tensor an entry argument, in order; read only.
 * @param outputs  one tensor an entry result, in order. Where `data` is set,
 *                 dtype and shape are what the caller expects, the call fills
 *                 the data, and it must not overlap an input; where it is NULL
 *                 the session provides a contiguous tensor and sets all fields,
 *                 valid until the session's next run, of which it may be an
 *                 input. Passed again as it is, it counts as NULL.
 * @return NIELLO_OK; NIELLO_BAD_SHAPE or NIELLO_BAD_ARGUMENT, nothing was
 *         written; NIELLO_NO_MEMORY; NIELLO_FAILED_CHECK, outputs are
 *         undefined. niello_error(session) says which tensor or node and why.
 *
 * Keeps no pointer after it returns. One call at a time per session; sessions
 * of one model may run at the same time.
 */
NIELLO_API niello_status niello_run(niello_session *session, const char *entry,
                                    const niello_tensor *inputs,
                                    size_t num_inputs, niello_tensor *outputs,
                                    size_t num_outputs);

/** Sets dtype, rank and shape of the outputs that niello_run would give for
 * inputs of these shapes; their data is not read. A size that only the run can
 * tell is -1. Checks the inputs as niello_run does. */
NIELLO_API niello_status niello_output_shapes(
    niello_session *session, const char *entry, const niello_tensor *inputs,
    size_t num_inputs, niello_tensor *outputs, size_t num_outputs);

/** The sentence of the session's last failure, "" after success; valid until
 * its next call. */
NIELLO_API const char *niello_error(const niello_session *session);

#ifdef __cplusplus
}
#endif

#endif
