// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values of somebody else's, to compare the plain path with.

#ifndef NIELLO_COMPILER_VERIFY_AGAINST_H
#define NIELLO_COMPILER_VERIFY_AGAINST_H

#include "compiler/verify/Workbench.h"

namespace niello {

/// The arrays of a file that numpy.savez wrote, by name, as far as `expected`
/// has values of that name; its dtypes are those the file must have.
llvm::Expected<Values> readNpz(const std::string &path, const Values &expected);

/// What onnxruntime, without its optimisations, makes of the inputs: the values
/// of the main graph that `expected` has. Runs `python3`, or ${NIELLO_PYTHON},
/// with Niello's package from `pythonFolder` and those of its own.
llvm::Expected<Values> runOnnxruntime(const std::string &model,
                                      const std::string &pythonFolder,
                                      const Values &inputs,
                                      const Values &expected);

} // namespace niello

#endif // NIELLO_COMPILER_VERIFY_AGAINST_H
