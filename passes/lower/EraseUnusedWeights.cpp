// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Keeps weights that nothing loads out of the artefact.

#include "passes/lower/Passes.h"

#include "dialects/model/Model.h"

namespace niello {
#define GEN_PASS_DEF_ERASEUNUSEDWEIGHTS
#include "passes/lower/Passes.h.inc"
} // namespace niello

using namespace niello;

namespace {
struct EraseUnusedWeights
    : niello::impl::EraseUnusedWeightsBase<EraseUnusedWeights> {
  void runOnOperation() override {
    llvm::DenseSet<StringAttr> loaded;
    getOperation()->walk([&](model::LoadWeightOp load) {
      loaded.insert(load.getWeightAttr().getAttr());
    });
    for (auto weight :
         llvm::make_early_inc_range(getOperation().getOps<model::WeightOp>()))
      if (!loaded.contains(weight.getSymNameAttr()))
        weight.erase();
  }
};
} // namespace
