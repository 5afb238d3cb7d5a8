// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A kernel is `kernel_7_..` or `loops_7_..` with all functions of that number:
// the tile that runs in parallel, the bodies of its loops.

#include "compiler/target/cpu/Kernels.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;
using namespace niello;

/// "kernel_7_" of "kernel_7_Gemm_tile"; empty for what is no kernel's.
static StringRef kernelOf(const GlobalValue &value) {
  StringRef name = value.getName(), rest = name;
  if (!isa<Function>(value) ||
      !(rest.consume_front("kernel_") || rest.consume_front("loops_")))
    return "";
  size_t digits = rest.take_while([](char c) { return isDigit(c); }).size();
  if (!digits || !rest.substr(digits).starts_with("_"))
    return "";
  return name.take_front(name.size() - rest.size() + digits + 1);
}

/// The kernels that use a value, "" for the rest of the module.
static void collectUsers(const Value &value, SetVector<StringRef> &kernels,
                         SmallPtrSetImpl<const Value *> &seen) {
  for (const User *user : value.users()) {
    if (!seen.insert(user).second)
      continue;
    if (auto *instruction = dyn_cast<Instruction>(user))
      kernels.insert(kernelOf(*instruction->getFunction()));
    else if (isa<Constant>(user) && !isa<GlobalValue>(user))
      collectUsers(*user, kernels, seen);
    else
      kernels.insert("");
  }
}

/// What is used across a border needs a name that a linker sees. Constants of
/// one module are copied to where they are read.
static void openBorders(Module &module) {
  for (GlobalValue &value : module.global_values()) {
    if (value.isDeclaration() || !value.hasLocalLinkage())
      continue;
    auto *variable = dyn_cast<GlobalVariable>(&value);
    if (variable && variable->isConstant())
      continue;
    SetVector<StringRef> kernels;
    SmallPtrSet<const Value *, 8> seen;
    collectUsers(value, kernels, seen);
    kernels.remove(kernelOf(value));
    if (kernels.empty())
      continue;
    value.setLinkage(GlobalValue::ExternalLinkage);
    value.setVisibility(GlobalValue::HiddenVisibility);
    value.setDSOLocal(true);
  }
}

/// Takes what nothing in the module uses out of it.
static void dropUnused(Module &module) {
  for (bool changed = true; changed;) {
    changed = false;
    for (GlobalValue &value : make_early_inc_range(
             concat<GlobalValue>(module.functions(), module.globals()))) {
      value.removeDeadConstantUsers();
      if (!value.use_empty() ||
          !(value.isDeclaration() || value.isDiscardableIfUnused()))
        continue;
      value.eraseFromParent();
      changed = true;
    }
  }
}

std::vector<cpu::Bytes> cpu::takeKernels(Module &module) {
  MapVector<StringRef, SmallVector<Function *>> kernels;
  for (Function &function : module)
    if (!function.isDeclaration() && !kernelOf(function).empty())
      kernels[kernelOf(function)].push_back(&function);
  openBorders(module);
  std::vector<Bytes> taken;
  for (auto &[kernel, functions] : kernels) {
    ValueToValueMapTy values;
    std::unique_ptr<Module> own =
        CloneModule(module, values, [&](const GlobalValue *value) {
          return isa<Function>(value) ? kernelOf(*value) == kernel
                                      : value->isDiscardableIfUnused();
        });
    own->setModuleInlineAsm("");
    dropUnused(*own);
    raw_svector_ostream stream(taken.emplace_back());
    WriteBitcodeToFile(*own, stream);
  }
  for (auto &[kernel, functions] : kernels)
    for (Function *function : functions) {
      function->deleteBody();
      function->setComdat(nullptr);
      function->setVisibility(GlobalValue::HiddenVisibility);
    }
  dropUnused(module);
  return taken;
}

static std::string keyOf(const cpu::Bytes &kernel, const cpu::Machine &machine,
                         cpu::Effort effort) {
  SHA256 sha;
  for (StringRef part : {StringRef("kernel 1 LLVM " LLVM_VERSION_STRING),
                         StringRef(machine.name), StringRef(machine.triple),
                         StringRef(machine.tune)}) {
    sha.update(part);
    sha.update(StringRef("\0", 1));
  }
  sha.update(machine.featureString());
  sha.update(std::to_string(machine.vectorBits) +
             (effort == cpu::Effort::Full ? " full " : " plain "));
  sha.update(StringRef(kernel.data(), kernel.size()));
  auto digest = sha.final();
  return toHex(ArrayRef<uint8_t>(digest.data(), 16), true);
}

static Expected<cpu::Bytes> compileOne(const cpu::Bytes &kernel,
                                       const cpu::Machine &machine,
                                       cpu::Effort effort) {
  LLVMContext context;
  auto module = parseBitcodeFile(
      MemoryBufferRef(StringRef(kernel.data(), kernel.size()), "model"),
      context);
  if (!module)
    return module.takeError();
  auto target = cpu::createTargetMachine(machine, effort);
  if (!target)
    return target.takeError();
  cpu::optimise(**module, **target, machine, effort);
  return cpu::emitObject(**module, machine, effort);
}

Expected<std::vector<cpu::Bytes>>
cpu::compileKernels(ArrayRef<Bytes> kernels, const Machine &machine,
                    Effort effort, const ObjectCache *cache, unsigned threads) {
  std::vector<Bytes> objects(kernels.size());
  std::vector<std::string> failures(kernels.size());
  auto compile = [&](size_t i) {
    std::string key = cache ? keyOf(kernels[i], machine, effort) : "";
    if (auto found = cache ? cache->find(key) : std::nullopt) {
      objects[i] = std::move(*found);
      return;
    }
    auto object = compileOne(kernels[i], machine, effort);
    if (!object) {
      failures[i] = toString(object.takeError());
      return;
    }
    objects[i] = std::move(*object);
    if (cache)
      cache->note(key, StringRef(objects[i].data(), objects[i].size()));
  };
  DefaultThreadPool pool(hardware_concurrency(threads));
  for (size_t i = 0; i < kernels.size(); ++i)
    pool.async(compile, i);
  pool.wait();
  for (const std::string &failure : failures)
    if (!failure.empty())
      return createStringError(failure);
  return objects;
}
