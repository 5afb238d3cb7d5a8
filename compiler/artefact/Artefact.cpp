// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From objects to a file that depends on nothing: link, drop names, append the
// weights, rename into place.

#include "compiler/artefact/Artefact.h"
#include "compiler/artefact/Linker.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace niello {
namespace {

/// The files of a link and the command line made of them.
class ArtefactWriter {
public:
  explicit ArtefactWriter(const ArtefactRequest &request) : request(request) {}
  Expected<ArtefactSizes> write();

private:
  Error checkSpace() const;
  Error writeObjects();
  Error link(StringRef output);
  void addExecutable();
  void addSharedLibrary(StringRef versionScript);
  void addRelocatable();
  void addObjects();
  void add(std::initializer_list<StringRef> arguments);
  std::string part(StringRef name) const;
  std::string getter() const;
  Error archive(const TemporaryFile &object, TemporaryFile &library);
  Expected<uint64_t> kernelBytes() const;

  const ArtefactRequest &request;
  std::vector<TemporaryFile> files;
  std::vector<std::string> objects, arguments;
};

void ArtefactWriter::add(std::initializer_list<StringRef> more) {
  for (StringRef argument : more)
    arguments.push_back(argument.str());
}

std::string ArtefactWriter::part(StringRef name) const {
  return request.runtimeFolder + "/" + name.str();
}

std::string ArtefactWriter::getter() const {
  return toIdentifier(request.description->name) + "_model";
}

/// LLD writes through a mapped file, where a full disk is a crash; and nobody
/// wants to hear of it after gigabytes of weights. So it is asked beforehand.
Error ArtefactWriter::checkSpace() const {
  constexpr uint64_t runtimeBytes = 512 << 10;
  uint64_t need = runtimeBytes + request.description->weightsSize;
  if (request.kind == ArtefactKind::StaticLibrary)
    need += request.description->weightsSize;
  for (MemoryBufferRef object : request.objects)
    need += 2 * object.getBufferSize();
  StringRef folder = sys::path::parent_path(request.outputPath);
  auto space = sys::fs::disk_space(folder.empty() ? "." : folder);
  if (!space || space->available >= need) // where it cannot be asked, try
    return Error::success();
  return createStringError("cannot write '" + userPath(request.outputPath) +
                           "': needs " + Twine(need) +
                           " bytes, but its disk has " +
                           Twine(space->available) + " left");
}

/// LLD reads files only. The objects hold code, so they are small.
Error ArtefactWriter::writeObjects() {
  for (MemoryBufferRef object : request.objects) {
    auto file = TemporaryFile::beside(request.outputPath);
    if (!file)
      return file.takeError();
    if (Error error = file->write(object.getBuffer()))
      return error;
    objects.push_back(file->path().str());
    files.push_back(std::move(*file));
  }
  return Error::success();
}

void ArtefactWriter::addObjects() {
  arguments.insert(arguments.end(), objects.begin(), objects.end());
}

void ArtefactWriter::addExecutable() {
  add({"-static", "-pie", "--no-dynamic-linker", "-z", "lrodata-after-bss",
       "-z", "now", "-z", "noseparate-code", "--gc-sections"});
  add({part("musl/rcrt1.o"), part("musl/crti.o")});
  addObjects();
  add({part("musl/libniello-program.a"), part("musl/libniello-runtime.a"),
       part("musl/libniello-image.a"), part("libniello-stencils.a"),
       part("musl/libniello-builtins.a"), part("musl/libc.a"),
       part("musl/crtn.o")});
}

void ArtefactWriter::addSharedLibrary(StringRef versionScript) {
  StringRef name = sys::path::filename(request.outputPath);
  add({"-shared", "-soname", name, "-z", "lrodata-after-bss", "-z", "now", "-z",
       "defs", "--gc-sections", "--version-script", versionScript});
  addObjects();
  add({"--whole-archive", part("gnu/libniello-runtime.a"), "--no-whole-archive",
       part("gnu/libniello-image.a"), part("libniello-stencils.a"),
       part("gnu/libniello-math.a"), part("gnu/libniello-builtins.a"),
       part("gnu/libc.so.6")});
}

void ArtefactWriter::addRelocatable() {
  add({"-r"});
  addObjects();
  add({"--whole-archive", part("gnu/libniello-runtime.a"), "--no-whole-archive",
       part("gnu/libniello-image.a"), part("libniello-stencils.a"),
       part("gnu/libniello-math.a"), part("gnu/libniello-builtins.a")});
}

Error ArtefactWriter::link(StringRef output) {
  // Nothing of the machine or the day goes into the file.
  add({"-m", "elf_x86_64", "--build-id=none", "--threads=1", "-o", output});
  switch (request.kind) {
  case ArtefactKind::Executable:
    addExecutable();
    break;
  case ArtefactKind::SharedLibrary: {
    auto script = TemporaryFile::beside(request.outputPath);
    if (!script)
      return script.takeError();
    if (Error error =
            script->write("{ global: niello_*; " + getter() + "; local: *; };"))
      return error;
    addSharedLibrary(script->path());
    files.push_back(std::move(*script));
    break;
  }
  case ArtefactKind::StaticLibrary:
  case ArtefactKind::Object:
    addRelocatable();
    break;
  }
  return runLinker(arguments);
}

/// The name of the member must not be that of a temporary file: the same
/// inputs give the same bytes.
Error ArtefactWriter::archive(const TemporaryFile &object,
                              TemporaryFile &library) {
  auto member =
      NewArchiveMember::getFile(object.path(), /*Deterministic=*/true);
  if (!member)
    return member.takeError();
  std::string name = toIdentifier(request.description->name) + ".o";
  member->MemberName = name;
  std::vector<NewArchiveMember> members;
  members.push_back(std::move(*member));
  std::error_code error;
  raw_fd_ostream out(library.path(), error);
  if (error)
    return cannotWrite(library.path(), error);
  Error failure = writeArchiveToStream(
      out, members, SymtabWritingMode::NormalSymtab, object::Archive::K_GNU,
      /*Deterministic=*/true, /*Thin=*/false);
  out.close();
  error = out.error();
  out.clear_error();
  if (failure)
    return failure;
  return error ? cannotWrite(request.outputPath, error) : Error::success();
}

Expected<uint64_t> ArtefactWriter::kernelBytes() const {
  uint64_t bytes = 0;
  for (MemoryBufferRef buffer : request.objects) {
    auto file = object::ObjectFile::createELFObjectFile(buffer);
    if (!file)
      return file.takeError();
    for (object::SectionRef section : (*file)->sections())
      if (section.isText())
        bytes += section.getSize();
  }
  return bytes;
}

Expected<ArtefactSizes> ArtefactWriter::write() {
  const bool isLinked = request.kind == ArtefactKind::Executable ||
                        request.kind == ArtefactKind::SharedLibrary;
  removeStale(request.outputPath);
  if (!request.headerPath.empty())
    removeStale(request.headerPath);
  auto output = TemporaryFile::beside(request.outputPath);
  if (!output)
    return output.takeError();
  if (Error error = checkSpace())
    return error;
  if (Error error = writeObjects())
    return error;
  if (Error error = link(output->path()))
    return error;
  if (Error error = isLinked ? dropRuntimeNames(output->path(), request)
                             : sealObject(output->path(), getter()))
    return error;
  ArtefactSizes sizes;
  sizes.weights = request.description->weightsSize;
  if (sizes.weights)
    if (Error error =
            appendWeights(output->path(), sizes.weights, request.weights))
      return error;
  if (request.kind == ArtefactKind::StaticLibrary) {
    auto library = TemporaryFile::beside(request.outputPath);
    if (!library)
      return library.takeError();
    if (Error error = archive(*output, *library))
      return error;
    std::swap(*output, *library);
  }
  unsigned mode = isLinked ? 0777 : 0666;
  sys::fs::setPermissions(output->path(),
                          sys::fs::perms(mode & ~sys::fs::getUmask()));
  if (auto error = sys::fs::file_size(output->path(), sizes.total))
    return cannotWrite(request.outputPath, error);
  auto kernels = kernelBytes();
  if (!kernels)
    return kernels.takeError();
  sizes.kernels = *kernels;
  if (!request.headerPath.empty()) {
    if (Error error = writeWhole(request.headerPath, [&](raw_ostream &os) {
          os << makeHeader(*request.description);
        }))
      return error;
  }
  if (Error error = output->keepAs(request.outputPath))
    return error;
  return sizes;
}

} // namespace

Expected<ArtefactSizes> writeArtefact(const ArtefactRequest &request) {
  return ArtefactWriter(request).write();
}

Expected<std::string> findRuntimeFolder(StringRef program) {
  static int here;
  std::string path = sys::fs::getMainExecutable(program.str().c_str(), &here);
  SmallString<256> folder(sys::path::parent_path(path));
  sys::path::append(folder, "..", "lib", "niello");
  sys::path::remove_dots(folder, /*remove_dot_dot=*/true);
  if (sys::fs::exists(folder + "/musl/libc.a"))
    return folder.str().str();
  return createStringError("niello's installation is not whole: '" + folder +
                           "' should hold the runtime");
}

} // namespace niello
