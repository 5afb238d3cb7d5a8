/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* .npz files out: PKWARE's APPNOTE.TXT 4.3, members stored, no zip64. */

#define _GNU_SOURCE
#include "runtime/core/session.h"
#include "runtime/program/file.h"
#include "runtime/program/npy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What both headers of a member say of it. */
typedef struct member {
  uint32_t checksum, size, offset;
} member;

/* CRC-32 as zip and Ethernet have it: polynomial 0x04c11db7, bits reversed. */
static uint32_t add_checksum(uint32_t sum, const void *data, uint64_t bytes) {
  static uint32_t table[256];
  if (!table[1])
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t rest = i;
      for (int bit = 0; bit < 8; ++bit)
        rest = rest >> 1 ^ (rest & 1 ? 0xedb88320u : 0);
      table[i] = rest;
    }
  const unsigned char *at = data;
  sum = ~sum;
  for (uint64_t i = 0; i < bytes; ++i)
    sum = sum >> 8 ^ table[(sum ^ at[i]) & 255];
  return ~sum;
}

static unsigned char *put(unsigned char *to, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    *to++ = (unsigned char)(value >> 8 * i);
  return to;
}

/* The fields from "version needed" to "extra length", the same in both. */
static unsigned char *put_member(unsigned char *to, const member *m,
                                 uint32_t name) {
  to = put(to, 20, 2);         /* version needed */
  to = put(to, 1 << 11, 2);    /* names are UTF-8 */
  to = put(to, 0, 2);          /* stored */
  to = put(to, 0, 2);          /* midnight, so that equal data gives */
  to = put(to, 1 << 5 | 1, 2); /* 1 January 1980       equal files */
  to = put(to, m->checksum, 4);
  to = put(to, m->size, 4); /* packed */
  to = put(to, m->size, 4); /* as it was */
  to = put(to, name, 2);
  return put(to, 0, 2);
}

static void put_name(new_file *file, const char *name) {
  write_file(file, name, strlen(name));
  write_file(file, ".npy", 4);
}

static void put_array(new_file *file, const char *name,
                      const niello_tensor *tensor, uint64_t bytes, member *m) {
  char header[NPY_MADE_HEADER];
  unsigned char local[30];
  size_t length = npy_make_header(header, sizeof(header), tensor);
  m->checksum = add_checksum(0, header, length);
  m->checksum = add_checksum(m->checksum, tensor->data, bytes);
  m->size = (uint32_t)(length + bytes);
  m->offset = (uint32_t)file->written;
  put_member(put(local, 0x04034b50, 4), m, (uint32_t)strlen(name) + 4);
  write_file(file, local, sizeof(local));
  put_name(file, name);
  write_file(file, header, length);
  write_file(file, tensor->data, bytes);
}

static void put_directory(new_file *file,
                          const niello_tensor_desc *const *names,
                          const member *members, uint32_t count) {
  uint64_t start = file->written;
  for (uint32_t i = 0; i < count; ++i) {
    unsigned char entry[46], *at = put(entry, 0x02014b50, 4);
    at = put(at, 20, 2); /* made by */
    at = put_member(at, &members[i], (uint32_t)strlen(names[i]->name) + 4);
    at = put(put(at, 0, 4), 0, 2); /* no comment, first disk; binary, */
    at = put(at, 0, 4);            /* of no system's attributes */
    put(at, members[i].offset, 4);
    write_file(file, entry, sizeof(entry));
    put_name(file, names[i]->name);
  }
  unsigned char end[22], *at = put(put(end, 0x06054b50, 4), 0, 4);
  at = put(put(at, count, 2), count, 2);
  at = put(at, (uint32_t)(file->written - start), 4);
  put(put(at, (uint32_t)start, 4), 0, 2);
  write_file(file, end, sizeof(end));
}

bool npz_write(const char *path, const niello_tensor_desc *const *names,
               const niello_tensor *tensors, uint32_t count,
               niello_message *why) {
  /* Headers and names, and a count of 16 bits. */
  uint64_t total = 0, bytes;
  for (uint32_t i = 0; i < count; ++i) {
    bool fits = count_bytes(tensors[i].shape, tensors[i].rank,
                            niello_dtype_size(tensors[i].dtype), &bytes);
    total += NPY_MADE_HEADER + 2 * strlen(names[i]->name) + 128;
    if (!fits || strlen(names[i]->name) > 60000 || bytes > UINT32_MAX ||
        (total += bytes) > UINT32_MAX || count > 65534) {
      say(why->text,
          "cannot write '%s': needs less than 4 GB in all, but output '%.200s' "
          "is beyond; --output-dir writes a file an output",
          path, names[i]->name);
      return false;
    }
  }
  member *members = calloc(count + 1, sizeof(member));
  if (!members) {
    say(why->text, "not enough memory to write '%s'", path);
    return false;
  }
  new_file file = begin_file(path);
  for (uint32_t i = 0; i < count; ++i) {
    count_bytes(tensors[i].shape, tensors[i].rank,
                niello_dtype_size(tensors[i].dtype), &bytes);
    put_array(&file, names[i]->name, &tensors[i], bytes, &members[i]);
  }
  put_directory(&file, names, members, count);
  free(members);
  return end_file(&file, why);
}
