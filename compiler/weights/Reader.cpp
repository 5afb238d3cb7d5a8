// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/weights/Reader.h"

#include "llvm/Support/FileSystem.h"

#include <cerrno>
#include <cstring>
#include <unistd.h>

using namespace llvm;
using namespace niello;

namespace {

constexpr size_t kChunk = 1 << 20;

// A file open for reading, closed with the object.
class InputFile {
public:
  static Expected<InputFile> open(StringRef path) {
    int descriptor;
    if (std::error_code code = sys::fs::openFileForRead(path, descriptor))
      return createStringError("cannot open '" + path + "': " + code.message());
    return InputFile(path, descriptor);
  }
  InputFile(InputFile &&other)
      : path(std::move(other.path)),
        descriptor(std::exchange(other.descriptor, -1)) {}
  InputFile &operator=(InputFile &&other) {
    std::swap(path, other.path);
    std::swap(descriptor, other.descriptor);
    return *this;
  }
  ~InputFile() {
    if (descriptor >= 0)
      ::close(descriptor);
  }

  /// Fills all of `bytes` from the offset on.
  Error read(uint64_t offset, MutableArrayRef<char> bytes) const {
    while (!bytes.empty()) {
      ssize_t count = ::pread(descriptor, bytes.data(), bytes.size(), offset);
      if (count < 0 && errno == EINTR)
        continue;
      if (count < 0)
        return createStringError("cannot read '" + path +
                                 "': " + std::strerror(errno));
      if (count == 0)
        return createStringError("'" + path + "' ends at byte " +
                                 Twine(offset) +
                                 " while it is read: it has "
                                 "been changed since the compile began");
      offset += count;
      bytes = bytes.drop_front(count);
    }
    return Error::success();
  }

private:
  InputFile(StringRef path, int descriptor)
      : path(path), descriptor(descriptor) {}
  std::string path;
  int descriptor;
};

// The bytes of one weight, decoded, in chunks.
class Reader {
public:
  Reader(const Weight &weight, const InputFile &file, WeightTable::Sink sink)
      : weight(weight), file(file), sink(sink) {}

  Error run() {
    switch (weight.encoding) {
    case WeightEncoding::Raw:
      return eachChunk(sink);
    case WeightEncoding::Packed:
      return readPacked();
    case WeightEncoding::Varint:
      return readVarints();
    case WeightEncoding::Program:
      break;
    }
    llvm_unreachable("no file holds the weight");
  }

private:
  Error eachChunk(WeightTable::Sink use) {
    std::vector<char> buffer(std::min<uint64_t>(kChunk, weight.fileLength));
    for (uint64_t done = 0; done < weight.fileLength;) {
      size_t count = std::min<uint64_t>(kChunk, weight.fileLength - done);
      MutableArrayRef<char> chunk(buffer.data(), count);
      if (Error error = file.read(weight.fileOffset + done, chunk))
        return error;
      if (Error error = use(chunk))
        return error;
      done += count;
    }
    return Error::success();
  }

  // Each element a byte of its own, upper bits zero: as code stores it.
  Error readPacked() {
    unsigned perByte = 8 / weight.elementBits;
    char mask = char((1 << weight.elementBits) - 1);
    uint64_t left = weight.elements;
    if (Error error = eachChunk([&](ArrayRef<char> chunk) -> Error {
          for (unsigned char byte : chunk)
            for (unsigned i = 0; i < perByte && left > 0; ++i, --left) {
              decoded.push_back(char(byte >> (i * weight.elementBits)) & mask);
              if (Error error = flush(kChunk))
                return error;
            }
          return Error::success();
        }))
      return error;
    return flush(1);
  }

  Error readVarints() {
    uint64_t value = 0, left = weight.elements;
    unsigned shift = 0, bytes = weight.elementBits / 8;
    auto wrong = [&](const Twine &what) {
      return createStringError("weight '" + weight.name + "' in '" +
                               weight.path + "' " + what);
    };
    if (Error error = eachChunk([&](ArrayRef<char> chunk) -> Error {
          for (unsigned char byte : chunk) {
            if (shift > 63)
              return wrong("has a number of more than 64 bits");
            value |= uint64_t(byte & 0x7f) << shift;
            shift += 7;
            if (byte & 0x80)
              continue;
            if (left == 0)
              return wrong("has more than its " + Twine(weight.elements) +
                           " numbers");
            --left;
            for (unsigned i = 0; i < bytes; ++i)
              decoded.push_back(char(value >> (8 * i)));
            value = shift = 0;
            if (Error error = flush(kChunk))
              return error;
          }
          return Error::success();
        }))
      return error;
    if (left != 0 || shift != 0)
      return wrong("needs " + Twine(weight.elements) + " numbers, but has " +
                   Twine(weight.elements - left));
    return flush(1);
  }

  // Hands on what has been decoded once there is that much.
  Error flush(size_t least) {
    if (decoded.size() < least)
      return Error::success();
    Error error = sink(decoded);
    decoded.clear();
    return error;
  }

  const Weight &weight;
  const InputFile &file;
  WeightTable::Sink sink;
  std::vector<char> decoded;
};

} // namespace

Error niello::readWeight(const Weight &weight, WeightTable::Sink sink) {
  Expected<InputFile> file = InputFile::open(weight.path);
  if (!file)
    return file.takeError();
  return Reader(weight, *file, sink).run();
}
