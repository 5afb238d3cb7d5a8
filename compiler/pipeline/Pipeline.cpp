// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The road of a model: a function a stage, each pass with its place's reason.

#include "compiler/pipeline/Pipeline.h"

#include "compiler/reproducer/Passed.h"
#include "compiler/target/cpu/Conversion.h"
#include "compiler/target/cpu/Object.h"
#include "compiler/weights/ProgramModule.h"
#include "passes/compose/Passes.h"
#include "passes/fuse/Passes.h"
#include "passes/lower/Passes.h"
#include "passes/lower/cpu/Passes.h"
#include "passes/plan/Passes.h"
#include "passes/raise/Passes.h"

#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace niello;

// source -> blocks: what the file spells out in many ops becomes one op.
static void addBlocks(PassManager &passes, const PipelineOptions &options) {
  // They reassociate across the operators of the file.
  if (options.optimise && options.numerics != Numerics::Strict)
    for (auto create : {createRaiseAttention, createRaiseNorm, createRaiseGelu,
                        createRaiseQuantizedMatmul})
      passes.addPass(create());
  // What no entry calls is not compiled.
  passes.addPass(createSymbolDCEPass());
}

// blocks -> packed: every weight has its final format, or a program makes it.
static void addPacked(PassManager &passes, const PipelineOptions &options) {
  if (!options.optimise)
    return;
  // Exact, so that --numerics=strict has it too.
  passes.addPass(createSplitZeroPoints());
  // Last: it splits off whatever the passes above do to weights.
  passes.addPass(createOutlineWeightPrograms());
}

// Model ops to linalg, tensor and scf, which fuse and have buffer forms.
static void addUpstreamOps(PassManager &passes) {
  passes.addPass(createLowerCheck());
  passes.addPass(createLowerModelToLinalg());
  // After the model ops, whose lowerings use arithmetic on tensors.
  passes.addPass(createConvertElementwiseToLinalgPass());
  // Sizes in terms of the inputs' sizes: what the arena is computed from.
  passes.addPass(memref::createResolveRankedShapeTypeResultDimsPass());
  passes.addPass(createCleanUp());
}

// packed -> plan: what runs as one kernel becomes one op.
static void addPlan(PassManager &passes, const PipelineOptions &options) {
  if (!options.optimise)
    return;
  // While the ops are whole: there is one way to lower each.
  passes.addPass(createCallStencils());
  passes.addPass(createSplitConvTranspose());
  passes.addPass(createSplitAttention());
  addUpstreamOps(passes);
  passes.addPass(createFuseElementwise());
  // Fewer and plainer ops to group.
  passes.addPass(createCleanUp());
  passes.addPass(createFuseKernels());
  passes.addPass(createPlanKernels({options.machine.vectorBits,
                                    options.machine.vectorRegisters(),
                                    options.machine.dotsBytes()}));
  // Panels are as high as the tiles.
  passes.addPass(createPackGemmWeights());
}

static void addBuffers(PassManager &passes, const PipelineOptions &options) {
  // What is left of pad, concat and softmax has no buffer form.
  passes.addPass(createDecomposeTensors());
  // A function a kernel. No CSE until there are buffers: shared empties copy.
  if (options.optimise)
    passes.addPass(createOutlineKernels());
  // Views must not be returned as dense memory, nor inputs be written.
  passes.addNestedPass<func::FuncOp>(createCopyReturnedSlices());
  passes.addPass(createProtectInputs());
  bufferization::OneShotBufferizePassOptions buffers;
  buffers.bufferizeFunctionBoundaries = true;
  buffers.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  // A loop may carry a buffer of another size on: tensors that grow.
  buffers.allowReturnAllocsFromLoops = true;
  passes.addPass(bufferization::createOneShotBufferizePass(buffers));
  // A function that returns its own output buffer need not return it.
  passes.addPass(bufferization::createDropEquivalentBufferResultsPass());
  passes.addPass(createCleanUp());
}

// plan -> loops: buffers, loops and plain arithmetic.
static void addLoops(PassManager &passes, const PipelineOptions &options) {
  if (!options.optimise)
    addUpstreamOps(passes);
  addBuffers(passes, options);
  // Once all copies are there, and while a loop nest is one op.
  passes.addPass(createOutlineLoops());
  // On scalars, before anything moves them.
  passes.addPass(createGuardDivision());
  // The generators take what they are good at and leave the rest to loops.
  if (options.optimise)
    cpu::addGenerators(passes, options.machine);
  passes.addPass(createLowerLinalgToLoops());
  if (options.optimise) {
    if (options.numerics != Numerics::Strict)
      passes.addPass(createReassociateSums());
    // log1p and expm1 by log and exp, then those in vector lanes.
    passes.addPass(createExpandMath());
    passes.addPass(createApproximateMath({options.machine.has("fma")}));
  }
  // Bodies become functions before the arena gives each function a frame.
  passes.addPass(createLowerForall());
  passes.addPass(createForallToForLoopPass());
  // Sizes folded and dead buffers gone: the arena sees what is needed.
  passes.addPass(createCleanUp());
  passes.addPass(createPlanArena());
  passes.addPass(createCleanUp());
  // No pass below drops a load.
  passes.addPass(createEraseUnusedWeights());
}

// loops -> llvm: one dialect that is LLVM IR.
static void addLlvm(PassManager &passes, const PipelineOptions &options) {
  passes.addPass(createLowerStencils({options.machine.stencilLevel().str()}));
  passes.addPass(createLowerRequire());
  // After all who call the runtime.
  passes.addPass(createAddContext());
  passes.addPass(createLowerEntry());
  passes.addPass(createLowerWeights());
  // Declares library functions, which take no context.
  cpu::addConversion(passes, options.machine);
  passes.addPass(createCleanUp());
}

static const struct {
  Stage stage;
  StringRef name;
  void (*add)(PassManager &, const PipelineOptions &);
} kStages[] = {
    {Stage::Source, "source", nullptr},   {Stage::Blocks, "blocks", addBlocks},
    {Stage::Packed, "packed", addPacked}, {Stage::Plan, "plan", addPlan},
    {Stage::Loops, "loops", addLoops},    {Stage::Llvm, "llvm", addLlvm},
};

StringRef niello::stageName(Stage stage) {
  return kStages[static_cast<unsigned>(stage)].name;
}

std::optional<Stage> niello::findStage(StringRef name) {
  for (const auto &info : kStages)
    if (info.name == name)
      return info.stage;
  return std::nullopt;
}

// The stage that the module's text is at; `source` where it says nothing.
static FailureOr<Stage> currentStage(ModuleOp module) {
  auto name = module->getAttrOfType<StringAttr>("model.stage");
  if (auto stage = name ? findStage(name.getValue()) : Stage::Source)
    return *stage;
  return module.emitError("unknown stage '")
         << name.getValue()
         << "': model.stage is source, blocks, packed, plan, loops or llvm";
}

LogicalResult niello::runTo(Stage last, ModuleOp module,
                            const PipelineOptions &options) {
  FailureOr<Stage> current = currentStage(module);
  if (failed(current))
    return failure();
  for (const auto &info : kStages) {
    if (info.stage <= *current || info.stage > last)
      continue;
    if (options.onStage)
      options.onStage(info.stage);
    PassManager passes(module.getContext());
    passes.enableVerifier(options.verifyEach);
    if (info.add)
      info.add(passes, options);
    if (options.prepare)
      options.prepare(passes);
    SkipPassed skip(module);
    if (failed(runBesidePrograms(passes, module)))
      return failure();
    module->setAttr("model.stage",
                    StringAttr::get(module.getContext(), info.name));
  }
  return success();
}
