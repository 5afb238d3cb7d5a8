// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes as an .npy file given to a compiled executable: a header whose data
// lies inside the file, or a sentence.

#include "runtime/program/npy.h"

#include <stdint.h>
#include <stdlib.h>

static void demand(bool holds) {
  if (!holds)
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // A large file is more bytes than the reader is shown at first.
  uint64_t file_size = size;
  if (size > NPY_MOST_HEADER)
    size = NPY_MOST_HEADER;
  npy_header header;
  niello_message why = {0};
  if (!npy_parse(data, size, file_size, &header, &why)) {
    demand(why.text[0] != 0);
    return 0;
  }
  demand(header.rank >= 0 && header.rank <= NIELLO_MAX_RANK);
  for (int32_t i = 0; i < header.rank; ++i)
    demand(header.shape[i] >= 0);
  demand(header.offset <= file_size &&
         header.bytes <= file_size - header.offset);
  return 0;
}
