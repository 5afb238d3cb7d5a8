// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Output appears whole or not at all.

#include "compiler/artefact/Linker.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace niello {

/// What stands between a file's name and six random digits.
static constexpr StringLiteral mark = ".part-";

std::string userPath(StringRef text) {
  size_t at = text.find(mark);
  if (at == StringRef::npos)
    return text.str();
  return text.take_front(at).str() +
         userPath(text.drop_front(at + mark.size() + 6));
}

Error cannotWrite(StringRef path, std::error_code why) {
  return createStringError("cannot write '" + userPath(path) +
                           "': " + why.message());
}

Expected<TemporaryFile> TemporaryFile::beside(StringRef path) {
  SmallString<256> name;
  if (sys::fs::is_directory(path))
    return cannotWrite(path, make_error_code(std::errc::is_a_directory));
  if (std::error_code error =
          sys::fs::createUniqueFile(path + mark + "%%%%%%", name))
    return cannotWrite(path, error);
  sys::RemoveFileOnSignal(name);
  return TemporaryFile(name.str().str());
}

TemporaryFile::TemporaryFile(TemporaryFile &&other)
    : name(std::move(other.name)) {
  other.name.clear();
}

TemporaryFile &TemporaryFile::operator=(TemporaryFile &&other) {
  std::swap(name, other.name);
  return *this;
}

TemporaryFile::~TemporaryFile() {
  if (name.empty())
    return;
  sys::fs::remove(name);
  sys::DontRemoveFileOnSignal(name);
}

Error TemporaryFile::write(StringRef bytes) {
  std::error_code error;
  raw_fd_ostream out(name, error);
  if (error)
    return cannotWrite(name, error);
  out << bytes;
  out.close();
  error = out.error();
  out.clear_error();
  return error ? cannotWrite(name, error) : Error::success();
}

Error TemporaryFile::keepAs(StringRef path) {
  if (std::error_code error = sys::fs::rename(name, path))
    return cannotWrite(path, error);
  sys::DontRemoveFileOnSignal(name);
  name.clear();
  return Error::success();
}

} // namespace niello
