/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */

#define _GNU_SOURCE
#include "runtime/program/file.h"
#include "runtime/core/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

new_file begin_file(const char *path) {
  new_file file = {path, NULL, -1, 0, 0};
  if (asprintf(&file.temporary, "%s.part%ld", path, (long)getpid()) < 0) {
    file.temporary = NULL;
    file.error = ENOMEM;
    return file;
  }
  file.file =
      open(file.temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  file.error = file.file < 0 ? errno : 0;
  return file;
}

void write_file(new_file *file, const void *from, uint64_t bytes) {
  const char *at = from;
  while (bytes && !file->error) {
    ssize_t put = write(file->file, at, bytes < 1 << 30 ? bytes : 1 << 30);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0) {
      file->error = errno;
      return;
    }
    at += put;
    bytes -= (uint64_t)put;
    file->written += (uint64_t)put;
  }
}

bool end_file(new_file *file, niello_message *why) {
  if (file->file >= 0 && close(file->file) && !file->error)
    file->error = errno;
  if (!file->error && rename(file->temporary, file->path))
    file->error = errno;
  if (file->error) {
    say(why->text, "cannot write '%s': %s", file->path, strerror(file->error));
    if (file->file >= 0)
      unlink(file->temporary);
  }
  free(file->temporary);
  return !file->error;
}
