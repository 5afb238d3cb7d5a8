// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks the protobuf wire format of a model before protobuf does: bounds what
// parsing would allocate (ten megabytes of empty nodes become a gigabyte) and
// notes where tensor bytes lie in the file, so that weights can stay there.

#ifndef NIELLO_FRONTENDS_ONNX_WIRESCAN_H
#define NIELLO_FRONTENDS_ONNX_WIRESCAN_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <map>
#include <vector>

namespace niello::onnx_frontend {

struct WireScan {
  /// Offsets of each tensor payload (raw_data or a packed typed field) above
  /// 1 KB, keyed by its length in bytes.
  std::multimap<uint64_t, uint64_t> payloads;
  uint64_t messages = 0;
};

/// Fails with a sentence that names the offset.
llvm::Expected<WireScan> scanModel(llvm::StringRef bytes);

} // namespace niello::onnx_frontend

#endif
