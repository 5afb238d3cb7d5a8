// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a verification has found, for people and for programs.

#ifndef NIELLO_COMPILER_VERIFY_REPORT_H
#define NIELLO_COMPILER_VERIFY_REPORT_H

#include "compiler/verify/Difference.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace niello {

/// One operator whose result is wrong.
struct Finding {
  enum class Kind {
    Operator,  ///< the operator by itself
    Fusion,    ///< only where it is fused with others
    Memory,    ///< only where memory is reused
    Failure,   ///< the program fails, the reference does not
    Reference, ///< the plain path itself, from what it was compared with
  } kind = Kind::Operator;
  std::string node, op; ///< empty where none could be named
  std::string value;    ///< that it makes
  std::string caseName;
  std::vector<std::string> fusedWith; ///< nodes of the same kernel
  Difference difference;
  /// `x float32[2,7]`, of the operator's inputs, with the element at the
  /// worst place where the sizes are those of the result.
  std::vector<std::string> inputs;
  std::string tolerance; ///< its reason
  std::string sentence;  ///< of a failure
};

struct VerifyReport {
  std::string model, reference;
  std::vector<std::string> cases;   ///< that ran
  std::vector<std::string> skipped; ///< that the reference refused, and why
  /// What the reference itself was compared with, empty for nothing, and how
  /// many values.
  std::string against;
  uint64_t againstValues = 0;
  uint64_t values = 0;    ///< of the source graph that were compared
  uint64_t ofValues = 0;  ///< that the source graph has
  double outputError = 0; ///< greatest, relative to the output's magnitude
  std::vector<Finding> findings; ///< the first is where it begins
  bool isRight() const { return findings.empty(); }
};

void printReport(const VerifyReport &report, llvm::raw_ostream &os);
llvm::json::Value toJson(const VerifyReport &report);

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_REPORT_H
