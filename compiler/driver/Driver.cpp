// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Driver.h"

#include "llvm/Support/raw_ostream.h"

namespace niello {

int report(ExitCode code, const llvm::Twine &text) {
  llvm::errs() << "niello: " << text << "\n";
  return code;
}

int runDriver(int argc, char **argv) {
  llvm::ArrayRef<const char *> arguments(argv, argc);
  auto options = parseOptions(arguments.drop_front());
  if (!options)
    return report(exitUser, llvm::toString(options.takeError()));
  if (options->version) {
    llvm::outs() << "niello " NIELLO_VERSION "\n";
    return exitDone;
  }
  if (options->help || options->command.empty()) {
    llvm::outs() << helpText(options->command);
    return options->help ? exitDone : exitUser;
  }
  if (options->command == "ops")
    return listOps(*options);
  if (options->command == "targets")
    return listTargets(*options);
  if (options->command == "inspect")
    return inspectFile(*options, argv[0]);
  if (options->command == "run")
    return runModel(*options, argv[0]);
  return compileModel(*options, argv[0]);
}

} // namespace niello
