/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Sentences: lower case, no full stop, what is needed before what was found. */

#include "runtime/core/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void say(char *to, const char *format, ...) {
  if (!to)
    return;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(to, sizeof(niello_message), format, arguments);
  va_end(arguments);
}

niello_status refuse(niello_session *session, niello_status code,
                     const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(session->error, sizeof(session->error), format, arguments);
  va_end(arguments);
  return code;
}

enum { LONGEST = 64 };

/* How many letters must change, be added or be left out. */
static unsigned distance(const char *a, const char *b) {
  size_t rows = strlen(a), columns = strlen(b);
  unsigned row[LONGEST + 1];
  for (size_t j = 0; j <= columns; ++j)
    row[j] = (unsigned)j;
  for (size_t i = 1; i <= rows; ++i) {
    unsigned diagonal = row[0];
    row[0] = (unsigned)i;
    for (size_t j = 1; j <= columns; ++j) {
      unsigned best = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      if (row[j] + 1 < best)
        best = row[j] + 1;
      if (row[j - 1] + 1 < best)
        best = row[j - 1] + 1;
      row[j] = best;
    }
  }
  return row[columns];
}

/* The name that was probably meant; NULL when none is like it. */
const char *near_name(const char *wanted, const char *const *names,
                      size_t count) {
  const char *best = NULL;
  size_t length = strlen(wanted);
  unsigned limit = (unsigned)(length / 3 + 1);
  for (size_t i = 0; i < count && length <= LONGEST; ++i) {
    if (strlen(names[i]) > LONGEST)
      continue;
    unsigned d = distance(wanted, names[i]);
    if (d <= limit) {
      best = names[i];
      limit = d - (d > 0);
    }
  }
  return best;
}
