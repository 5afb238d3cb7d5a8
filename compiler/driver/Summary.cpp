// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a compile says at its end: the file, its bytes, the machine, the
// inputs, and a command that runs as printed.

#include "compiler/driver/Compile.h"

#include "compiler/inspect/Names.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace niello {

/// `--input x=random:1` for each input. Free dimensions get a small size that
/// lies within the symbol's bounds: enough to see the program run.
static std::string exampleArguments(const ModelDescription &description) {
  constexpr int64_t exampleSize = 8;
  std::string text;
  for (const TensorDescription &input : description.entries.front().inputs) {
    std::vector<std::string> dims;
    bool isFree = false;
    for (const DimensionDescription &dim : input.dims) {
      int64_t size = dim.size >= 0 ? dim.size : exampleSize;
      isFree |= dim.size < 0;
      for (const SymbolDescription &symbol : description.symbols)
        if (dim.size < 0 && symbol.name == dim.symbol)
          size = std::clamp(size, symbol.min, symbol.max);
      dims.push_back(std::to_string(size));
    }
    std::string shape = isFree ? "[" + llvm::join(dims, ",") + "]" : "";
    text += " --input '" + input.name + shape + "=random:1'";
  }
  return text;
}

void Compilation::summarise(const ModelDescription &description,
                            llvm::StringRef file, const ArtefactSizes &sizes) {
  if (options.command != "compile")
    return;
  llvm::raw_string_ostream os(said);
  uint64_t rest = sizes.total - sizes.weights - sizes.kernels;
  os << file << ": " << bytesText(sizes.total) << " (weights "
     << bytesText(sizes.weights) << ", kernels " << bytesText(sizes.kernels)
     << ", rest " << bytesText(rest) << ")\n"
     << "for " << pipeline.machine.name
     << (options.target == "host" ? ", this machine (--target=host)" : "")
     << "\n";
  const EntryDescription &entry = description.entries.front();
  for (const TensorDescription &input : entry.inputs)
    os << "in   " << input.name << " " << typeName(input) << "\n";
  for (const TensorDescription &output : entry.outputs)
    os << "out  " << output.name << " " << typeName(output) << "\n";
  if (options.emit == "exe")
    os << "run  " << (file.contains('/') ? "" : "./") << file
       << exampleArguments(description) << "\n";
  else if (options.emit == "shared" || options.emit == "static")
    os << "use  #include \"" << llvm::sys::path::stem(file) << ".h\"\n";
  llvm::outs() << said;
}

} // namespace niello
