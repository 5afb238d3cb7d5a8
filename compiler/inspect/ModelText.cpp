// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known of a model, for a person to read.

#include "compiler/inspect/Inspect.h"

#include "compiler/inspect/Names.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

using llvm::formatv;
using llvm::raw_ostream;

namespace niello {
namespace {

std::string counted(uint64_t count, llvm::StringRef what) {
  return formatv("{0} {1}{2}", count, what, count == 1 ? "" : "s");
}

void printSource(const OnnxSurvey &source, raw_ostream &os) {
  uint64_t nodes = 0, tensors = 0, bytes = 0;
  for (const auto &op : source.operators)
    nodes += op.count;
  os << "\noperators of the file: " << counted(nodes, "node") << "\n";
  for (const auto &op : source.operators)
    os << formatv("{0,7}  {1}\n", op.count, op.name);
  for (const auto &group : source.weights) {
    tensors += group.count;
    bytes += group.bytes;
  }
  os << "\nweights of the file: " << counted(tensors, "tensor") << ", "
     << bytesText(bytes) << "\n";
  for (const auto &group : source.weights)
    os << formatv("{0,7}  {1,-16} {2,12}\n", group.count, group.dtype,
                  bytesText(group.bytes));
}

/// A file that was refused has its own word for its inputs only.
void printStated(const OnnxSurvey &source, raw_ostream &os) {
  ModelDescription stated;
  EntryDescription &entry = stated.entries.emplace_back();
  auto take = [](const std::vector<OnnxSurvey::Tensor> &from,
                 std::vector<TensorDescription> &to) {
    for (const OnnxSurvey::Tensor &tensor : from) {
      TensorDescription &copy = to.emplace_back();
      copy.name = tensor.name;
      copy.dtype = tensor.dtype;
      for (const auto &[size, symbol] : tensor.dims)
        copy.dims.push_back({size, symbol});
    }
  };
  take(source.inputs, entry.inputs);
  take(source.outputs, entry.outputs);
  printSignature(stated, os);
}

void printBlocks(const std::vector<OperationCount> &blocks, raw_ostream &os) {
  os << "\nblocks\n";
  for (const OperationCount &block : blocks)
    os << formatv("{0,7}  {1}\n", block.count, block.name);
}

std::string nodesText(const std::vector<std::string> &nodes);

void printStates(const std::vector<StateFacts> &states, raw_ostream &os) {
  os << "\nstates: " << counted(states.size(), "tensor")
     << " that loops carry\n";
  for (const StateFacts &state : states)
    os << "  " << state.type << "  " << nodesText(state.nodes) << "\n";
}

void printWeights(const std::vector<StoredWeights> &weights, raw_ostream &os) {
  uint64_t tensors = 0, bytes = 0;
  for (const StoredWeights &group : weights) {
    tensors += group.count;
    bytes += group.bytes;
  }
  os << "\nweights of the program: " << counted(tensors, "tensor") << ", "
     << bytesText(bytes) << "\n";
  for (const StoredWeights &group : weights)
    os << formatv("{0,7}  {1,-16} {2,12}  {3}\n", group.count, group.dtype,
                  bytesText(group.bytes),
                  group.program.empty() ? group.format
                                        : "made by @" + group.program);
}

/// The last parts of a name's path that fit.
std::string shortened(llvm::StringRef name, size_t longest) {
  if (name.size() <= longest)
    return name.str();
  llvm::StringRef end = name.take_back(longest - 3);
  size_t slash = end.find('/');
  if (slash != llvm::StringRef::npos && slash + 1 < end.size())
    end = end.drop_front(slash);
  return ("..." + end).str();
}

/// The first node with its path, the others without what they share with it.
std::string nodesText(const std::vector<std::string> &nodes) {
  constexpr size_t longest = 56, mostNames = 4;
  if (nodes.empty())
    return "-";
  llvm::StringRef first = nodes.front();
  llvm::StringRef folder = first.take_front(first.rfind('/') + 1);
  std::string text = shortened(first, longest);
  for (llvm::StringRef node :
       llvm::ArrayRef(nodes).drop_front().take_front(mostNames - 1)) {
    if (node.starts_with(folder))
      node = node.drop_front(folder.size());
    text += " + " + shortened(node, longest / 2);
  }
  if (nodes.size() > mostNames)
    text += formatv(" + {0} more", nodes.size() - mostNames);
  return text;
}

std::string orDash(const std::string &text) {
  return text.empty() ? "-" : text;
}

/// A table whose columns are as wide as what is in them, the last one open.
void printTable(const std::vector<std::vector<std::string>> &rows,
                raw_ostream &os) {
  std::vector<size_t> widths;
  for (const auto &row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (auto [i, cell] : llvm::enumerate(row))
      widths[i] = std::max(widths[i], cell.size());
  }
  for (const auto &row : rows) {
    os << "  ";
    for (auto [i, cell] : llvm::enumerate(row)) {
      os << cell;
      if (i + 1 < row.size())
        os.indent(widths[i] - cell.size() + 2);
    }
    os << "\n";
  }
}

void printPlan(const std::vector<KernelFacts> &plan, llvm::StringRef target,
               raw_ostream &os) {
  os << "\nplan: " << counted(plan.size(), "kernel") << " for " << target
     << "\n";
  std::vector<std::vector<std::string>> rows = {
      {"kernel", "result", "flops", "bytes", "flops/byte", "nodes"}};
  uint64_t flops = 0, bytes = 0;
  bool isKnown = true, isFree = false;
  std::map<std::vector<std::string>, std::pair<size_t, unsigned>> known;
  for (const KernelFacts &kernel : plan) {
    std::string result = llvm::join(kernel.outputs, " ");
    if (!kernel.reduction.empty())
      result += " over " + kernel.reduction;
    auto intensity = kernel.intensity();
    std::vector<std::string> row = {
        kernel.kind + (kernel.stencil.empty() ? "" : " " + kernel.stencil),
        result, orDash(kernel.flops.text), orDash(kernel.bytes.text),
        intensity ? formatv("{0:F2}", *intensity).str() : "-"};
    // Layers are alike: the first stands for the others.
    auto [same, isNew] = known.try_emplace(row, rows.size(), 0);
    ++same->second.second;
    if (isNew) {
      row.push_back(nodesText(kernel.nodes));
      rows.push_back(std::move(row));
    }
    isKnown &= kernel.flops.value && kernel.bytes.value;
    isFree |= !kernel.bytes.text.empty() && !kernel.bytes.value;
    flops += kernel.flops.value.value_or(0);
    bytes += kernel.bytes.value.value_or(0);
  }
  for (const auto &[row, place] : known)
    if (place.second > 1)
      rows[place.first].back() +=
          formatv(", and {0} like it", place.second - 1).str();
  printTable(rows, os);
  if (isKnown && bytes)
    os << formatv("  all: {0} flops, {1} bytes, {2:F2} flops/byte\n", flops,
                  bytes, double(flops) / double(bytes));
  if (isFree)
    os << "  names are sizes of the inputs, a ? is one that follows from data "
          "or from several; --dim NAME=N fixes a size\n";
}

void printArena(const ArenaFacts &arena, raw_ostream &os) {
  os << "\narena: ";
  if (arena.bytes && arena.peakBytes) {
    os << bytesText(*arena.bytes) << " for " << counted(arena.buffers, "buffer")
       << "\n";
    if (!arena.atPeak.empty())
      os << "  at the peak, " << bytesText(*arena.peakBytes) << ":\n";
    for (const BufferFacts &buffer : arena.atPeak)
      os << formatv("{0,12}  {1}  {2}\n", bytesText(*buffer.bytes.value),
                    buffer.type, nodesText(buffer.nodes));
  } else {
    os << counted(arena.buffers, "buffer")
       << ", as large as the inputs ask for; in bytes, before they share:\n";
    for (const auto &[size, count] : arena.sizes)
      os << formatv("{0,7}  {1}\n", count, size);
  }
  if (arena.ownBuffers)
    os << "  and " << counted(arena.ownBuffers, "buffer")
       << " with memory of their own, of sizes that follow from data\n";
}

} // namespace

void printText(const ModelFacts &facts, raw_ostream &os) {
  os << facts.file << "\n";
  if (facts.description)
    printSignature(*facts.description, os);
  else if (facts.source)
    printStated(*facts.source, os);
  if (facts.source)
    printSource(*facts.source, os);
  if (facts.blocks)
    printBlocks(*facts.blocks, os);
  if (facts.states && !facts.states->empty())
    printStates(*facts.states, os);
  if (facts.plan)
    printPlan(*facts.plan, facts.target, os);
  if (facts.weights)
    printWeights(*facts.weights, os);
  if (facts.arena)
    printArena(*facts.arena, os);
}

} // namespace niello
