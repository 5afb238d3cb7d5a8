// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `niello inspect --why`: what became of one node of the model, and why not
// more.

#include "compiler/driver/Why.h"

#include "compiler/driver/Driver.h"
#include "compiler/support/Nearest.h"
#include "llvm/Support/raw_ostream.h"

namespace niello {
namespace {

/// Every node that the plan knows of.
std::vector<const char *> namesOf(const NodePlaces &places) {
  std::vector<const char *> names;
  for (const auto *list : {&places.kernels, &places.programs, &places.outside})
    for (const std::string &name : *list)
      names.push_back(name.c_str());
  for (const SourceNode &node : places.folded)
    names.push_back(node.name.c_str());
  return names;
}

/// Where the node is: its kernels, or what else became of it.
void printPlace(const ModelFacts &facts, const std::string &node) {
  for (const KernelFacts &kernel :
       facts.plan.value_or(std::vector<KernelFacts>())) {
    if (!llvm::is_contained(kernel.nodes, node))
      continue;
    llvm::outs() << "  in a kernel of kind " << kernel.kind << ", with ";
    if (kernel.nodes.size() == 1)
      llvm::outs() << "no other node";
    constexpr size_t mostNames = 3;
    size_t listed = 0;
    for (const std::string &other : kernel.nodes)
      if (other != node && ++listed <= mostNames)
        llvm::outs() << (listed > 1 ? ", " : "") << other;
    if (listed > mostNames)
      llvm::outs() << " and " << listed - mostNames << " more";
    llvm::outs() << "\n";
  }
  if (!facts.nodes)
    return;
  if (llvm::is_contained(facts.nodes->programs, node))
    llvm::outs() << "  computed by the compiler, as a weight\n";
  if (llvm::is_contained(facts.nodes->outside, node))
    llvm::outs() << "  around kernels: a size, a view, a check or control "
                    "flow\n";
  for (const SourceNode &folded : facts.nodes->folded)
    if (folded.name == node)
      llvm::outs() << "  in no kernel: " << folded.why << "\n";
}

} // namespace

int printWhy(const Options &options, const ModelFacts &facts,
             llvm::ArrayRef<Reason> reasons) {
  llvm::StringRef node = options.why;
  if (facts.nodes)
    if (auto names = namesOf(*facts.nodes); !llvm::is_contained(names, node))
      return report(exitUser, "'" + options.model + "' has no node '" + node +
                                  "'" + nearestHint(node, names));
  llvm::outs() << node << "\n";
  printPlace(facts, options.why);
  bool isNamed = llvm::any_of(reasons, [&](const Reason &reason) {
    return llvm::is_contained(reason.nodes, node);
  });
  if (isNamed)
    printReasons(reasons, llvm::outs(), node);
  else
    llvm::outs() << "  no pass that was tried at it stopped\n";
  llvm::outs().flush();
  return exitDone;
}

} // namespace niello
