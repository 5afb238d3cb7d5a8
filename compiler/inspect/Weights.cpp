// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/inspect/Inspect.h"

#include "compiler/inspect/Names.h"
#include "compiler/weights/Layout.h"
#include "dialects/model/Model.h"

#include <map>

using namespace mlir;

namespace niello {

std::vector<StoredWeights> groupWeights(ModuleOp module) {
  std::map<std::vector<std::string>, StoredWeights> groups;
  for (auto weight : module.getOps<model::WeightOp>()) {
    auto type = cast<ShapedType>(weight.getType());
    std::string dtype = elementName(type.getElementType());
    std::string program = weight.getProgram().value_or("").str();
    StringRef encoding = weight.getEncoding().value_or("program");
    StoredWeights &group = groups[{encoding.str(), dtype, program}];
    group.dtype = dtype;
    group.program = program;
    group.format = encoding.str();
    group.count += 1;
    group.bytes += weightBytes(type).value_or(0);
  }
  std::vector<StoredWeights> weights;
  for (auto &[key, group] : groups)
    weights.push_back(std::move(group));
  llvm::sort(weights, [](const auto &a, const auto &b) {
    return std::tie(b.bytes, a.dtype, a.format, a.program) <
           std::tie(a.bytes, b.dtype, b.format, b.program);
  });
  return weights;
}

} // namespace niello
