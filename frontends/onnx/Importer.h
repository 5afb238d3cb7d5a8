// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One graph on its way into the IR: values by name, nodes one by one, each
// through the handler that ops/ registers for it. A node that cannot be
// imported is written down and the walk goes on, so that a refusal lists all.

#ifndef NIELLO_FRONTENDS_ONNX_IMPORTER_H
#define NIELLO_FRONTENDS_ONNX_IMPORTER_H

#include "dialects/model/Model.h"
#include "frontends/onnx/DType.h"
#include "frontends/onnx/Initializers.h"
#include "frontends/onnx/Onnx.h"
#include "frontends/onnx/Sizes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "onnx/onnx_pb.h"
#include "llvm/ADT/StringMap.h"
#include <set>

namespace niello::onnx_frontend {

/// An ONNX tensor value during import.
struct Tensor {
  /// Null until asked for when only `elements` are known.
  mlir::Value value;
  DType dtype = DType::Undefined;
  /// One size a dimension; its static part is also in the value's type.
  llvm::SmallVector<Size> dims;
  /// Row-major elements of a small integer or bool tensor (rank 0 or 1),
  /// known one by one: constants or index values. Shape arithmetic lives here.
  std::optional<llvm::SmallVector<Size>> elements;

  int64_t rank() const { return dims.size(); }
};

/// A sequence whose length is known at compile time, or an optional.
struct OnnxValue {
  enum class Kind {
    Missing,
    Refused,
    Tensor,
    Sequence,
    Optional
  } kind = Kind::Missing;
  Tensor tensor;
  std::vector<Tensor> items; // Sequence: in order; Optional: none or one
};

class Node;
using Handler = mlir::LogicalResult (*)(Node &);

/// Names visible while a graph or function body is imported.
struct Scope {
  Scope *parent = nullptr;
  llvm::StringMap<OnnxValue> values;
  llvm::StringMap<const onnx::AttributeProto *> arguments; // of a function
  llvm::StringMap<int> opsets;
  bool isFunction = false; // names of the caller are not visible
};

class GraphImporter {
public:
  GraphImporter(mlir::ModuleOp module, const onnx::ModelProto &model,
                Initializers &initializers, const ImportOptions &options,
                ImportReport &report);

  /// Makes @main; a failure is in the report.
  mlir::LogicalResult importMain();

  /// Imports the nodes of a body graph where the builder stands. `inputs` are
  /// bound to the graph's inputs in order; outputs come back in order.
  mlir::FailureOr<std::vector<OnnxValue>>
  importBody(const onnx::GraphProto &graph, llvm::ArrayRef<OnnxValue> inputs,
             Scope &parent);

  /// A tensor of the file where the builder stands, or a sentence.
  llvm::Expected<Tensor> importTensor(const onnx::TensorProto &proto,
                                      mlir::Location loc) {
    return initializers.import(proto, b, loc);
  }

  /// Bodies that were imported and not used; they are kept because `sizes`
  /// knows their values by address.
  std::vector<std::unique_ptr<mlir::Region>> unused;
  /// Checks that a free dimension which a Squeeze without axes keeps is not 1.
  std::vector<model::RequireOp> unitChecks;
  /// Stands at the node being imported; its location is the node's.
  mlir::ImplicitLocOpBuilder b;
  Sizes sizes;

private:
  friend class Node;
  mlir::LogicalResult
  importNodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes,
              Scope &scope);
  void importNode(const onnx::NodeProto &proto, Scope &scope);
  void importInitializers(const onnx::GraphProto &graph, Scope &scope);
  mlir::LogicalResult declareInputs(const onnx::GraphProto &graph,
                                    Scope &scope);
  mlir::Attribute inputDim(const onnx::TensorShapeProto::Dimension &dim,
                           int64_t &size);
  mlir::LogicalResult checkDimOptions();
  /// Taps those outputs of an imported node that the options name.
  void tapOutputs(Node &node, Scope &scope);
  /// Every tap that was asked for is there.
  mlir::LogicalResult checkTapOptions();
  /// "has no value '..' to VERB .."; always failure.
  mlir::LogicalResult noValue(const std::string &pattern, llvm::StringRef verb);
  /// Takes the statistics that the options name of an imported node's outputs.
  void measureOutputs(Node &node, Scope &scope);
  /// Every statistic that was asked for is there.
  mlir::LogicalResult checkMeasureOptions();
  /// Edits those outputs of an imported node that the options name.
  void editOutputs(Node &node, Scope &scope);
  /// Makes one edit of a value, or says why not.
  std::string applyEdit(Node &node, llvm::StringRef name, const Edit &edit,
                        Tensor &tensor);
  /// Every edit that was asked for is there.
  mlir::LogicalResult checkEditOptions(Scope &scope);
  /// An input of @main; a dimension is a number, a symbol's name or "?".
  Tensor addArgument(llvm::StringRef name, DType dtype,
                     llvm::ArrayRef<mlir::Attribute> dims);
  /// A dimension as the entry describes it.
  mlir::Attribute describeSize(Size size);
  /// Makes a tensor the next result of @main under this name.
  void addResult(Node &node, llvm::StringRef name, Tensor &tensor);
  /// Whether `functionBody` would find one.
  bool isFunction(Node &node);
  /// A function of the model, or the body the standard gives for this node.
  mlir::FailureOr<onnx::FunctionProto> functionBody(Node &node);
  mlir::LogicalResult expandFunction(Node &node, const onnx::FunctionProto &f);
  void refuse(const onnx::NodeProto &proto, llvm::Twine reason);
  /// Drops `unitChecks` where each output has the rank that the file states.
  void keepStatedRanks(const onnx::GraphProto &graph, Scope &scope);
  mlir::LogicalResult listRefusals();
  OnnxValue *find(llvm::StringRef name, Scope &scope);
  mlir::Location locationOf(const onnx::NodeProto &proto);
  /// Why no operation was made for a node.
  std::string whyFolded(const onnx::NodeProto &proto, Scope &scope);

  mlir::ModuleOp module;
  const onnx::ModelProto &model;
  Initializers &initializers;
  const ImportOptions &options;
  ImportReport &report;
  llvm::StringMap<mlir::Value> symbols; // dimension name -> index value
  llvm::SmallVector<mlir::DictionaryAttr> argumentAttrs;
  llvm::SmallVector<mlir::Value> results;
  llvm::SmallVector<mlir::Attribute> resultAttrs;
  std::set<std::string> tappable, usedTaps; // values; patterns
  /// Values in the graph's order, as their nodes computed them.
  std::vector<std::pair<std::string, Tensor>> taps;
  std::vector<std::pair<std::string, Tensor>> measured; // the same of these
  std::set<std::string> usedMeasures;
  std::set<std::string> usedEdits, edited;                  // sites; values
  std::map<std::string, std::string> knownSites;            // site -> a value
  std::map<std::string, std::vector<std::string>> refusals; // reason -> nodes
  std::set<std::string> knownDims; // names among the inputs' dimensions
  unsigned depth = 0;
};

/// Whether a pattern of the user's is the name of this value or of its node.
bool namesValue(llvm::StringRef pattern, llvm::StringRef value,
                llvm::StringRef node);

/// A node's own name, or one made of its operator and first output.
std::string nodeName(const onnx::NodeProto &proto);

/// Reads a model that `scanModel` has found to be sound; false where protobuf
/// disagrees.
bool parseModel(llvm::StringRef bytes, onnx::ModelProto &model);

} // namespace niello::onnx_frontend

#endif
