// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a kernel whose result is wrong to the operator that is.

#ifndef NIELLO_COMPILER_VERIFY_NARROW_H
#define NIELLO_COMPILER_VERIFY_NARROW_H

#include "compiler/verify/Judge.h"
#include "compiler/verify/Report.h"
#include "compiler/verify/Survivors.h"

namespace niello {

/// A finding at a node: its name, the value it makes, its inputs.
Finding describe(const OnnxSurvey::Node &node, const std::string &value,
                 const Difference &difference, const Reference &reference);

/// Splits the kernel that makes `value` from values of `survivors` until one
/// operator remains: compiles again with cuts at every value inside, and where
/// each operator is right alone, with one cut at a time. `judge` is that of the
/// program which is fed the survivors.
llvm::Expected<Finding>
narrow(const SourceGraph &graph, const BuildVariant &build,
       const Survivors &survivors, const std::string &value,
       const Difference &difference, Judge &judge, const Reference &reference);

/// The first value that must not share memory for the outputs to be as
/// `wanted`: programs that keep ever fewer of `survivors` apart are compiled.
llvm::Expected<Finding> narrowMemory(const SourceGraph &graph,
                                     const BuildVariant &build,
                                     const Names &survivors,
                                     const Values &wanted,
                                     const Reference &reference);

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_NARROW_H
