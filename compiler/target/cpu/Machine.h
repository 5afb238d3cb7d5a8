// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a CPU to compile for can do, and what `--target=` calls it.

#ifndef NIELLO_COMPILER_TARGET_CPU_MACHINE_H
#define NIELLO_COMPILER_TARGET_CPU_MACHINE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace niello::cpu {

struct Machine {
  /// As `--target=` takes it: `x86-64-v3`, `x86-64-v4+avx512vnni`. For `host`
  /// the level and features that were found.
  std::string name;
  std::string triple;
  /// LLVM's CPU whose scheduling model is used: `x86-64-v3`, `znver4`.
  std::string tune;
  /// The set that code may use and that the runtime asks for at load, in
  /// LLVM's spelling without `+`, baseline x86-64 left out.
  std::vector<std::string> features;
  /// Width of the widest vector register that code should use.
  unsigned vectorBits = 128;

  /// Vector registers of that width.
  unsigned vectorRegisters() const { return vectorBits == 512 ? 32 : 16; }

  /// The level of runtime/image whose code it can run: v2, v3 or v4.
  llvm::StringRef stencilLevel() const;

  bool has(llvm::StringRef feature) const;

  /// Whether one instruction multiplies bytes and adds up fours of them
  /// (vpdpbusd), in vectors of `vectorBits`.
  bool dotsBytes() const;

  /// `+sse4.2,+avx`: LLVM's form.
  std::string featureString() const;
};

struct NamedTarget {
  llvm::StringRef name;
  llvm::StringRef summary;
};

/// What `niello targets` lists: `host` and the levels, lowest first.
llvm::ArrayRef<NamedTarget> listTargets();

/// `host`, a level, or a level with features: `x86-64-v4+avx512bf16`. An
/// unknown name is an error with the nearest known ones.
llvm::Expected<Machine> findMachine(llvm::StringRef name);

/// Whether this machine has a feature, in LLVM's spelling.
bool hostHas(llvm::StringRef feature);

} // namespace niello::cpu

#endif // NIELLO_COMPILER_TARGET_CPU_MACHINE_H
