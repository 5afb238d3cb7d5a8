// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Driver.h"

#include "compiler/driver/Guard.h"

#include "llvm/Support/raw_ostream.h"

namespace niello {

int report(ExitCode code, const llvm::Twine &text) {
  llvm::errs() << "niello: " << text << "\n";
  return code;
}

/// Nobody reads what could not be printed; what made it, ran.
static int flush(int code) {
  llvm::raw_fd_ostream &out = llvm::outs();
  out.flush();
  std::error_code error = out.error();
  out.clear_error();
  if (error && !code)
    code = report(exitUser, "cannot print: " + error.message());
  llvm::errs().clear_error();
  return code;
}

static int runCommand(const Options &options, llvm::StringRef program) {
  if (options.command == "inspect")
    return flush(inspectFile(options, program));
  if (options.command == "verify")
    return flush(verifyFile(options, program));
  if (options.command == "run")
    return flush(compileIntoCache(options, program));
  return flush(options.verifies ? compileVerified(options, program)
                                : compileModel(options, program));
}

int runDriver(int argc, char **argv, WatchPasses watch) {
  llvm::ArrayRef<const char *> arguments(argv, argc);
  auto options = parseOptions(arguments.drop_front());
  if (!options)
    return report(exitUser, llvm::toString(options.takeError()));
  if (options->version) {
    llvm::outs() << "niello " NIELLO_VERSION "\n";
    return flush(exitDone);
  }
  if (options->help || options->command.empty()) {
    llvm::outs() << helpText(options->command);
    return flush(options->help ? exitDone : exitUser);
  }
  if (options->command == "ops")
    return flush(listOps(*options));
  if (options->command == "targets")
    return flush(listTargets(*options));
  options->watch = std::move(watch);
  return Guard(*options, arguments.drop_front(), argv[0], runCommand).run();
}

} // namespace niello
