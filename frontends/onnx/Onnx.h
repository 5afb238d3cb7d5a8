// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An ONNX file becomes a module at stage `source`.

#ifndef NIELLO_FRONTENDS_ONNX_ONNX_H
#define NIELLO_FRONTENDS_ONNX_ONNX_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace niello {

/// What `--dim NAME=...` says of a symbol: low == high fixes it.
struct DimBounds {
  int64_t low = 0;
  int64_t high = INT64_MAX;
};

/// What an edit makes of a value v and its data d, before anything reads v.
enum class EditKind {
  Set,     ///< d
  Add,     ///< v + d
  Scale,   ///< v d
  Mask,    ///< v where d, else 0
  Project, ///< v - D^T D v along the last dimension, for the rows of D
};

/// A value of the graph that the program's caller changes while it runs.
struct Edit {
  /// The name of a value, or of a node with one output, or a pattern.
  std::string site;
  EditKind kind = EditKind::Set;
  /// Only these positions of this dimension are edited; a second input has
  /// them. Negative axes count from the end.
  std::optional<int64_t> axis;
  /// Left out where the value cannot be edited so; else that is an error.
  bool isOptional = false;
};

/// "set", "add", ...
llvm::StringRef editName(EditKind kind);
std::optional<EditKind> findEdit(llvm::StringRef name);
/// As --edit takes it.
std::string editText(const Edit &edit);

/// Statistics of values, each for every index of one dimension over all others.
struct Measure {
  /// As a tap's: names of values or nodes, or patterns of them.
  std::string pattern;
  /// Of statisticNames(), in the order given.
  std::vector<std::string> kinds;
  /// Where several name one value, the first one's holds.
  int64_t axis = -1;
};

/// "mean", "variance", ...
llvm::ArrayRef<const char *> statisticNames();

struct ImportOptions {
  std::map<std::string, DimBounds> dims;
  /// Values that become outputs too, after the graph's own and in the graph's
  /// order: names of values or nodes, or patterns of them with * and ?.
  std::vector<std::string> taps;
  /// Each makes its data an input after the model's own, `SITE.KIND`, in the
  /// graph's order; edits of one value follow each other in the order given.
  /// A tap gives the value as its node computed it, all else the edited one.
  std::vector<Edit> edits;
  /// Each makes outputs `VALUE.stats.KIND`, after the taps, of the value as its
  /// node computed it, and how much it stands for as `VALUE.stats.count`.
  std::vector<Measure> measures;
};

struct ImportReport {
  enum class Status { Ok, BadModel, Unsupported } status = Status::Ok;
  /// One sentence, or one line a group of refused nodes.
  std::string text;
  /// Nodes that no operation was made for, and why: their results are values
  /// of other nodes, constants, or sizes.
  std::vector<std::pair<std::string, std::string>> folded;
};

/// Reads `path` and returns its module, or null with the reason in `report`.
/// Never asserts or throws on any file; memory stays within a small multiple
/// of the file's size.
mlir::OwningOpRef<mlir::ModuleOp> importOnnx(mlir::MLIRContext &context,
                                             llvm::StringRef path,
                                             const ImportOptions &options,
                                             ImportReport &report);

/// The same from bytes in memory. `path` names the model in messages and says
/// in which folder external data lies; it is not read.
mlir::OwningOpRef<mlir::ModuleOp> importOnnxBytes(mlir::MLIRContext &context,
                                                  llvm::StringRef bytes,
                                                  llvm::StringRef path,
                                                  const ImportOptions &options,
                                                  ImportReport &report);

/// What a model file holds, whether it compiles or not.
struct OnnxSurvey {
  /// `Conv`, or with its domain `com.microsoft::Gelu`.
  struct Operator {
    std::string name;
    uint64_t count = 0;
  };
  struct Weights {
    std::string dtype;
    uint64_t count = 0;
    uint64_t bytes = 0; ///< in the file
  };
  /// A size of -1 is free, under its name or "".
  struct Tensor {
    std::string name, dtype;
    std::vector<std::pair<int64_t, std::string>> dims;
  };
  /// Nodes of the graph, of the graphs inside nodes and of the model's
  /// functions, each as often as the file has it; the most frequent first.
  std::vector<Operator> operators;
  /// Initializers, and tensors that are attributes, by element type.
  std::vector<Weights> weights;
  std::vector<Tensor> inputs, outputs;
  /// A node of the main graph; `name` as locations of the IR have it.
  struct Node {
    std::string name, op; ///< op as in Operator
    std::vector<std::string> inputs, outputs; ///< "" where one is left out
  };
  std::vector<Node> nodes; ///< in the file's order
  /// Sizes of the main graph's initializers.
  std::map<std::string, std::vector<int64_t>> weightShapes;
};

/// Nothing where `path` is no model; `importOnnx` says why.
std::optional<OnnxSurvey> surveyOnnx(llvm::StringRef path);

/// One row of `niello ops`.
struct SupportedOp {
  std::string domain, name;
  int since; // first opset version of this form
  std::vector<std::string> dtypes;
  bool byFunctionBody; // through the body the ONNX standard gives
};
std::vector<SupportedOp> supportedOnnxOps();

} // namespace niello

#endif
