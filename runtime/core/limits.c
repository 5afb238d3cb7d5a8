/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* How many CPUs this process may use: its affinity, and what its control group
 * and those around it are given of the processors' time. */

#define _GNU_SOURCE
#include "runtime/core/session.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 4096 };

/* The file's text with a 0 at its end; false when it cannot be read. */
static bool read_text(const char *path, char *text, size_t room) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  size_t used = 0;
  for (ssize_t got = 1; got > 0 && used + 1 < room; used += (size_t)got) {
    got = read(file, text + used, room - 1 - used);
    if (got < 0)
      break;
  }
  text[used] = 0;
  close(file);
  return true;
}

/* The number at the front of `*text`, which is left behind it; 0 for none. */
static uint64_t parse_number(const char **text) {
  uint64_t value = 0;
  while (**text == ' ')
    ++*text;
  for (; **text >= '0' && **text <= '9' && value < UINT32_MAX; ++*text)
    value = 10 * value + (uint64_t)(**text - '0');
  return value;
}

/* "50000 100000" is half a CPU, "max 100000" no limit. A thread that is out of
 * time waits for the next period with whatever it holds, so of 1.5 CPUs one is
 * used whole. */
static uint32_t parse_quota(const char *text) {
  uint64_t quota = parse_number(&text), period = parse_number(&text);
  if (!quota || !period)
    return UINT32_MAX;
  return quota < period ? 1 : (uint32_t)(quota / period);
}

/* The line "0::/path" is the group in the second version's one hierarchy. */
static const char *own_group(char *groups) {
  char *line = groups;
  while (line && strncmp(line, "0::/", 4) != 0) {
    line = strchr(line, '\n');
    line = line ? line + 1 : NULL;
  }
  if (!line)
    return NULL;
  line[strcspn(line, "\n")] = 0;
  return line + 3;
}

uint32_t quota_cpus(const char *groups, const char *mount) {
  char text[PATH], path[2 * PATH], quota[64];
  uint32_t least = UINT32_MAX;
  const char *group =
      read_text(groups, text, sizeof(text)) ? own_group(text) : NULL;
  if (!group)
    return least;
  /* A group has no more than any around it, up to the mount. */
  int length = (int)strlen(group);
  for (;;) {
    while (length > 0 && group[length - 1] == '/')
      --length;
    snprintf(path, sizeof(path), "%s%.*s/cpu.max", mount, length, group);
    if (read_text(path, quota, sizeof(quota))) {
      uint32_t found = parse_quota(quota);
      least = found < least ? found : least;
    }
    if (length == 0)
      return least;
    while (length > 0 && group[length - 1] != '/')
      --length;
  }
}

uint32_t allowed_cpus(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set))
    return 1; /* more than 1024 CPUs, or a sandbox that forbids to ask */
  int count = CPU_COUNT(&set);
  uint32_t cpus = count > 0 ? (uint32_t)count : 1;
  uint32_t quota = quota_cpus("/proc/self/cgroup", "/sys/fs/cgroup");
  return quota < cpus ? quota : cpus;
}
