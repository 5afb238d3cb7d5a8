// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/reproducer/Reproducer.h"

#include "compiler/artefact/TemporaryFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"

namespace niello {
namespace path = llvm::sys::path;

static constexpr llvm::StringLiteral kTitle = "// A reproducer of niello ";

std::string quoteArgument(llvm::StringRef argument) {
  bool plain = !argument.empty() && llvm::all_of(argument, [](char c) {
    return llvm::isAlnum(c) || llvm::StringRef("-_=./,:+@%").contains(c);
  });
  if (plain)
    return argument.str();
  std::string quoted = "'";
  for (char c : argument)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string reproducerText(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module->print(os, mlir::OpPrintingFlags().enableDebugInfo());
  os << "\n";
  return text;
}

/// A sentence may quote a file's name, which may hold anything.
static std::string asComment(llvm::StringRef text) {
  std::string line = text.str();
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c < ' ' && c >= 0; }, ' ');
  return line;
}

std::string replayCommand(const Reproducer &reproducer, llvm::StringRef path) {
  if (!path.ends_with(".mlir"))
    return reproducer.commandLine;
  return "niello compile " + quoteArgument(path) + reproducer.flags;
}

static llvm::Error writeTo(const std::string &path,
                           const Reproducer &reproducer) {
  removeStale(path);
  return writeWhole(path, [&](llvm::raw_ostream &os) {
    os << kTitle << NIELLO_VERSION << ", LLVM " << LLVM_VERSION_STRING
       << ", on " << llvm::sys::getHostCPUName() << "\n// "
       << asComment(reproducer.reason)
       << "\n// compiled with: " << asComment(reproducer.commandLine)
       << "\n// to replay it:  " << asComment(replayCommand(reproducer, path))
       << "\n\n"
       << reproducer.text;
  });
}

llvm::Expected<std::string> writeReproducer(const Reproducer &reproducer,
                                            llvm::StringRef beside) {
  const char *extension =
      reproducer.text.empty() ? ".reproducer.txt" : ".reproducer.mlir";
  std::string place = beside.str() + extension;
  llvm::Error error = writeTo(place, reproducer);
  if (!error)
    return place;
  llvm::SmallString<128> elsewhere;
  path::system_temp_directory(/*ErasedOnReboot=*/true, elsewhere);
  path::append(elsewhere, path::filename(beside));
  place = elsewhere.str().str() + extension;
  if (llvm::Error again = writeTo(place, reproducer)) {
    llvm::consumeError(std::move(again));
    return std::move(error);
  }
  llvm::consumeError(std::move(error));
  return place;
}

bool isReproducer(llvm::StringRef path) {
  auto start = llvm::MemoryBuffer::getFileSlice(path, kTitle.size(), 0);
  return start && (*start)->getBuffer() == kTitle;
}

} // namespace niello
