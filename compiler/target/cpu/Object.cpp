// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LLVM's optimiser and code generator for x86-64.

#include "compiler/target/cpu/Object.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace niello;

static void initializeTargets() {
  static bool once = [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    // The descriptor places the weights section with module-level assembly.
    LLVMInitializeX86AsmParser();
    return true;
  }();
  (void)once;
}

Expected<std::unique_ptr<TargetMachine>>
cpu::createTargetMachine(const Machine &machine, Effort effort) {
  initializeTargets();
  Triple triple(machine.triple);
  std::string problem;
  const Target *target = TargetRegistry::lookupTarget(triple, problem);
  if (!target)
    return createStringError("no code generator for " + machine.triple + ": " +
                             problem);
  TargetOptions options;
  // One section a kernel, so that a linker can drop what nobody calls.
  options.FunctionSections = true;
  options.DataSections = true;
  std::unique_ptr<TargetMachine> result(target->createTargetMachine(
      triple, "x86-64", machine.featureString(), options, Reloc::PIC_,
      CodeModel::Small,
      effort == Effort::Full ? CodeGenOptLevel::Aggressive
                             : CodeGenOptLevel::Default));
  if (!result)
    return createStringError("no target machine for " + machine.name);
  return result;
}

// The features go on the functions and not only into the target machine:
// modules of several levels can then be linked into one.
static void markFunctions(Module &module, const cpu::Machine &machine) {
  for (Function &function : module) {
    // Nothing unwinds through our code: a failed check jumps out.
    function.addFnAttr(Attribute::NoUnwind);
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", "x86-64");
    function.addFnAttr("target-features", machine.featureString());
    function.addFnAttr("tune-cpu", machine.tune);
    // The tuning of several CPUs prefers 256 bits, for code that mixes little
    // vector work with much scalar work. Kernels are not like that.
    function.addFnAttr("prefer-vector-width",
                       std::to_string(machine.vectorBits));
  }
}

void cpu::optimise(Module &module, TargetMachine &target,
                   const Machine &machine, Effort effort) {
  module.setTargetTriple(target.getTargetTriple());
  module.setDataLayout(target.createDataLayout());
  module.setPICLevel(PICLevel::BigPIC);
  markFunctions(module, machine);

  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager callGraph;
  ModuleAnalysisManager modules;
  PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = effort == Effort::Full;
  tuning.LoopInterleaving = tuning.LoopVectorization;
  tuning.LoopUnrolling = effort == Effort::Full;
  PassBuilder builder(&target, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  builder
      .buildPerModuleDefaultPipeline(effort == Effort::Full
                                         ? OptimizationLevel::O3
                                         : OptimizationLevel::O1)
      .run(module, modules);
}

static Expected<SmallVector<char, 0>> emit(Module &module,
                                           const cpu::Machine &machine,
                                           cpu::Effort effort,
                                           CodeGenFileType type) {
  Expected<std::unique_ptr<TargetMachine>> target =
      cpu::createTargetMachine(machine, effort);
  if (!target)
    return target.takeError();
  SmallVector<char, 0> bytes;
  raw_svector_ostream stream(bytes);
  legacy::PassManager passes;
  if ((*target)->addPassesToEmitFile(passes, stream, nullptr, type))
    return createStringError("the code generator of " + machine.name +
                             " cannot write this kind of file");
  passes.run(module);
  return bytes;
}

Expected<SmallVector<char, 0>>
cpu::emitObject(Module &module, const Machine &machine, Effort effort) {
  return emit(module, machine, effort, CodeGenFileType::ObjectFile);
}

Expected<SmallVector<char, 0>>
cpu::emitAssembly(Module &module, const Machine &machine, Effort effort) {
  return emit(module, machine, effort, CodeGenFileType::AssemblyFile);
}
