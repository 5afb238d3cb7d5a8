/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* .npy files in and out. */

#define _GNU_SOURCE
#include "runtime/program/npy.h"
#include "runtime/core/session.h"
#include "runtime/program/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int file, unsigned char *to, uint64_t bytes,
                     uint64_t offset) {
  while (bytes) {
    ssize_t got =
        pread(file, to, bytes < 1 << 30 ? bytes : 1 << 30, (off_t)offset);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0) {
      if (got == 0)
        errno = EIO; /* became shorter while it was read */
      return false;
    }
    to += got;
    offset += (uint64_t)got;
    bytes -= (uint64_t)got;
  }
  return true;
}

static bool read_open_file(int file, const char *path, npy_header *header,
                           void **data, niello_message *why) {
  struct stat about;
  if (fstat(file, &about)) {
    say(why->text, "cannot read '%s': %s", path, strerror(errno));
    return false;
  }
  if (!S_ISREG(about.st_mode)) {
    say(why->text, "cannot read '%s': needs a regular file", path);
    return false;
  }
  uint64_t size = (uint64_t)about.st_size;
  size_t head = size < NPY_MOST_HEADER ? (size_t)size : NPY_MOST_HEADER;
  unsigned char *bytes = malloc(head ? head : 1);
  niello_message what;
  if (!bytes || !read_all(file, bytes, head, 0)) {
    say(why->text, "cannot read '%s': %s", path, strerror(errno));
    free(bytes);
    return false;
  }
  bool fine = npy_parse(bytes, head, size, header, &what);
  free(bytes);
  if (!fine) {
    say(why->text, "'%.200s' %.700s", path, what.text);
    return false;
  }
  if (posix_memalign(data, NIELLO_ALIGNMENT,
                     header->bytes ? header->bytes : 1)) {
    *data = NULL;
    say(why->text, "not enough memory: '%s' holds %llu bytes", path,
        (unsigned long long)header->bytes);
    return false;
  }
  if (read_all(file, *data, header->bytes, header->offset))
    return true;
  say(why->text, "cannot read '%s': %s", path, strerror(errno));
  free(*data);
  *data = NULL;
  return false;
}

bool npy_read(const char *path, npy_header *header, void **data,
              niello_message *why) {
  *data = NULL;
  /* Without O_NONBLOCK a pipe without a writer would hang here. */
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    say(why->text, "cannot read '%s': %s", path, strerror(errno));
    return false;
  }
  bool fine = read_open_file(file, path, header, data, why);
  close(file);
  return fine;
}

size_t npy_make_header(char *to, size_t room, const niello_tensor *tensor) {
  const char *type = npy_type(tensor->dtype);
  int used = snprintf(to + 10, room - 10,
                      "{'descr': '%c%s', 'fortran_order': False, 'shape': (",
                      niello_dtype_size(tensor->dtype) == 1 ? '|' : '<', type);
  for (int32_t i = 0; i < tensor->rank; ++i)
    used += snprintf(to + 10 + used, room - 10 - (size_t)used, "%s%lld%s",
                     i ? " " : "", (long long)tensor->shape[i],
                     tensor->rank == 1 || i + 1 < tensor->rank ? "," : "");
  used += snprintf(to + 10 + used, room - 10 - (size_t)used, "), }");
  size_t end = (10 + (size_t)used + 1 + 63) / 64 * 64;
  memset(to + 10 + used, ' ', end - 10 - (size_t)used);
  to[end - 1] = '\n';
  memcpy(to, "\x93NUMPY\x01\x00", 8);
  to[8] = (char)((end - 10) & 255);
  to[9] = (char)((end - 10) >> 8);
  return end;
}

bool npy_write(const char *path, const niello_tensor *tensor,
               niello_message *why) {
  char header[NPY_MADE_HEADER];
  uint64_t bytes;
  size_t length = npy_make_header(header, sizeof(header), tensor);
  if (!count_bytes(tensor->shape, tensor->rank,
                   niello_dtype_size(tensor->dtype), &bytes)) {
    say(why->text, "cannot write '%s': 2^63 bytes or more", path);
    return false;
  }
  new_file file = begin_file(path);
  write_file(&file, header, length);
  write_file(&file, tensor->data, bytes);
  return end_file(&file, why);
}
