// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Guard.h"

#include "compiler/artefact/TemporaryFile.h"
#include "compiler/driver/Compile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <csignal>

namespace niello {
namespace path = llvm::sys::path;

int Guard::run() {
  std::optional<ProcessEnd> end;
  if (Progress::share())
    end = runApart([&] { return command(options, program); });
  int code = end ? explain(*end) : command(options, program);
  if (code || options.command != "run")
    return code;
  return startProgram(options, Progress::position().result);
}

int Guard::explain(const ProcessEnd &end) {
  const Position &position = Progress::position();
  if (end.signal || position.end != Position::End::None)
    removeParts();
  if (position.end == Position::End::OutOfMemory) {
    auto limit = memoryLimit();
    return report(exitUser,
                  "out of memory " + doing() +
                      (limit ? "; 'ulimit -v' allows " +
                                   std::to_string(*limit) + " MB of addresses"
                             : std::string()));
  }
  if (position.end == Position::End::CannotWrite)
    return report(exitUser, "cannot write " + doing() + ": " +
                                llvm::StringRef(position.reason));
  if (isCrash(end.signal))
    return explainCrash(end.signal);
  if (end.signal == SIGKILL)
    return report(exitUser, "killed " + doing() +
                                ", as systems do that run out of memory");
  if (end.signal)
    dieBy(end.signal);
  if (end.code == exitBug)
    reproduce(position.reason);
  return end.code;
}

int Guard::explainCrash(int signal) {
  const Position &position = Progress::position();
  std::string reason = "stopped by " + describeSignal(signal) + " " + doing();
  if (position.end == Position::End::Fatal)
    reason += ": " + std::string(position.reason);
  int code =
      report(exitBug, reason + "; this is a bug of niello's, please report it");
  // Where memory is short, a stack that cannot grow is such a signal.
  if (auto limit = memoryLimit())
    llvm::errs() << "  unless it is the limit of " << *limit
                 << " MB that 'ulimit -v' sets\n";
  reproduce(reason);
  return code;
}

/// The files of an artefact that was being written.
void Guard::removeParts() const {
  if (options.command == "run" && *Progress::position().result)
    removeStale(Progress::position().result);
  if (options.command == "compile") {
    llvm::SmallString<128> output(outputPath(options));
    removeStale(output);
    path::replace_extension(output, ".h");
    removeStale(output);
  }
  if (!options.dumpFolder.empty())
    removeStale(options.dumpFolder + "/");
}

/// "while taking 'm.onnx' to stage plan, in pass fuse-kernels"
std::string Guard::doing() const {
  const Position &position = Progress::position();
  llvm::StringRef step = position.step;
  std::string model = "'" + options.model + "'";
  if (step.empty() || step == "read")
    return "while reading " + model;
  if (step == "programs")
    return "while compiling the weight programs of " + model;
  if (step == "code")
    return "while generating code for " + model;
  if (step == "link")
    return "while linking " + model;
  std::string text = "while taking " + model + " to stage " + step.str();
  if (*position.pass)
    text += ", in pass " + std::string(position.pass);
  return text;
}

/// What the text of a reproducer does not state itself.
std::string Guard::replayFlags() const {
  const Position &position = Progress::position();
  std::string flags;
  if (*position.pass)
    flags = " --emit=" + std::string(position.step);
  else {
    llvm::SmallString<128> folder(options.modelFolder);
    if (folder.empty())
      folder = path::parent_path(options.model);
    llvm::sys::fs::make_absolute(folder);
    path::remove_dots(folder, /*remove_dot_dot=*/false);
    flags = " --emit=" + options.emit +
            " --model-folder=" + quoteArgument(folder.str());
  }
  if (options.debugInfo)
    flags += " -g";
  if (options.verifyEach)
    flags += " --verify-each";
  return flags;
}

/// The reproducer of a compile that has not begun, from the model as it is
/// read.
static int writeSource(const Options &options, llvm::StringRef program,
                       Reproducer &made, llvm::StringRef beside) {
  Compilation compilation(options, program);
  if (compilation.prepare() || compilation.load())
    return 2;
  made.text = reproducerText(compilation.getModule());
  auto written = writeReproducer(made, beside);
  if (!written) {
    llvm::consumeError(written.takeError());
    return 2;
  }
  Progress::set(Progress::position().result, *written);
  return 0;
}

/// Runs the command again up to the moment at which it stopped, in a process
/// that was whole until then, and says where to find what it was doing.
void Guard::reproduce(const std::string &reason) {
  if (isReproducer(options.model)) // which is all there is to have
    return;
  Reproducer made;
  made.reason = reason;
  made.commandLine = "niello";
  for (const char *argument : arguments)
    made.commandLine += " " + quoteArgument(argument);
  made.flags = replayFlags();
  std::string beside = path::stem(options.model).str();
  if (options.command == "compile" && !options.output.empty() &&
      options.output != "-")
    beside = options.output;
  Position &position = Progress::position();
  const unsigned moment = position.moments;
  Options again = options;
  again.dumpFolder.clear();
  // A program that is wrong was compiled to its end: what it was made from is
  // to be had, and the sentence says which operator it is.
  bool isWrong = options.command == "verify" || options.verifies;
  if (isWrong)
    made.flags = " --emit=plan";
  auto end = runApart(
      [&] {
        if (isWrong)
          return writeSource(again, program, made, beside);
        Progress::stopAt(moment, made, beside);
        command(again, program);
        return 2; // it has not come there again
      },
      /*quiet=*/true);
  std::string path = position.result;
  if (!end || end->code || end->signal) {
    auto bare = writeReproducer(made, beside);
    if (!bare) {
      report(exitBug, "no reproducer could be written: " +
                          llvm::toString(bare.takeError()));
      return;
    }
    path = *bare;
  }
  llvm::errs() << "  '" << path
               << "' holds what it was doing, without weights; to replay it:\n"
               << "    " << replayCommand(made, path) << "\n";
}

} // namespace niello
