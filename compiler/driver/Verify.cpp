// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `niello verify`.

#include "compiler/verify/Verify.h"
#include "compiler/driver/Driver.h"
#include "compiler/driver/Variants.h"
#include "compiler/reproducer/Progress.h"
#include "compiler/verify/Against.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

namespace niello {
namespace {

/// Says a step's time once it is over, where that is wanted.
class Steps {
public:
  explicit Steps(bool isShown) : isShown(isShown) {}
  ~Steps() { begin(""); }

  void begin(llvm::StringRef next) {
    using namespace std::chrono;
    auto now = steady_clock::now();
    if (isShown && !name.empty())
      llvm::errs() << llvm::formatv("  {0,-10} {1:F2} s\n", name,
                                    duration<double>(now - start).count());
    name = next.str();
    start = now;
  }

private:
  bool isShown;
  std::string name;
  std::chrono::steady_clock::time_point start;
};

} // namespace

/// Where Niello's own Python lies: beside the folder of its programs.
static std::string pythonFolder(llvm::StringRef program) {
  std::string self = llvm::sys::fs::getMainExecutable(
      program.str().c_str(), reinterpret_cast<void *>(&verifyFile));
  llvm::SmallString<128> folder(
      llvm::sys::path::parent_path(llvm::sys::path::parent_path(self)));
  llvm::sys::path::append(folder, "python");
  return folder.str().str();
}

/// An exit code and the report; a sentence where there is none.
static int verify(const Options &options, llvm::StringRef program,
                  VerifyReport &report) {
  auto variants = Variants::create(options, program);
  if (!variants)
    return niello::report(exitUser, llvm::toString(variants.takeError()));
  std::string sentence;
  ModelDescription description;
  if (int code = (*variants)->describe(description, sentence))
    return niello::report(static_cast<ExitCode>(code), sentence);
  auto survey = surveyOnnx(options.model);
  BuildVariant build = [&](const VariantRequest &request) {
    return (*variants)->build(request);
  };
  Steps steps(options.verbose || llvm::sys::Process::StandardErrIsDisplayed());
  VerifyOptions how;
  how.inputs = options.programArguments;
  how.against = options.against;
  if (options.against == "onnxruntime")
    how.givenBy = [&](const Values &inputs, const Values &expected) {
      return runOnnxruntime(options.model, pythonFolder(program), inputs,
                            expected);
    };
  else if (!options.against.empty())
    how.givenBy = [&](const Values &inputs, const Values &expected) {
      return readNpz(options.against, expected);
    };
  how.onStep = [&](llvm::StringRef step) { steps.begin(step); };
  auto result = verifyModel(SourceGraph(*survey), build, description, how);
  steps.begin("");
  if (!result)
    return niello::report(exitUser, "'" + options.model +
                                        "' cannot be verified: " +
                                        llvm::toString(result.takeError()));
  report = std::move(*result);
  report.model = options.model;
  report.reference = "the plain path (-O0)";
  return exitDone;
}

static int sayWrong(const VerifyReport &report) {
  const Finding &first = report.findings.front();
  // Which of the two is right, is not known here.
  if (first.kind == Finding::Kind::Reference)
    return niello::report(exitUser, "the reference differs from " +
                                        report.against + " in '" + first.node +
                                        "' (" + first.op +
                                        "); one of them is wrong");
  std::string what = "the compiled program is wrong";
  if (!first.node.empty())
    what += " in '" + first.node + "' (" + first.op + ")";
  Progress::set(Progress::position().reason, what);
  return niello::report(exitBug,
                        what + "; this is a bug of niello's, please report it");
}

int verifyFile(const Options &options, llvm::StringRef program) {
  if (llvm::StringRef(options.against).ends_with(".npz") &&
      options.programArguments.empty())
    return report(exitUser, "--against FILE.npz needs the inputs that its "
                            "values come from: --input NAME=FILE.npy");
  if (options.isText())
    return report(exitUser, "'niello verify' needs a model; '" + options.model +
                                "' is the text of a stage");
  VerifyReport result;
  if (int code = verify(options, program, result))
    return code;
  if (options.json)
    llvm::outs() << llvm::formatv("{0:2}\n", toJson(result));
  else
    printReport(result, llvm::outs());
  llvm::outs().flush();
  return result.isRight() ? exitDone : sayWrong(result);
}

int compileVerified(const Options &options, llvm::StringRef program) {
  VerifyReport result;
  if (int code = verify(options, program, result))
    return code;
  if (!result.isRight()) {
    printReport(result, llvm::errs());
    return sayWrong(result);
  }
  // Two folders with the same file give the same bytes.
  result.model = llvm::sys::path::filename(options.model).str();
  Options verified = options;
  verified.verification = llvm::formatv("{0}", toJson(result));
  return compileModel(verified, program);
}

} // namespace niello
