// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How many CPUs the runtime takes: `limits` by what holds for this process,
// `limits GROUPS MOUNT` by files, 0 for no limit.

#include "runtime/core/session.h"

#include <stdio.h>

int main(int count, char **words) {
  uint32_t cpus = count > 2 ? quota_cpus(words[1], words[2]) : allowed_cpus();
  printf("%u\n", cpus == UINT32_MAX ? 0 : (unsigned)cpus);
  return 0;
}
