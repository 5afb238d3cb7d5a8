// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/weights/WeightTable.h"

#include "compiler/weights/Layout.h"
#include "dialects/model/Model.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

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
    }
    llvm_unreachable("all encodings handled");
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

// The file of a weight, without a way out of the model's folder.
static Expected<std::string> findFile(StringRef folder, StringRef name,
                                      StringRef weight) {
  auto wrong = [&](const Twine &what) {
    return createStringError("weight '" + weight + "' needs the file '" + name +
                             "' in the model's folder, but " + what);
  };
  SmallString<256> root, path;
  SmallString<256> joined(folder.empty() ? "." : folder);
  if (sys::fs::real_path(joined, root))
    return wrong("there is no folder '" + joined + "'");
  sys::path::append(joined, name);
  if (std::error_code code = sys::fs::real_path(joined, path))
    return wrong(code.message());
  StringRef inside = path;
  if (!inside.consume_front(root) ||
      !(root.ends_with("/") || inside.starts_with("/")))
    return wrong("it leads to '" + path + "'");
  if (!sys::fs::is_regular_file(path))
    return wrong("that is no regular file");
  return path.str().str();
}

static Expected<Weight> describeWeight(model::WeightOp op, uint64_t offset,
                                       StringRef folder) {
  auto type = cast<mlir::RankedTensorType>(op.getType());
  Expected<std::string> path = findFile(folder, op.getFile(), op.getSymName());
  if (!path)
    return path.takeError();
  Weight weight;
  weight.name = op.getSymName().str();
  weight.path = *path;
  bool sub =
      !type.getElementType().isInteger(1) && type.getElementTypeBitWidth() < 8;
  weight.encoding = op.getEncoding() == "varint" ? WeightEncoding::Varint
                    : sub                        ? WeightEncoding::Packed
                                                 : WeightEncoding::Raw;
  weight.fileOffset = op.getOffset();
  weight.fileLength = op.getLength();
  weight.elementBits = sub ? type.getElementTypeBitWidth()
                           : alignTo(type.getElementTypeBitWidth(), 8);
  if (sub && weight.encoding == WeightEncoding::Varint)
    weight.elementBits = 8;
  weight.elements = type.getNumElements();
  weight.bytes = *weightBytes(type);
  weight.offset = offset;

  uint64_t size;
  if (std::error_code code = sys::fs::file_size(weight.path, size))
    return createStringError("cannot read '" + weight.path +
                             "': " + code.message());
  // Neither is negative, so the sum fits into 64 bits.
  if (weight.fileOffset + weight.fileLength > size)
    return createStringError(
        "weight '" + weight.name + "' needs bytes " + Twine(weight.fileOffset) +
        " to " + Twine(weight.fileOffset + weight.fileLength) + " of '" +
        weight.path + "', but the file has " + Twine(size));
  return weight;
}

Expected<WeightTable> WeightTable::build(mlir::ModuleOp module,
                                         StringRef folder) {
  mlir::FailureOr<WeightLayout> layout = layOutWeights(module);
  if (failed(layout))
    return createStringError("the weights do not fit into 2^60 bytes");
  WeightTable table;
  for (auto op : module.getOps<model::WeightOp>()) {
    Expected<Weight> weight =
        describeWeight(op, layout->offsets.lookup(op.getSymNameAttr()), folder);
    if (!weight)
      return weight.takeError();
    table.entries.push_back(std::move(*weight));
  }
  table.total = layout->totalBytes;
  return table;
}

Error WeightTable::stream(Sink sink) const {
  uint64_t position = 0;
  std::string openPath;
  std::optional<InputFile> file;
  for (const Weight &weight : entries) {
    if (uint64_t gap = weight.offset - position)
      if (Error error = sink(std::vector<char>(gap, 0)))
        return error;
    // Weights of one file usually follow each other.
    if (openPath != weight.path) {
      Expected<InputFile> opened = InputFile::open(weight.path);
      if (!opened)
        return opened.takeError();
      file.emplace(std::move(*opened));
      openPath = weight.path;
    }
    if (Error error = Reader(weight, *file, sink).run())
      return error;
    position = weight.offset + weight.bytes;
  }
  return Error::success();
}

Expected<std::array<uint8_t, 32>> WeightTable::hash() const {
  SHA256 sum;
  if (Error error = stream([&](ArrayRef<char> bytes) {
        sum.update(StringRef(bytes.data(), bytes.size()));
        return Error::success();
      }))
    return std::move(error);
  return sum.final();
}
