// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The variants of a model that `niello verify` compares.

#ifndef NIELLO_COMPILER_DRIVER_VARIANTS_H
#define NIELLO_COMPILER_DRIVER_VARIANTS_H

#include "compiler/driver/Options.h"
#include "compiler/verify/Workbench.h"

#include <memory>

namespace niello {

/// Compiles them into a folder that goes with it.
class Variants {
public:
  /// Both arguments outlive it. An error is that there is no such folder.
  static llvm::Expected<std::unique_ptr<Variants>>
  create(const Options &options, llvm::StringRef program);
  ~Variants();

  /// Inputs and outputs of the model; else an exit code and its sentence.
  int describe(ModelDescription &description, std::string &sentence);

  /// The error is the compiler's sentence.
  llvm::Expected<Variant> build(const VariantRequest &request);

private:
  Variants(const Options &options, llvm::StringRef program, std::string folder)
      : options(options), program(program), folder(std::move(folder)) {}

  const Options &options;
  llvm::StringRef program;
  std::string folder;
  unsigned count = 0;
};

} // namespace niello

#endif // NIELLO_COMPILER_DRIVER_VARIANTS_H
