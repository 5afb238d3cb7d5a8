/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A compiled model as a program. `--help` is its manual. */

#define _GNU_SOURCE
#include "runtime/core/session.h"
#include "runtime/program/npy.h"
#include "runtime/program/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static int exit_code(niello_status status) {
  switch (status) {
  case NIELLO_OK:
    return DONE;
  case NIELLO_WRONG_MACHINE:
    return WRONG_MACHINE;
  case NIELLO_WRONG_VERSION:
    return OUR_BUG;
  default:
    return USER_ERROR;
  }
}

static int fail(niello_status status, const char *sentence) {
  fprintf(stderr, "%s: error: %s\n", niello_descriptor.name, sentence);
  return exit_code(status);
}

/* A tensor's name with `_` for what a file name should not hold. */
static void file_name(const niello_tensor_desc *desc, char *to, size_t room) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  snprintf(to, room, "%s", desc->name);
  for (char *at = to; *at; ++at)
    if (!strchr(plain, *at))
      *at = '_';
}

/* DIR/NAME.npy, with a number where two outputs would share a file. */
static bool output_path(const options *o, uint32_t index, char *to,
                        size_t room) {
  char name[200], other[200];
  unsigned same = 0;
  file_name(niello_output(o->entry, index), name, sizeof(name));
  for (uint32_t i = 0; i < index; ++i) {
    file_name(niello_output(o->entry, i), other, sizeof(other));
    same += !strcmp(name, other);
  }
  int length =
      same ? snprintf(to, room, "%s/%s_%u.npy", o->output_dir, name, same + 1)
           : snprintf(to, room, "%s/%s.npy", o->output_dir, name);
  return length > 0 && (size_t)length < room;
}

static bool write_outputs(const options *o, const niello_tensor *outputs,
                          niello_message *why) {
  if (mkdir(o->output_dir, 0777) && errno != EEXIST) {
    say(why->text, "cannot write '%s': %s", o->output_dir, strerror(errno));
    return false;
  }
  for (uint32_t i = 0; i < o->entry->num_outputs; ++i) {
    char path[4096];
    if (!output_path(o, i, path, sizeof(path))) {
      say(why->text, "cannot write '%s': the path is too long", o->output_dir);
      return false;
    }
    if (!npy_write(path, &outputs[i], why))
      return false;
    printf("%s\n", path);
  }
  return true;
}

static bool write_npz(const options *o, const niello_tensor *outputs,
                      niello_message *why) {
  uint32_t count = o->entry->num_outputs;
  const niello_tensor_desc **names = calloc(count + 1, sizeof(*names));
  if (!names) {
    say(why->text, "not enough memory for the outputs' names");
    return false;
  }
  for (uint32_t i = 0; i < count; ++i)
    names[i] = niello_output(o->entry, i);
  bool fine = npz_write(o->output_npz, names, outputs, count, why);
  free(names);
  if (fine)
    printf("%s\n", o->output_npz);
  return fine;
}

static niello_status run_all(const options *o, niello_session *session,
                             const niello_tensor *inputs,
                             niello_tensor *outputs, double *times) {
  for (uint32_t i = 0; i < o->repeat; ++i) {
    double start = now();
    niello_status status =
        niello_run(session, o->entry->name, inputs, o->entry->num_inputs,
                   outputs, o->entry->num_outputs);
    if (status)
      return status;
    times[i] = now() - start;
  }
  return NIELLO_OK;
}

static int run_model(const options *o, niello_session *session) {
  niello_message why;
  niello_tensor *tensors =
      calloc((size_t)o->entry->num_inputs + o->entry->num_outputs + 1,
             sizeof(niello_tensor));
  double *times = calloc(o->repeat, sizeof(double));
  if (!tensors || !times)
    return fail(NIELLO_NO_MEMORY, "not enough memory for the tensors");
  niello_tensor *outputs = tensors + o->entry->num_inputs;
  if (!make_inputs(o, tensors, &why))
    return fail(NIELLO_BAD_ARGUMENT, why.text);
  niello_status status = run_all(o, session, tensors, outputs, times);
  if (status)
    return fail(status, niello_error(session));
  if (o->output_dir && !write_outputs(o, outputs, &why))
    return fail(NIELLO_SYSTEM, why.text);
  if (o->output_npz && !write_npz(o, outputs, &why))
    return fail(NIELLO_SYSTEM, why.text);
  bool is_written = o->output_dir || o->output_npz;
  for (uint32_t i = 0; !is_written && i < o->entry->num_outputs; ++i)
    show_output(niello_output(o->entry, i), &outputs[i]);
  if (o->repeat > 1)
    show_times(times, o->repeat);
  return DONE;
}

/* More threads than CPUs take turns, and each turn is a wait for the others. */
static void remark_threads(uint32_t threads) {
  uint32_t cpus = allowed_cpus();
  if (threads > cpus)
    fprintf(stderr,
            "%s: remark: --threads %u is more than the %u CPU%s that this "
            "process may use, which is slower\n",
            niello_descriptor.name, (unsigned)threads, (unsigned)cpus,
            cpus == 1 ? "" : "s");
}

int main(int argc, char **argv) {
  options o = {.repeat = 1};
  niello_model *model;
  niello_session *session;
  niello_message why;
  niello_status status = niello_open(&niello_descriptor, &model, &why);
  if (status)
    return fail(status, why.text);
  o.model = model;
  if (!parse_arguments(argc, argv, &o, &why))
    return fail(NIELLO_BAD_ARGUMENT, why.text);
  int code = DONE;
  if (o.help) {
    show_help(&o);
  } else {
    niello_session_options settings = {sizeof(settings), o.threads, NULL};
    status = niello_session_create(model, &settings, &session, &why);
    if (status)
      return fail(status, why.text);
    remark_threads(o.threads);
    code = run_model(&o, session);
    niello_session_destroy(session);
  }
  if (fflush(stdout) || ferror(stdout))
    return fail(NIELLO_SYSTEM, "cannot write to the standard output");
  return code;
}
