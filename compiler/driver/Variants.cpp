// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Variants.h"

#include "compiler/driver/Compile.h"
#include "compiler/support/SourceNodes.h"
#include "dialects/kernel/Kernel.h"
#include "llvm/Support/FileSystem.h"

using namespace mlir;

namespace niello {
namespace fs = llvm::sys::fs;
namespace {

/// What the kernel computes: printed apart from its function, its operands and
/// its place have no names.
std::string codeOf(kernel::GroupInterface group) {
  std::string text;
  llvm::raw_string_ostream os(text);
  for (Type type : group->getOperandTypes())
    os << type << " ";
  for (Operation &op : group.getBody().front())
    op.print(os, OpPrintingFlags().useLocalScope());
  return text;
}

std::vector<PlannedKernel> kernelsOf(ModuleOp module) {
  std::vector<PlannedKernel> kernels;
  for (auto function : module.getOps<FunctionOpInterface>())
    function->walk<WalkOrder::PreOrder>([&](Operation *op) {
      auto group = dyn_cast<kernel::GroupInterface>(op);
      if (!group)
        return WalkResult::advance();
      std::vector<std::string> nodes = nodesIn(group->getLoc());
      group->walk([&](Operation *inner) {
        for (std::string &name : nodesIn(inner->getLoc()))
          if (!llvm::is_contained(nodes, name))
            nodes.push_back(std::move(name));
      });
      kernels.push_back({codeOf(group), std::move(nodes)});
      return WalkResult::skip();
    });
  return kernels;
}

} // namespace

llvm::Expected<std::unique_ptr<Variants>>
Variants::create(const Options &options, llvm::StringRef program) {
  llvm::SmallString<128> folder;
  if (std::error_code error = fs::createUniqueDirectory("niello", folder))
    return llvm::createStringError(
        "cannot make a folder for temporary files: " + error.message() +
        "; set TMPDIR to another");
  return std::unique_ptr<Variants>(
      new Variants(options, program, folder.str().str()));
}

Variants::~Variants() { fs::remove_directories(folder); }

int Variants::describe(ModelDescription &description, std::string &sentence) {
  Options quiet = options;
  quiet.command = "verify";
  Compilation compilation(quiet, program);
  int code = compilation.prepare();
  if (!code)
    code = compilation.load();
  sentence = compilation.sentence();
  if (code)
    return code;
  auto found = niello::describe(compilation.getModule());
  if (!found) {
    sentence = "'" + options.model + "': " + llvm::toString(found.takeError());
    return exitUser;
  }
  description = std::move(*found);
  return exitDone;
}

llvm::Expected<Variant> Variants::build(const VariantRequest &request) {
  Options variant = options;
  // Its sentences are the caller's to tell, and its summary nobody's.
  variant.command = "verify";
  variant.emit = "shared";
  variant.output = folder + "/" + std::to_string(count++) + ".so";
  variant.optimise = options.optimise && !request.isPlain;
  variant.import.taps.assign(request.taps.begin(), request.taps.end());
  for (const std::string &cut : request.cuts)
    variant.import.edits.push_back(
        {cut, EditKind::Set, std::nullopt, /*isOptional=*/true});
  Compilation compilation(variant, program);
  auto stop = [&] { return llvm::createStringError(compilation.sentence()); };
  if (compilation.prepare() || compilation.load() ||
      compilation.advance(Stage::Plan))
    return stop();
  auto description = niello::describe(compilation.getModule());
  if (!description)
    return description.takeError();
  Variant built;
  built.inputs = description->entries.front().inputs;
  built.outputs = description->entries.front().outputs;
  built.kernels = kernelsOf(compilation.getModule());
  if (request.isPlanOnly)
    return std::move(built);
  if (compilation.writeBinary())
    return stop();
  built.library = variant.output;
  return std::move(built);
}

} // namespace niello
