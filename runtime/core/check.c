/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Everything that must hold of a call's tensors before generated code runs. */

#include "runtime/core/session.h"

#include <string.h>

bool count_bytes(const int64_t *shape, int32_t rank, size_t element,
                 uint64_t *bytes) {
  uint64_t total = element;
  bool empty = false;
  for (int32_t i = 0; i < rank; ++i) {
    if (shape[i] < 0)
      return false;
    empty |= shape[i] == 0;
    if (shape[i] && __builtin_mul_overflow(total, (uint64_t)shape[i], &total))
      return false;
  }
  *bytes = empty ? 0 : total;
  return total <= (uint64_t)PTRDIFF_MAX;
}

static const char *dtype_text(int32_t dtype) {
  const char *name = niello_dtype_name(dtype);
  return name ? name : "an unknown dtype";
}

/* dtype, rank and device of `what`, "input" or "output". */
static niello_status check_kind(niello_session *session, const char *what,
                                const niello_tensor_desc *desc,
                                const niello_tensor *tensor) {
  if (tensor->dtype != desc->dtype)
    return refuse(session, NIELLO_BAD_SHAPE,
                  "%s '%s' needs dtype %s, but got %s", what, desc->name,
                  dtype_text(desc->dtype), dtype_text(tensor->dtype));
  if (niello_dtype_size(desc->dtype) == 0)
    return refuse(session, NIELLO_BAD_ARGUMENT,
                  "%s '%s' has dtype %s, which no tensor can hold", what,
                  desc->name, dtype_text(desc->dtype));
  if (tensor->rank != desc->rank)
    return refuse(session, NIELLO_BAD_SHAPE,
                  "%s '%s' needs rank %d, but got %d", what, desc->name,
                  desc->rank, (int)tensor->rank);
  if (tensor->device != NIELLO_CPU)
    return refuse(session, NIELLO_BAD_ARGUMENT,
                  "%s '%s' needs to be in CPU memory, but is on device %d",
                  what, desc->name, (int)tensor->device);
  return NIELLO_OK;
}

/* Where a symbol got its size from, in niello_session::seen. */
static uint32_t place(size_t input, uint32_t dimension) {
  return (uint32_t)input * NIELLO_MAX_RANK + dimension;
}

static niello_status check_symbol(niello_session *session,
                                  const niello_entry_desc *entry, size_t input,
                                  uint32_t dimension, int64_t size) {
  const niello_tensor_desc *desc = AT(entry->inputs, input);
  int32_t number = desc->dims[dimension].symbol;
  const niello_symbol_desc *symbol = AT(session->model->desc->symbols, number);
  int64_t *known = &session->symbols[number];
  if (*known >= 0 && *known != size) {
    uint32_t first = session->seen[number];
    const niello_tensor_desc *other =
        AT(entry->inputs, first / NIELLO_MAX_RANK);
    return refuse(session, NIELLO_BAD_SHAPE,
                  "inputs '%s' and '%s' need the same size '%s', but dimension "
                  "%u of '%s' is %lld and dimension %u of '%s' is %lld",
                  other->name, desc->name, symbol->name,
                  first % NIELLO_MAX_RANK, other->name, (long long)*known,
                  dimension, desc->name, (long long)size);
  }
  if (symbol->max == INT64_MAX && size < symbol->min)
    return refuse(session, NIELLO_BAD_SHAPE,
                  "input '%s' needs at least %lld in dimension %u ('%s'), but "
                  "got %lld",
                  desc->name, (long long)symbol->min, dimension, symbol->name,
                  (long long)size);
  if (size < symbol->min || size > symbol->max)
    return refuse(session, NIELLO_BAD_SHAPE,
                  "input '%s' needs %lld to %lld in dimension %u ('%s'), but "
                  "got %lld",
                  desc->name, (long long)symbol->min, (long long)symbol->max,
                  dimension, symbol->name, (long long)size);
  *known = size;
  session->seen[number] = place(input, dimension);
  return NIELLO_OK;
}

static niello_status check_input(niello_session *session,
                                 const niello_entry_desc *entry, size_t input,
                                 const niello_tensor *tensor) {
  const niello_tensor_desc *desc = AT(entry->inputs, input);
  niello_status status = check_kind(session, "input", desc, tensor);
  if (status)
    return status;
  for (uint32_t i = 0; i < desc->rank; ++i) {
    const niello_dim_desc *dim = &desc->dims[i];
    int64_t size = tensor->shape[i];
    if (size < 0)
      return refuse(session, NIELLO_BAD_SHAPE,
                    "input '%s' needs a size of 0 or more in dimension %u, but "
                    "got %lld",
                    desc->name, i, (long long)size);
    if (dim->size >= 0 && size != dim->size)
      return refuse(session, NIELLO_BAD_SHAPE,
                    "input '%s' needs size %lld in dimension %u, but got %lld",
                    desc->name, (long long)dim->size, i, (long long)size);
    if (dim->size < 0 && dim->symbol >= 0 &&
        (status = check_symbol(session, entry, input, i, size)))
      return status;
  }
  uint64_t bytes;
  if (!count_bytes(tensor->shape, tensor->rank, niello_dtype_size(desc->dtype),
                   &bytes))
    return refuse(session, NIELLO_BAD_SHAPE,
                  "input '%s' needs fewer than 2^63 bytes, but its sizes "
                  "multiply to more",
                  desc->name);
  return NIELLO_OK;
}

niello_status check_inputs(niello_session *session,
                           const niello_entry_desc *entry,
                           const niello_tensor *inputs, size_t count) {
  if (count != entry->num_inputs)
    return refuse(session, NIELLO_BAD_ARGUMENT,
                  "entry '%s' needs %u input%s, but got %zu", entry->name,
                  (unsigned)entry->num_inputs,
                  entry->num_inputs == 1 ? "" : "s", count);
  for (uint32_t i = 0; i < session->model->desc->num_symbols; ++i)
    session->symbols[i] = -1;
  for (size_t i = 0; i < count; ++i) {
    niello_status status = check_input(session, entry, i, &inputs[i]);
    if (status)
      return status;
  }
  return NIELLO_OK;
}

/* The sizes that the inputs have settled, -1 where only the run can tell. */
void known_shape(const niello_session *session, const niello_tensor_desc *desc,
                 int64_t *shape) {
  for (uint32_t i = 0; i < desc->rank; ++i) {
    shape[i] = desc->dims[i].size;
    if (shape[i] < 0 && desc->dims[i].symbol >= 0)
      shape[i] = session->symbols[desc->dims[i].symbol];
  }
}

niello_status check_outputs(niello_session *session,
                            const niello_entry_desc *entry,
                            const niello_tensor *outputs, size_t count) {
  if (count != entry->num_outputs)
    return refuse(session, NIELLO_BAD_ARGUMENT,
                  "entry '%s' needs %u output%s, but got %zu", entry->name,
                  (unsigned)entry->num_outputs,
                  entry->num_outputs == 1 ? "" : "s", count);
  for (size_t i = 0; i < count; ++i) {
    const niello_tensor_desc *desc = AT(entry->outputs, i);
    if (!outputs[i].data)
      continue;
    niello_status status = check_kind(session, "output", desc, &outputs[i]);
    if (status)
      return status;
    int64_t shape[NIELLO_MAX_RANK];
    known_shape(session, desc, shape);
    for (uint32_t d = 0; d < desc->rank; ++d)
      if (shape[d] >= 0 && outputs[i].shape[d] != shape[d])
        return refuse(session, NIELLO_BAD_SHAPE,
                      "output '%s' has size %lld in dimension %u, but the "
                      "caller gave room for %lld",
                      desc->name, (long long)shape[d], d,
                      (long long)outputs[i].shape[d]);
  }
  return NIELLO_OK;
}

/* Types with fewer values than their byte: generated code counts on it. */
niello_status check_values(niello_session *session,
                           const niello_tensor_desc *desc, const void *data,
                           uint64_t bytes) {
  int low = 0, high;
  switch (desc->dtype) {
  case NIELLO_BOOL:
    high = 1;
    break;
  case NIELLO_UINT2:
    high = 3;
    break;
  case NIELLO_UINT4:
  case NIELLO_FLOAT4E2M1:
    high = 15;
    break;
  case NIELLO_INT2:
    low = -2, high = 1;
    break;
  case NIELLO_INT4:
    low = -8, high = 7;
    break;
  default:
    return NIELLO_OK;
  }
  /* high - low is all ones, so one bit above it shows in the sum of all. */
  const unsigned char *values = data;
  unsigned char all = 0;
  for (uint64_t i = 0; i < bytes; ++i)
    all |= (unsigned char)(values[i] - low);
  if (all <= high - low)
    return NIELLO_OK;
  uint64_t at = 0;
  while ((unsigned char)(values[at] - low) <= high - low)
    ++at;
  return refuse(session, NIELLO_BAD_ARGUMENT,
                "input '%s' needs %s values from %d to %d, but element %llu is "
                "%d",
                desc->name, dtype_text(desc->dtype), low, high,
                (unsigned long long)at,
                low < 0 ? (signed char)values[at] : values[at]);
}
