// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One edit of one value: its inputs, their checks and its arithmetic.
//
// An edit that changes nothing gives the same bits as none: 0 added, a factor
// of 1, a mask of true and a direction of 0 leave -0, infinities and NaNs as
// they are. Only blocks that compile as one (attention, norm, GELU) round
// otherwise when a value inside them is edited, unless with --numerics=strict.

#ifndef NIELLO_FRONTENDS_ONNX_EDITOR_H
#define NIELLO_FRONTENDS_ONNX_EDITOR_H

#include "frontends/onnx/Node.h"

#include <functional>

namespace niello::onnx_frontend {

class Editor {
public:
  /// Makes an input of the entry from a name, a type and its dimensions.
  using AddInput = std::function<Tensor(llvm::StringRef, DType,
                                        llvm::ArrayRef<mlir::Attribute>)>;
  using Describe = std::function<mlir::Attribute(Size)>;

  /// `site` is the value's name, `node` made it, and the builder stands there.
  Editor(Node &node, llvm::StringRef site, const Edit &edit, AddInput addInput,
         Describe describe);

  /// Why a value like this cannot be edited so; or empty.
  std::string refusal(const Tensor &value);
  /// What is to be read in the place of a value that is not refused.
  mlir::FailureOr<Tensor> apply(Tensor value);

private:
  Tensor dataFor(const Tensor &value);
  void checkSize(Size have, Size want, int64_t dim, bool stretches);
  Tensor fitted(Tensor data, const Tensor &value);
  mlir::FailureOr<Tensor> change(Tensor value, Tensor data);
  mlir::FailureOr<Tensor> project(Tensor value, Tensor rows);

  Node &node;
  mlir::ImplicitLocOpBuilder &b;
  EditKind kind;
  std::optional<int64_t> axis; // from 0 once refusal() has seen the value
  std::string name;            // of the data
  AddInput addInput;
  Describe describe;
};

} // namespace niello::onnx_frontend

#endif
