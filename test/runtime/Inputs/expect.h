// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the runtime's unit tests share: a failed expectation ends the program.

#ifndef NIELLO_TEST_RUNTIME_INPUTS_EXPECT_H
#define NIELLO_TEST_RUNTIME_INPUTS_EXPECT_H

#include "niello/niello.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(what)                                                           \
  do {                                                                         \
    if (!(what)) {                                                             \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what);       \
      exit(1);                                                                 \
    }                                                                          \
  } while (0)

#define EXPECT_TEXT(got, wanted)                                               \
  do {                                                                         \
    const char *text = (got);                                                  \
    if (strcmp(text, wanted) != 0) {                                           \
      fprintf(stderr, "%s:%d:\n  wanted: %s\n  got:    %s\n", __FILE__,        \
              __LINE__, wanted, text);                                         \
      exit(1);                                                                 \
    }                                                                          \
  } while (0)

static inline niello_tensor tensor(int32_t dtype, void *data, int32_t rank,
                                   int64_t a, int64_t b) {
  niello_tensor t = {data, dtype, rank, {a, b}, NULL, NIELLO_CPU, 0};
  return t;
}

static niello_model *model_of_all;

static inline void close_fake(void) { niello_close(model_of_all); }

// A session of the one model. The first call is not made by two threads.
static inline niello_session *open_fake(uint32_t threads) {
  niello_session *session;
  niello_message why;
  niello_session_options options = {sizeof(options), threads, NULL};
  if (!model_of_all) {
    EXPECT(!niello_open(&niello_descriptor, &model_of_all, &why));
    atexit(close_fake);
  }
  EXPECT(!niello_session_create(model_of_all, &options, &session, &why));
  return session;
}

#endif
