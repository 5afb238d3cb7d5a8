// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/weights/programs/InputBytes.h"

#include "compiler/weights/Reader.h"

#include "llvm/Support/FileSystem.h"

using namespace llvm;
using namespace niello;

static Expected<std::shared_ptr<sys::fs::mapped_file_region>>
mapFile(const Weight &weight, uint64_t offset, uint64_t bytes) {
  auto wrong = [&](std::error_code code) {
    return createStringError("cannot map '" + weight.path +
                             "': " + code.message());
  };
  Expected<sys::fs::file_t> file = sys::fs::openNativeFileForRead(weight.path);
  if (!file)
    return wrong(errorToErrorCode(file.takeError()));
  std::error_code code;
  auto region = std::make_shared<sys::fs::mapped_file_region>(
      *file, sys::fs::mapped_file_region::readonly, bytes, offset, code);
  sys::fs::closeFile(*file);
  if (code)
    return wrong(code);
  return region;
}

Expected<InputBytes> InputBytes::ofFile(const Weight &weight) {
  InputBytes result;
  if (weight.encoding == WeightEncoding::Raw && weight.bytes > 0) {
    // A mapping starts at a page of the file.
    uint64_t page = sys::fs::mapped_file_region::alignment();
    uint64_t start = alignDown(weight.fileOffset, page);
    uint64_t skipped = weight.fileOffset - start;
    auto region = mapFile(weight, start, skipped + weight.bytes);
    if (!region)
      return region.takeError();
    result.start = (*region)->const_data() + skipped;
    result.owner = std::move(*region);
    return result;
  }
  auto bytes = std::make_shared<std::vector<char>>();
  bytes->reserve(weight.bytes);
  if (Error error = readWeight(weight, [&](ArrayRef<char> chunk) {
        bytes->insert(bytes->end(), chunk.begin(), chunk.end());
        return Error::success();
      }))
    return std::move(error);
  result.start = bytes->data();
  result.owner = std::move(bytes);
  return result;
}

InputBytes InputBytes::copyOf(ArrayRef<char> bytes) {
  InputBytes result;
  auto copy = std::make_shared<std::vector<char>>(bytes.begin(), bytes.end());
  result.start = copy->data();
  result.owner = std::move(copy);
  return result;
}
