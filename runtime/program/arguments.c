/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The command line of a compiled model. */

#include "runtime/core/session.h"
#include "runtime/program/program.h"

#include <stdlib.h>
#include <string.h>

static const char *const flags[] = {"--input",  "--dim",     "--output-dir",
                                    "--repeat", "--threads", "--output-npz",
                                    "--entry",  "--help"};
enum { NUM_FLAGS = sizeof(flags) / sizeof(flags[0]) };

/* A decimal number of at most `most`, all of [text, end). */
static bool parse_size(const char *text, const char *end, int64_t most,
                       int64_t *size) {
  *size = 0;
  if (text == end)
    return false;
  for (; text < end; ++text)
    if (*text < '0' || *text > '9' ||
        __builtin_mul_overflow(*size, (int64_t)10, size) ||
        __builtin_add_overflow(*size, *text - '0', size))
      return false;
  return *size <= most;
}

/* "; did you mean 'x'?" or the list of what there is. */
static void suggest(niello_message *why, const char *wanted,
                    const char *const *names, size_t count) {
  size_t used = strlen(why->text), room = sizeof(why->text);
  const char *near = near_name(wanted, names, count);
  niello_message more;
  if (near) {
    say(more.text, "; did you mean '%s'?", near);
    strncat(why->text, more.text, room - used - 1);
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    say(more.text, "%s'%s'", i ? ", " : "; it has ", names[i]);
    if (strlen(why->text) + strlen(more.text) + 6 > room) {
      strcat(why->text, ", ...");
      return;
    }
    strcat(why->text, more.text);
  }
}

static bool parse_brackets(const char **at, given_input *given,
                           const niello_tensor_desc *desc,
                           niello_message *why) {
  const char *start = *at + 1, *close = strchr(start, ']');
  if (!close || close[1] != '=') {
    say(why->text, "input '%s' needs sizes as %s[1,128]=VALUE", desc->name,
        desc->name);
    return false;
  }
  *at = close + 1;
  given->rank = 0;
  while (start < close) {
    const char *end = start;
    while (end < close && *end != ',')
      ++end;
    if (given->rank == NIELLO_MAX_RANK ||
        !parse_size(start, end, INT64_MAX, &given->sizes[given->rank])) {
      say(why->text, "input '%s' needs sizes as %s[1,128]=VALUE", desc->name,
          desc->name);
      return false;
    }
    ++given->rank;
    start = end + (end < close);
  }
  if (given->rank == desc->rank)
    return true;
  say(why->text, "input '%s' needs %d sizes in brackets, but got %d",
      desc->name, desc->rank, (int)given->rank);
  return false;
}

/* The input whose name starts `text`; the longest, as names may hold `=`. */
static const niello_tensor_desc *
match_input(const niello_entry_desc *entry, const char *text, uint32_t *index) {
  const niello_tensor_desc *best = NULL;
  for (uint32_t i = 0; i < entry->num_inputs; ++i) {
    const niello_tensor_desc *desc = AT(entry->inputs, i);
    size_t length = strlen(desc->name);
    if (strncmp(text, desc->name, length) != 0 ||
        (text[length] != '=' && text[length] != '[') ||
        (best && strlen(best->name) >= length))
      continue;
    best = desc;
    *index = i;
  }
  return best;
}

static bool unknown_input(const options *o, const char *text,
                          niello_message *why) {
  const char *names[64];
  size_t count = 0;
  for (; count < o->entry->num_inputs && count < 64; ++count)
    names[count] = AT(o->entry->inputs, count)->name;
  char name[128];
  size_t length = strcspn(text, "=[");
  if (!text[length]) {
    say(why->text, "--input needs NAME=VALUE, but got '%s'", text);
    return false;
  }
  length = length < sizeof(name) ? length : sizeof(name) - 1;
  memcpy(name, text, length);
  name[length] = 0;
  say(why->text, "the model has no input '%s'", name);
  suggest(why, name, names, count);
  return false;
}

static bool parse_input(options *o, const char *text, niello_message *why) {
  uint32_t index = 0;
  const niello_tensor_desc *desc = match_input(o->entry, text, &index);
  if (!desc)
    return unknown_input(o, text, why);
  given_input *given = &o->inputs[index];
  if (given->value) {
    say(why->text, "input '%s' is given twice", desc->name);
    return false;
  }
  const char *at = text + strlen(desc->name);
  if (*at == '[' && !parse_brackets(&at, given, desc, why))
    return false;
  given->value = at + 1;
  return true;
}

static bool parse_dim(options *o, const char *text, niello_message *why) {
  const niello_model_desc *desc = niello_descriptor_of(o->model);
  const char *names[64];
  for (uint32_t i = 0; i < desc->num_symbols; ++i) {
    const char *name = niello_symbol(o->model, i)->name;
    size_t length = strlen(name);
    if (i < 64)
      names[i] = name;
    if (strncmp(text, name, length) != 0 || text[length] != '=')
      continue;
    const char *number = text + length + 1;
    if (parse_size(number, number + strlen(number), INT64_MAX, &o->symbols[i]))
      return true;
    say(why->text, "--dim needs NAME=NUMBER, but got '%s'", text);
    return false;
  }
  char name[128];
  size_t length = strcspn(text, "=");
  length = length < sizeof(name) ? length : sizeof(name) - 1;
  memcpy(name, text, length);
  name[length] = 0;
  say(why->text, "the model has no dimension '%s'", name);
  suggest(why, name, names, desc->num_symbols < 64 ? desc->num_symbols : 64);
  return false;
}

static bool parse_count(const char *flag, const char *text, int64_t most,
                        uint32_t *count, niello_message *why) {
  int64_t number;
  if (parse_size(text, text + strlen(text), most, &number) && number > 0) {
    *count = (uint32_t)number;
    return true;
  }
  say(why->text, "%s needs a number from 1 to %lld, but got '%s'", flag,
      (long long)most, text);
  return false;
}

static bool parse_entry(options *o, const char *name, niello_message *why) {
  const niello_model_desc *desc = niello_descriptor_of(o->model);
  o->entry = niello_find_entry(o->model, name);
  if (o->entry)
    return true;
  const char *names[64];
  size_t count = 0;
  for (; count < desc->num_entries && count < 64; ++count)
    names[count] = niello_entry(o->model, count)->name;
  say(why->text, "the model has no entry '%s'", name);
  suggest(why, name, names, count);
  return false;
}

/* Which flag `argument` is, with the value behind its `=`; -1 for none. */
static int match_flag(const char *argument, const char **value) {
  *value = NULL;
  if (!strcmp(argument, "-h"))
    return NUM_FLAGS - 1;
  for (int i = 0; i < NUM_FLAGS; ++i) {
    size_t length = strlen(flags[i]);
    if (strncmp(argument, flags[i], length) != 0)
      continue;
    if (argument[length] == '=')
      *value = argument + length + 1;
    if (argument[length] == '=' || !argument[length])
      return i;
  }
  return -1;
}

static bool set_flag(options *o, int flag, const char *value,
                     niello_message *why) {
  switch (flag) {
  case 0:
    return parse_input(o, value, why);
  case 1:
    return parse_dim(o, value, why);
  case 2:
    o->output_dir = value;
    return true;
  case 3:
    return parse_count(flags[flag], value, 1000000, &o->repeat, why);
  case 4:
    return parse_count(flags[flag], value, 4096, &o->threads, why);
  case 5:
    o->output_npz = value;
    return true;
  default:
    return true; /* --entry, read before the inputs */
  }
}

static bool no_flag(const char *argument, niello_message *why) {
  char name[64];
  size_t length = strcspn(argument, "=");
  length = length < sizeof(name) ? length : sizeof(name) - 1;
  memcpy(name, argument, length);
  name[length] = 0;
  const char *near = near_name(name, flags, NUM_FLAGS);
  say(why->text, "no option is called '%s'; %s%s%s", name,
      near ? "did you mean '" : "see --help", near ? near : "",
      near ? "'?" : "");
  return false;
}

/* One round over the arguments: for --entry and --help, or for all others. */
static bool walk(int argc, char **argv, options *o, bool first,
                 niello_message *why) {
  for (int i = 1; i < argc; ++i) {
    const char *value;
    int flag = match_flag(argv[i], &value);
    if (flag < 0)
      return no_flag(argv[i], why);
    if (flag == NUM_FLAGS - 1) {
      o->help = true;
      continue;
    }
    if (!value && ++i == argc) {
      say(why->text, "%s needs a value; see --help", flags[flag]);
      return false;
    }
    value = value ? value : argv[i];
    if (first ? flag == NUM_FLAGS - 2 && !parse_entry(o, value, why)
              : !set_flag(o, flag, value, why))
      return false;
  }
  return true;
}

bool parse_arguments(int argc, char **argv, options *o, niello_message *why) {
  const niello_model_desc *desc = niello_descriptor_of(o->model);
  o->program = argc > 0 ? argv[0] : desc->name;
  o->entry = niello_entry(o->model, 0);
  if (!o->entry) {
    say(why->text, "the model has no entry");
    return false;
  }
  if (!walk(argc, argv, o, true, why))
    return false;
  o->inputs = calloc(o->entry->num_inputs + 1, sizeof(given_input));
  o->symbols = calloc(desc->num_symbols + 1, sizeof(int64_t));
  if (!o->inputs || !o->symbols) {
    say(why->text, "not enough memory for the command line");
    return false;
  }
  for (uint32_t i = 0; i < desc->num_symbols; ++i)
    o->symbols[i] = -1;
  for (uint32_t i = 0; i < o->entry->num_inputs; ++i)
    o->inputs[i].rank = -1;
  return o->help || walk(argc, argv, o, false, why);
}
