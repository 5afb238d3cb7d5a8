// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/explain/Explain.h"

#include "compiler/support/Nearest.h"
#include "compiler/support/SourceNodes.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/STLExtras.h"

#include <map>

using namespace mlir;

namespace niello {
namespace {

class Collector : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit Collector(std::vector<Reason> &reasons) : reasons(reasons) {}

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    Reason reason;
    reason.pass = remark.getCategoryName().str();
    reason.nodes = nodesIn(remark.getLocation());
    reason.operation = remark.getRemarkName().str();
    for (const auto &part : remark.getArgs())
      reason.text += part.val;
    std::string key = reason.pass + '\n' + reason.operation + '\n' +
                      reason.text + '\n' + llvm::join(reason.nodes, "\n");
    auto [known, isNew] = places.try_emplace(key, reasons.size());
    if (isNew)
      reasons.push_back(std::move(reason));
    else
      ++reasons[known->second].times;
  }

private:
  std::vector<Reason> &reasons;
  std::map<std::string, size_t> places;
};

/// The nodes as a person tells them apart: the root, and how many more.
std::string placeOf(const Reason &reason) {
  if (reason.nodes.empty())
    return reason.operation;
  std::string text = reason.nodes.front();
  if (reason.nodes.size() > 1)
    text += " + " + std::to_string(reason.nodes.size() - 1) + " more";
  return text + " (" + reason.operation + ")";
}

} // namespace

llvm::ArrayRef<const char *> explainedPasses() {
  static const char *const all[] = {
      "raise-attention",   "raise-norm",
      "raise-gelu",        "raise-quantized-matmul",
      "split-zero-points", "outline-weight-programs",
      "call-stencils",     "split-conv-transpose",
      "split-attention",   "fuse-elementwise",
      "fuse-kernels",      "plan-kernels",
      "pack-gemm-weights"};
  return all;
}

llvm::Error checkExplained(llvm::StringRef pass) {
  if (llvm::is_contained(explainedPasses(), pass))
    return llvm::Error::success();
  return llvm::createStringError("--explain needs a pass that gives reasons, "
                                 "but got '" +
                                 pass + "'" +
                                 nearestHint(pass, explainedPasses()));
}

void collectReasons(MLIRContext &context, llvm::StringRef pass,
                    std::vector<Reason> &reasons) {
  remark::RemarkCategories categories;
  categories.missed = pass.empty() ? ".*" : ("^" + pass + "$").str();
  // It fails for an engine of LLVM's own only, which this is not.
  LogicalResult made = remark::enableOptimizationRemarks(
      context, std::make_unique<Collector>(reasons),
      std::make_unique<remark::RemarkEmittingPolicyAll>(), categories);
  assert(succeeded(made) && "a streamer of ours needs nothing");
  (void)made;
}

void printReasons(llvm::ArrayRef<Reason> reasons, llvm::raw_ostream &os,
                  llvm::StringRef node) {
  llvm::StringRef pass;
  for (const Reason &reason : reasons) {
    if (!node.empty() && !llvm::is_contained(reason.nodes, node))
      continue;
    if (reason.pass != pass)
      os << (pass = reason.pass) << "\n";
    os << "  " << placeOf(reason) << ": " << reason.text;
    if (reason.times > 1)
      os << " (" << reason.times << " times)";
    os << "\n";
  }
}

} // namespace niello
