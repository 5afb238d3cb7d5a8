// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/artefact/TemporaryFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace niello {
namespace path = sys::path;

/// What stands between a file's name and six random digits, and the file in
/// the folder of that name.
static constexpr StringLiteral mark = ".part-", inner = "/f";
static constexpr size_t digits = 6;

std::string userPath(StringRef text) {
  size_t at = text.find(mark);
  if (at == StringRef::npos)
    return text.str();
  StringRef rest = text.drop_front(at + mark.size() + digits);
  rest.consume_front(inner);
  return text.take_front(at).str() + userPath(rest);
}

static std::error_code lastError() {
  return std::error_code(errno, std::generic_category());
}

Error cannotWrite(StringRef path, std::error_code why) {
  return createStringError("cannot write '" + userPath(path) +
                           "': " + why.message());
}

/// The lock on a folder, or -1 where another process has it, or where it is
/// gone: its maker and who removes it may both have found it unlocked.
static int lockFolder(const char *folder) {
  int lock = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (lock < 0)
    return -1;
  struct stat held, named;
  if (flock(lock, LOCK_EX | LOCK_NB) == 0 && fstat(lock, &held) == 0 &&
      lstat(folder, &named) == 0 && held.st_ino == named.st_ino)
    return lock;
  close(lock);
  return -1;
}

Expected<TemporaryFile> TemporaryFile::beside(StringRef path) {
  sys::fs::file_status status;
  if (!sys::fs::status(path, status) && !sys::fs::is_regular_file(status)) {
    if (sys::fs::is_directory(status))
      return cannotWrite(path, make_error_code(std::errc::is_a_directory));
    return createStringError("cannot write '" + path +
                             "': it is a device or a pipe, not a file");
  }
  // Where locks are not to be had a folder without one will do: it is never
  // taken for stale.
  for (int attempt = 0;; ++attempt) {
    SmallString<256> folder;
    sys::fs::createUniquePath(path + mark + "%%%%%%", folder,
                              /*MakeAbsolute=*/false);
    if (mkdir(folder.c_str(), 0700) < 0) {
      if (errno == EEXIST)
        continue;
      return cannotWrite(path, lastError());
    }
    int lock = lockFolder(folder.c_str());
    if (lock < 0 && attempt < 4) {
      rmdir(folder.c_str());
      continue;
    }
    std::string name = (folder + inner).str();
    sys::RemoveFileOnSignal(name);
    return TemporaryFile(std::move(name), lock);
  }
}

TemporaryFile::TemporaryFile(TemporaryFile &&other)
    : name(std::move(other.name)), lock(other.lock) {
  other.name.clear();
  other.lock = -1;
}

TemporaryFile &TemporaryFile::operator=(TemporaryFile &&other) {
  std::swap(name, other.name);
  std::swap(lock, other.lock);
  return *this;
}

TemporaryFile::~TemporaryFile() {
  if (name.empty())
    return;
  unlink(name.c_str());
  rmdir(path::parent_path(name).str().c_str());
  sys::DontRemoveFileOnSignal(name);
  if (lock >= 0)
    close(lock);
}

/// Disks that cannot sync say so by EINVAL; that is all there is to have.
static std::error_code syncToDisk(const std::string &path) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return lastError();
  std::error_code error;
  if (fsync(file) < 0 && errno != EINVAL)
    error = lastError();
  close(file);
  return error;
}

Error TemporaryFile::keepAs(StringRef path, bool synced) {
  std::error_code error = synced ? syncToDisk(name) : std::error_code();
  if (!error)
    error = sys::fs::rename(name, path);
  if (error)
    return cannotWrite(path, error);
  if (!synced)
    return Error::success();
  // The file is there; a folder that may not be read cannot be synced.
  StringRef folder = path::parent_path(path);
  (void)syncToDisk(folder.empty() ? "." : folder.str());
  return Error::success();
}

static Error writeTo(StringRef path, function_ref<void(raw_ostream &)> print) {
  std::error_code error;
  raw_fd_ostream out(path, error);
  if (error)
    return cannotWrite(path, error);
  print(out);
  out.close();
  error = out.error();
  out.clear_error();
  return error ? cannotWrite(path, error) : Error::success();
}

Error TemporaryFile::write(StringRef bytes) {
  return writeTo(name, [&](raw_ostream &os) { os << bytes; });
}

Error writeWhole(StringRef path, function_ref<void(raw_ostream &)> print,
                 bool synced) {
  sys::fs::file_status status;
  if (!sys::fs::status(path, status, /*follow=*/false) &&
      !sys::fs::is_regular_file(status) && !sys::fs::is_directory(status))
    return writeTo(path, print);
  auto file = TemporaryFile::beside(path);
  if (!file)
    return file.takeError();
  if (Error error = writeTo(file->path(), print))
    return error;
  return file->keepAs(path, synced);
}

/// Files in `folder` that Niello, LLD or a nested temporary file made.
static void removeInner(const std::string &folder) {
  std::error_code code;
  for (sys::fs::directory_iterator it(folder, code, /*follow_symlinks=*/false),
       end;
       it != end && !code; it.increment(code)) {
    if (!path::filename(it->path()).starts_with(inner.drop_front()))
      continue;
    if (it->type() == sys::fs::file_type::directory_file)
      removeInner(it->path());
    else
      unlink(it->path().c_str());
  }
  rmdir(folder.c_str());
}

void removeStale(StringRef path) {
  StringRef parent = path::parent_path(path);
  StringRef name = path.ends_with("/") ? "" : path::filename(path);
  std::error_code code;
  std::vector<std::string> found;
  for (sys::fs::directory_iterator it(parent.empty() ? "." : parent, code,
                                      /*follow_symlinks=*/false),
       end;
       it != end && !code; it.increment(code)) {
    auto [before, after] = path::filename(it->path()).rsplit(mark);
    if (after.size() == digits && (name.empty() || before == name) &&
        it->type() == sys::fs::file_type::directory_file)
      found.push_back(it->path());
  }
  for (const std::string &folder : found) {
    int lock = lockFolder(folder.c_str());
    if (lock < 0)
      continue;
    removeInner(folder);
    close(lock);
  }
}

} // namespace niello
