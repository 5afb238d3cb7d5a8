// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// niello with a mistake in it.
//
//   niello-planted --list compile MODEL ...          where one could be put
//   niello-planted --plant=KIND@NODE#K compile|verify MODEL ...
//   niello-planted --trial=FILE verify MODEL ...     each that FILE lists
//
// KIND is put into the K-th op of that kind that comes from NODE, in every
// program that is compiled by the fast path. `--list` prints a line for each
// place: kind, nodes of the op (separated by |), K, nodes in its kernel.

#include "compiler/driver/Driver.h"
#include "compiler/support/SourceNodes.h"
#include "dialects/kernel/Kernel.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "test/verify/planted/Breakages.h"
#include "test/verify/planted/Trial.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

using namespace mlir;
using namespace niello;
using planted::Plant;

namespace {

size_t nodesInKernel(Operation *op) {
  auto group = dyn_cast<kernel::GroupInterface>(op);
  Operation *kernel = group ? op : nullptr;
  for (Operation *up = op->getParentOp(); up && !kernel; up = up->getParentOp())
    if (isa<kernel::GroupInterface>(up))
      kernel = up;
  return kernel ? nodesIn(kernel->getLoc()).size() : 0;
}

class Planter : public PassInstrumentation {
public:
  Planter(const Plant &plant, bool lists) : plant(plant), lists(lists) {}

  void runAfterPass(Pass *pass, Operation *op) override {
    for (const planted::Breakage &breakage : planted::breakages())
      if (pass->getArgument() == breakage.pass &&
          (lists || plant.kind == breakage.name))
        visit(breakage, op);
  }

private:
  void visit(const planted::Breakage &breakage, Operation *root) {
    std::map<std::string, unsigned> seen; // of each node
    SmallVector<Operation *> matching;
    root->walk([&](Operation *op) {
      if (breakage.matches(op))
        matching.push_back(op);
    });
    for (Operation *op : matching) {
      std::vector<std::string> nodes = planted::nodesOf(op);
      if (nodes.empty())
        continue;
      std::map<std::string, unsigned> number;
      for (const std::string &node : nodes)
        number[node] = seen[node]++;
      if (lists) {
        llvm::outs() << breakage.name << "\t" << llvm::join(nodes, "|") << "\t"
                     << number[nodes.front()] << "\t" << nodesInKernel(op)
                     << "\n";
        continue;
      }
      auto it = number.find(plant.node);
      if (it == number.end() || it->second != plant.number)
        continue;
      breakage.apply(op);
      return;
    }
  }

  const Plant &plant;
  bool lists;
};

} // namespace

int main(int argc, char **argv) {
  Plant plant;
  bool lists = false;
  std::string trial;
  std::vector<char *> rest{argv[0]};
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument = argv[i];
    if (argument == "--list") {
      lists = true;
    } else if (argument.consume_front("--trial=")) {
      trial = argument.str();
    } else if (argument.consume_front("--plant=")) {
      if (!planted::parsePlant(argument, plant))
        return report(exitUser, "needs --plant=KIND@NODE#K");
    } else {
      rest.push_back(argv[i]);
    }
  }
  WatchPasses watch = [&](PassManager &passes, const PipelineOptions &flags) {
    if (flags.optimise)
      passes.addInstrumentation(std::make_unique<Planter>(plant, lists));
  };
  if (trial.empty())
    return runDriver(rest.size(), rest.data(), watch);
  auto options = parseOptions(
      llvm::ArrayRef<const char *>(rest.data() + 1, rest.size() - 1));
  if (!options)
    return report(exitUser, llvm::toString(options.takeError()));
  options->watch = watch;
  return planted::runTrial(trial, plant, *options, argv[0]);
}
