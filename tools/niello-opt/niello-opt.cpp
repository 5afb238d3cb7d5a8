// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// niello-opt: runs chosen passes, ours and MLIR's, over IR as text.
//
//   niello-opt --fold-attention-scale block.mlir     one pass
//   niello-opt --help                                every pass with its text

#include "compiler/support/Registry.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  niello::registerDialects(registry);
  mlir::registerAllPasses();
  niello::registerPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "Niello's optimizer driver\n", registry));
}
