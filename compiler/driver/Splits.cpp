// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What taps, statistics and edits cost: the kernels that they cut in parts,
// because what they name is inside.

#include "compiler/driver/Compile.h"

#include "compiler/inspect/Inspect.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

namespace niello {

/// The kernels of a compile with these options; none where it does not get so
/// far.
static std::vector<KernelFacts> planOf(const Options &options,
                                       llvm::StringRef program) {
  Compilation compilation(options, program);
  if (compilation.prepare() || compilation.load() ||
      compilation.advance(Stage::Plan))
    return {};
  return listKernels(compilation.getModule());
}

/// A raised block computes by other formulas than its parts, so that an edit of
/// nothing inside it changes last bits. Strict compiles raise no blocks.
static std::string sayRounding(const Options &options) {
  if (options.import.edits.empty() || options.numerics == Numerics::Strict)
    return "";
  return "     in parts they round otherwise: with --numerics=strict an edit "
         "of nothing changes no bit\n";
}

std::string splitKernels(const Options &options, llvm::StringRef program) {
  const ImportOptions &import = options.import;
  bool isAsked =
      !import.taps.empty() || !import.edits.empty() || !import.measures.empty();
  if (!isAsked || !options.optimise || options.isText())
    return "";
  Options observed = options;
  observed.dumpFolder.clear();
  observed.explain.clear();
  observed.verbose = false;
  Options plain = observed;
  plain.import.taps.clear();
  plain.import.edits.clear();
  plain.import.measures.clear();
  std::vector<KernelFacts> now = planOf(observed, program);
  std::string lines;
  llvm::StringSet<> split; // attention is several kernels of equal nodes
  for (const KernelFacts &kernel : planOf(plain, program)) {
    bool isWhole = llvm::any_of(now, [&](const KernelFacts &other) {
      return llvm::all_of(kernel.nodes, [&](const std::string &node) {
        return llvm::is_contained(other.nodes, node);
      });
    });
    std::string nodes = llvm::join(kernel.nodes, " + ");
    // Five show where; the plan (--emit=plan) shows all.
    if (!isWhole && split.insert(nodes).second && split.size() <= 5)
      lines += "     " + nodes + "\n";
  }
  if (split.empty())
    return "";
  return "note " + std::to_string(split.size()) +
         (split.size() == 1 ? " fused block is" : " fused blocks are") +
         " split, because what is inside is read or changed:\n" + lines +
         (split.size() > 5 ? "     ...\n" : "") + sayRounding(options);
}

} // namespace niello
