// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/reproducer/Progress.h"

#include "mlir/IR/Builders.h"
#include "mlir/Pass/PassInstrumentation.h"

#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;

namespace niello {
namespace {

/// Without shared memory, that of this process: nobody else asks.
Position ownPosition = {};
Position *shared = &ownPosition;

/// Set where the process is to stop.
struct Stop {
  unsigned moment;
  Reproducer reproducer;
  std::string beside;
};
std::optional<Stop> stop;

} // namespace

bool Progress::share() {
  void *memory = mmap(nullptr, sizeof(Position), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return false;
  shared = new (memory) Position();
  return true;
}

Position &Progress::position() { return *shared; }

void Progress::set(char *text, size_t size, StringRef value) {
  size_t length = std::min(value.size(), size - 1);
  memcpy(text, value.data(), length);
  text[length] = '\0';
}

/// `module` is null between passes: what was kept last is the IR.
void Progress::beginMoment(ModuleOp module) {
  if (++shared->moments, !stop || shared->moments != stop->moment)
    return;
  if (module) {
    Builder b(module.getContext());
    module->setAttr(kPassed, b.getI64IntegerAttr(shared->passed));
    stop->reproducer.text = reproducerText(module);
  }
  auto written = writeReproducer(stop->reproducer, stop->beside);
  if (!written) {
    llvm::consumeError(written.takeError());
    _exit(1);
  }
  set(shared->result, *written);
  _exit(0);
}

void Progress::beginStep(StringRef name) {
  set(shared->step, name);
  set(shared->pass, "");
  shared->passed = 0;
  beginMoment(nullptr);
}

void Progress::keep(ModuleOp module) {
  if (stop)
    stop->reproducer.text = reproducerText(module);
  set(shared->pass, "");
  beginMoment(nullptr);
}

void Progress::stopAt(unsigned moment, Reproducer reproducer,
                      StringRef beside) {
  shared->moments = 0;
  stop = {moment, std::move(reproducer), beside.str()};
}

bool Progress::stops() { return stop.has_value(); }

/// What an adaptor runs on each function counts as one pass, and what a pass
/// runs inside of itself as part of it: the passes that `model.passed` counts.
class PassCounter : public PassInstrumentation {
public:
  void runBeforePass(Pass *pass, Operation *op) override {
    // The name of an adaptor says nothing: that of a pass in it follows.
    bool isAdaptor = pass->getName().contains("OpToOpPassAdaptor");
    StringRef flag = pass->getArgument();
    if (!isAdaptor)
      Progress::set(shared->pass, flag.empty() ? pass->getName() : flag);
    if (depth++ == 0)
      Progress::beginMoment(dyn_cast<ModuleOp>(op));
  }
  void runAfterPass(Pass *, Operation *) override {
    if (--depth == 0)
      ++shared->passed;
  }
  // The pass that failed has not passed.
  void runAfterPassFailed(Pass *, Operation *) override { --depth; }

private:
  unsigned depth = 0;
};

void Progress::watch(PassManager &passes) {
  shared->passed = 0;
  passes.addInstrumentation(std::make_unique<PassCounter>());
}

} // namespace niello
