// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a handler in ops/ sees of its node, and the registry it stands in.

#ifndef NIELLO_FRONTENDS_ONNX_NODE_H
#define NIELLO_FRONTENDS_ONNX_NODE_H

#include "frontends/onnx/Importer.h"

namespace niello::onnx_frontend {

class Node {
public:
  Node(GraphImporter &importer, const onnx::NodeProto &proto, Scope &scope,
       int opset, mlir::Location loc)
      : importer(importer), b(importer.b), sizes(importer.sizes), proto(proto),
        scope(scope), opset(opset), loc(loc) {}

  // Inputs. `has` is false for an omitted or empty-named optional input.
  unsigned numInputs() const { return proto.input_size(); }
  unsigned numOutputs() const { return proto.output_size(); }
  bool has(unsigned i);
  bool wantsOutput(unsigned i) const;
  OnnxValue &input(unsigned i);
  Tensor &tensor(unsigned i);
  DType dtype(unsigned i) { return tensor(i).dtype; }
  /// The IR value of an input, made now where only its elements were known.
  mlir::Value value(unsigned i);
  mlir::Value value(Tensor &tensor);
  mlir::Type elementType(unsigned i);
  /// Elements of a rank-0 or rank-1 integer tensor with a static count up to
  /// 64, read from the tensor where they are not known.
  std::optional<llvm::SmallVector<Size>> elements(Tensor &tensor);
  std::optional<llvm::SmallVector<Size>> elements(unsigned i);
  /// The same, all constants known at compile time.
  std::optional<llvm::SmallVector<int64_t>> constants(unsigned i);

  // Attributes, resolved through the enclosing function's arguments.
  const onnx::AttributeProto *attribute(llvm::StringRef name);
  int64_t intAttr(llvm::StringRef name, int64_t otherwise);
  float floatAttr(llvm::StringRef name, float otherwise);
  std::string stringAttr(llvm::StringRef name, llvm::StringRef otherwise);
  std::optional<llvm::SmallVector<int64_t>> intsAttr(llvm::StringRef name);
  std::optional<llvm::SmallVector<float>> floatsAttr(llvm::StringRef name);

  // Results. Without `dims` they are read off the value. Always success.
  mlir::LogicalResult result(unsigned i, mlir::Value value, DType dtype,
                             llvm::ArrayRef<Size> dims);
  mlir::LogicalResult result(unsigned i, mlir::Value value, DType dtype);
  mlir::LogicalResult result(unsigned i, Tensor tensor);
  mlir::LogicalResult resultElements(unsigned i, DType dtype,
                                     llvm::ArrayRef<Size> dims,
                                     llvm::ArrayRef<Size> elements);
  mlir::LogicalResult resultValue(unsigned i, OnnxValue value);
  Tensor makeTensor(mlir::Value value, DType dtype);

  /// Imports the node as a function of its inputs, in ONNX's text form:
  /// "(x, bias) => (y) { y = Add(x, bias) }". Inputs that the node leaves out
  /// are missing inside, and `@name` refers to its attributes. The nodes take
  /// this one's name and are of opset 21 and com.microsoft 1.
  mlir::LogicalResult expand(const std::string &function);

  /// Not supported (yet): what is needed, what was found. Always failure.
  mlir::LogicalResult refuse(llvm::Twine reason);
  /// The model breaks the ONNX rules. Always failure.
  mlir::LogicalResult bad(llvm::Twine reason);
  /// An axis in [-rank, rank) made non-negative, or failure with `bad`.
  mlir::FailureOr<int64_t> axis(int64_t axis, int64_t rank);

  GraphImporter &importer;
  mlir::ImplicitLocOpBuilder &b;
  Sizes &sizes;
  const onnx::NodeProto &proto;
  Scope &scope;
  const int opset;
  const mlir::Location loc;
};

/// Checks the node's inputs against the standard's types for the operator;
/// `bad` names the operands that do not fit.
mlir::LogicalResult checkSignature(Node &node);
/// A sentence where the model declares an opset that the standard does not
/// have (yet).
std::optional<std::string> unknownOpset(const onnx::ModelProto &model);
/// Whether an operator of the graph is in no standard that we know. The ONNX
/// checker would stop there without naming the node; the importer names it.
bool usesUnknownOps(const onnx::ModelProto &model);

/// Element types a handler takes, as a mask over DType.
using DTypes = uint32_t;
constexpr DTypes bit(DType dtype) { return 1u << static_cast<int>(dtype); }
constexpr DTypes floats = bit(DType::Float) | bit(DType::Double) |
                          bit(DType::Float16) | bit(DType::BFloat16);
constexpr DTypes signedInts = bit(DType::Int8) | bit(DType::Int16) |
                              bit(DType::Int32) | bit(DType::Int64);
constexpr DTypes unsignedInts = bit(DType::UInt8) | bit(DType::UInt16) |
                                bit(DType::UInt32) | bit(DType::UInt64);
constexpr DTypes ints = signedInts | unsignedInts;
constexpr DTypes numbers = floats | ints;
constexpr DTypes bools = bit(DType::Bool);
constexpr DTypes narrow =
    bit(DType::Float8E4M3FN) | bit(DType::Float8E4M3FNUZ) |
    bit(DType::Float8E5M2) | bit(DType::Float8E5M2FNUZ) |
    bit(DType::Float8E8M0) | bit(DType::Float4E2M1) | bit(DType::Int4) |
    bit(DType::UInt4) | bit(DType::Int2) | bit(DType::UInt2);
constexpr DTypes everything = numbers | bools | narrow;

struct Registration {
  const char *domain; // "" is ai.onnx
  const char *name;
  Handler handler;
  DTypes dtypes; // of the first input that is present
  int since = 1; // first opset version the handler takes
};

/// The handler for an operator, or null.
const Registration *findHandler(llvm::StringRef domain, llvm::StringRef name,
                                int opset);
llvm::ArrayRef<llvm::ArrayRef<Registration>> allRegistrations();

} // namespace niello::onnx_frontend

#endif
