// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// niello-opt: runs chosen passes, ours and MLIR's, over IR as text.
//
//   niello-opt --fold-attention-scale block.mlir     one pass
//   niello-opt --fuse-kernels --explain=fuse-kernels and why it left what it
//   did niello-opt --help                                every pass with its
//   text

#include "compiler/explain/Explain.h"
#include "compiler/support/Registry.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;

static int fail(const llvm::Twine &text) {
  llvm::errs() << "niello-opt: " << text << "\n";
  return 1;
}

// As MlirOptMain, with an ear for the reasons of one pass.
static int explain(StringRef pass, StringRef input, StringRef output,
                   DialectRegistry &registry) {
  if (llvm::Error unknown = niello::checkExplained(pass))
    return fail(llvm::toString(std::move(unknown)));
  std::string problem;
  auto in = openInputFile(input, &problem);
  auto out = in ? openOutputFile(output, &problem) : nullptr;
  if (!out)
    return fail(problem);
  std::vector<niello::Reason> reasons;
  const MlirOptMainConfig given = MlirOptMainConfig::createFromCLOptions();
  MlirOptMainConfig config = given;
  config.setPassPipelineSetupFn([&](PassManager &passes) {
    niello::collectReasons(*passes.getContext(), pass, reasons);
    return given.setupPassPipeline(passes);
  });
  if (failed(MlirOptMain(out->os(), std::move(in), registry, config)))
    return 1;
  out->keep();
  niello::printReasons(reasons, llvm::errs());
  return 0;
}

int main(int argc, char **argv) {
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  niello::registerDialects(registry);
  registerAllPasses();
  niello::registerPasses();
  llvm::cl::opt<std::string> pass(
      "explain", llvm::cl::desc("Print why this pass left undone what it did"));
  auto [input, output] = registerAndParseCLIOptions(
      argc, argv, "Niello's optimizer driver\n", registry);
  if (pass.getNumOccurrences())
    return explain(pass, input, output, registry);
  return asMainReturnCode(MlirOptMain(argc, argv, input, output, registry));
}
