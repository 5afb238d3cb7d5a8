// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program of a user: runs the model through its generated header. Built with
// TWO it holds a second model beside the first.

#include "two_words.h"

#ifdef TWO
#include "other.h"
#endif

#include <stdio.h>
#include <string.h>

// Not the math library's: what a library carries of it must not clash.
float tanhf(float x) { return x + 100; }

static int run(const niello_model_desc *desc, int last) {
  niello_model *model;
  niello_session *session;
  niello_message why;
  if (niello_open(desc, &model, &why) ||
      niello_session_create(model, NULL, &session, &why)) {
    puts(why.text);
    return 1;
  }
  float x[3] = {1, 2, 3};
  niello_tensor tanhs = {0}, ends = {0};
  int failed = 0;
  if (two_words_main(session, 3, x, &tanhs, &ends)) {
    puts(niello_error(session));
    failed = 1;
  } else {
    const float *t = tanhs.data;
    const unsigned char *e = ends.data;
    printf("%.6f %.6f %.6f, %d %d %d %d\n", t[0], t[1], t[2], e[0], e[1], e[2],
           e[3]);
    failed = e[3] != last;
  }
  niello_session_destroy(session);
  niello_close(model);
  return failed;
}

int main(void) {
#ifdef TWO
  if (run(other_model(), 198))
    return 1;
#endif
  return run(two_words_model(), 172) || tanhf(1) != 101;
}
