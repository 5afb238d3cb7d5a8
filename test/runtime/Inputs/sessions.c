// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs: values, strides, who owns outputs, threads, the host's services.

#include "expect.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xmmintrin.h>

static float x[6] = {1, 2, 3, 4, 5, 6}, y[6] = {10, 20, 30, 40, 50, 60};
static unsigned char mask[2] = {1, 0};

static void fill(niello_tensor *in) {
  in[0] = tensor(NIELLO_FLOAT32, x, 2, 2, 3);
  in[1] = tensor(NIELLO_FLOAT32, y, 2, 2, 3);
  in[2] = tensor(NIELLO_BOOL, mask, 1, 2, 0);
}

static void own_outputs(niello_session *session) {
  niello_tensor in[3], out[3] = {{0}};
  fill(in);
  EXPECT(!niello_run(session, NULL, in, 3, out, 3));
  const float *sum = out[0].data, *same = out[1].data, *weight = out[2].data;
  EXPECT(out[0].rank == 2 && out[0].shape[0] == 2 && out[0].shape[1] == 3);
  EXPECT(out[0].dtype == NIELLO_FLOAT32 && !out[0].strides);
  EXPECT(sum[0] == 11 && sum[5] == 66);
  EXPECT(same != x && same[4] == 5);
  EXPECT((const void *)weight != niello_descriptor.weights && weight[3] == 4);
  // The tensors of one run, given to the next: new outputs, not old memory.
  // And an output of one run may be an input of the next.
  in[0] = out[0];
  in[1] = out[1];
  EXPECT(!niello_run(session, NULL, in, 3, out, 3));
  EXPECT(((const float *)out[0].data)[5] == 72);
  EXPECT(((const float *)out[1].data)[5] == 66);
}

static void given_outputs(niello_session *session) {
  niello_tensor in[3], out[3] = {{0}};
  float sum[12] = {0};
  int64_t every_second[] = {6 * sizeof(float), 2 * sizeof(float)};
  fill(in);
  out[0] = tensor(NIELLO_FLOAT32, sum, 2, 2, 3);
  out[0].strides = every_second;
  EXPECT(!niello_run(session, NULL, in, 3, out, 3));
  EXPECT(sum[0] == 11 && sum[1] == 0 && sum[2] == 22 && sum[10] == 66);
}

static void strided_inputs(niello_session *session) {
  niello_tensor in[3], out[3] = {{0}};
  int64_t transposed[] = {sizeof(float), 2 * sizeof(float)};
  int64_t backwards[] = {-3 * (int64_t)sizeof(float), 0};
  fill(in);
  in[0].strides = transposed;
  in[1].strides = backwards;
  in[1].data = y + 3;
  EXPECT(!niello_run(session, NULL, in, 3, out, 3));
  const float *sum = out[0].data;
  EXPECT(sum[0] == 41 && sum[1] == 43 && sum[3] == 12 && sum[5] == 16);
  // Data that no load of a float may touch is copied too.
  char shifted[25];
  fill(in);
  memcpy(shifted + 1, x, 24);
  in[0].data = shifted + 1;
  EXPECT(!niello_run(session, NULL, in, 3, out, 3));
  EXPECT(((const float *)out[0].data)[5] == 66);
}

static void shapes(niello_session *session) {
  int64_t index = 4;
  niello_tensor in[] = {tensor(NIELLO_INT64, &index, 1, 1, 0),
                        tensor(NIELLO_FLOAT32, x, 2, 2, 3)};
  niello_tensor out[3] = {{0}};
  EXPECT(!niello_output_shapes(session, "gather", in, 2, out, 1));
  EXPECT(out[0].rank == 1 && out[0].shape[0] == -1 && !out[0].data);
  EXPECT(!niello_run(session, "gather", in, 2, out, 1));
  EXPECT(out[0].shape[0] == 4 && ((const float *)out[0].data)[3] == 4);
  // No elements at all.
  index = 0;
  EXPECT(!niello_run(session, "gather", in, 2, out, 1));
  EXPECT(out[0].shape[0] == 0 && out[0].data);
  niello_tensor pair[3];
  fill(pair);
  EXPECT(!niello_output_shapes(session, "main", pair, 3, out, 3));
  EXPECT(out[0].shape[0] == 2 && out[2].shape[0] == 4);
}

static int64_t loop(niello_session *session, int64_t tiles, int64_t bad,
                    niello_status expected) {
  int64_t total = -1;
  niello_tensor in[] = {tensor(NIELLO_INT64, &tiles, 1, 1, 0),
                        tensor(NIELLO_INT64, &bad, 1, 1, 0)};
  niello_tensor out = tensor(NIELLO_INT64, &total, 1, 1, 0);
  EXPECT(niello_run(session, "loop", in, 2, &out, 1) == expected);
  return total;
}

static void loops(niello_session *session) {
  EXPECT(loop(session, 0, 0, NIELLO_OK) == 0);
  EXPECT(loop(session, 1, 0, NIELLO_OK) == 0);
  for (int64_t n = 2; n < 300; n += 7)
    EXPECT(loop(session, n, 0, NIELLO_OK) == n * (n - 1) / 2);
  // The lowest bad tile is reported, whoever got there first.
  for (int i = 0; i < 50; ++i) {
    EXPECT(loop(session, 200, 23, NIELLO_FAILED_CHECK) == -1);
    EXPECT_TEXT(niello_error(session), "tile 23 is bad");
  }
  EXPECT(loop(session, 100, 0, NIELLO_OK) == 4950);
}

static void *in_a_thread(void *session) {
  for (int i = 0; i < 20; ++i) {
    own_outputs(session);
    EXPECT(loop(session, 100, 0, NIELLO_OK) == 4950);
  }
  return NULL;
}

static void two_sessions(void) {
  niello_session *sessions[2] = {open_fake(2), open_fake(3)};
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i)
    EXPECT(!pthread_create(&threads[i], NULL, in_a_thread, sessions[i]));
  for (int i = 0; i < 2; ++i) {
    pthread_join(threads[i], NULL);
    niello_session_destroy(sessions[i]);
  }
}

// A child of fork has the session but not its threads: it starts its own. The
// thread sanitizer allows no such child.
__attribute__((unused)) static void after_fork(void) {
  niello_session *session = open_fake(3);
  EXPECT(loop(session, 100, 0, NIELLO_OK) == 4950);
  pid_t child = fork();
  if (child == 0) {
    EXPECT(loop(session, 100, 0, NIELLO_OK) == 4950);
    niello_session_destroy(session);
    _exit(0);
  }
  int status;
  EXPECT(waitpid(child, &status, 0) == child && status == 0);
  niello_session_destroy(session);
}

// Denormals are kept and rounding is to nearest, whatever the host has set; and
// what it has set is still set afterwards.
static void arithmetic(void) {
  niello_session *session = open_fake(1);
  niello_tensor in[3], out[3] = {{0}};
  float tiny[6] = {1e-40f, 0, 0, 0, 0, 0}, none[6] = {0};
  fill(in);
  in[0].data = tiny;
  in[1].data = none;
  unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);
  niello_status status = niello_run(session, NULL, in, 3, out, 3);
  unsigned after = _mm_getcsr();
  _mm_setcsr(before);
  EXPECT(!status && (after & 0x8040) == 0x8040);
  EXPECT(((const float *)out[0].data)[0] == 1e-40f);
  niello_session_destroy(session);
}

static size_t blocks, taken, parts;

static void *host_alloc(void *user, size_t bytes, size_t alignment) {
  EXPECT(user == &blocks);
  ++blocks;
  ++taken;
  return aligned_alloc(alignment, bytes);
}

static void host_free(void *user, void *memory) {
  EXPECT(user == &blocks);
  --blocks;
  free(memory);
}

static void host_parallel(void *user, int64_t count,
                          void (*body)(void *argument, int64_t index),
                          void *argument) {
  EXPECT(user == &blocks);
  for (int64_t i = count; i-- > 0; ++parts)
    body(argument, i);
}

static void host_services(void) {
  niello_model *model;
  niello_session *session;
  niello_host host = {sizeof(host), 4,         &blocks,
                      host_alloc,   host_free, host_parallel};
  niello_session_options options = {sizeof(options), 0, &host};
  EXPECT(!niello_open(&niello_descriptor, &model, NULL));
  EXPECT(!niello_session_create(model, &options, &session, NULL));
  own_outputs(session);
  loops(session);
  EXPECT(parts > 100);
  niello_session_destroy(session);
  EXPECT(blocks == 0);
  niello_close(model);
}

// A run like the one before takes no memory; one of other sizes may, and what
// they no longer use goes back.
static void warm_runs(void) {
  niello_model *model;
  niello_session *session;
  niello_host host = {sizeof(host), 1, &blocks, host_alloc, host_free, NULL};
  niello_session_options options = {sizeof(options), 1, &host};
  EXPECT(!niello_open(&niello_descriptor, &model, NULL));
  EXPECT(!niello_session_create(model, &options, &session, NULL));
  size_t before = 0, held = 0;
  for (int i = 0; i < 6; ++i) {
    shapes(session);
    loops(session);
    own_outputs(session);
    EXPECT(i < 3 || loop(session, 100, 0, NIELLO_OK) == 4950);
    before = taken;
    held = blocks;
    EXPECT(loop(session, 100, 0, NIELLO_OK) == 4950);
    EXPECT(loop(session, 100, 0, NIELLO_OK) == 4950);
    EXPECT(i < 3 || taken == before);
  }
  EXPECT(held > 50);
  EXPECT(loop(session, 2, 0, NIELLO_OK) == 1);
  EXPECT(blocks < held - 45);
  niello_session_destroy(session);
  EXPECT(blocks == 0);
  niello_close(model);
}

// Of two levels the first that this machine can run is taken.
static void levels(void) {
  const niello_level_desc two[] = {
      {sizeof(two[0]), 0, "future", {1ull << 63, 0}},
      {sizeof(two[0]), 0, "x86-64", {0, 0}},
  };
  niello_entry_desc entry = niello_descriptor.entries[0];
  const niello_entry_code codes[] = {NULL, entry.code[0]};
  niello_model_desc desc = niello_descriptor;
  entry.code = codes;
  desc.entries = &entry;
  desc.num_entries = 1;
  desc.levels = two;
  desc.num_levels = 2;
  niello_model *model;
  niello_session *session;
  EXPECT(!niello_open(&desc, &model, NULL));
  EXPECT_TEXT(niello_level(model), "x86-64");
  EXPECT(!niello_session_create(model, NULL, &session, NULL));
  own_outputs(session);
  niello_session_destroy(session);
  niello_close(model);
}

static void descriptions(void) {
  niello_model *model;
  EXPECT(!niello_open(&niello_descriptor, &model, NULL));
  const niello_entry_desc *gather = niello_find_entry(model, "gather");
  EXPECT_TEXT(niello_input(gather, 1)->name, "values");
  EXPECT(!niello_input(gather, 2) && !niello_output(gather, 1));
  EXPECT_TEXT(niello_symbol(model, 1)->name, "seq");
  EXPECT(!niello_symbol(model, 2) && !niello_entry(model, 3));
  EXPECT(niello_find_entry(model, NULL) == niello_entry(model, 0));
  EXPECT_TEXT(niello_dtype_name(NIELLO_BFLOAT16), "bfloat16");
  EXPECT(niello_dtype_size(NIELLO_INT4) == 1 && !niello_dtype_name(0));
  EXPECT_TEXT(niello_level(model), "x86-64-v2");
  niello_close(model);
}

int main(void) {
  for (uint32_t threads = 1; threads <= 4; ++threads) {
    niello_session *session = open_fake(threads);
    own_outputs(session);
    given_outputs(session);
    strided_inputs(session);
    shapes(session);
    loops(session);
    EXPECT(!niello_set_threads(session, 5 - threads));
    loops(session);
    niello_session_destroy(session);
  }
  two_sessions();
#if !__has_feature(thread_sanitizer)
  after_fork();
#endif
  arithmetic();
  host_services();
  warm_runs();
  levels();
  descriptions();
  return 0;
}
