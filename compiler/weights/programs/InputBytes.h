// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The bytes of a program's input.

#ifndef NIELLO_COMPILER_WEIGHTS_PROGRAMS_INPUTBYTES_H
#define NIELLO_COMPILER_WEIGHTS_PROGRAMS_INPUTBYTES_H

#include "compiler/weights/WeightTable.h"

#include <memory>

namespace niello {

class InputBytes {
public:
  /// Maps a weight that its file holds as code reads it; decodes others.
  static llvm::Expected<InputBytes> ofFile(const Weight &weight);
  static InputBytes copyOf(llvm::ArrayRef<char> bytes);

  const char *data() const { return start; }

private:
  std::shared_ptr<void> owner; // of a mapping or a vector
  const char *start = nullptr;
};

} // namespace niello

#endif // NIELLO_COMPILER_WEIGHTS_PROGRAMS_INPUTBYTES_H
