// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// niello-crash: niello with a last pass in one stage that breaks, for tests of
// what a user sees of it.
//
//   niello-crash KIND@STAGE COMMAND...
//   niello-crash segfault@loops compile model.onnx -o model
//   niello-crash abort@loops:3 compile model.onnx
//
// With a number it happens where that many passes of the stage have run. KIND
// is what the pass does: nothing, fail, invalid (leaves IR that no
// verifier takes), segfault, overflow (of the stack), divide, trap, abort,
// fatal (LLVM gives up), terminate (an exception that nobody catches), new and
// malloc (memory until there is none), kill (as a system does that runs out of
// it), hang, write (a file that cannot be).

#include "compiler/driver/Driver.h"
#include "compiler/reproducer/Progress.h"
#include "mlir/IR/Builders.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <sys/resource.h>
#include <unistd.h>

using namespace mlir;

namespace {

volatile int zero = 0;
int *volatile nowhere = nullptr;

int overflow(int depth) { // NOLINT: it is meant to
  volatile char frame[4096];
  frame[0] = static_cast<char>(depth);
  return overflow(depth + 1) + frame[0];
}

struct BreakPass : PassWrapper<BreakPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(BreakPass)

  BreakPass(StringRef kind, StringRef stage) : kind(kind), stage(stage) {}
  BreakPass(const BreakPass &other) = default;

  StringRef getArgument() const override { return "break"; }

  void runOnOperation() override {
    if (niello::Progress::position().step == stage)
      doIt();
  }

  void doIt() {
    if (kind == "fail")
      signalPassFailure();
    else if (kind == "invalid")
      getOperation().getBody()->push_back(Operation::create(
          getOperation().getLoc(), OperationName("func.func", &getContext()),
          {}, {}, NamedAttrList(), OpaqueProperties(nullptr), {}, 0));
    else if (kind == "segfault")
      *nowhere = 1;
    else if (kind == "overflow") {
      struct rlimit limit = {1 << 23, 1 << 23}; // it may be unlimited
      setrlimit(RLIMIT_STACK, &limit);
      zero = overflow(0);
    } else if (kind == "divide")
      raise(SIGFPE);
    else if (kind == "trap")
      __builtin_trap();
    else if (kind == "abort")
      abort();
    else if (kind == "fatal")
      llvm::report_fatal_error("no register is left");
    else if (kind == "terminate")
      std::terminate();
    else if (kind == "new")
      for (;;)
        kept.push_back(operator new(1 << 24));
    else if (kind == "malloc")
      for (;;)
        kept.push_back(llvm::safe_malloc(1 << 24));
    else if (kind == "kill")
      raise(SIGKILL);
    else if (kind == "hang")
      for (;;)
        pause();
    else if (kind == "write") {
      std::error_code error;
      llvm::raw_fd_ostream("/dev/full", error) << "text";
    }
  }

  std::string kind, stage;
  std::vector<void *> kept;
};

/// Breaks before a pass that is there.
struct Breaker : PassInstrumentation {
  Breaker(StringRef kind, StringRef stage, unsigned passed)
      : pass(kind, stage), passed(passed) {}

  void runBeforePass(Pass *, Operation *op) override {
    if (isa<ModuleOp>(op) && niello::Progress::position().passed == passed)
      pass.runOnOperation();
  }

  BreakPass pass;
  unsigned passed;
};

} // namespace

int main(int argc, char **argv) {
  if (argc < 2)
    return niello::exitUser;
  auto [kind, place] = StringRef(argv[1]).split('@');
  auto [stage, number] = place.split(':');
  unsigned passed = 0;
  bool within = !number.getAsInteger(10, passed);
  auto watch = [=, kind = kind, stage = stage](PassManager &passes,
                                               const auto &) {
    if (within)
      passes.addInstrumentation(std::make_unique<Breaker>(kind, stage, passed));
    else
      passes.addPass(std::make_unique<BreakPass>(kind, stage));
  };
  argv[1] = argv[0];
  return niello::runDriver(argc - 1, argv + 1, watch);
}
