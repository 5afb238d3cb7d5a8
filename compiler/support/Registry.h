// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything of ours that a program may find by name. The definitions are
// written by the build from the folders that exist, see niello_write_registry.

#ifndef NIELLO_COMPILER_SUPPORT_REGISTRY_H
#define NIELLO_COMPILER_SUPPORT_REGISTRY_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace niello {

/// Adds our dialects and the interfaces that we implement for other dialects.
void registerDialects(mlir::DialectRegistry &registry);

/// Makes every pass of ours known to textual pipelines and command lines.
void registerPasses();

} // namespace niello

#endif // NIELLO_COMPILER_SUPPORT_REGISTRY_H
