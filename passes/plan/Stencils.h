// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls of the stencils in runtime/image, a file a family: tables as IR around
// one kernel.stencil.

#ifndef NIELLO_PASSES_PLAN_STENCILS_H
#define NIELLO_PASSES_PLAN_STENCILS_H

#include "dialects/kernel/Kernel.h"
#include "dialects/model/Model.h"
#include "dialects/model/Terms.h"

#include "mlir/IR/PatternMatch.h"

namespace niello {

/// A tensor seen with fewer dimensions: each group of neighbours as one. Only
/// first groups may be empty; they become dimensions of size 1.
class GroupedView {
public:
  GroupedView(model::Emit &e, mlir::ArrayRef<model::Term> sizes,
              mlir::ArrayRef<int64_t> groups);

  /// The products of the sizes in each group.
  const model::Terms &sizes() const { return grouped; }
  mlir::Value group(mlir::Value tensor);
  mlir::Value ungroup(mlir::Value tensor);

private:
  mlir::SmallVector<mlir::ReassociationIndices> reassociation() const;

  model::Emit &e;
  model::Terms full, grouped;
  mlir::SmallVector<int64_t> groups;
  int64_t added = 0; // dimensions of size 1 in front
};

/// The stencil's result, of the given sizes.
struct StencilCall {
  std::string name;
  mlir::SmallVector<mlir::Value> slices, tables;
  mlir::SmallVector<int32_t> parameters = {};
  bool bits = false;

  mlir::Value emit(model::Emit &e, mlir::ArrayRef<model::Term> sizes,
                   mlir::Type element) const;
};

/// Patterns: the op -> a stencil and its tables, where there is one for it.
mlir::LogicalResult callGridSample(model::GridSampleOp op,
                                   mlir::PatternRewriter &rewriter);
mlir::LogicalResult callPool(model::PoolOp op, mlir::PatternRewriter &rewriter);
mlir::LogicalResult callResize(model::ResizeOp op,
                               mlir::PatternRewriter &rewriter);
mlir::LogicalResult callRoiAlign(model::RoiAlignOp op,
                                 mlir::PatternRewriter &rewriter);

} // namespace niello

#endif // NIELLO_PASSES_PLAN_STENCILS_H
