/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* NumPy's array files. Types that NumPy lacks are unsigned integers in them. */
#ifndef NIELLO_RUNTIME_PROGRAM_NPY_H
#define NIELLO_RUNTIME_PROGRAM_NPY_H

#include "niello/niello.h"

#include <stdbool.h>

/** What the header says, all of it checked against the file's size. */
typedef struct npy_header {
  char type[8]; /**< NumPy's code without the byte order: "f4" */
  int32_t rank;
  int64_t shape[NIELLO_MAX_RANK];
  uint64_t offset; /**< of the data */
  uint64_t bytes;  /**< of the data */
} npy_header;

/** Most bytes a header may take: what a version 1 file can. */
#define NPY_MOST_HEADER (10 + 65535)

/** Reads a header from the first `size` bytes of a file of `file_size` bytes;
 * `size` is at least the lesser of that and NPY_MOST_HEADER. False with what is
 * wrong, to follow the file's name in a sentence. */
bool npy_parse(const unsigned char *bytes, size_t size, uint64_t file_size,
               npy_header *header, niello_message *why);

/** Reads a whole file into `*data`, which the caller frees; NULL on failure.
 * The sentence names the file. */
bool npy_read(const char *path, npy_header *header, void **data,
              niello_message *why);

/** Writes a contiguous tensor. The file appears whole or not at all. */
bool npy_write(const char *path, const niello_tensor *tensor,
               niello_message *why);

/** Room that npy_make_header never exceeds. */
#define NPY_MADE_HEADER 1024

/** Writes the header of a tensor, padded so that the data after it starts at a
 * multiple of 64; returns its length. */
size_t npy_make_header(char *to, size_t room, const niello_tensor *tensor);

/** Writes `count` tensors to one .npz, which is a zip of .npy that are stored
 * as they are. The file appears whole or not at all; it is below 4 GB. */
bool npz_write(const char *path, const niello_tensor_desc *const *names,
               const niello_tensor *tensors, uint32_t count,
               niello_message *why);

/** NumPy's code of a niello_dtype, as in npy_header. */
const char *npy_type(int32_t dtype);

#endif
