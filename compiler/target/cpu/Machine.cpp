// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The x86-64 levels, the features beyond them, and the machine we run on.

#include "compiler/target/cpu/Machine.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;
using namespace niello::cpu;

namespace {

struct Level {
  StringRef name;
  unsigned vectorBits;
  /// What it adds to the level before it.
  std::vector<StringRef> added;
};

// The psABI's levels, lowest first.
const std::vector<Level> &levels() {
  static const std::vector<Level> all = {
      {"x86-64-v2",
       128,
       {"cx16", "sahf", "popcnt", "sse3", "ssse3", "sse4.1", "sse4.2"}},
      {"x86-64-v3",
       256,
       {"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe",
        "xsave"}},
      {"x86-64-v4",
       512,
       {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}},
  };
  return all;
}

// Features beyond the levels that our code has a use for. AMX is left out: it
// needs the system's leave at run time.
constexpr StringRef kExtras[] = {
    "avx512vnni",  "avx512bf16",  "avx512fp16",   "avx512vbmi",
    "avx512vbmi2", "avx512ifma",  "avx512bitalg", "avx512vpopcntdq",
    "avxvnni",     "avxvnniint8", "avxifma",      "gfni"};

constexpr StringRef kTriple = "x86_64-unknown-linux-musl";

Machine levelMachine(StringRef name) {
  Machine machine;
  machine.name = machine.tune = name.str();
  machine.triple = kTriple.str();
  for (const Level &level : levels()) {
    machine.features.insert(machine.features.end(), level.added.begin(),
                            level.added.end());
    machine.vectorBits = level.vectorBits;
    if (level.name == name)
      break;
  }
  return machine;
}

Expected<Machine> findHost() {
  StringRef best;
  for (const Level &level : levels()) {
    if (!all_of(level.added, hostHas))
      break;
    best = level.name;
  }
  if (best.empty())
    return createStringError(
        "this CPU is below x86-64-v2, the lowest level that can be compiled "
        "for; to compile for another machine give --target=x86-64-v2");
  Machine machine = levelMachine(best);
  for (StringRef extra : kExtras) {
    // The 512-bit forms presume the fourth level.
    if (!hostHas(extra) ||
        (extra.starts_with("avx512") && !machine.has("avx512f")))
      continue;
    machine.features.push_back(extra.str());
    machine.name += "+" + extra.str();
  }
  machine.tune = sys::getHostCPUName().str();
  return machine;
}

// The known names nearest to `name`, best first, as `'a' or 'b'`.
std::string nearest(StringRef name, ArrayRef<StringRef> known) {
  SmallVector<std::pair<unsigned, StringRef>> ranked;
  for (StringRef candidate : known)
    ranked.push_back({name.edit_distance(candidate), candidate});
  llvm::sort(ranked);
  return ("'" + ranked[0].second + "' or '" + ranked[1].second + "'").str();
}

} // namespace

bool niello::cpu::hostHas(StringRef feature) {
  static const StringMap<bool> present = sys::getHostCPUFeatures();
  return present.lookup(feature);
}

StringRef Machine::stencilLevel() const {
  return vectorBits == 512 ? "v4" : vectorBits == 256 ? "v3" : "v2";
}

bool Machine::has(StringRef feature) const {
  return is_contained(features, feature);
}

bool Machine::dotsBytes() const {
  // 512 bits presume the fourth level, and that the narrow forms of AVX-512.
  return has("avx512vnni") || (vectorBits == 256 && has("avxvnni"));
}

std::string Machine::featureString() const {
  std::string text;
  for (const std::string &feature : features)
    text += (text.empty() ? "+" : ",+") + feature;
  return text;
}

ArrayRef<NamedTarget> niello::cpu::listTargets() {
  static const NamedTarget all[] = {
      {"host", "this machine, with every feature that was found"},
      {"x86-64-v2", "SSE4.2: any x86-64 since 2009"},
      {"x86-64-v3", "AVX2, FMA, F16C: most since 2013"},
      {"x86-64-v4", "AVX-512: servers since 2017; add +avx512vnni, "
                    "+avx512bf16 where known"},
  };
  return all;
}

Expected<Machine> niello::cpu::findMachine(StringRef name) {
  if (name == "host")
    return findHost();
  SmallVector<StringRef> parts;
  name.split(parts, '+');
  SmallVector<StringRef> known = {"host"};
  for (const Level &level : levels())
    known.push_back(level.name);
  if (!is_contained(known, parts[0]) || parts[0] == "host")
    return createStringError("unknown target '" + name + "': did you mean " +
                             nearest(parts[0], known) +
                             "? 'niello targets' lists all");
  Machine machine = levelMachine(parts[0]);
  for (StringRef extra : drop_begin(parts)) {
    if (!is_contained(kExtras, extra))
      return createStringError("unknown CPU feature '" + extra +
                               "' in target '" + name + "': did you mean " +
                               nearest(extra, kExtras) + "?");
    if (machine.has(extra))
      continue;
    if (extra.starts_with("avx512") && !machine.has("avx512f"))
      return createStringError("CPU feature '" + extra +
                               "' needs the target x86-64-v4, but got '" +
                               parts[0] + "'");
    machine.features.push_back(extra.str());
  }
  machine.name = name.str();
  return machine;
}
