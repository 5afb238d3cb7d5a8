// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The memory that an ELF file becomes when it is loaded, read from the file.

#ifndef NIELLO_COMPILER_INSPECT_ELFIMAGE_H
#define NIELLO_COMPILER_INSPECT_ELFIMAGE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace niello {

/// Addresses are those of the file. Sections of an object that is not linked
/// yet have none and get some, far apart. Every read is bounded by the section
/// it is in: the file may hold anything.
class ElfImage {
public:
  enum class Kind { Executable, SharedLibrary, Object };

  /// `bytes` has to outlive the image. The sentence of an error goes on after
  /// the file's name.
  static llvm::Expected<ElfImage> read(llvm::StringRef bytes);

  Kind kind() const { return fileKind; }

  /// Copies `value` from the image; false where the file has not all of it.
  template <typename T> bool get(uint64_t address, T &value) const {
    llvm::StringRef bytes = from(address);
    if (bytes.size() < sizeof(T))
      return false;
    std::memcpy(&value, bytes.data(), sizeof(T));
    return true;
  }

  /// A pointer as the loader, or the linker, would fill it in.
  std::optional<uint64_t> pointer(uint64_t address) const;

  /// The bytes up to a zero; nothing without one within the first megabyte.
  std::optional<llvm::StringRef> text(uint64_t address) const;

  struct Symbol {
    llvm::StringRef name;
    uint64_t address, size;
    bool isFunction;
  };
  llvm::ArrayRef<Symbol> symbols() const { return allSymbols; }

  /// Where constants that hold pointers begin and end.
  std::vector<std::pair<uint64_t, uint64_t>> pointerSections() const;

private:
  struct Section {
    llvm::StringRef name, bytes;
  };
  llvm::StringRef from(uint64_t address) const;
  template <typename File> llvm::Error readSections(const File &file);
  template <typename File> llvm::Error readSymbols(const File &file);
  template <typename File> llvm::Error readRelocations(const File &file);

  Kind fileKind = Kind::Object;
  std::map<uint64_t, Section> sections; ///< by address
  std::vector<uint64_t> addresses;      ///< by section number, 0 for none
  std::vector<Symbol> allSymbols;
  std::unordered_map<uint64_t, uint64_t> relocated;
};

} // namespace niello

#endif // NIELLO_COMPILER_INSPECT_ELFIMAGE_H
