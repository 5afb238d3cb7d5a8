/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The header of a .npy file: a Python dictionary of three keys, read without
 * trust. Nothing here allocates. */

#include "runtime/core/session.h"
#include "runtime/program/npy.h"

#include <string.h>

typedef struct cursor {
  const char *at, *end;
} cursor;

static void skip_space(cursor *c) {
  while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\t'))
    ++c->at;
}

/* Takes `what` when it comes next. */
static bool take_char(cursor *c, char what) {
  skip_space(c);
  if (c->at == c->end || *c->at != what)
    return false;
  ++c->at;
  return true;
}

/* A quoted string without escapes; false when it does not fit. */
static bool take_string(cursor *c, char *to, size_t room) {
  skip_space(c);
  if (c->at == c->end || (*c->at != '\'' && *c->at != '"'))
    return false;
  const char quote = *c->at++;
  size_t used = 0;
  while (c->at < c->end && *c->at != quote) {
    if (*c->at == '\\' || (unsigned char)*c->at < ' ' || used + 1 >= room)
      return false;
    to[used++] = *c->at++;
  }
  to[used] = 0;
  return take_char(c, quote);
}

static bool take_word(cursor *c, const char *word) {
  skip_space(c);
  size_t length = strlen(word);
  if ((size_t)(c->end - c->at) < length || memcmp(c->at, word, length) != 0)
    return false;
  c->at += length;
  return true;
}

static bool take_size(cursor *c, int64_t *size) {
  skip_space(c);
  if (c->at == c->end || *c->at < '0' || *c->at > '9')
    return false;
  *size = 0;
  while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
    if (__builtin_mul_overflow(*size, (int64_t)10, size) ||
        __builtin_add_overflow(*size, *c->at++ - '0', size))
      return false;
  if (c->at < c->end && *c->at == 'L') /* Python 2 wrote long integers so */
    ++c->at;
  return true;
}

static bool take_shape(cursor *c, npy_header *header, niello_message *why) {
  if (!take_char(c, '(')) {
    say(why->text, "has a shape that is no tuple");
    return false;
  }
  header->rank = 0;
  while (!take_char(c, ')')) {
    if (header->rank == NIELLO_MAX_RANK) {
      say(why->text, "needs at most %d dimensions, but has more",
          NIELLO_MAX_RANK);
      return false;
    }
    if (!take_size(c, &header->shape[header->rank])) {
      say(why->text, "needs a number from 0 to 2^63 as size of dimension %d",
          (int)header->rank);
      return false;
    }
    ++header->rank;
    if (!take_char(c, ',') && c->at < c->end && *c->at != ')') {
      say(why->text, "has a shape that is no tuple of numbers");
      return false;
    }
  }
  return true;
}

/* '<f4' and its like, into its code without the byte order. */
static bool take_type(cursor *c, npy_header *header, niello_message *why) {
  char text[16];
  skip_space(c);
  if (c->at < c->end && *c->at == '[') {
    say(why->text, "needs one number an element, but holds records");
    return false;
  }
  if (!take_string(c, text, sizeof(text)) || strlen(text) < 3 ||
      strlen(text + 1) >= sizeof(header->type)) {
    say(why->text, "has a dtype that is no number");
    return false;
  }
  strcpy(header->type, text + 1);
  if (text[0] == '>' && strcmp(text + 2, "1") != 0) {
    say(why->text,
        "needs little-endian numbers, but holds '%s'; save it as "
        "x.astype('<%s')",
        text, text + 1);
    return false;
  }
  if (!strchr("<>|=", text[0])) {
    say(why->text, "has a dtype without byte order, '%s'", text);
    return false;
  }
  return true;
}

static bool take_order(cursor *c, const npy_header *header,
                       niello_message *why) {
  (void)header;
  if (take_word(c, "False"))
    return true;
  if (take_word(c, "True"))
    say(why->text, "needs C order, but is stored in Fortran order; save it as "
                   "numpy.ascontiguousarray(x)");
  else
    say(why->text, "needs True or False as fortran_order");
  return false;
}

static bool parse_dictionary(cursor *c, npy_header *header,
                             niello_message *why) {
  bool type = false, order = false, shape = false;
  char key[16];
  if (!take_char(c, '{')) {
    say(why->text, "has a header that is no dictionary");
    return false;
  }
  while (!take_char(c, '}')) {
    if (!take_string(c, key, sizeof(key)) || !take_char(c, ':')) {
      say(why->text, "has a header that is no dictionary of descr, "
                     "fortran_order and shape");
      return false;
    }
    bool *seen = !strcmp(key, "descr")           ? &type
                 : !strcmp(key, "fortran_order") ? &order
                 : !strcmp(key, "shape")         ? &shape
                                                 : NULL;
    if (!seen || *seen) {
      say(why->text, "has %s key '%s' in its header",
          seen ? "a second" : "an unknown", key);
      return false;
    }
    *seen = true;
    if (!(seen == &type    ? take_type(c, header, why)
          : seen == &order ? take_order(c, header, why)
                           : take_shape(c, header, why)))
      return false;
    if (!take_char(c, ',') && c->at < c->end && *c->at != '}') {
      say(why->text, "has a header that is no dictionary of descr, "
                     "fortran_order and shape");
      return false;
    }
  }
  if (!type || !order || !shape)
    say(why->text, "lacks '%s' in its header",
        !type    ? "descr"
        : !order ? "fortran_order"
                 : "shape");
  return type && order && shape;
}

/* Bytes of an element, 0 for what is no number. */
static size_t type_bytes(const char *type) {
  switch (type[0]) {
  case 'b':
    return !strcmp(type, "b1");
  case 'i':
  case 'u':
    if (!strcmp(type + 1, "1"))
      return 1;
    /* fall through */
  case 'f':
    if (!strcmp(type + 1, "2"))
      return 2;
    if (!strcmp(type + 1, "4"))
      return 4;
    /* fall through */
  case 'c':
    if (!strcmp(type + 1, "8"))
      return 8;
    return type[0] == 'c' && !strcmp(type + 1, "16") ? 16 : 0;
  }
  return 0;
}

static bool check_data(npy_header *header, uint64_t file_size,
                       niello_message *why) {
  size_t element = type_bytes(header->type);
  if (!element) {
    say(why->text, "needs numbers or booleans, but holds '%s'", header->type);
    return false;
  }
  if (!count_bytes(header->shape, header->rank, element, &header->bytes)) {
    say(why->text, "has sizes that multiply to more than 2^63 bytes");
    return false;
  }
  uint64_t left = file_size - header->offset;
  if (header->bytes > left) {
    say(why->text, "needs %llu bytes after its header, but has %llu",
        (unsigned long long)header->bytes, (unsigned long long)left);
    return false;
  }
  return true;
}

bool npy_parse(const unsigned char *bytes, size_t size, uint64_t file_size,
               npy_header *header, niello_message *why) {
  if (size < 10 || memcmp(bytes, "\x93NUMPY", 6) != 0) {
    say(why->text, "is no .npy file");
    return false;
  }
  if (bytes[6] < 1 || bytes[6] > 3) {
    say(why->text, "needs .npy version 1, 2 or 3, but has %d", bytes[6]);
    return false;
  }
  size_t start = bytes[6] == 1 ? 10 : 12;
  uint64_t length = bytes[8] | bytes[9] << 8;
  if (start == 12 && size >= 12)
    length |= (uint64_t)bytes[10] << 16 | (uint64_t)bytes[11] << 24;
  if (length > NPY_MOST_HEADER - start) {
    say(why->text, "needs a header of at most %d bytes, but has one of %llu",
        (int)(NPY_MOST_HEADER - start), (unsigned long long)length);
    return false;
  }
  if (size < start || length > size - start) {
    say(why->text, "ends inside its header");
    return false;
  }
  header->offset = start + length;
  cursor c = {(const char *)bytes + start,
              (const char *)bytes + header->offset};
  return parse_dictionary(&c, header, why) &&
         check_data(header, file_size, why);
}

const char *npy_type(int32_t dtype) {
  switch (dtype) {
#define TYPE(name, number, text, bytes, numpy)                                 \
  case number:                                                                 \
    return numpy;
    NIELLO_DTYPES(TYPE)
#undef TYPE
  }
  return "";
}
