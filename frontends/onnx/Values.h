// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the values inside a model are called.

#ifndef NIELLO_FRONTENDS_ONNX_VALUES_H
#define NIELLO_FRONTENDS_ONNX_VALUES_H

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace niello {

struct OnnxValueName {
  std::string name;
  std::string block; ///< as in BlockNames.h; empty for most
  std::string node, op;
};

/// The values that the nodes of the graph make, in its order, of a file that
/// `importOnnx` has read; nothing for any other.
std::vector<OnnxValueName> nameOnnxValues(llvm::StringRef path);

} // namespace niello

#endif
