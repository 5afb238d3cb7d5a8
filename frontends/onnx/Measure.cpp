// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Named values of the model's graph whose statistics become outputs.

#include "frontends/onnx/Statistics.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace niello {

ArrayRef<const char *> statisticNames() {
  static const char *const names[] = {"mean", "variance", "min",
                                      "max",  "l1",       "l2",
                                      "linf", "moments",  "histogram"};
  return names;
}

namespace onnx_frontend {

/// Why there are no such statistics of the value; or empty.
static std::string noStatistics(const Tensor &tensor, const Measure &measure,
                                int64_t &axis) {
  if (!(bit(tensor.dtype) & numbers))
    return "are of numbers, but its values are " +
           dtypeName(tensor.dtype).str();
  int64_t rank = std::max<int64_t>(tensor.rank(), 1);
  if (measure.axis < -rank || measure.axis >= rank)
    return "need an axis in [-" + std::to_string(rank) + ", " +
           std::to_string(rank) + "), but got " + std::to_string(measure.axis);
  axis = measure.axis < 0 ? measure.axis + rank : measure.axis;
  return "";
}

void GraphImporter::measureOutputs(Node &node, Scope &scope) {
  if (scope.parent)
    return;
  for (const std::string &name : node.proto.output()) {
    if (name.empty() || scope.values[name].kind != OnnxValue::Kind::Tensor)
      continue;
    Tensor &tensor = scope.values[name].tensor;
    std::set<std::string> made;
    std::optional<Statistics> statistics;
    for (const Measure &measure : options.measures) {
      if (!namesValue(measure.pattern, name, node.proto.name()))
        continue;
      bool isPattern =
          measure.pattern != name && measure.pattern != node.proto.name();
      if (tensor.elements && isPattern)
        continue; // arithmetic on shapes says nothing of the data
      usedMeasures.insert(measure.pattern);
      int64_t axis = 0;
      std::string reason = noStatistics(tensor, measure, axis);
      if (!reason.empty() && isPattern && !(bit(tensor.dtype) & numbers))
        continue;
      if (!reason.empty()) {
        report.status = ImportReport::Status::BadModel;
        report.text = "statistics of '" + name + "' " + reason;
        return;
      }
      if (!statistics) { // and its axis holds for all that name the value
        Tensor copy = tensor;
        copy.value = node.value(tensor);
        copy.elements.reset();
        statistics.emplace(node, copy, axis);
      }
      auto add = [&](StringRef kind, Tensor result) {
        measured.emplace_back(name + ".stats." + kind.str(), std::move(result));
      };
      if (made.insert("count").second)
        add("count", statistics->count());
      for (const std::string &kind : measure.kinds) {
        if (!made.insert(kind).second)
          continue; // two patterns ask for the same
        if (auto result = statistics->compute(kind); succeeded(result))
          add(kind, *result);
      }
    }
  }
}

LogicalResult GraphImporter::checkMeasureOptions() {
  for (const Measure &measure : options.measures)
    if (!usedMeasures.count(measure.pattern))
      return noValue(measure.pattern, "take statistics of");
  return success();
}

} // namespace onnx_frontend
} // namespace niello
