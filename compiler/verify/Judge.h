// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether values that a program made of the reference's values are right.

#ifndef NIELLO_COMPILER_VERIFY_JUDGE_H
#define NIELLO_COMPILER_VERIFY_JUDGE_H

#include "compiler/verify/Difference.h"
#include "compiler/verify/Workbench.h"

#include <memory>

namespace niello {

/// Values of one case: the plain path's, from the first input to the last
/// output.
struct Reference {
  std::string name; ///< of the case
  Values values;
};

/// Judges the variants that cut at one set of values: each value that comes out
/// is made of the reference's values at the nearest cuts, so no error of one
/// kernel reaches the next.
class Judge {
public:
  Judge(const SourceGraph &graph, const BuildVariant &build, Names cuts)
      : graph(graph), build(build), cuts(std::move(cuts)) {}

  /// The differences beyond what is allowed, by value. `got` may lack values.
  ///
  /// What exceeds the table's tolerance is compared with how far the reference
  /// moves when its inputs move by as much: right results of an
  /// ill-conditioned or discontinuous computation are not wrong for being
  /// apart (Higham, Accuracy and Stability of Numerical Algorithms, 1.5: a
  /// small backward error).
  llvm::Expected<std::map<std::string, Difference>>
  judge(const Values &got, const Reference &reference);

  /// Values that will be judged too: what they are sensitive to is learned with
  /// the first that is in question.
  void watch(llvm::ArrayRef<std::string> values) {
    watched.insert(values.begin(), values.end());
  }

  /// Relative tolerance of a value: the sum over the nodes since the cuts.
  double tolerance(const std::string &value, const Values &reference) const;

private:
  using Sensitivities = std::map<std::string, Sensitivity>; // by value

  llvm::Expected<Sensitivities>
  perturb(const Reference &reference, double amount,
          const std::map<std::string, Difference> &beyond);

  Names findSteps(const Reference &reference,
                  const std::map<std::string, Difference> &beyond) const;
  llvm::Error move(const Variant &variant, const Reference &reference,
                   double amount, bool ofGreatest,
                   Sensitivities &sensitivity) const;

  const SourceGraph &graph;
  const BuildVariant &build;
  Names cuts, watched;
  std::unique_ptr<Variant> plain; ///< cut in the same places; made when needed
  /// What is known of each case, and for which amount.
  std::map<std::string, std::pair<double, Sensitivities>> learned;
};

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_JUDGE_H
