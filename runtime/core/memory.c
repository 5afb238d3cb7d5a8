/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The arena and the blocks of a call.
 *
 * A block that is given back serves the next that fits into it: a run with the
 * sizes of the one before takes nothing from the host and touches no new page.
 * What a whole run has not used goes back to the host at its end. */

#include "runtime/core/session.h"

void *take(niello_session *session, uint64_t bytes) {
  if (bytes > (uint64_t)PTRDIFF_MAX - 2 * NIELLO_ALIGNMENT)
    return NULL;
  /* Whole cache lines, so that kernels may read up to the line's end. */
  size_t whole = ((size_t)bytes + NIELLO_ALIGNMENT - 1) / NIELLO_ALIGNMENT *
                 NIELLO_ALIGNMENT;
  return session->host.alloc(
      session->host.user, whole ? whole : NIELLO_ALIGNMENT, NIELLO_ALIGNMENT);
}

void give(niello_session *session, void *memory) {
  if (memory)
    session->host.free(session->host.user, memory);
}

static void unlink_block(block *b) {
  b->previous->next = b->next;
  b->next->previous = b->previous;
}

static void link_block(block *ring, block *b) {
  b->previous = ring;
  b->next = ring->next;
  ring->next->previous = b;
  ring->next = b;
}

/* The smallest spare block with so much room, out of its ring. Where there is
 * none, `*outgrown` is the largest, out of its ring too: it makes place for one
 * that serves both, so that sizes that grow leave no trail. Both may be NULL.
 */
static block *take_spare(niello_session *session, uint64_t bytes,
                         block **outgrown) {
  block *best = NULL, *largest = NULL;
  for (block *b = session->spare.next; b != &session->spare; b = b->next) {
    if (b->room >= bytes && (!best || b->room < best->room))
      best = b;
    if (!largest || b->room > largest->room)
      largest = b;
  }
  *outgrown = best ? NULL : largest;
  if (largest) {
    unlink_block(best ? best : largest);
    --session->spares;
  }
  return best;
}

/* Keeps a block that is in no ring as a spare; false when there are enough. */
static bool keep_spare(niello_session *session, block *b) {
  enum { MOST_SPARES = 64 }; /* each is looked at by the next that takes */
  if (session->spares == MOST_SPARES)
    return false;
  b->run = session->run;
  link_block(&session->spare, b);
  ++session->spares;
  return true;
}

void *take_block(niello_session *session, uint64_t bytes) {
  if (bytes > (uint64_t)PTRDIFF_MAX)
    return NULL;
  pthread_mutex_lock(&session->lock);
  block *outgrown, *b = take_spare(session, bytes, &outgrown);
  if (b)
    link_block(&session->live, b);
  pthread_mutex_unlock(&session->lock);
  if (!b) {
    give(session, outgrown);
    b = take(session, bytes + sizeof(block));
    if (!b)
      return NULL;
    b->room = bytes;
    pthread_mutex_lock(&session->lock);
    link_block(&session->live, b);
    pthread_mutex_unlock(&session->lock);
  }
  b->bytes = bytes;
  return b + 1;
}

void give_block(niello_session *session, void *memory) {
  if (!memory)
    return;
  block *b = (block *)memory - 1;
  pthread_mutex_lock(&session->lock);
  unlink_block(b);
  bool kept = keep_spare(session, b);
  pthread_mutex_unlock(&session->lock);
  if (!kept)
    give(session, b);
}

void give_ring(niello_session *session, block *ring) {
  while (ring->next != ring) {
    block *b = ring->next;
    unlink_block(b);
    if (!keep_spare(session, b))
      give(session, b);
  }
}

/* Gives spare blocks back to the host that no run from `before` on has used. */
void end_spares(niello_session *session, uint64_t before) {
  for (block *b = session->spare.next, *next; b != &session->spare; b = next) {
    next = b->next;
    if (b->run >= before)
      continue;
    unlink_block(b);
    --session->spares;
    give(session, b);
  }
}

static block *find_block(block *ring, const void *memory) {
  for (block *b = ring->next; b != ring; b = b->next) {
    uintptr_t start = (uintptr_t)(b + 1), at = (uintptr_t)memory;
    if (at >= start && at - start < b->bytes)
      return b;
  }
  return NULL;
}

/* Lets the block around `memory` live until the next run; false when `memory`
 * is in none. */
bool keep_block(niello_session *session, const void *memory) {
  if (find_block(&session->kept, memory))
    return true;
  block *b = find_block(&session->live, memory);
  if (!b)
    return false;
  unlink_block(b);
  link_block(&session->kept, b);
  return true;
}

/* At the start of a run: what was kept for its inputs goes when it ends. */
void expire_kept(niello_session *session) {
  while (session->kept.next != &session->kept) {
    block *b = session->kept.next;
    unlink_block(b);
    link_block(&session->live, b);
  }
}

bool in_arena(const niello_session *session, const void *memory) {
  uintptr_t start = (uintptr_t)session->arena, at = (uintptr_t)memory;
  return session->arena && at >= start && at - start < session->arena_bytes;
}

/* Whether the session gave out `memory` as an output of its last run. */
bool was_output(const niello_session *session, const void *memory) {
  return in_arena(session, memory) ||
         find_block((block *)&session->kept, memory);
}

/* NULL when there is no memory. */
void *take_arena(niello_session *session, uint64_t bytes) {
  if (session->arena_taken) /* the first one may still hold values */
    return take_block(session, bytes);
  if (bytes > session->arena_bytes || !session->arena) {
    give(session, session->arena);
    session->arena_bytes = 0;
    session->arena = take(session, bytes);
    if (!session->arena)
      return NULL;
    session->arena_bytes = bytes;
  }
  session->arena_taken = true;
  return session->arena;
}
