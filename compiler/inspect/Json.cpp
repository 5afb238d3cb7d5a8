// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All facts as one JSON object; README.md lists the keys.

#include "compiler/inspect/Inspect.h"

#include "compiler/inspect/Names.h"

using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

namespace niello {
namespace {

template <typename Range, typename Make>
Array arrayOf(const Range &range, Make make) {
  Array array;
  for (const auto &item : range)
    array.push_back(make(item));
  return array;
}

/// JSON strings are UTF-8; names of a file may be anything.
Value text(llvm::StringRef bytes) {
  return llvm::json::isUTF8(bytes) ? bytes.str() : llvm::json::fixUTF8(bytes);
}

Array texts(const std::vector<std::string> &all) {
  return arrayOf(all, [](const std::string &one) { return text(one); });
}

template <typename T> Value orNull(const std::optional<T> &value) {
  return value ? Value(*value) : Value(nullptr);
}

Value dimension(int64_t size, llvm::StringRef symbol) {
  if (size >= 0)
    return size;
  return symbol.empty() ? Value(nullptr) : text(symbol);
}

Object tensor(const TensorDescription &tensor) {
  return Object{{"name", text(tensor.name)},
                {"dtype", tensor.dtype},
                {"dims", arrayOf(tensor.dims, [](const auto &dim) {
                   return dimension(dim.size, dim.symbol);
                 })}};
}

Object statedTensor(const OnnxSurvey::Tensor &tensor) {
  return Object{{"name", text(tensor.name)},
                {"dtype", tensor.dtype},
                {"dims", arrayOf(tensor.dims, [](const auto &dim) {
                   return dimension(dim.first, dim.second);
                 })}};
}

Array symbols(const ModelDescription &description) {
  return arrayOf(description.symbols, [](const SymbolDescription &symbol) {
    bool isBounded = symbol.max != std::numeric_limits<int64_t>::max();
    return Object{{"name", text(symbol.name)},
                  {"min", symbol.min},
                  {"max", isBounded ? Value(symbol.max) : Value(nullptr)}};
  });
}

Array entries(const ModelDescription &description) {
  return arrayOf(description.entries, [](const EntryDescription &entry) {
    return Object{{"name", text(entry.name)},
                  {"inputs", arrayOf(entry.inputs, tensor)},
                  {"outputs", arrayOf(entry.outputs, tensor)}};
  });
}

Object kernel(const KernelFacts &kernel) {
  return Object{{"kind", kernel.kind},
                {"stencil", kernel.stencil},
                {"nodes", texts(kernel.nodes)},
                {"results", texts(kernel.outputs)},
                {"reduction", kernel.reduction},
                {"flops", orNull(kernel.flops.value)},
                {"flops_formula", kernel.flops.text},
                {"bytes", orNull(kernel.bytes.value)},
                {"bytes_formula", kernel.bytes.text},
                {"flops_per_byte", orNull(kernel.intensity())}};
}

Object buffer(const BufferFacts &buffer) {
  return Object{{"bytes", orNull(buffer.bytes.value)},
                {"type", buffer.type},
                {"nodes", texts(buffer.nodes)}};
}

Object arena(const ArenaFacts &arena) {
  return Object{{"bytes", orNull(arena.bytes)},
                {"peak_bytes", orNull(arena.peakBytes)},
                {"buffers", arena.buffers},
                {"own_buffers", arena.ownBuffers},
                {"at_peak", arrayOf(arena.atPeak, buffer)},
                {"sizes", arrayOf(arena.sizes, [](const auto &size) {
                   return Object{{"bytes_formula", size.first},
                                 {"count", size.second}};
                 })}};
}

Object places(const NodePlaces &nodes) {
  return Object{{"in_kernels", texts(nodes.kernels)},
                {"in_programs", texts(nodes.programs)},
                {"around_kernels", texts(nodes.outside)},
                {"folded", arrayOf(nodes.folded, [](const SourceNode &node) {
                   return Object{{"name", text(node.name)},
                                 {"reason", text(node.why)}};
                 })}};
}

Object count(const OperationCount &count) {
  return Object{{"name", text(count.name)}, {"count", count.count}};
}

void addSource(const OnnxSurvey &source, Object &object) {
  object["operators"] = arrayOf(source.operators, [](const auto &op) {
    return Object{{"name", text(op.name)}, {"count", op.count}};
  });
  object["file_weights"] = arrayOf(source.weights, [](const auto &group) {
    return Object{
        {"dtype", group.dtype}, {"count", group.count}, {"bytes", group.bytes}};
  });
}

/// A model that was refused has the file's word for its inputs only.
Array statedEntry(const OnnxSurvey &source) {
  return Array{Object{{"name", "main"},
                      {"inputs", arrayOf(source.inputs, statedTensor)},
                      {"outputs", arrayOf(source.outputs, statedTensor)}}};
}

Object stored(const StoredWeights &group) {
  return Object{{"dtype", group.dtype},
                {"format", group.format},
                {"program", group.program},
                {"count", group.count},
                {"bytes", group.bytes}};
}

} // namespace

Object toJson(const ModelFacts &facts) {
  Object object{{"format_version", 1},
                {"kind", "model"},
                {"file", text(facts.file)},
                {"exit_code", facts.exitCode},
                {"sentence", text(facts.sentence)}};
  if (facts.description) {
    object["source_hash"] = facts.description->hash;
    object["entries"] = entries(*facts.description);
    object["symbols"] = symbols(*facts.description);
  } else if (facts.source) {
    object["entries"] = statedEntry(*facts.source);
  }
  if (facts.source)
    addSource(*facts.source, object);
  if (facts.blocks)
    object["blocks"] = arrayOf(*facts.blocks, count);
  if (facts.states)
    object["states"] = arrayOf(*facts.states, [](const StateFacts &state) {
      return Object{{"type", state.type}, {"nodes", texts(state.nodes)}};
    });
  if (facts.plan) {
    object["target"] = facts.target;
    object["plan"] = arrayOf(*facts.plan, kernel);
  }
  if (facts.nodes)
    object["nodes"] = places(*facts.nodes);
  if (facts.weights)
    object["weights"] = arrayOf(*facts.weights, stored);
  if (facts.arena)
    object["arena"] = arena(*facts.arena);
  return object;
}

/// The report as it was stored; null without one, or where it is none.
Value verification(const ModelDescription &description) {
  auto report = llvm::json::parse(description.verification);
  if (report)
    return std::move(*report);
  llvm::consumeError(report.takeError());
  return nullptr;
}

Object toJson(const ArtefactFacts &facts) {
  const LevelFacts *taken = facts.taken();
  return Object{{"format_version", 1},
                {"kind", facts.kind},
                {"file", text(facts.file)},
                {"name", text(facts.description.name)},
                {"source", text(facts.description.source)},
                {"source_hash", text(facts.description.hash)},
                {"compiler", text(facts.compiler)},
                {"abi_version", facts.abiVersion},
                {"entries", entries(facts.description)},
                {"symbols", symbols(facts.description)},
                {"levels", arrayOf(facts.levels,
                                   [](const LevelFacts &level) {
                                     return Object{
                                         {"name", text(level.name)},
                                         {"features", texts(level.features)},
                                         {"missing", texts(level.missing)}};
                                   })},
                {"verification", verification(facts.description)},
                {"level_taken", taken ? text(taken->name) : Value(nullptr)},
                {"file_bytes", facts.bytes},
                {"weights_bytes", facts.description.weightsSize},
                {"kernels", orNull(facts.kernels)},
                {"kernels_bytes", orNull(facts.kernelBytes)}};
}

} // namespace niello
