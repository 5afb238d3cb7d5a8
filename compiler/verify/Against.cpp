// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/verify/Against.h"

extern "C" {
#include "runtime/program/npy.h"
}

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"

using namespace llvm;

namespace niello {
namespace {

Error broken(const std::string &path, const Twine &why) {
  return createStringError("'" + path + "' " + why);
}

// A .npy file in memory.
Expected<Array> parseArray(StringRef bytes, int32_t dtype,
                           const std::string &name) {
  npy_header header;
  niello_message why;
  auto *data = reinterpret_cast<const unsigned char *>(bytes.data());
  if (!npy_parse(data, bytes.size(), bytes.size(), &header, &why))
    return createStringError("'" + name + "' " + Twine(why.text));
  if (StringRef(header.type) != npy_type(dtype))
    return createStringError(
        "'" + name + "' needs elements of type '" + npy_type(dtype) + "' (" +
        niello_dtype_name(dtype) + "), but has '" + header.type + "'");
  Array array;
  array.dtype = dtype;
  array.shape.assign(header.shape, header.shape + header.rank);
  StringRef content = bytes.substr(header.offset, header.bytes);
  array.bytes.assign(content.begin(), content.end());
  return std::move(array);
}

// APPNOTE.TXT of PKWARE, 4.3: the end of the central directory, a record for
// each file there, and a header before each file's bytes.
constexpr uint32_t kEnd = 0x06054b50, kRecord = 0x02014b50, kFile = 0x04034b50;
constexpr size_t kEndBytes = 22, kRecordBytes = 46, kFileBytes = 30;

uint16_t read16(StringRef bytes, size_t at) {
  return support::endian::read16le(bytes.data() + at);
}
uint32_t read32(StringRef bytes, size_t at) {
  return support::endian::read32le(bytes.data() + at);
}

// Sizes that take more than 32 bits stand in an extra field (4.5.3), in the
// order size, packed size, offset, each only where its 32 bits are all ones.
uint64_t wide(StringRef extra, uint64_t narrow, unsigned before) {
  if (narrow != UINT32_MAX)
    return narrow;
  while (extra.size() >= 4) {
    uint16_t kind = read16(extra, 0), size = read16(extra, 2);
    if (kind == 1 && extra.size() >= 4u + 8 * (before + 1))
      return support::endian::read64le(extra.data() + 4 + 8 * before);
    extra = extra.drop_front(std::min<size_t>(extra.size(), 4 + size));
  }
  return narrow;
}

} // namespace

Expected<Values> readNpz(const std::string &path, const Values &expected) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!file)
    return createStringError("cannot read '" + path +
                             "': " + file.getError().message());
  StringRef bytes = (*file)->getBuffer();
  char mark[4];
  support::endian::write32le(mark, kEnd);
  size_t end = bytes.rfind(StringRef(mark, 4));
  if (end == StringRef::npos || bytes.size() - end < kEndBytes)
    return broken(path, "is no .npz file: it has no list of arrays");
  size_t at = read32(bytes, end + 16);
  Values values;
  for (unsigned i = 0, count = read16(bytes, end + 10); i < count; ++i) {
    if (at > bytes.size() || bytes.size() - at < kRecordBytes ||
        read32(bytes, at) != kRecord)
      return broken(path, "is no whole .npz file: its list of arrays is cut");
    uint16_t method = read16(bytes, at + 10);
    size_t nameSize = read16(bytes, at + 28),
           extraSize = read16(bytes, at + 30);
    StringRef name = bytes.substr(at + kRecordBytes, nameSize);
    StringRef extra = bytes.substr(at + kRecordBytes + nameSize, extraSize);
    uint64_t size = wide(extra, read32(bytes, at + 24), 0);
    uint64_t offset = wide(extra, read32(bytes, at + 42), 2);
    at += kRecordBytes + nameSize + extraSize + read16(bytes, at + 32);
    name.consume_back(".npy");
    auto wanted = expected.find(name.str());
    if (wanted == expected.end())
      continue;
    if (method != 0)
      return broken(path, "is compressed; write it by numpy.savez");
    if (offset > bytes.size() || bytes.size() - offset < kFileBytes ||
        read32(bytes, offset) != kFile)
      return broken(path, "is no whole .npz file: '" + name + "' is cut");
    uint64_t begin = offset + kFileBytes + read16(bytes, offset + 26) +
                     read16(bytes, offset + 28);
    if (begin > bytes.size() || size > bytes.size() - begin)
      return broken(path, "is no whole .npz file: '" + name + "' is cut");
    auto array =
        parseArray(bytes.substr(begin, size), wanted->second.dtype, name.str());
    if (!array)
      return broken(path, "cannot be compared: " + toString(array.takeError()));
    values[name.str()] = std::move(*array);
  }
  if (values.empty())
    return broken(path, "has no array that is called as a value of the model");
  return std::move(values);
}

Expected<Values> runOnnxruntime(const std::string &model,
                                const std::string &pythonFolder,
                                const Values &inputs, const Values &expected) {
  SmallString<128> folder;
  if (std::error_code error = sys::fs::createUniqueDirectory("niello", folder))
    return createStringError("cannot make a folder for temporary files: " +
                             error.message());
  scope_exit remove([&] { sys::fs::remove_directories(folder); });
  std::string list, in = (folder + "/in-").str(),
                    error = (folder + "/said").str();
  unsigned number = 0;
  for (const auto &[name, array] : inputs) {
    niello_tensor tensor = {};
    tensor.data = const_cast<char *>(array.bytes.data());
    tensor.dtype = array.dtype;
    tensor.rank = array.shape.size();
    copy(array.shape, tensor.shape);
    std::string file = in + std::to_string(number++) + ".npy";
    niello_message why;
    if (!npy_write(file.c_str(), &tensor, &why))
      return createStringError(StringRef(why.text));
    list += "in\t" + name + "\t" + file + "\n";
  }
  for (const auto &[name, array] : expected)
    if (!inputs.count(name))
      list += "out\t" + name + "\t\n";
  std::string names = (folder + "/names").str(),
              out = (folder + "/out.npz").str();
  std::error_code failed;
  raw_fd_ostream(names, failed) << list;
  if (failed)
    return createStringError("cannot write '" + names +
                             "': " + failed.message());
  std::string python =
      sys::Process::GetEnv("NIELLO_PYTHON").value_or("python3");
  auto program = sys::findProgramByName(python);
  if (!program)
    return createStringError("--against onnxruntime runs '" + python +
                             "', which is not there; NIELLO_PYTHON names "
                             "another");
  std::string script = pythonFolder + "/niello/intermediates.py";
  StringRef arguments[] = {*program, script, model, names, out};
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(""),
                                          StringRef(error)};
  std::string why;
  if (sys::ExecuteAndWait(*program, arguments, std::nullopt, redirects,
                          /*SecondsToWait=*/600, 0, &why)) {
    if (auto said = MemoryBuffer::getFile(error))
      why = (*said)->getBuffer().trim().rsplit('\n').second.str().empty()
                ? (*said)->getBuffer().trim().str()
                : (*said)->getBuffer().trim().rsplit('\n').second.str();
    return createStringError("onnxruntime cannot run it: " + why);
  }
  return readNpz(out, expected);
}

} // namespace niello
