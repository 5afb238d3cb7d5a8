/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Copies between arrays of any strides. */

#include "runtime/core/session.h"

#include <string.h>

bool is_contiguous(const niello_tensor *tensor) {
  if (!tensor->strides)
    return true;
  int64_t expected = (int64_t)niello_dtype_size(tensor->dtype);
  for (int32_t i = tensor->rank - 1; i >= 0; --i) {
    if (tensor->shape[i] == 0)
      return true;
    if (tensor->shape[i] != 1 && tensor->strides[i] != expected)
      return false;
    expected *= tensor->shape[i];
  }
  return true;
}

static void copy_row(char *to, int64_t to_step, const char *from,
                     int64_t from_step, int64_t count, size_t element) {
  if (to_step == (int64_t)element && from_step == (int64_t)element) {
    memcpy(to, from, (size_t)count * element);
    return;
  }
  for (int64_t i = 0; i < count; ++i)
    memcpy(to + i * to_step, from + i * from_step, element);
}

void copy_array(void *to, const int64_t *to_strides, const void *from,
                const int64_t *from_strides, const int64_t *shape, int32_t rank,
                size_t element) {
  int64_t index[NIELLO_MAX_RANK] = {0}, dense[NIELLO_MAX_RANK];
  int64_t step = (int64_t)element;
  for (int32_t i = rank - 1; i >= 0; --i) {
    dense[i] = step;
    if (shape[i] == 0)
      return;
    step *= shape[i];
  }
  if (rank == 0 || (!to_strides && !from_strides)) {
    memcpy(to, from, (size_t)step);
    return;
  }
  if (!to_strides)
    to_strides = dense;
  if (!from_strides)
    from_strides = dense;
  char *out = to;
  const char *in = from;
  const int32_t last = rank - 1;
  for (;;) {
    copy_row(out, to_strides[last], in, from_strides[last], shape[last],
             element);
    int32_t d = last - 1;
    for (; d >= 0; --d) {
      out += to_strides[d];
      in += from_strides[d];
      if (++index[d] < shape[d])
        break;
      index[d] = 0;
      out -= to_strides[d] * shape[d];
      in -= from_strides[d] * shape[d];
    }
    if (d < 0)
      return;
  }
}
