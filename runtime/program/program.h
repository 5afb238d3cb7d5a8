/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The program around a model: what its command line says, and what it prints.
 * Its files are main.c, arguments.c, inputs.c, numbers.c and show.c;
 * npy.c, npz.c and file.c know no command line. */
#ifndef NIELLO_RUNTIME_PROGRAM_PROGRAM_H
#define NIELLO_RUNTIME_PROGRAM_PROGRAM_H

#include "niello/niello.h"

#include <stdbool.h>

/* Exit codes, the same as the compiler's. */
enum { DONE = 0, USER_ERROR = 1, OUR_BUG = 3, WRONG_MACHINE = 4 };

/* What --input says of one input. */
typedef struct given_input {
  const char *value; /* after the `=`; NULL: not given */
  int32_t rank;      /* of the sizes in brackets, -1: none */
  int64_t sizes[NIELLO_MAX_RANK];
} given_input;

typedef struct options {
  const char *program; /* argv[0] */
  const niello_model *model;
  const niello_entry_desc *entry;
  given_input *inputs; /* one an input of the entry */
  int64_t *symbols;    /* of --dim, -1: not given */
  const char *output_dir;
  const char *output_npz;
  uint32_t threads, repeat;
  bool help;
} options;

/* arguments.c; false with a sentence */
bool parse_arguments(int argc, char **argv, options *o, niello_message *why);

/* inputs.c; the tensors' data is allocated; false with a sentence */
bool make_inputs(const options *o, niello_tensor *tensors, niello_message *why);

/* numbers.c: elements of any dtype. `read_number` and `fill_random` are false
 * with a sentence that follows the input's name. */
bool read_number(const char *text, size_t length, int32_t dtype, void *to,
                 niello_message *why);
bool fill_random(const char *how, int32_t dtype, void *data, uint64_t count,
                 niello_message *why);
double element_value(int32_t dtype, const void *data, uint64_t index);
void write_number(int32_t dtype, const void *data, uint64_t index, char *to,
                  size_t room);

/* show.c */
void show_help(const options *o);
void show_output(const niello_tensor_desc *desc, const niello_tensor *tensor);
void show_times(double *milliseconds, uint32_t count);

#endif
