// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every sentence that a session or a model can answer with.

#include "expect.h"

static float x[6], y[6];
static unsigned char mask[2] = {1, 1};
static niello_tensor in[3], out[3];
static niello_session *session;

static void reset(void) {
  in[0] = tensor(NIELLO_FLOAT32, x, 2, 2, 3);
  in[1] = tensor(NIELLO_FLOAT32, y, 2, 2, 3);
  in[2] = tensor(NIELLO_BOOL, mask, 1, 2, 0);
  memset(out, 0, sizeof(out));
}

static void refused(niello_status status, const char *sentence) {
  EXPECT(niello_run(session, "main", in, 3, out, 3) == status);
  EXPECT_TEXT(niello_error(session), sentence);
  reset();
}

static void inputs(void) {
  in[0].dtype = NIELLO_INT64;
  refused(NIELLO_BAD_SHAPE, "input 'x' needs dtype float32, but got int64");
  in[0].dtype = 99;
  refused(NIELLO_BAD_SHAPE,
          "input 'x' needs dtype float32, but got an unknown dtype");
  in[1].rank = 1;
  refused(NIELLO_BAD_SHAPE, "input 'y' needs rank 2, but got 1");
  in[1].device = 3;
  refused(NIELLO_BAD_ARGUMENT,
          "input 'y' needs to be in CPU memory, but is on device 3");
  in[0].shape[1] = 4;
  refused(NIELLO_BAD_SHAPE, "input 'x' needs size 3 in dimension 1, but got 4");
  in[0].shape[0] = -1;
  refused(NIELLO_BAD_SHAPE,
          "input 'x' needs a size of 0 or more in dimension 0, but got -1");
  in[1].shape[0] = 1;
  refused(NIELLO_BAD_SHAPE,
          "inputs 'x' and 'y' need the same size 'batch', but dimension 0 of "
          "'x' is 2 and dimension 0 of 'y' is 1");
  in[0].shape[0] = 9;
  refused(NIELLO_BAD_SHAPE,
          "input 'x' needs 1 to 8 in dimension 0 ('batch'), but got 9");
  in[0].data = NULL;
  refused(NIELLO_BAD_ARGUMENT,
          "input 'x' needs 24 bytes of data, but got NULL");
  mask[1] = 2;
  refused(NIELLO_BAD_ARGUMENT,
          "input 'mask' needs bool values from 0 to 1, but element 1 is 2");
  mask[1] = 1;
}

static void outputs(void) {
  out[0] = tensor(NIELLO_FLOAT64, x, 2, 2, 3);
  refused(NIELLO_BAD_SHAPE,
          "output 'sum' needs dtype float32, but got float64");
  out[0] = tensor(NIELLO_FLOAT32, x, 2, 1, 3);
  refused(NIELLO_BAD_SHAPE,
          "output 'sum' has size 2 in dimension 0, but the caller gave room "
          "for 1");
}

static void counts(void) {
  EXPECT(niello_run(session, "main", in, 2, out, 3) == NIELLO_BAD_ARGUMENT);
  EXPECT_TEXT(niello_error(session), "entry 'main' needs 3 inputs, but got 2");
  EXPECT(niello_run(session, "main", in, 3, out, 4) == NIELLO_BAD_ARGUMENT);
  EXPECT_TEXT(niello_error(session), "entry 'main' needs 3 outputs, but got 4");
  EXPECT(niello_output_shapes(session, "main", in, 3, out, 1) ==
         NIELLO_BAD_ARGUMENT);
  EXPECT_TEXT(niello_error(session), "entry 'main' needs 3 outputs, but got 1");
  EXPECT(niello_run(session, "mane", in, 3, out, 3) == NIELLO_BAD_ARGUMENT);
  EXPECT_TEXT(niello_error(session),
              "the model has no entry 'mane'; its first is 'main'");
}

// Checks in generated code, and what only the run can tell.
static void run_time(void) {
  int64_t index = 7;
  niello_tensor gather[] = {tensor(NIELLO_INT64, &index, 1, 1, 0),
                            tensor(NIELLO_FLOAT32, x, 2, 2, 3)};
  niello_tensor picked = {0};
  EXPECT(niello_run(session, "gather", gather, 2, &picked, 1) ==
         NIELLO_FAILED_CHECK);
  EXPECT_TEXT(niello_error(session),
              "node 'Gather_7' needs an index below 6, but got 7");
  gather[1].shape[1] = 1;
  EXPECT(niello_run(session, "gather", gather, 2, &picked, 1) ==
         NIELLO_BAD_SHAPE);
  EXPECT_TEXT(niello_error(session), "input 'values' needs at least 2 in "
                                     "dimension 1 ('seq'), but got 1");
  gather[1].shape[1] = INT64_MAX / 2;
  EXPECT(niello_run(session, "gather", gather, 2, &picked, 1) ==
         NIELLO_BAD_SHAPE);
  EXPECT_TEXT(niello_error(session), "input 'values' needs fewer than 2^63 "
                                     "bytes, but its sizes multiply to more");
  gather[1].shape[1] = 3;
  index = 4;
  picked = tensor(NIELLO_FLOAT32, y, 1, 5, 0);
  EXPECT(niello_run(session, "gather", gather, 2, &picked, 1) ==
         NIELLO_BAD_SHAPE);
  EXPECT_TEXT(niello_error(session), "output 'picked' has size 4 in dimension "
                                     "0, but the caller gave room for 5");
  int64_t tiles = INT64_MAX / 8, none = 0;
  niello_tensor loop[] = {tensor(NIELLO_INT64, &tiles, 1, 1, 0),
                          tensor(NIELLO_INT64, &none, 1, 1, 0)};
  EXPECT(niello_run(session, "loop", loop, 2, &(niello_tensor){0}, 1) ==
         NIELLO_NO_MEMORY);
  EXPECT_TEXT(niello_error(session), "not enough memory: the call needs "
                                     "another 9223372036854775800 bytes");
}

static void models(void) {
  niello_message why;
  niello_model *model;
  EXPECT(niello_open(NULL, &model, &why) == NIELLO_BAD_ARGUMENT && !model);
  EXPECT_TEXT(why.text, "needs a model's descriptor, but got NULL");
  niello_model_desc other = niello_descriptor;
  other.abi_version = 7;
  EXPECT(niello_open(&other, &model, &why) == NIELLO_WRONG_VERSION && !model);
  EXPECT_TEXT(why.text,
              "this runtime needs ABI version 1, but the model has version 7; "
              "compile it with the same version of niello");
  EXPECT(niello_open(&niello_descriptor, &model, &why) == NIELLO_OK);
  EXPECT_TEXT(why.text, "");
  niello_session *made;
  niello_session_options options = {1, 0, NULL};
  EXPECT(niello_session_create(model, &options, &made, &why) ==
             NIELLO_BAD_ARGUMENT &&
         !made);
  EXPECT_TEXT(why.text, "session options need their sizes set and either both "
                        "or none of alloc and free");
  niello_close(model);
}

int main(void) {
  session = open_fake(1);
  reset();
  refused(NIELLO_OK, "");
  inputs();
  outputs();
  counts();
  run_time();
  models();
  refused(NIELLO_OK, "");
  niello_session_destroy(session);
  return 0;
}
