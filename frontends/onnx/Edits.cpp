// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Named values of the model's graph that the program's caller changes: the data
// of an edit becomes an input, and what read the value reads the edited one.

#include "frontends/onnx/Editor.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace niello::onnx_frontend {

/// Shape arithmetic has been read by now, and constants are in the program.
static bool isKnown(const Tensor &tensor) {
  Operation *maker = tensor.value ? tensor.value.getDefiningOp() : nullptr;
  return tensor.elements ||
         (maker && (maker->hasTrait<OpTrait::ConstantLike>() ||
                    isa<model::LoadWeightOp>(maker)));
}

std::string GraphImporter::applyEdit(Node &node, StringRef name,
                                     const Edit &edit, Tensor &tensor) {
  std::string taken;
  Editor editor(
      node, name, edit,
      [&](StringRef input, DType dtype, ArrayRef<Attribute> dims) {
        for (DictionaryAttr other : argumentAttrs)
          if (other.getAs<StringAttr>("model.name").getValue() == input)
            taken = "needs an input '" + input.str() +
                    "', but there is one of that name";
        return addArgument(input, dtype, dims);
      },
      [&](Size size) { return describeSize(size); });
  if (std::string reason = editor.refusal(tensor); !reason.empty())
    return reason;
  Type before = node.value(tensor).getType();
  auto result = editor.apply(tensor);
  if (failed(result) || !taken.empty())
    return taken; // what failed has said why
  tensor = *result;
  if (tensor.value.getType() != before)
    tensor.value = tensor::CastOp::create(b, before, tensor.value);
  edited.insert(name.str());
  return "";
}

void GraphImporter::editOutputs(Node &node, Scope &scope) {
  if (scope.parent || options.edits.empty())
    return;
  StringRef nodeName = node.proto.name();
  SmallVector<StringRef> outputs;
  for (const std::string &name : node.proto.output())
    if (!name.empty() && scope.values[name].kind == OnnxValue::Kind::Tensor)
      outputs.push_back(name);
  for (StringRef name : outputs) {
    Tensor &tensor = scope.values[name].tensor;
    std::set<std::pair<EditKind, std::optional<int64_t>>> made;
    for (const Edit &edit : options.edits) {
      if (!namesValue(edit.site, name, nodeName))
        continue;
      if (made.empty() && isKnown(tensor)) {
        knownSites[edit.site] = name.str();
        continue;
      }
      usedEdits.insert(edit.site);
      if (!made.emplace(edit.kind, edit.axis).second)
        continue; // two patterns ask for the same
      std::string reason;
      if (edit.site == nodeName && edit.site != name && outputs.size() > 1)
        reason = "names a node of several outputs; name one of " +
                 llvm::join(outputs, ", ");
      else
        reason = applyEdit(node, name, edit, tensor);
      if (edit.isOptional)
        continue;
      if (!reason.empty() && report.status == ImportReport::Status::Ok) {
        report.status = ImportReport::Status::BadModel;
        report.text = ("'" + name + "' cannot be edited: --edit '" +
                       editText(edit) + "' " + reason)
                          .str();
      }
      if (report.status != ImportReport::Status::Ok)
        return;
    }
  }
}

LogicalResult GraphImporter::checkEditOptions(Scope &scope) {
  for (const Edit &edit : options.edits) {
    if (usedEdits.count(edit.site) || edit.isOptional)
      continue;
    report.status = ImportReport::Status::BadModel;
    if (auto known = knownSites.find(edit.site); known != knownSites.end()) {
      report.text = "'" + known->second +
                    "' is known when the model is compiled, as a constant or "
                    "arithmetic on shapes; edit what reads it";
    } else if (scope.values.count(edit.site) && !tappable.count(edit.site)) {
      report.text = "'" + edit.site +
                    "' is an input or a weight of the model, which no node "
                    "computes; edit what reads it";
    } else {
      return noValue(edit.site, "edit");
    }
    return failure();
  }
  return success();
}

} // namespace niello::onnx_frontend
