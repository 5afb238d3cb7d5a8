/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Input tensors from files, seeds and lists.
 *
 * Sizes come from the model, from brackets, from --dim and from files; what a
 * list leaves open follows from how many numbers it has. */

#include "runtime/core/session.h"
#include "runtime/program/npy.h"
#include "runtime/program/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool starts_with(const char *text, const char *start) {
  return !strncmp(text, start, strlen(start));
}

static bool is_file(const char *value) {
  size_t length = strlen(value);
  return length > 4 && !strcmp(value + length - 4, ".npy");
}

static bool load_file(const given_input *given, const niello_tensor_desc *desc,
                      niello_tensor *tensor, niello_message *why) {
  npy_header header;
  if (!npy_read(given->value, &header, &tensor->data, why))
    return false;
  if (strcmp(header.type, npy_type(desc->dtype)) != 0) {
    say(why->text,
        "input '%s' needs dtype %s ('%s' in a .npy file), but '%s' "
        "holds '%s'",
        desc->name, niello_dtype_name(desc->dtype), npy_type(desc->dtype),
        given->value, header.type);
    return false;
  }
  tensor->rank = header.rank;
  memcpy(tensor->shape, header.shape, sizeof(tensor->shape));
  return true;
}

/* Sizes from the model, brackets and known symbols; -1 where open. */
static int open_sizes(const int64_t *symbols, const niello_tensor_desc *desc,
                      const given_input *given, int64_t *shape) {
  int open = 0;
  for (uint32_t d = 0; d < desc->rank; ++d) {
    const niello_dim_desc *dim = &desc->dims[d];
    shape[d] = dim->size;
    if (given->rank >= 0)
      shape[d] = given->sizes[d];
    else if (dim->size < 0 && dim->symbol >= 0)
      shape[d] = symbols[dim->symbol];
    open += shape[d] < 0;
  }
  return open;
}

/* Symbols that a shape settles; a contradiction is niello_run's to report. */
static void learn(int64_t *symbols, const niello_tensor_desc *desc,
                  const int64_t *shape, int32_t rank) {
  for (int32_t d = 0; d < rank && d < desc->rank; ++d) {
    const niello_dim_desc *dim = &desc->dims[d];
    if (dim->size < 0 && dim->symbol >= 0 && symbols[dim->symbol] < 0)
      symbols[dim->symbol] = shape[d];
  }
}

static bool allocate(const niello_tensor_desc *desc, niello_tensor *tensor,
                     uint64_t *count, niello_message *why) {
  size_t element = niello_dtype_size(desc->dtype);
  uint64_t bytes = 0;
  if (element == 0) {
    say(why->text, "input '%s' has dtype %s, which no tensor can hold",
        desc->name, niello_dtype_name(desc->dtype));
    return false;
  }
  tensor->rank = desc->rank;
  if (!count_bytes(tensor->shape, tensor->rank, element, &bytes) ||
      !(tensor->data = malloc(bytes ? bytes : 1))) {
    say(why->text, "not enough memory for input '%s'", desc->name);
    return false;
  }
  *count = bytes / element;
  return true;
}

/* "input 'x' " before what a helper said. */
static bool about(const niello_tensor_desc *desc, const niello_message *what,
                  niello_message *why) {
  say(why->text, "input '%.200s' %.700s", desc->name, what->text);
  return false;
}

/* A way to give the sizes of an input, "1" and "8" for the open ones. */
static void example_sizes(const niello_tensor_desc *desc, char *to,
                          size_t room) {
  size_t used = 0;
  to[0] = 0;
  for (uint32_t d = 0; d < desc->rank && used < room; ++d)
    used += (size_t)snprintf(to + used, room - used, "%s%lld", d ? "," : "",
                             (long long)(desc->dims[d].size >= 0
                                             ? desc->dims[d].size
                                         : d ? 8
                                             : 1));
}

static bool make_random(const niello_tensor_desc *desc,
                        const given_input *given, int open,
                        niello_tensor *tensor, niello_message *why) {
  if (open) {
    char sizes[128];
    example_sizes(desc, sizes, sizeof(sizes));
    say(why->text,
        "input '%s' has sizes that the model leaves open; give them as "
        "'%s[%s]=%s'",
        desc->name, desc->name, sizes, given->value);
    return false;
  }
  uint64_t count;
  niello_message what;
  if (!allocate(desc, tensor, &count, why))
    return false;
  return fill_random(given->value + strlen("random:"), desc->dtype,
                     tensor->data, count, &what) ||
         about(desc, &what, why);
}

/* Open sizes of a list: 1, but the last of them takes what is there. */
static bool fit_list(const niello_tensor_desc *desc, niello_tensor *tensor,
                     uint64_t count, int open, niello_message *why) {
  uint64_t known = 1;
  for (uint32_t d = 0; d < desc->rank; ++d) {
    if (tensor->shape[d] >= 0) {
      if (__builtin_mul_overflow(known, (uint64_t)tensor->shape[d], &known))
        known = UINT64_MAX;
      continue;
    }
    tensor->shape[d] = --open ? 1 : -1;
  }
  for (uint32_t d = 0; d < desc->rank; ++d)
    if (tensor->shape[d] < 0) {
      tensor->shape[d] = known ? (int64_t)(count / known) : 0;
      known *= (uint64_t)tensor->shape[d];
    }
  if (known == count)
    return true;
  say(why->text, "input '%s' needs %llu numbers, but got %llu", desc->name,
      (unsigned long long)known, (unsigned long long)count);
  return false;
}

static bool make_list(const niello_tensor_desc *desc, const given_input *given,
                      int open, niello_tensor *tensor, niello_message *why) {
  uint64_t count = *given->value != 0;
  for (const char *at = given->value; *at; ++at)
    count += *at == ',';
  if (!fit_list(desc, tensor, count, open, why) ||
      !allocate(desc, tensor, &count, why))
    return false;
  const char *at = given->value;
  for (uint64_t i = 0; i < count; ++i) {
    size_t length = strcspn(at, ",");
    niello_message what;
    if (!read_number(at, length, desc->dtype,
                     (char *)tensor->data + i * niello_dtype_size(desc->dtype),
                     &what))
      return about(desc, &what, why);
    at += length + 1;
  }
  return true;
}

static bool missing(const options *o, niello_message *why) {
  size_t used = 0;
  const char *separator = "needs ";
  for (uint32_t i = 0; i < o->entry->num_inputs; ++i) {
    if (o->inputs[i].value)
      continue;
    used += (size_t)snprintf(why->text + used, sizeof(why->text) - used,
                             "%s--input %s=VALUE", separator,
                             niello_input(o->entry, i)->name);
    separator = " and ";
    if (used >= sizeof(why->text))
      break;
  }
  if (used && used + 20 < sizeof(why->text))
    strcat(why->text, "; see --help");
  return used == 0;
}

bool make_inputs(const options *o, niello_tensor *tensors,
                 niello_message *why) {
  if (!missing(o, why))
    return false;
  const niello_entry_desc *entry = o->entry;
  for (uint32_t i = 0; i < entry->num_inputs; ++i) {
    const niello_tensor_desc *desc = niello_input(entry, i);
    tensors[i].dtype = desc->dtype;
    if (is_file(o->inputs[i].value)) {
      if (!load_file(&o->inputs[i], desc, &tensors[i], why))
        return false;
      learn(o->symbols, desc, tensors[i].shape, tensors[i].rank);
    } else if (o->inputs[i].rank >= 0) {
      learn(o->symbols, desc, o->inputs[i].sizes, o->inputs[i].rank);
    }
  }
  for (uint32_t i = 0; i < entry->num_inputs; ++i) {
    const niello_tensor_desc *desc = niello_input(entry, i);
    const given_input *given = &o->inputs[i];
    if (tensors[i].data)
      continue;
    int open = open_sizes(o->symbols, desc, given, tensors[i].shape);
    if (starts_with(given->value, "random:")
            ? !make_random(desc, given, open, &tensors[i], why)
            : !make_list(desc, given, open, &tensors[i], why))
      return false;
    learn(o->symbols, desc, tensors[i].shape, tensors[i].rank);
  }
  return true;
}
