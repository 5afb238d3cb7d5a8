// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Appends the weights, which neither LLVM nor LLD has seen.
//
// The section .niello.weights took address space and no bytes. Its bytes go to
// the end of the file, at a page's start, in the order in which they come; one
// section header and, in a linked file, one program header are made to say so.
// Peak memory is that of one chunk, whatever the size of the model.

#include "compiler/artefact/Linker.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace niello {
namespace {

constexpr uint64_t pageSize = 4096;

/// Where in the file the two headers are that must change.
struct Headers {
  uint64_t section = 0, segment = 0;
  ELF::Elf64_Shdr sectionHeader = {};
  ELF::Elf64_Phdr segmentHeader = {};
};

template <typename T> bool read(StringRef file, uint64_t offset, T &to) {
  if (offset > file.size() || file.size() - offset < sizeof(T))
    return false;
  std::memcpy(&to, file.data() + offset, sizeof(T));
  return true;
}

Expected<Headers> findHeaders(StringRef file, StringRef path, uint64_t size) {
  ELF::Elf64_Ehdr header;
  ELF::Elf64_Shdr names;
  Headers found;
  auto broken = [&] {
    return createStringError("'" + path + "' has no weights section of " +
                             Twine(size) + " bytes to fill");
  };
  if (!read(file, 0, header) || !header.checkMagic())
    return broken();
  auto sectionAt = [&](unsigned index) {
    return header.e_shoff + uint64_t(index) * sizeof(ELF::Elf64_Shdr);
  };
  if (!read(file, sectionAt(header.e_shstrndx), names))
    return broken();
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    ELF::Elf64_Shdr section;
    if (!read(file, sectionAt(i), section))
      return broken();
    StringRef name = file.substr(names.sh_offset + section.sh_name);
    if (section.sh_type == ELF::SHT_NOBITS && section.sh_size == size &&
        name.starts_with(StringRef(".niello.weights\0", 16))) {
      found.section = sectionAt(i);
      found.sectionHeader = section;
    }
  }
  if (!found.section)
    return broken();
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    ELF::Elf64_Phdr segment;
    uint64_t at = header.e_phoff + uint64_t(i) * sizeof(segment);
    if (!read(file, at, segment))
      return broken();
    if (segment.p_type == ELF::PT_LOAD && segment.p_filesz == 0 &&
        segment.p_memsz == size &&
        segment.p_vaddr == found.sectionHeader.sh_addr) {
      found.segment = at;
      found.segmentHeader = segment;
    }
  }
  if (header.e_phnum && !found.segment)
    return broken();
  return found;
}

/// Writes the chunks and, where they end early, zeros.
Error writeBytes(raw_fd_ostream &out, StringRef path, uint64_t size,
                 const WeightStream &weights) {
  uint64_t left = size;
  auto sink = [&](ArrayRef<char> bytes) -> Error {
    if (bytes.size() > left)
      return createStringError("the weights are longer than the " +
                               Twine(size) + " bytes planned for them");
    out.write(bytes.data(), bytes.size());
    left -= bytes.size();
    return out.has_error() ? cannotWrite(path, out.error()) : Error::success();
  };
  if (weights)
    if (Error error = weights(sink))
      return error;
  // What nobody writes is zero, and takes no room on most disks.
  if (left && !out.has_error()) {
    out.seek(out.tell() + left - 1);
    out << '\0';
  }
  return Error::success();
}

template <typename T>
void patch(raw_fd_ostream &out, uint64_t offset, const T &header) {
  out.seek(offset);
  out.write(reinterpret_cast<const char *>(&header), sizeof(header));
}

} // namespace

llvm::Error appendWeights(llvm::StringRef path, uint64_t size,
                          const WeightStream &weights) {
  Headers headers;
  uint64_t end;
  {
    auto file = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
    if (!file)
      return createStringError("cannot read '" + path +
                               "': " + file.getError().message());
    auto found = findHeaders((*file)->getBuffer(), path, size);
    if (!found)
      return found.takeError();
    headers = *found;
    end = alignTo((*file)->getBufferSize(), pageSize);
  }
  std::error_code error;
  raw_fd_ostream out(path, error, sys::fs::CD_OpenExisting, sys::fs::FA_Write,
                     sys::fs::OF_None);
  if (error)
    return cannotWrite(path, error);
  out.seek(end);
  Error failure = writeBytes(out, path, size, weights);
  headers.sectionHeader.sh_type = ELF::SHT_PROGBITS;
  headers.sectionHeader.sh_offset = end;
  patch(out, headers.section, headers.sectionHeader);
  if (headers.segment) {
    headers.segmentHeader.p_offset = end;
    headers.segmentHeader.p_filesz = size;
    patch(out, headers.segment, headers.segmentHeader);
  }
  out.close();
  error = out.error();
  out.clear_error();
  if (failure)
    return failure;
  return error ? cannotWrite(path, error) : Error::success();
}

} // namespace niello
