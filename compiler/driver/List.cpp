// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Driver.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace niello {

static std::string qualified(const SupportedOp &op) {
  return op.domain.empty() ? op.name : op.domain + "::" + op.name;
}

int listOps(const Options &options) {
  std::vector<SupportedOp> ops = supportedOnnxOps();
  if (options.markdown)
    llvm::outs() << "| operator | from opset | first input | how |\n"
                    "|---|---|---|---|\n";
  for (const SupportedOp &op : ops) {
    std::string dtypes = llvm::join(op.dtypes, " ");
    const char *how = op.byFunctionBody ? "function body" : "direct";
    if (options.markdown)
      llvm::outs() << llvm::formatv("| {0} | {1} | {2} | {3} |\n",
                                    qualified(op), op.since, dtypes, how);
    else
      llvm::outs() << llvm::formatv("{0,-40} {1,3}  {2,-13} {3}\n",
                                    qualified(op), op.since, how, dtypes);
  }
  return exitDone;
}

int listTargets(const Options &) {
  for (const cpu::NamedTarget &target : cpu::listTargets())
    llvm::outs() << llvm::formatv("{0,-12} {1}\n", target.name, target.summary);
  if (auto host = cpu::findMachine("host"))
    llvm::outs() << "this machine: " << host->name << "\n";
  else
    llvm::consumeError(host.takeError());
  return exitDone;
}

} // namespace niello
