/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A file that appears whole or not at all. */
#ifndef NIELLO_RUNTIME_PROGRAM_FILE_H
#define NIELLO_RUNTIME_PROGRAM_FILE_H

#include "niello/niello.h"

#include <stdbool.h>

/** One being written, under another name until end_file. */
typedef struct new_file {
  const char *path; /**< the caller's */
  char *temporary;
  int file;
  int error;        /**< the first errno, 0: none so far */
  uint64_t written; /**< bytes */
} new_file;

/** Failures show in end_file. */
new_file begin_file(const char *path);
void write_file(new_file *file, const void *from, uint64_t bytes);
/** Puts the file in its place and frees what begin_file took. False with a
 * sentence, and nothing is left behind. */
bool end_file(new_file *file, niello_message *why);

#endif
