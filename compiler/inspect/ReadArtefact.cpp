// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The descriptor of niello_abi.h, found in a file and read field by field.

#include "compiler/inspect/Inspect.h"

#include "compiler/inspect/ElfImage.h"
#include "compiler/target/cpu/Machine.h"
#include "runtime/include/niello/niello_abi.h"

#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/Archive.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstddef>

using namespace llvm;

namespace niello {
namespace {

// Records and bytes of text that a descriptor may have in all. A file can make
// its tables point at each other, so that their product is beyond any size; a
// model of a thousand inputs has a thousandth of this.
constexpr uint64_t kMostRecords = 1 << 20, kMostText = 64 << 20;

/// The descriptor of an image. Every function is false, or empty, where the
/// file ends early or is beyond the limits.
class DescriptorReader {
public:
  DescriptorReader(const ElfImage &image, uint64_t at) : image(image), at(at) {}

  bool read(ArtefactFacts &facts);

private:
  bool text(uint64_t field, std::string &to);
  bool tensors(uint64_t field, uint64_t count,
               std::vector<TensorDescription> &to, const ModelDescription &of);
  bool symbols(uint64_t count, ModelDescription &to);
  bool levels(uint64_t count, std::vector<LevelFacts> &to);
  bool entries(uint64_t count, ModelDescription &to);

  /// Reads an array of structs that starts with its own stride.
  template <typename T, typename Take>
  bool table(uint64_t field, uint64_t count, Take take) {
    std::optional<uint64_t> start = image.pointer(field);
    uint32_t stride;
    if (count == 0)
      return true;
    if (!start || !image.get(*start, stride) || stride < sizeof(T))
      return false;
    for (uint64_t i = 0; i < count; ++i) {
      T record;
      uint64_t place = *start + i * stride;
      if (++records > kMostRecords || !image.get(place, record) ||
          !take(place, record))
        return false;
    }
    return true;
  }

  const ElfImage &image;
  uint64_t at, records = 0, textBytes = 0;
};

bool DescriptorReader::text(uint64_t field, std::string &to) {
  std::optional<uint64_t> start = image.pointer(field);
  std::optional<StringRef> found = start ? image.text(*start) : std::nullopt;
  if (!found || (textBytes += found->size()) > kMostText)
    return false;
  to = found->str();
  return true;
}

StringRef dtypeText(unsigned number) {
  switch (number) {
#define NIELLO_CASE(id, number, text, bytes, numpy)                            \
  case number:                                                                 \
    return text;
    NIELLO_DTYPES(NIELLO_CASE)
#undef NIELLO_CASE
  }
  return "";
}

bool DescriptorReader::tensors(uint64_t field, uint64_t count,
                               std::vector<TensorDescription> &to,
                               const ModelDescription &of) {
  return table<niello_tensor_desc>(
      field, count, [&](uint64_t place, const niello_tensor_desc &record) {
        TensorDescription tensor;
        tensor.dtype = dtypeText(record.dtype).str();
        if (tensor.dtype.empty() || record.rank > NIELLO_MAX_RANK ||
            !text(place + offsetof(niello_tensor_desc, name), tensor.name))
          return false;
        auto dims = image.pointer(place + offsetof(niello_tensor_desc, dims));
        for (unsigned i = 0; i < record.rank; ++i) {
          niello_dim_desc dim;
          if (!dims || !image.get(*dims + i * sizeof(dim), dim))
            return false;
          DimensionDescription size;
          size.size = dim.size;
          if (dim.symbol >= 0) {
            if (size_t(dim.symbol) >= of.symbols.size())
              return false;
            size.symbol = of.symbols[dim.symbol].name;
          }
          tensor.dims.push_back(std::move(size));
        }
        to.push_back(std::move(tensor));
        return true;
      });
}

bool DescriptorReader::symbols(uint64_t count, ModelDescription &to) {
  return table<niello_symbol_desc>(
      at + offsetof(niello_model_desc, symbols), count,
      [&](uint64_t place, const niello_symbol_desc &record) {
        SymbolDescription symbol;
        symbol.min = record.min;
        symbol.max = record.max;
        if (!text(place + offsetof(niello_symbol_desc, name), symbol.name))
          return false;
        to.symbols.push_back(std::move(symbol));
        return true;
      });
}

bool DescriptorReader::levels(uint64_t count, std::vector<LevelFacts> &to) {
  static const char *const features[] = {
#define NIELLO_CASE(id, number, text, leaf, subleaf, word, position) text,
      NIELLO_CPU_FEATURES(NIELLO_CASE)
#undef NIELLO_CASE
  };
  return table<niello_level_desc>(
      at + offsetof(niello_model_desc, levels), count,
      [&](uint64_t place, const niello_level_desc &record) {
        LevelFacts level;
        if (!text(place + offsetof(niello_level_desc, name), level.name))
          return false;
        for (auto [bit, feature] : llvm::enumerate(features)) {
          if (!(record.features[bit / 64] >> bit % 64 & 1))
            continue;
          level.features.push_back(feature);
          if (!cpu::hostHas(feature))
            level.missing.push_back(feature);
        }
        to.push_back(std::move(level));
        return true;
      });
}

bool DescriptorReader::entries(uint64_t count, ModelDescription &to) {
  return table<niello_entry_desc>(
      at + offsetof(niello_model_desc, entries), count,
      [&](uint64_t place, const niello_entry_desc &record) {
        EntryDescription entry;
        if (!text(place + offsetof(niello_entry_desc, name), entry.name) ||
            !tensors(place + offsetof(niello_entry_desc, inputs),
                     record.num_inputs, entry.inputs, to) ||
            !tensors(place + offsetof(niello_entry_desc, outputs),
                     record.num_outputs, entry.outputs, to))
          return false;
        to.entries.push_back(std::move(entry));
        return true;
      });
}

bool DescriptorReader::read(ArtefactFacts &facts) {
  niello_model_desc record;
  ModelDescription &model = facts.description;
  if (!image.get(at, record))
    return false;
  model.weightsSize = record.weights_size;
  return text(at + offsetof(niello_model_desc, name), model.name) &&
         text(at + offsetof(niello_model_desc, source), model.source) &&
         text(at + offsetof(niello_model_desc, hash), model.hash) &&
         text(at + offsetof(niello_model_desc, compiler), facts.compiler) &&
         text(at + offsetof(niello_model_desc, verification),
              model.verification) &&
         symbols(record.num_symbols, model) &&
         levels(record.num_levels, facts.levels) &&
         entries(record.num_entries, model);
}

/// Whether a descriptor lies there: its size, a version, and a compiler that is
/// called as ours.
bool looksLikeDescriptor(const ElfImage &image, uint64_t at) {
  niello_model_desc record;
  constexpr uint32_t longest = 4096; // a struct of pointers and numbers
  if (!image.get(at, record) || record.size < sizeof(record) ||
      record.size > longest || record.abi_version == 0)
    return false;
  auto compiler = image.pointer(at + offsetof(niello_model_desc, compiler));
  char start[7];
  return compiler && image.get(*compiler, start) &&
         StringRef(start, sizeof(start)) == "niello ";
}

/// By its name, or, in a file without names, by its looks.
std::optional<uint64_t> findDescriptor(const ElfImage &image) {
  for (const ElfImage::Symbol &symbol : image.symbols())
    if (symbol.name == "niello_descriptor" &&
        looksLikeDescriptor(image, symbol.address))
      return symbol.address;
  for (auto [begin, end] : image.pointerSections())
    for (uint64_t at = begin; at < end; at += sizeof(uint64_t))
      if (looksLikeDescriptor(image, at))
        return at;
  return std::nullopt;
}

/// In a linked file the only names left are the model's.
void countKernels(const ElfImage &image, ArtefactFacts &facts) {
  if (image.kind() == ElfImage::Kind::Object)
    return;
  uint64_t kernels = 0, bytes = 0;
  for (const ElfImage::Symbol &symbol : image.symbols())
    if (symbol.isFunction && symbol.name != "niello_get_model" &&
        !symbol.name.ends_with("_model")) {
      ++kernels;
      bytes += symbol.size;
    }
  if (!kernels)
    return;
  facts.kernels = kernels;
  facts.kernelBytes = bytes;
}

Error readImage(StringRef bytes, ArtefactFacts &facts) {
  Expected<ElfImage> image = ElfImage::read(bytes);
  if (!image)
    return createStringError("is no whole ELF file: " +
                             toString(image.takeError()));
  std::optional<uint64_t> descriptor = findDescriptor(*image);
  if (!descriptor)
    return createStringError("was not made by niello: it has no descriptor of "
                             "a model");
  image->get(*descriptor + offsetof(niello_model_desc, abi_version),
             facts.abiVersion);
  if (facts.abiVersion != NIELLO_ABI_VERSION)
    return createStringError("follows version " + Twine(facts.abiVersion) +
                             " of the ABI, but this niello reads version " +
                             Twine(NIELLO_ABI_VERSION) +
                             "; compile it with the same version");
  if (!DescriptorReader(*image, *descriptor).read(facts))
    return createStringError("has a broken descriptor: a table or a name "
                             "leads out of the file");
  countKernels(*image, facts);
  facts.kind = image->kind() == ElfImage::Kind::Executable ? "executable"
               : image->kind() == ElfImage::Kind::Object   ? "object"
                                                           : "shared library";
  return Error::success();
}

/// The first member that is a model of ours.
Error readArchive(MemoryBufferRef buffer, ArtefactFacts &facts) {
  auto archive = object::Archive::create(buffer);
  if (!archive)
    return createStringError("is no whole archive: " +
                             toString(archive.takeError()));
  Error broken = Error::success();
  std::string why = "was not made by niello: it has no members";
  for (const object::Archive::Child &child : (*archive)->children(broken)) {
    auto bytes = child.getBuffer();
    Error error = bytes ? readImage(*bytes, facts) : bytes.takeError();
    if (!error) {
      facts.kind = "static library";
      consumeError(std::move(broken));
      return Error::success();
    }
    why = toString(std::move(error));
  }
  if (broken)
    return createStringError("is no whole archive: " +
                             toString(std::move(broken)));
  return createStringError(why);
}

} // namespace

bool isBinary(StringRef path) {
  file_magic magic;
  if (identify_magic(path, magic))
    return false;
  return magic == file_magic::archive ||
         (magic >= file_magic::elf && magic <= file_magic::elf_core);
}

Expected<ArtefactFacts> readArtefact(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return createStringError(
        "'" + path + "' cannot be read: " + buffer.getError().message());
  ArtefactFacts facts;
  facts.file = path.str();
  facts.bytes = (*buffer)->getBufferSize();
  bool isArchive =
      identify_magic((*buffer)->getBuffer()) == file_magic::archive;
  Error error = isArchive ? readArchive(**buffer, facts)
                          : readImage((*buffer)->getBuffer(), facts);
  if (error)
    return createStringError("'" + path + "' " + toString(std::move(error)));
  return facts;
}

} // namespace niello
