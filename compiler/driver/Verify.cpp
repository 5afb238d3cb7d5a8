// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `niello verify`.

#include "compiler/verify/Verify.h"
#include "compiler/driver/Driver.h"
#include "compiler/driver/Variants.h"
#include "compiler/reproducer/Progress.h"
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
  std::string what = "the compiled program is wrong";
  if (!first.node.empty())
    what += " in '" + first.node + "' (" + first.op + ")";
  Progress::set(Progress::position().reason, what);
  return niello::report(exitBug,
                        what + "; this is a bug of niello's, please report it");
}

int verifyFile(const Options &options, llvm::StringRef program) {
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
