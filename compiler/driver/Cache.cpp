// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Cache.h"

#include "compiler/artefact/Artefact.h"
#include "compiler/artefact/TemporaryFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/SHA256.h"

#include <algorithm>
#include <unistd.h>

namespace niello {
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;
namespace {

/// First line of a record; another one is another form.
constexpr llvm::StringLiteral kForm = "niello compile 1\n";
/// More records than a person has models; of kernels, some 20 KB each.
constexpr size_t kMostRecords = 512, kMostKernels = 4096;
/// No file system in use tells times apart less finely (FAT: 2 seconds).
constexpr std::chrono::seconds kTick(2);

std::string absolute(llvm::StringRef file) {
  llvm::SmallString<128> full(file);
  fs::make_absolute(full);
  return full.str().str();
}

/// Everything that the bytes of a result depend on besides the files of the
/// model: the command, where it was given, the compiler, the runtime that is
/// linked in, the machine.
std::string nameOf(const Options &options, llvm::StringRef program) {
  auto machine = cpu::findMachine(options.target);
  auto runtime = findRuntimeFolder(program);
  if (!machine || !runtime) {
    llvm::consumeError(machine.takeError());
    llvm::consumeError(runtime.takeError());
    return "";
  }
  llvm::SHA256 sha;
  auto add = [&](llvm::StringRef text) {
    sha.update(text);
    sha.update(llvm::StringRef("\0", 1));
  };
  add(kForm);
  add(stamp(fs::getMainExecutable(program.str().c_str(), nullptr)));
  add(machine->name);
  add(machine->featureString());
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(*runtime, error), end;
       it != end && !error; it.increment(error))
    files.push_back(it->path() + stamp(it->path()));
  llvm::sort(files);
  for (const std::string &file : files)
    add(file);
  add(absolute(""));
  for (const std::string &argument : options.arguments)
    add(argument);
  auto digest = sha.final();
  return llvm::toHex(llvm::ArrayRef<uint8_t>(digest.data(), 16), true);
}

bool isOld(llvm::StringRef file, llvm::sys::TimePoint<> start) {
  fs::file_status status;
  return !fs::status(file, status) && fs::is_regular_file(status) &&
         status.getLastModificationTime() + kTick < start;
}

/// Removes the older half of more files than `most`.
void dropOldest(llvm::StringRef folder, size_t most) {
  std::vector<std::pair<llvm::sys::TimePoint<>, std::string>> all;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; it != end && !error;
       it.increment(error)) {
    fs::file_status status;
    if (!fs::status(it->path(), status) && fs::is_regular_file(status))
      all.push_back({status.getLastModificationTime(), it->path()});
  }
  if (all.size() <= most)
    return;
  llvm::sort(all);
  all.resize(all.size() / 2);
  for (const auto &[time, file] : all)
    fs::remove(file);
}

/// A folder in /tmp, where anybody may have put one of that name before: what
/// lies in it is linked and run.
std::string ownFolder() {
  std::string folder = "/tmp/niello-" + std::to_string(getuid());
  fs::file_status status;
  if (!fs::create_directory(folder, /*IgnoreExisting=*/true, fs::owner_all) &&
      !fs::status(folder, status, /*follow=*/false) &&
      fs::is_directory(status) && status.getUser() == getuid() &&
      !(status.permissions() & (fs::group_write | fs::others_write)))
    return folder;
  llvm::SmallString<128> fresh;
  fs::createUniqueDirectory("niello", fresh);
  return fresh.str().str();
}

} // namespace

std::string cacheFolder(llvm::StringRef name) {
  llvm::SmallString<128> folder;
  if (auto given = llvm::sys::Process::GetEnv("NIELLO_CACHE"))
    folder = *given;
  else if (path::cache_directory(folder))
    path::append(folder, "niello");
  else
    folder = ownFolder();
  path::append(folder, name);
  return folder.str().str();
}

std::string stamp(const llvm::Twine &file) {
  fs::file_status status;
  if (fs::status(file, status))
    return file.str();
  return file.str() + ":" + std::to_string(status.getSize()) + ":" +
         std::to_string(
             status.getLastModificationTime().time_since_epoch().count()) +
         ":" + std::to_string(status.getUniqueID().getFile());
}

static std::string digestOf(llvm::StringRef text) {
  auto digest = llvm::SHA256::hash(llvm::arrayRefFromStringRef(text));
  return llvm::toHex(llvm::ArrayRef<uint8_t>(digest.data(), 16), true);
}

cpu::ObjectCache kernelCache(llvm::StringRef program) {
  std::string folder = cacheFolder("kernels");
  if (fs::create_directories(folder))
    return {[](llvm::StringRef) { return std::nullopt; },
            [](llvm::StringRef, llvm::StringRef) {}};
  dropOldest(folder, kMostKernels);
  // Another build of the compiler may lower the same IR to other code.
  std::string prefix =
      folder + "/" +
      digestOf(stamp(fs::getMainExecutable(program.str().c_str(), nullptr)))
          .substr(0, 8) +
      "-";
  cpu::ObjectCache cache;
  cache.find = [prefix](llvm::StringRef key) -> std::optional<cpu::Bytes> {
    auto file = llvm::MemoryBuffer::getFile(prefix + key);
    if (!file)
      return std::nullopt;
    llvm::StringRef text = (*file)->getBuffer();
    llvm::StringRef digest = text.take_front(32),
                    object = text.drop_front(std::min<size_t>(32, text.size()));
    if (digest != digestOf((key + object).str()))
      return std::nullopt;
    return cpu::Bytes(object.begin(), object.end());
  };
  cache.note = [prefix](llvm::StringRef key, llvm::StringRef object) {
    // Lost or cut by a loss of power, its digest tells: no need to sync.
    llvm::consumeError(writeWhole(
        prefix + key.str(),
        [&](llvm::raw_ostream &os) {
          os << digestOf((key + object).str()) << object;
        },
        /*synced=*/false));
  };
  return cache;
}

Unchanged::Unchanged(const Options &options, llvm::StringRef program)
    : options(options), start(std::chrono::system_clock::now()) {
  bool isPlain = options.cache && options.command == "compile" &&
                 !options.isStage() && options.emit != "asm" &&
                 !options.isText() && options.dumpFolder.empty() &&
                 options.explain.empty() && !options.verifies &&
                 !options.verifyEach && !options.watch;
  std::string name = isPlain ? nameOf(options, program) : "";
  if (name.empty())
    return;
  record = cacheFolder("compile") + "/" + name;
  model = stamp(absolute(options.model));
}

std::optional<std::string> Unchanged::find() const {
  if (record.empty())
    return std::nullopt;
  auto file = llvm::MemoryBuffer::getFile(record, /*IsText=*/true);
  if (!file)
    return std::nullopt;
  llvm::StringRef text = (*file)->getBuffer();
  // kForm, a line "file<tab>stamp" for each, an empty line, what was said.
  if (!text.consume_front(kForm) || !text.consume_back("\nend\n"))
    return std::nullopt;
  bool any = false;
  for (llvm::StringRef line; !text.starts_with("\n"); any = true) {
    std::tie(line, text) = text.split('\n');
    auto [name, was] = line.split('\t');
    if (text.empty() || was.empty() || stamp(name) != was)
      return std::nullopt;
  }
  if (!any)
    return std::nullopt;
  return text.drop_front().str();
}

void Unchanged::note(llvm::ArrayRef<std::string> read,
                     llvm::ArrayRef<std::string> made,
                     llvm::StringRef said) const {
  if (record.empty() || stamp(absolute(options.model)) != model)
    return;
  std::vector<std::string> files{absolute(options.model)};
  for (const std::string &file : read)
    files.push_back(absolute(file));
  for (const std::string &file : files)
    if (!isOld(file, start))
      return;
  for (const std::string &file : made)
    files.push_back(absolute(file));
  for (const std::string &file : files)
    if (!fs::is_regular_file(file) || llvm::StringRef(file).contains('\n') ||
        llvm::StringRef(file).contains('\t'))
      return;
  std::string folder = cacheFolder("compile");
  if (fs::create_directories(folder))
    return;
  dropOldest(folder, kMostRecords);
  // Lost, it costs a compile: nobody need wait for the disk, nor be told.
  llvm::consumeError(writeWhole(
      record,
      [&](llvm::raw_ostream &os) {
        os << kForm;
        for (const std::string &file : files)
          os << file << "\t" << stamp(file) << "\n";
        os << "\n" << said << "\nend\n";
      },
      /*synced=*/false));
}

} // namespace niello
