/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a compiled model prints: its help and its outputs. */

#include "runtime/core/session.h"
#include "runtime/program/program.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL = 64, NUMBER_ROOM = 64 };

static void show_type(const options *o, const niello_tensor_desc *desc) {
  printf("%s[", niello_dtype_name(desc->dtype));
  for (uint32_t d = 0; d < desc->rank; ++d) {
    const niello_dim_desc *dim = &desc->dims[d];
    printf("%s", d ? ", " : "");
    if (dim->size >= 0)
      printf("%lld", (long long)dim->size);
    else if (dim->symbol >= 0)
      printf("%s", niello_symbol(o->model, (size_t)dim->symbol)->name);
    else
      printf("?");
  }
  printf("]");
}

static void show_tensors(const options *o, const char *title, uint32_t count,
                         const niello_tensor_desc *descs) {
  int width = 0;
  for (uint32_t i = 0; i < count; ++i) {
    int length = (int)strlen(AT(descs, i)->name);
    width = length > width && length <= 40 ? length : width;
  }
  printf("\n%s:\n", title);
  for (uint32_t i = 0; i < count; ++i) {
    printf("  %-*s  ", width, AT(descs, i)->name);
    show_type(o, AT(descs, i));
    printf("\n");
  }
}

static bool is_plain(const char *word) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=,+-";
  return *word && strspn(word, plain) == strlen(word);
}

static void show_quoted(const char *word) {
  if (is_plain(word)) {
    printf("%s", word);
    return;
  }
  putchar('\'');
  for (; *word; ++word)
    if (*word == '\'')
      printf("'\\''");
    else
      putchar(*word);
  putchar('\'');
}

/* A size for an open dimension that its bounds allow: 1 for what is likely
 * a batch, else a few. */
static int64_t example_size(const options *o, const niello_dim_desc *dim) {
  if (dim->size >= 0)
    return dim->size;
  if (dim->symbol < 0)
    return 1;
  const niello_symbol_desc *symbol =
      niello_symbol(o->model, (size_t)dim->symbol);
  int64_t size = symbol->name[0] == 'b' || symbol->name[0] == 'B' ? 1 : 8;
  size = size < symbol->min ? symbol->min : size;
  return size > symbol->max ? symbol->max : size;
}

static void show_example(const options *o) {
  printf("\nexample:\n  ");
  show_quoted(o->program);
  for (uint32_t i = 0; i < o->entry->num_inputs; ++i) {
    const niello_tensor_desc *desc = niello_input(o->entry, i);
    char word[1024];
    bool open = false;
    int used = snprintf(word, sizeof(word), "%.400s[", desc->name);
    for (uint32_t d = 0; d < desc->rank; ++d) {
      open |= desc->dims[d].size < 0;
      used +=
          snprintf(word + used, sizeof(word) - (size_t)used, "%s%lld",
                   d ? "," : "", (long long)example_size(o, &desc->dims[d]));
    }
    snprintf(word + used, sizeof(word) - (size_t)used, "]=random:1");
    if (!open)
      snprintf(word, sizeof(word), "%.400s=random:1", desc->name);
    printf(" --input ");
    show_quoted(word);
  }
  printf("\n");
}

static void show_symbols(const options *o) {
  for (size_t i = 0;; ++i) {
    const niello_symbol_desc *symbol = niello_symbol(o->model, i);
    if (!symbol)
      return;
    if (i == 0)
      printf("\ndimensions:\n");
    printf("  %s  ", symbol->name);
    if (symbol->max == INT64_MAX)
      printf("%lld or more\n", (long long)symbol->min);
    else
      printf("%lld to %lld\n", (long long)symbol->min, (long long)symbol->max);
  }
}

static void show_entries(const options *o) {
  if (!niello_entry(o->model, 1))
    return;
  printf("\nentries (--entry NAME, and with --help its inputs):\n");
  for (size_t i = 0; niello_entry(o->model, i); ++i)
    printf("  %s\n", niello_entry(o->model, i)->name);
}

void show_help(const options *o) {
  const niello_model_desc *desc = niello_descriptor_of(o->model);
  printf("%s: compiled from %s by %s\n\nusage: ", desc->name, desc->source,
         desc->compiler);
  show_quoted(o->program);
  printf(" --input NAME=VALUE ... [options]\n");
  show_tensors(o, "inputs", o->entry->num_inputs, o->entry->inputs);
  show_tensors(o, "outputs", o->entry->num_outputs, o->entry->outputs);
  show_symbols(o);
  show_entries(o);
  printf("\n"
         "options:\n"
         "  --input NAME=FILE.npy      an array that NumPy saved\n"
         "  --input NAME=1,2,3         numbers, row by row\n"
         "  --input NAME=random:SEED   floats from -1 to 1, integers 0 or 1, "
         "bytes of all\n"
         "                             values; random:SEED:LOW:HIGH for "
         "others, below HIGH\n"
         "  --input NAME[1,128]=...    with sizes that the model leaves open\n"
         "  --dim NAME=128             one of those sizes for all inputs\n"
         "  --output-dir DIR           write each output to DIR/NAME.npy\n"
         "  --output-npz FILE.npz      write all outputs to one file\n"
         "  --repeat N                 run N times, print min, median, max\n"
         "  --threads N                at most N threads, %u by default\n"
         "  --help                     this text\n",
         (unsigned)allowed_cpus());
  show_example(o);
}

static void show_nested(const niello_tensor *tensor, int32_t d, uint64_t *at,
                        int indent) {
  char number[NUMBER_ROOM];
  if (d == tensor->rank) {
    write_number(tensor->dtype, tensor->data, (*at)++, number, sizeof(number));
    printf("%s", number);
    return;
  }
  putchar('[');
  for (int64_t i = 0; i < tensor->shape[d]; ++i) {
    if (i && d + 1 < tensor->rank)
      printf(",\n%*s", indent + d + 1, "");
    else if (i)
      printf(", ");
    show_nested(tensor, d + 1, at, indent);
  }
  putchar(']');
}

static bool is_complex(int32_t dtype) {
  return dtype == NIELLO_COMPLEX64 || dtype == NIELLO_COMPLEX128;
}

static void show_summary(const niello_tensor *tensor, uint64_t count) {
  double low = INFINITY, high = -INFINITY, sum = 0;
  uint64_t odd = 0;
  for (uint64_t i = 0; i < count; ++i) {
    double value = element_value(tensor->dtype, tensor->data, i);
    if (value != value || value - value != 0) {
      ++odd;
      continue;
    }
    low = value < low ? value : low;
    high = value > high ? value : high;
    sum += value;
  }
  if (odd < count)
    printf("  min %.6g  mean %.6g  max %.6g", low, sum / (double)(count - odd),
           high);
  if (odd)
    printf("  (%llu not finite)", (unsigned long long)odd);
}

void show_output(const niello_tensor_desc *desc, const niello_tensor *tensor) {
  uint64_t count = 1, at = 0;
  printf("%s  %s[", desc->name, niello_dtype_name(tensor->dtype));
  for (int32_t d = 0; d < tensor->rank; ++d) {
    printf("%s%lld", d ? ", " : "", (long long)tensor->shape[d]);
    count *= (uint64_t)tensor->shape[d];
  }
  printf("]");
  if (count > SMALL && !is_complex(tensor->dtype))
    show_summary(tensor, count);
  if (count == 0 || count > SMALL) {
    printf("\n");
    return;
  }
  printf("\n  ");
  show_nested(tensor, 0, &at, 2);
  printf("\n");
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

void show_times(double *milliseconds, uint32_t count) {
  qsort(milliseconds, count, sizeof(double), by_size);
  double median =
      count % 2 ? milliseconds[count / 2]
                : (milliseconds[count / 2 - 1] + milliseconds[count / 2]) / 2;
  printf("%u runs: min %.3f ms, median %.3f ms, max %.3f ms\n", (unsigned)count,
         milliseconds[0], median, milliseconds[count - 1]);
}
