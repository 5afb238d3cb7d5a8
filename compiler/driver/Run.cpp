// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Cache.h"
#include "compiler/driver/Compile.h"

#include "compiler/artefact/TemporaryFile.h"
#include "compiler/reproducer/Progress.h"
#include "dialects/model/Model.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/SHA256.h"

#include <unistd.h>

using namespace mlir;

namespace niello {
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// What the artefact depends on: the compiler, the flags, the model file's
/// content and the files that its weights lie in.
static std::string cacheKey(Compilation &compilation, const Options &options,
                            llvm::StringRef program) {
  llvm::SHA256 sha;
  sha.update(stamp(fs::getMainExecutable(program.str().c_str(), nullptr)));
  const PipelineOptions &flags = compilation.flags();
  sha.update(flags.machine.name);
  sha.update(std::to_string(options.debugInfo) +
             std::to_string(flags.optimise) +
             std::to_string(static_cast<int>(flags.numerics)));
  for (const auto &[name, bounds] : options.import.dims)
    sha.update(name + "=" + std::to_string(bounds.low) + ".." +
               std::to_string(bounds.high));
  for (const std::string &tap : options.import.taps)
    sha.update("tap " + tap + "\n");
  for (const Edit &edit : options.import.edits)
    sha.update("edit " + editText(edit) + "\n");
  for (const Measure &measure : options.import.measures)
    sha.update("stats " + measure.pattern + "=" +
               llvm::join(measure.kinds, ",") + "@" +
               std::to_string(measure.axis) + "\n");
  ModuleOp module = compilation.getModule();
  sha.update(stamp(options.model));
  module.walk([&](model::WeightOp weight) {
    if (auto file = weight.getFile())
      sha.update(stamp(compilation.modelFolder() + "/" + *file));
  });
  auto digest = sha.final();
  return llvm::toHex(llvm::ArrayRef<uint8_t>(digest.data(), 16), true);
}

int compileIntoCache(const Options &given, llvm::StringRef program) {
  Options options = given;
  Compilation compilation(options, program);
  if (int code = compilation.prepare())
    return code;
  if (int code = compilation.load())
    return code;
  std::string folder = cacheFolder("run");
  if (std::error_code e = fs::create_directories(folder))
    return report(exitUser, "cannot make the cache folder '" + folder + "': " +
                                e.message() + "; set NIELLO_CACHE to another");
  removeStale(folder + "/");
  options.output = folder + "/" + cacheKey(compilation, options, program);
  if (options.output.size() >= sizeof(Position::result))
    return report(exitUser, "the name of the cache folder is too long; set "
                            "NIELLO_CACHE to another");
  Progress::set(Progress::position().result, options.output);
  if (options.cache && fs::can_execute(options.output))
    return exitDone;
  return compilation.writeBinary();
}

int startProgram(const Options &options, std::string artefact) {
  std::vector<char *> arguments{artefact.data()};
  for (const std::string &argument : options.programArguments)
    arguments.push_back(const_cast<char *>(argument.c_str()));
  arguments.push_back(nullptr);
  execv(artefact.c_str(), arguments.data());
  return report(exitUser, "cannot start '" + artefact + "'");
}

} // namespace niello
