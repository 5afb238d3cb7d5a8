// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The model in its variants: by the plain path or the fast one, with values
// that come out (taps) and values that go in (cuts).

#ifndef NIELLO_COMPILER_VERIFY_WORKBENCH_H
#define NIELLO_COMPILER_VERIFY_WORKBENCH_H

#include "compiler/artefact/Description.h"
#include "compiler/verify/Array.h"
#include "frontends/onnx/Onnx.h"

#include <functional>
#include <map>
#include <set>

namespace niello {

/// Arrays by the names of the source model.
using Values = std::map<std::string, Array>;
using Names = std::set<std::string>;

struct VariantRequest {
  bool isPlain = false;
  bool isPlanOnly = false; ///< no code: `library` stays empty
  /// Names of values that become outputs too; `*` for all.
  Names taps;
  /// Names of values whose readers are given them from outside. What is known
  /// while the model is read is left as it is.
  Names cuts;
};

/// A kernel of the plan: what it computes, without names and places, and the
/// nodes that it comes from.
struct PlannedKernel {
  std::string code;
  std::vector<std::string> nodes;
};

struct Variant {
  std::string library; ///< a shared library
  std::vector<TensorDescription> inputs, outputs;
  std::vector<PlannedKernel> kernels;
};

/// Compiles a variant; the error is the compiler's sentence.
using BuildVariant =
    std::function<llvm::Expected<Variant>(const VariantRequest &)>;

/// The nodes of the model's main graph, in its order.
class SourceGraph {
public:
  explicit SourceGraph(const OnnxSurvey &survey);

  const std::vector<OnnxSurvey::Node> &nodes() const { return all; }
  /// The node that makes the value; null for inputs and weights.
  const OnnxSurvey::Node *producer(const std::string &value) const;
  /// The node of that name in the IR's locations; null if there is none.
  const OnnxSurvey::Node *find(const std::string &name) const;
  bool isOutput(const std::string &value) const { return outputs.count(value); }
  size_t indexOf(const OnnxSurvey::Node *node) const {
    return node - all.data();
  }
  /// Nodes that the value is made of without going through `known`, in the
  /// graph's order, the value's own last.
  std::vector<const OnnxSurvey::Node *> between(const Names &known,
                                                const std::string &value) const;
  /// Sizes of a weight of the file; null if it is none.
  const std::vector<int64_t> *weightShape(const std::string &value) const;

private:
  std::vector<OnnxSurvey::Node> all;
  std::map<std::string, size_t> producers, byName;
  std::map<std::string, std::vector<int64_t>> weights;
  Names outputs;
};

/// The values of `given` that the variant's inputs take, cut ones too.
Values inputsOf(const Variant &variant, const Values &given);

/// Runs a variant; inputs, cut ones too, are taken from `given`.
llvm::Expected<Values> run(const Variant &variant, const Values &given);

/// Builds a variant that runs once.
llvm::Expected<Values> buildAndRun(const BuildVariant &build,
                                   const VariantRequest &request,
                                   const Values &given);

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_WORKBENCH_H
