/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What this CPU can do, and whether that is enough for a model. */

#include "runtime/core/session.h"

#include <string.h>

static const char *const names[] = {
#define NAME(name, bit, text, leaf, subleaf, word, position) [bit] = text,
    NIELLO_CPU_FEATURES(NAME)
#undef NAME
};
enum { NUM_FEATURES = sizeof(names) / sizeof(names[0]) };

#if defined(__x86_64__)
#include <cpuid.h>

/* Bits of XCR0 without which the kernel does not save the registers. */
enum { SAVES_AVX = 0x6, SAVES_AVX512 = 0xe6, SAVES_AMX = 0x60000 };

static uint64_t saved_registers(void) {
  unsigned a, b, c, d;
  __cpuid(1, a, b, c, d);
  if (!(c & bit_OSXSAVE))
    return 0;
  __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
  return (uint64_t)d << 32 | a;
}

static bool saved(const char *feature, uint64_t registers) {
  uint64_t need = 0;
  if (!strncmp(feature, "avx512", 6))
    need = SAVES_AVX512;
  else if (!strncmp(feature, "amx", 3))
    need = SAVES_AMX;
  else if (!strncmp(feature, "avx", 3) || !strcmp(feature, "fma") ||
           !strcmp(feature, "f16c") || !strcmp(feature, "vaes") ||
           !strcmp(feature, "vpclmulqdq"))
    need = SAVES_AVX;
  return (registers & need) == need;
}

/* Where cpuid says it: in the order of the ABI's bits. */
static const struct {
  uint32_t leaf;
  uint8_t subleaf, word, position;
} places[] = {
#define PLACE(name, bit, text, leaf, subleaf, word, position)                  \
  [bit] = {leaf, subleaf, word, position},
    NIELLO_CPU_FEATURES(PLACE)
#undef PLACE
};

machine this_machine(void) {
  machine found = {{0, 0}};
  uint64_t registers = saved_registers();
  for (unsigned bit = 0; bit < NUM_FEATURES; ++bit) {
    unsigned r[4] = {0, 0, 0, 0};
    if (__get_cpuid_count(places[bit].leaf, places[bit].subleaf, &r[0], &r[1],
                          &r[2], &r[3]) &&
        (r[places[bit].word] >> places[bit].position & 1) &&
        saved(names[bit], registers))
      found.features[bit / 64] |= 1ull << bit % 64;
  }
  return found;
}

#else

machine this_machine(void) { return (machine){{0, 0}}; }

#endif

static bool has_all(const machine *cpu, const uint64_t *features) {
  return !(features[0] & ~cpu->features[0]) &&
         !(features[1] & ~cpu->features[1]);
}

int best_level(const niello_model_desc *desc, const machine *cpu) {
  for (uint32_t i = 0; i < desc->num_levels; ++i)
    if (has_all(cpu, AT(desc->levels, i)->features))
      return (int)i;
  return desc->num_levels ? -1 : 0;
}

#define BIT(name) (1ull << BIT_##name)
enum {
#define BIT_OF(name, bit, text, leaf, subleaf, word, position) BIT_##name = bit,
  NIELLO_CPU_FEATURES(BIT_OF)
#undef BIT_OF
};

/* The x86-64 psABI's levels, as --target= takes them. */
static const struct {
  const char *name;
  uint64_t features;
} standard[] = {
    {"x86-64-v4", BIT(AVX512F) | BIT(AVX512BW) | BIT(AVX512CD) | BIT(AVX512DQ) |
                      BIT(AVX512VL)},
    {"x86-64-v3", BIT(AVX) | BIT(AVX2) | BIT(BMI) | BIT(BMI2) | BIT(F16C) |
                      BIT(FMA) | BIT(LZCNT) | BIT(MOVBE)},
    {"x86-64-v2", BIT(CX16) | BIT(SAHF) | BIT(POPCNT) | BIT(SSE3) | BIT(SSSE3) |
                      BIT(SSE41) | BIT(SSE42)},
};

/* The highest standard level whose features, and those below it, are here. */
static const char *widest_target(const machine *cpu) {
  const char *widest = NULL;
  for (int i = 2; i >= 0 && !(standard[i].features & ~cpu->features[0]); --i)
    widest = standard[i].name;
  return widest;
}

niello_status niello_check_machine(const niello_model *model,
                                   niello_message *why) {
  char *text = why ? why->text : NULL;
  say(text, "%s", "");
  if (model->level >= 0)
    return NIELLO_OK;
  if (!text)
    return NIELLO_WRONG_MACHINE;
  machine cpu = this_machine();
  const niello_level_desc *lowest =
      AT(model->desc->levels, model->desc->num_levels - 1);
  char lacking[400] = "";
  size_t used = 0, many = 0;
  for (size_t bit = 0; bit < NUM_FEATURES; ++bit) {
    if (!(lowest->features[bit / 64] & ~cpu.features[bit / 64] &
          1ull << bit % 64))
      continue;
    size_t length = strlen(names[bit]);
    if (used + length + 3 > sizeof(lacking))
      break;
    if (many++) {
      memcpy(lacking + used, ", ", 2);
      used += 2;
    }
    memcpy(lacking + used, names[bit], length + 1);
    used += length;
  }
  const char *target = widest_target(&cpu);
  if (!many)
    say(text,
        "'%s' was compiled for %s and needs a CPU feature that this "
        "version cannot look for; compile it with --target=%s",
        model->desc->name, lowest->name, target ? target : "x86-64-v2");
  else if (target)
    say(text,
        "'%s' was compiled for %s and needs the CPU feature%s %s, which "
        "this machine lacks; compile it with --target=%s",
        model->desc->name, lowest->name, many > 1 ? "s" : "", lacking, target);
  else
    say(text,
        "'%s' was compiled for %s and needs the CPU feature%s %s, which "
        "this machine lacks; --target=x86-64-v2 is the lowest there is, "
        "and this machine is below it",
        model->desc->name, lowest->name, many > 1 ? "s" : "", lacking);
  return NIELLO_WRONG_MACHINE;
}

const char *niello_level(const niello_model *model) {
  if (model->level < 0 || !model->desc->num_levels)
    return NULL;
  return AT(model->desc->levels, model->level)->name;
}
