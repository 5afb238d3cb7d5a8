// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/support/Reasons.h"

#include "mlir/IR/Remarks.h"

using namespace mlir;

namespace niello {

void tellReason(Operation *op, StringRef pass, const Twine &why) {
  StringRef name = op->getName().getStringRef();
  auto told = remark::missed(op->getLoc(),
                             remark::RemarkOpts::name(name).category(pass));
  if (told)
    told << why.str();
}

Reasons::Reasons(Operation *root, StringRef pass, RewriterBase::Listener &next,
                 bool hearsPatterns)
    : ForwardingListener(&next), root(root), pass(pass.str()), next(&next),
      isAsked(root->getContext()->getRemarkEngine()),
      hearsPatterns(hearsPatterns) {}

Reasons::~Reasons() {
  if (given.empty())
    return;
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto found = given.find(op); found != given.end())
      for (const auto &[key, why] : found->second)
        tellReason(op, pass, why);
  });
}

void Reasons::note(Operation *op, const void *key, const Twine &why) {
  if (!isAsked)
    return;
  Given &all = given[op];
  auto found = llvm::find_if(all, [&](auto &one) { return one.first == key; });
  std::string text = why.str();
  if (found == all.end()) {
    if (!text.empty())
      all.emplace_back(key, std::move(text));
  } else if (text.empty()) {
    all.erase(found);
  } else {
    found->second = std::move(text);
  }
}

void Reasons::notifyPatternBegin(const Pattern &tried, Operation *op) {
  current = op;
  pattern = &tried;
  ForwardingListener::notifyPatternBegin(tried, op);
}

void Reasons::notifyMatchFailure(Location loc,
                                 function_ref<void(Diagnostic &)> reason) {
  ForwardingListener::notifyMatchFailure(loc, reason);
  if (!current || !hearsPatterns)
    return;
  Diagnostic text(loc, DiagnosticSeverity::Remark);
  reason(text);
  note(current, pattern, text.str());
}

void Reasons::notifyOperationErased(Operation *op) {
  given.erase(op);
  if (current == op)
    current = nullptr;
  ForwardingListener::notifyOperationErased(op);
}

} // namespace niello
