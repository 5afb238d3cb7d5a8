// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What `niello inspect` knows of a model: plain facts, gathered by subject and
// printed as text or as JSON. README.md says what each is.

#ifndef NIELLO_COMPILER_INSPECT_FACTS_H
#define NIELLO_COMPILER_INSPECT_FACTS_H

#include "compiler/artefact/Description.h"
#include "compiler/trail/Nodes.h"
#include "frontends/onnx/Onnx.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace niello {

/// Operations of one name.
struct OperationCount {
  std::string name;
  uint64_t count = 0;
};

/// Weights of the artefact that are stored in one way.
struct StoredWeights {
  std::string dtype;
  std::string format;  ///< raw, packed, varint or program
  std::string program; ///< where a program makes them
  uint64_t count = 0;
  uint64_t bytes = 0;
};

/// A number that is known, or what it is in terms of sizes that are not.
struct Quantity {
  std::string text; ///< `12`, or `12*rows + 3*rows*?`; empty for unknown
  std::optional<uint64_t> value;
};

/// One kernel of the plan.
struct KernelFacts {
  std::string kind;               ///< gemm, rows, ...
  std::string stencil;            ///< of the runtime, that a call is of
  std::vector<std::string> nodes; ///< of the source model
  std::vector<std::string> outputs;
  std::string reduction; ///< elements that each of the output's is made of
  Quantity flops, bytes;

  std::optional<double> intensity() const {
    if (!flops.value || !bytes.value || *bytes.value == 0)
      return std::nullopt;
    return double(*flops.value) / double(*bytes.value);
  }
};

/// A buffer of the entry's, between the kernels that write and read it.
struct BufferFacts {
  std::vector<std::string> nodes; ///< whose result it holds
  std::string type;
  Quantity bytes;
};

/// A tensor that a loop carries from one step to the next.
struct StateFacts {
  std::vector<std::string> nodes; ///< that the loop is of
  std::string type;
};

/// The one piece of memory that a call works in.
struct ArenaFacts {
  uint64_t buffers = 0;
  /// Buffers of a size that follows from data, or that outlive what made them:
  /// memory of their own.
  uint64_t ownBuffers = 0;
  /// Where all sizes are known: what is asked for, and what is needed at the
  /// moment at which the most is, with the buffers of that moment.
  std::optional<uint64_t> bytes, peakBytes;
  std::vector<BufferFacts> atPeak;
  /// Where they are not: how many buffers there are of each size.
  std::vector<std::pair<std::string, uint64_t>> sizes;
};

/// What is missing was not reached.
struct ModelFacts {
  std::string file;
  std::string target; ///< the machine that is planned for
  std::optional<OnnxSurvey> source;
  std::optional<ModelDescription> description;
  std::optional<std::vector<OperationCount>> blocks;
  std::optional<std::vector<StateFacts>> states;
  std::optional<std::vector<KernelFacts>> plan;
  std::optional<NodePlaces> nodes; ///< where the plan has the file's
  std::optional<std::vector<StoredWeights>> weights;
  std::optional<ArenaFacts> arena;
  /// Of a model that stops on the way: the exit code and the sentence.
  int exitCode = 0;
  std::string sentence;
};

/// One level of an artefact, and what it needs that this machine has not.
struct LevelFacts {
  std::string name;
  std::vector<std::string> features, missing;
};

/// A file that Niello has made.
struct ArtefactFacts {
  std::string file;
  std::string kind; ///< executable, shared library, static library, object
  std::string compiler;
  uint32_t abiVersion = 0;
  uint64_t bytes = 0;
  ModelDescription description;
  std::vector<LevelFacts> levels; ///< best first
  /// Functions of the model and their bytes, where the file still has names
  /// and no others.
  std::optional<uint64_t> kernels, kernelBytes;

  /// The level that the runtime takes on this machine, or null.
  const LevelFacts *taken() const {
    for (const LevelFacts &level : levels)
      if (level.missing.empty())
        return &level;
    return nullptr;
  }
};

} // namespace niello

#endif // NIELLO_COMPILER_INSPECT_FACTS_H
