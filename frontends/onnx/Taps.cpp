// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Named values of the model's graph that become outputs as well.

#include "compiler/support/Nearest.h"
#include "frontends/onnx/Node.h"

#include "llvm/Support/GlobPattern.h"

using namespace mlir;

namespace niello::onnx_frontend {

bool namesValue(StringRef pattern, StringRef value, StringRef node) {
  if (pattern == value || (!node.empty() && pattern == node))
    return true;
  if (pattern.find_first_of("*?[\\") == StringRef::npos)
    return false;
  auto glob = llvm::GlobPattern::create(pattern);
  if (!glob) { // no pattern, so it would have to be a name
    llvm::consumeError(glob.takeError());
    return false;
  }
  return glob->match(value) || (!node.empty() && glob->match(node));
}

void GraphImporter::tapOutputs(Node &node, Scope &scope) {
  if (scope.parent) // a branch, a loop's body, a function: no one value
    return;
  for (const std::string &name : node.proto.output()) {
    if (name.empty())
      continue;
    OnnxValue &value = scope.values[name];
    if (value.kind != OnnxValue::Kind::Tensor)
      continue;
    tappable.insert(name);
    bool isAsked = false;
    for (const std::string &pattern : options.taps)
      if (namesValue(pattern, name, node.proto.name())) {
        usedTaps.insert(pattern);
        isAsked = true;
      }
    if (!isAsked)
      continue;
    // What reads the value reads the tap, so that no pass takes the value away.
    value.tensor.value = model::TapOp::create(
        b, node.loc, b.getStringAttr(name), node.value(value.tensor));
    taps.emplace_back(name, value.tensor);
  }
}

LogicalResult GraphImporter::noValue(const std::string &pattern,
                                     StringRef verb) {
  SmallVector<const char *> known;
  for (const std::string &name : tappable)
    known.push_back(name.c_str());
  report.status = ImportReport::Status::BadModel;
  report.text = "has no value '" + pattern + "' to " + verb.str() +
                " outside its branches, loops and functions" +
                nearestHint(pattern, known);
  return failure();
}

LogicalResult GraphImporter::checkTapOptions() {
  for (const std::string &pattern : options.taps)
    if (!usedTaps.count(pattern))
      return noValue(pattern, "tap");
  return success();
}

} // namespace niello::onnx_frontend
