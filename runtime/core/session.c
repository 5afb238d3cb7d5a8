/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Sessions: made, set up, ended. */

#define _GNU_SOURCE
#include "runtime/core/session.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A large arena in huge pages: a page fault for each 2 MB, not each 4 KB. */
enum { HUGE_PAGE = 2 << 20 };

static void *own_alloc(void *user, size_t bytes, size_t alignment) {
  (void)user;
  void *memory = NULL;
  const bool large = bytes >= 2 * (size_t)HUGE_PAGE;
  if (posix_memalign(&memory, large ? HUGE_PAGE : alignment, bytes))
    return NULL;
  if (large)
    madvise(memory, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
  return memory;
}

static void own_free(void *user, void *memory) {
  (void)user;
  free(memory);
}

enum { MOST_THREADS = 4096 };

static uint32_t choose_threads(const niello_host *host, uint32_t wanted) {
  if (wanted == 0)
    wanted =
        host->parallel_for && host->threads ? host->threads : allowed_cpus();
  return wanted < MOST_THREADS ? wanted : MOST_THREADS;
}

static size_t most_tensors(const niello_model_desc *desc) {
  size_t most = 0;
  for (uint32_t i = 0; i < desc->num_entries; ++i) {
    const niello_entry_desc *entry = AT(desc->entries, i);
    size_t tensors = (size_t)entry->num_inputs + entry->num_outputs;
    most = tensors > most ? tensors : most;
  }
  return most;
}

/* Options and host grow at their ends: reads what the caller knows of. */
static bool read_options(const niello_session_options *given,
                         niello_session_options *options, niello_host *host) {
  memset(options, 0, sizeof(*options));
  memset(host, 0, sizeof(*host));
  if (given) {
    if (given->size < offsetof(niello_session_options, host))
      return false;
    memcpy(options, given,
           given->size < sizeof(*options) ? given->size : sizeof(*options));
  }
  if (options->host) {
    if (options->host->size < offsetof(niello_host, parallel_for))
      return false;
    memcpy(host, options->host,
           options->host->size < sizeof(*host) ? options->host->size
                                               : sizeof(*host));
    if (!host->alloc != !host->free)
      return false;
  }
  if (!host->alloc) {
    host->alloc = own_alloc;
    host->free = own_free;
  }
  return true;
}

static bool take_tables(niello_session *session) {
  const niello_model_desc *desc = session->model->desc;
  session->symbols = take(session, desc->num_symbols * sizeof(int64_t));
  session->seen = take(session, desc->num_symbols * sizeof(uint32_t));
  session->buffers = take(session, most_tensors(desc) * sizeof(niello_buffer));
  return session->symbols && session->seen && session->buffers;
}

niello_status niello_session_create(const niello_model *model,
                                    const niello_session_options *given,
                                    niello_session **session,
                                    niello_message *why) {
  *session = NULL;
  niello_status status = niello_check_machine(model, why);
  if (status)
    return status;
  niello_session_options options;
  niello_host host;
  if (!read_options(given, &options, &host)) {
    say(why ? why->text : NULL,
        "session options need their sizes set and either both or none of "
        "alloc and free");
    return NIELLO_BAD_ARGUMENT;
  }
  const size_t bytes = (sizeof(niello_session) + NIELLO_ALIGNMENT - 1) /
                       NIELLO_ALIGNMENT * NIELLO_ALIGNMENT;
  niello_session *made = host.alloc(host.user, bytes, NIELLO_ALIGNMENT);
  if (!made) {
    say(why ? why->text : NULL, "not enough memory for a session");
    return NIELLO_NO_MEMORY;
  }
  memset(made, 0, sizeof(*made));
  made->model = model;
  made->host = host;
  made->threads = choose_threads(&host, options.threads);
  made->live.previous = made->live.next = &made->live;
  made->kept.previous = made->kept.next = &made->kept;
  made->spare.previous = made->spare.next = &made->spare;
  pthread_mutex_init(&made->lock, NULL);
  start_context(&made->call, made, false);
  if (!take_tables(made)) {
    niello_session_destroy(made);
    say(why ? why->text : NULL, "not enough memory for a session");
    return NIELLO_NO_MEMORY;
  }
  *session = made;
  return NIELLO_OK;
}

void niello_session_destroy(niello_session *session) {
  if (!session)
    return;
  end_pool(session->pool);
  give_ring(session, &session->live);
  give_ring(session, &session->kept);
  end_spares(session, UINT64_MAX);
  give(session, session->arena);
  give(session, session->symbols);
  give(session, session->seen);
  give(session, session->buffers);
  pthread_mutex_destroy(&session->lock);
  session->host.free(session->host.user, session);
}

niello_status niello_set_threads(niello_session *session, uint32_t threads) {
  threads = choose_threads(&session->host, threads);
  if (threads != session->threads) {
    end_pool(session->pool);
    session->pool = NULL;
    session->threads = threads;
  }
  return NIELLO_OK;
}

const char *niello_error(const niello_session *session) {
  return session->error;
}
