// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything the program `niello` does, so that other programs can do it too.

#ifndef NIELLO_COMPILER_DRIVER_DRIVER_H
#define NIELLO_COMPILER_DRIVER_DRIVER_H

#include "compiler/driver/Options.h"

namespace niello {

/// Runs one command line and returns its exit code. Prints results to stdout
/// and everything else to stderr. `watch` is called for every pass manager.
int runDriver(int argc, char **argv, WatchPasses watch = {});

/// One compile. `program` is argv[0], beside which the runtime is found.
int compileModel(const Options &options, llvm::StringRef program);

/// Compiles into the cache, unless it is there already; the file is the result
/// of Progress.
int compileIntoCache(const Options &options, llvm::StringRef program);

/// Becomes the program that was compiled; returns where it cannot.
int startProgram(const Options &options, std::string artefact);

/// What there is to know of a model or an artefact.
int inspectFile(const Options &options, llvm::StringRef program);

/// Whether the compiled model is right.
int verifyFile(const Options &options, llvm::StringRef program);
/// Compiles a model that has been found to be, with the report.
int compileVerified(const Options &options, llvm::StringRef program);

/// `niello ops` and `niello targets`.
int listOps(const Options &options);
int listTargets(const Options &options);

/// Prints `niello: text` to stderr and returns the code.
int report(ExitCode code, const llvm::Twine &text);

} // namespace niello

#endif // NIELLO_COMPILER_DRIVER_DRIVER_H
