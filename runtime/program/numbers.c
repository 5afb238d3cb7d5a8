/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Elements of every dtype: from text, from a seed, to text. */

#include "runtime/core/session.h"
#include "runtime/program/program.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Small float formats: sign, exponent and mantissa bits, bias, and which codes
 * are no numbers. */
enum { INFINITIES, ONLY_NAN, NEGATIVE_ZERO_IS_NAN, ALL_FINITE };

static double decode_float(unsigned bits, int exponent_bits, int mantissa_bits,
                           int bias, int special) {
  const unsigned ones = (1u << exponent_bits) - 1;
  unsigned mantissa = bits & ((1u << mantissa_bits) - 1);
  unsigned exponent = bits >> mantissa_bits & ones;
  bool negative = bits >> (mantissa_bits + exponent_bits) & 1;
  if (special == INFINITIES && exponent == ones)
    return mantissa ? NAN : negative ? -INFINITY : INFINITY;
  if (special == ONLY_NAN && exponent == ones &&
      mantissa == (1u << mantissa_bits) - 1)
    return NAN;
  if (special == NEGATIVE_ZERO_IS_NAN && negative && !exponent && !mantissa)
    return NAN;
  double value = exponent ? ldexp((double)(mantissa | 1u << mantissa_bits),
                                  (int)exponent - bias - mantissa_bits)
                          : ldexp((double)mantissa, 1 - bias - mantissa_bits);
  return negative ? -value : value;
}

static float from_bfloat16(uint16_t bits) {
  uint32_t wide = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &wide, sizeof(value));
  return value;
}

/* To the nearest, ties to even; NaN stays NaN. */
static uint16_t to_bfloat16(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  if ((bits & 0x7fffffff) > 0x7f800000)
    return (uint16_t)(bits >> 16 | 0x40);
  return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

#define LOAD(type) (((const type *)data)[index])

double element_value(int32_t dtype, const void *data, uint64_t index) {
  switch (dtype) {
  case NIELLO_FLOAT32:
    return LOAD(float);
  case NIELLO_FLOAT64:
    return LOAD(double);
  case NIELLO_FLOAT16:
    return decode_float(LOAD(uint16_t), 5, 10, 15, INFINITIES);
  case NIELLO_BFLOAT16:
    return from_bfloat16(LOAD(uint16_t));
  case NIELLO_INT8:
  case NIELLO_INT4:
  case NIELLO_INT2:
    return LOAD(int8_t);
  case NIELLO_INT16:
    return LOAD(int16_t);
  case NIELLO_INT32:
    return LOAD(int32_t);
  case NIELLO_INT64:
    return (double)LOAD(int64_t);
  case NIELLO_UINT16:
    return LOAD(uint16_t);
  case NIELLO_UINT32:
    return LOAD(uint32_t);
  case NIELLO_UINT64:
    return (double)LOAD(uint64_t);
  case NIELLO_FLOAT8E4M3FN:
    return decode_float(LOAD(uint8_t), 4, 3, 7, ONLY_NAN);
  case NIELLO_FLOAT8E4M3FNUZ:
    return decode_float(LOAD(uint8_t), 4, 3, 8, NEGATIVE_ZERO_IS_NAN);
  case NIELLO_FLOAT8E5M2:
    return decode_float(LOAD(uint8_t), 5, 2, 15, INFINITIES);
  case NIELLO_FLOAT8E5M2FNUZ:
    return decode_float(LOAD(uint8_t), 5, 2, 16, NEGATIVE_ZERO_IS_NAN);
  case NIELLO_FLOAT8E8M0:
    return LOAD(uint8_t) == 255 ? NAN : ldexp(1, LOAD(uint8_t) - 127);
  case NIELLO_FLOAT4E2M1:
    return decode_float(LOAD(uint8_t), 2, 1, 1, ALL_FINITE);
  default:
    return LOAD(uint8_t);
  }
}

void write_number(int32_t dtype, const void *data, uint64_t index, char *to,
                  size_t room) {
  switch (dtype) {
  case NIELLO_INT64:
    snprintf(to, room, "%lld", (long long)LOAD(int64_t));
    return;
  case NIELLO_UINT64:
    snprintf(to, room, "%llu", (unsigned long long)LOAD(uint64_t));
    return;
  case NIELLO_BOOL:
    snprintf(to, room, "%s", LOAD(uint8_t) ? "true" : "false");
    return;
  case NIELLO_COMPLEX64:
    snprintf(to, room, "%g%+gi", ((const float *)data)[2 * index],
             ((const float *)data)[2 * index + 1]);
    return;
  case NIELLO_COMPLEX128:
    snprintf(to, room, "%g%+gi", ((const double *)data)[2 * index],
             ((const double *)data)[2 * index + 1]);
    return;
  case NIELLO_INT32:
  case NIELLO_UINT32:
    snprintf(to, room, "%.0f", element_value(dtype, data, index));
    return;
  default:
    snprintf(to, room, "%.6g", element_value(dtype, data, index));
  }
}

/* What an integer dtype holds; false for the others. */
static bool integer_range(int32_t dtype, int64_t *low, uint64_t *high) {
  static const struct {
    int32_t dtype, bits;
    bool is_signed;
  } kinds[] = {
      {NIELLO_INT8, 8, true},     {NIELLO_INT16, 16, true},
      {NIELLO_INT32, 32, true},   {NIELLO_INT64, 64, true},
      {NIELLO_UINT8, 8, false},   {NIELLO_UINT16, 16, false},
      {NIELLO_UINT32, 32, false}, {NIELLO_UINT64, 64, false},
      {NIELLO_BOOL, 1, false},    {NIELLO_INT4, 4, true},
      {NIELLO_UINT4, 4, false},   {NIELLO_INT2, 2, true},
      {NIELLO_UINT2, 2, false},
  };
  for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); ++i) {
    if (kinds[i].dtype != dtype)
      continue;
    int bits = kinds[i].bits - kinds[i].is_signed;
    *high = UINT64_MAX >> (64 - bits);
    *low = kinds[i].is_signed ? -(int64_t)*high - 1 : 0;
    return true;
  }
  return false;
}

static void store_integer(int32_t dtype, void *to, uint64_t value) {
  /* Little-endian: the low bytes come first. */
  memcpy(to, &value, niello_dtype_size(dtype));
}

/* False for a dtype whose bits say nothing to a person. */
static bool store_float(int32_t dtype, void *to, double value) {
  float narrow = (float)value;
  _Float16 half = (_Float16)value;
  uint16_t brain = to_bfloat16(narrow);
  switch (dtype) {
  case NIELLO_FLOAT32:
    memcpy(to, &narrow, sizeof(narrow));
    return true;
  case NIELLO_FLOAT64:
    memcpy(to, &value, sizeof(value));
    return true;
  case NIELLO_FLOAT16:
    memcpy(to, &half, sizeof(half));
    return true;
  case NIELLO_BFLOAT16:
    memcpy(to, &brain, sizeof(brain));
    return true;
  }
  return false;
}

bool read_number(const char *text, size_t length, int32_t dtype, void *to,
                 niello_message *why) {
  char number[64], *end;
  int64_t low;
  uint64_t high;
  if (length == 0 || length >= sizeof(number)) {
    say(why->text, "needs numbers with commas between, but got '%.*s'",
        (int)(length < 200 ? length : 200), text);
    return false;
  }
  memcpy(number, text, length);
  number[length] = 0;
  if (dtype == NIELLO_BOOL && !strcmp(number, "true"))
    strcpy(number, "1");
  if (dtype == NIELLO_BOOL && !strcmp(number, "false"))
    strcpy(number, "0");
  errno = 0;
  if (!integer_range(dtype, &low, &high)) {
    if (!store_float(dtype, to, strtod(number, &end)) || *end) {
      say(why->text, "needs %s numbers, but got '%s'", niello_dtype_name(dtype),
          number);
      return false;
    }
    return true;
  }
  bool negative = number[0] == '-';
  uint64_t value = negative ? (uint64_t)strtoll(number, &end, 10)
                            : strtoull(number, &end, 10);
  if (*end || errno || (negative ? (int64_t)value < low : value > high)) {
    say(why->text, "needs %s numbers from %lld to %llu, but got '%s'",
        niello_dtype_name(dtype), (long long)low, (unsigned long long)high,
        number);
    return false;
  }
  store_integer(dtype, to, value);
  return true;
}

/* splitmix64: the same numbers on every machine. */
static uint64_t next_random(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

/* Bits of small floats that are numbers of moderate size. */
static uint8_t moderate_bits(int32_t dtype, uint64_t random) {
  switch (dtype) {
  case NIELLO_FLOAT8E8M0:
    return (uint8_t)(120 + (random & 7));
  case NIELLO_FLOAT4E2M1:
    return random & 15;
  case NIELLO_FLOAT8E4M3FN:
  case NIELLO_FLOAT8E5M2:
    return random & 0xbf;
  default:
    return random & 0x3f; /* without the sign: -0 is NaN */
  }
}

/* Integers are 0 or 1, which suits masks and indices, unless one byte wide. */
static void default_range(int32_t dtype, double *low, double *high) {
  int64_t least;
  uint64_t most;
  *low = -1;
  *high = 1;
  if (!integer_range(dtype, &least, &most))
    return;
  bool narrow = most <= 255;
  *low = narrow ? (double)least : 0;
  *high = narrow ? (double)most + 1 : 2;
}

bool fill_random(const char *how, int32_t dtype, void *data, uint64_t count,
                 niello_message *why) {
  double low, high, unit = 1.0 / 9007199254740992; /* 2^-53 */
  int64_t least;
  uint64_t most;
  char *end;
  errno = 0;
  uint64_t state = strtoull(how, &end, 10);
  default_range(dtype, &low, &high);
  bool fine = end != how && !errno && *how != '-';
  if (fine && *end == ':') {
    low = strtod(end + 1, &end);
    fine = *end == ':';
    if (fine)
      high = strtod(end + 1, &end);
  }
  bool whole = integer_range(dtype, &least, &most);
  if (!fine || *end || !(low < high) ||
      (whole && (low < (double)least || high > (double)most + 1))) {
    say(why->text,
        "needs random:SEED or random:SEED:LOW:HIGH, but got 'random:%.200s'",
        how);
    return false;
  }
  size_t element = niello_dtype_size(dtype);
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t random = next_random(&state);
    double value = low + (double)(random >> 11) * unit * (high - low);
    void *to = (char *)data + i * element;
    if (whole)
      store_integer(dtype, to,
                    value < 0 ? (uint64_t)(int64_t)floor(value)
                              : (uint64_t)value);
    else if (!store_float(dtype, to, value))
      memset(to, moderate_bits(dtype, random), element);
  }
  return true;
}
