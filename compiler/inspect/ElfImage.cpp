// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/inspect/ElfImage.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELF.h"

using namespace llvm;
using namespace llvm::object;

namespace niello {

using ElfSection = ELF64LE::Shdr;

// Sections of an object lie this far apart; no file is as long.
static constexpr uint64_t kObjectStride = uint64_t(1) << 40;

template <typename File> Error ElfImage::readSections(const File &file) {
  auto all = file.sections();
  if (!all)
    return all.takeError();
  addresses.resize(all->size());
  for (auto [i, header] : llvm::enumerate(*all)) {
    if (!(header.sh_flags & ELF::SHF_ALLOC))
      continue;
    addresses[i] = fileKind == Kind::Object ? (i + 1) * kObjectStride
                                            : uint64_t(header.sh_addr);
    if (header.sh_type == ELF::SHT_NOBITS)
      continue;
    auto name = file.getSectionName(header);
    auto bytes = file.getSectionContents(header);
    if (!name || !bytes)
      return joinErrors(name.takeError(), bytes.takeError());
    if (!bytes->empty())
      sections[addresses[i]] = {*name, toStringRef(*bytes)};
  }
  return Error::success();
}

template <typename File> Error ElfImage::readSymbols(const File &file) {
  auto all = file.sections();
  if (!all)
    return all.takeError();
  for (const ElfSection &header : *all) {
    if (header.sh_type != ELF::SHT_SYMTAB)
      continue;
    auto symbols = file.symbols(&header);
    auto names = file.getStringTableForSymtab(header);
    if (!symbols || !names)
      return joinErrors(symbols.takeError(), names.takeError());
    for (const ELF64LE::Sym &symbol : *symbols) {
      auto name = symbol.getName(*names);
      if (!name)
        return name.takeError();
      if (symbol.st_shndx == ELF::SHN_UNDEF ||
          symbol.st_shndx >= addresses.size())
        continue;
      uint64_t base = fileKind == Kind::Object ? addresses[symbol.st_shndx] : 0;
      allSymbols.push_back({*name, base + symbol.st_value, symbol.st_size,
                            symbol.getType() == ELF::STT_FUNC});
    }
  }
  return Error::success();
}

template <typename File> Error ElfImage::readRelocations(const File &file) {
  auto all = file.sections();
  if (!all)
    return all.takeError();
  for (const ElfSection &header : *all) {
    if (header.sh_type != ELF::SHT_RELA)
      continue;
    uint64_t base = 0;
    if (fileKind == Kind::Object) {
      if (header.sh_info >= addresses.size() || !addresses[header.sh_info])
        continue;
      base = addresses[header.sh_info];
    }
    auto entries = file.relas(header);
    if (!entries)
      return entries.takeError();
    for (const ELF64LE::Rela &entry : *entries) {
      uint64_t value = entry.r_addend;
      uint32_t type = entry.getType(/*isMips64EL=*/false);
      if (type == ELF::R_X86_64_64) {
        auto symtab = file.getSection(header.sh_link);
        if (!symtab)
          return symtab.takeError();
        auto symbol = file.getRelocationSymbol(entry, *symtab);
        if (!symbol)
          return symbol.takeError();
        if (!*symbol || (*symbol)->st_shndx >= addresses.size())
          continue;
        value += (*symbol)->st_value;
        if (fileKind == Kind::Object)
          value += addresses[(*symbol)->st_shndx];
      } else if (type != ELF::R_X86_64_RELATIVE) {
        continue;
      }
      relocated[base + entry.r_offset] = value;
    }
  }
  return Error::success();
}

Expected<ElfImage> ElfImage::read(StringRef bytes) {
  auto file = ELFFile<ELF64LE>::create(bytes);
  if (!file)
    return file.takeError();
  const auto &header = file->getHeader();
  if (header.e_ident[ELF::EI_CLASS] != ELF::ELFCLASS64 ||
      header.e_ident[ELF::EI_DATA] != ELF::ELFDATA2LSB)
    return createStringError("is for a machine of another kind than 64 bits, "
                             "low byte first");
  ElfImage image;
  if (header.e_type != ELF::ET_REL)
    image.fileKind = header.e_entry ? Kind::Executable : Kind::SharedLibrary;
  if (Error error = image.readSections(*file))
    return std::move(error);
  if (Error error = image.readSymbols(*file))
    return std::move(error);
  if (Error error = image.readRelocations(*file))
    return std::move(error);
  return image;
}

StringRef ElfImage::from(uint64_t address) const {
  auto next = sections.upper_bound(address);
  if (next == sections.begin())
    return {};
  const auto &[start, section] = *std::prev(next);
  return section.bytes.drop_front(
      std::min<uint64_t>(address - start, section.bytes.size()));
}

std::optional<uint64_t> ElfImage::pointer(uint64_t address) const {
  auto found = relocated.find(address);
  if (found != relocated.end())
    return found->second;
  uint64_t value;
  return get(address, value) ? std::optional(value) : std::nullopt;
}

std::optional<StringRef> ElfImage::text(uint64_t address) const {
  // Names of nodes are paths of a few hundred characters.
  constexpr size_t longest = 1 << 20;
  StringRef bytes = from(address).take_front(longest);
  size_t end = bytes.find('\0');
  return end == StringRef::npos ? std::nullopt
                                : std::optional(bytes.take_front(end));
}

std::vector<std::pair<uint64_t, uint64_t>> ElfImage::pointerSections() const {
  std::vector<std::pair<uint64_t, uint64_t>> places;
  for (const auto &[address, section] : sections)
    if (section.name.starts_with(".data.rel.ro"))
      places.push_back({address, address + section.bytes.size()});
  return places;
}

} // namespace niello
