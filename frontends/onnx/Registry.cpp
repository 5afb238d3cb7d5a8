// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which operators have a handler, and what `niello ops` says of them.

#include "frontends/onnx/Registry.h"

#include "onnx/defs/schema.h"
#include <set>

using namespace mlir;

namespace niello::onnx_frontend {

ArrayRef<ArrayRef<Registration>> allRegistrations() {
  static const ArrayRef<Registration> tables[] = {
      elementwiseOps(),
      shapeOps(),
      sliceOps(),
      unaryOps(),
      castOps(),
      constantOps(),
      matmulOps(),
      normOps(),
      reduceOps(),
      gatherOps(),
      activationOps(),
      arithmeticOps(),
      treeOps(),
      linearOps(),
      ngramOps(),
      optimizerOps(),
      roiPoolOps(),
      quantizeOps(),
      qlinearOps(),
      qlinearBinaryOps(),
      ifOps(),
      loopOps(),
      scanOps(),
      convOps(),
      poolOps(),
      recurrentOps(),
      sequenceOps(),
      resizeOps(),
      deformConvOps(),
      visionOps(),
      channelNormOps(),
      dropoutOps(),
      padOps(),
      arrangeOps(),
      fillOps(),
      selectOps(),
      einsumOps(),
      fourierOps(),
      matrixOps(),
      orderOps(),
      scatterOps(),
      featureOps(),
      skipNormOps(),
      fusedMatmulOps(),
      randomOps(),
      melOps(),
      groupQueryOps(),
      multiHeadOps(),
      rotaryOps(),
      standardOps(),
      svmOps(),
      bnb4Ops(),
      expertOps(),
      eliminationOps(),
      fusedOps(),
      gatherQuantizedOps(),
      quantizedLayerOps(),
  };
  return tables;
}

const Registration *findHandler(StringRef domain, StringRef name, int opset) {
  static const auto *index = [] {
    auto *map = new llvm::StringMap<SmallVector<const Registration *>>();
    for (ArrayRef<Registration> table : allRegistrations())
      for (const Registration &entry : table)
        (*map)[(Twine(entry.domain) + "::" + entry.name).str()].push_back(
            &entry);
    return map;
  }();
  auto it = index->find((domain + "::" + name).str());
  if (it == index->end())
    return nullptr;
  const Registration *best = nullptr;
  for (const Registration *entry : it->second)
    if (entry->since <= opset && (!best || entry->since > best->since))
      best = entry;
  return best;
}

} // namespace niello::onnx_frontend

namespace niello {
using namespace onnx_frontend;

/// As the standard spells a type.
static std::string standardName(DType dtype) {
  return dtype == DType::Float    ? "float"
         : dtype == DType::Double ? "double"
                                  : dtypeName(dtype).str();
}

static std::vector<std::string> dtypeNames(DTypes mask) {
  std::vector<std::string> names;
  for (int i = 1; i <= static_cast<int>(DType::Int2); ++i)
    if (mask & (1u << i))
      names.push_back(dtypeName(static_cast<DType>(i)).str());
  return names;
}

/// Those of `handled` that the standard allows in an operator's first input, or
/// in its result where it has no inputs.
static DTypes allowedDTypes(const onnx::OpSchema &schema, DTypes handled) {
  if (schema.inputs().empty() && schema.outputs().empty())
    return handled;
  const auto &first =
      (schema.inputs().empty() ? schema.outputs() : schema.inputs())[0];
  DTypes allowed = 0;
  for (int i = 1; i <= static_cast<int>(DType::Int2); ++i) {
    std::string tensor = "tensor(" + standardName(static_cast<DType>(i)) + ")";
    for (const std::string *type : first.GetTypes())
      // Sequences and optionals have their tensors' type inside.
      if (StringRef(*type).contains(tensor))
        allowed |= 1u << i;
  }
  return handled & allowed;
}

/// The same of a handler, all of whose types count where the standard has no
/// such operator.
static DTypes allowedDTypes(const Registration &entry) {
  DTypes handled = entry.dtypes ? entry.dtypes : everything;
  const onnx::OpSchema *schema =
      onnx::OpSchemaRegistry::Schema(entry.name, entry.domain);
  return schema ? allowedDTypes(*schema, handled) : handled;
}

std::vector<SupportedOp> supportedOnnxOps() {
  std::vector<SupportedOp> ops;
  std::set<std::string> direct;
  for (ArrayRef<Registration> table : allRegistrations())
    for (const Registration &entry : table) {
      ops.push_back({entry.domain, entry.name, entry.since,
                     dtypeNames(allowedDTypes(entry)),
                     /*byFunctionBody=*/false});
      direct.insert(std::string(entry.domain) + "::" + entry.name);
    }
  for (const onnx::OpSchema &schema : onnx::OpSchemaRegistry::get_all_schemas())
    if ((schema.HasFunction() || schema.HasContextDependentFunction()) &&
        !direct.count(schema.domain() + "::" + schema.Name()))
      ops.push_back({schema.domain(), schema.Name(), schema.since_version(),
                     dtypeNames(allowedDTypes(schema, numbers | bools)),
                     /*byFunctionBody=*/true});
  llvm::sort(ops, [](const SupportedOp &a, const SupportedOp &b) {
    return std::tie(a.domain, a.name, a.since) <
           std::tie(b.domain, b.name, b.since);
  });
  return ops;
}

} // namespace niello
