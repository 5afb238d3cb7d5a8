// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A tensor in memory, of any dtype that crosses a model's border.

#ifndef NIELLO_COMPILER_VERIFY_ARRAY_H
#define NIELLO_COMPILER_VERIFY_ARRAY_H

#include "niello/niello.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace niello {

/// Contiguous and row-major; it owns its bytes.
struct Array {
  int32_t dtype = 0; ///< niello_dtype
  std::vector<int64_t> shape;
  std::vector<char> bytes;

  uint64_t count() const;
  /// An element as the nearest double; row-major position.
  double at(uint64_t position) const;
  /// Rounds a number to the dtype. Floats of 16 bits and more only.
  void set(uint64_t position, double value);
  /// A float whose elements have a rounding error.
  bool isReal() const;
  bool operator==(const Array &other) const;
};

/// `float32[2,7,384]`
std::string typeText(const Array &array);
/// `[1,0,383]` of a row-major position.
std::string positionText(const Array &array, uint64_t position);

/// The niello_dtype of that spelling, 0 for none.
int32_t findDtype(llvm::StringRef name);

/// An array of that dtype from a file that NumPy saved.
llvm::Expected<Array> readArray(const std::string &path, int32_t dtype);

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_ARRAY_H
