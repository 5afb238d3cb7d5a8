// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Mistakes as a compiler makes them, put into the IR on purpose: what
// `niello verify` has to find.

#ifndef NIELLO_TEST_VERIFY_PLANTED_BREAKAGES_H
#define NIELLO_TEST_VERIFY_PLANTED_BREAKAGES_H

#include "mlir/IR/Operation.h"

#include "llvm/ADT/ArrayRef.h"

#include <string>
#include <vector>

namespace niello::planted {

struct Breakage {
  const char *name;
  const char *pass; ///< after which it is put in
  bool (*matches)(mlir::Operation *op);
  void (*apply)(mlir::Operation *op); ///< to an op that matches
};

llvm::ArrayRef<Breakage> breakages();

/// The source nodes of an op's own location.
std::vector<std::string> nodesOf(mlir::Operation *op);

} // namespace niello::planted

#endif // NIELLO_TEST_VERIFY_PLANTED_BREAKAGES_H
