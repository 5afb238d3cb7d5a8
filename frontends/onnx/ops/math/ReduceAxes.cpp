// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/math/ReduceAxes.h"

#include "frontends/onnx/ops/movement/RunTimeAxes.h"

using namespace mlir;

namespace niello::onnx_frontend {
using model::Emit;
using model::Term;
using model::Terms;

FailureOr<ReductionAxes> readReductionAxes(Node &node) {
  int64_t rank = node.tensor(0).rank();
  ReductionAxes axes;
  auto given = node.intsAttr("axes");
  if (!given && node.has(1)) {
    given = node.constants(1);
    if (!given) {
      auto numbers = node.elements(1);
      if (!numbers)
        return node.refuse("needs the number of axes at compile time");
      Emit e(node.b, node.loc);
      for (Term flag : axisFlags(node, e, *numbers, rank))
        axes.flags.push_back(flag);
      axes.numFlagged = numbers->size();
      return axes;
    }
  }
  if (!given || given->empty()) {
    if (!node.intAttr("noop_with_empty_axes", 0))
      axes.known = llvm::to_vector(llvm::seq<int64_t>(0, rank));
    return axes;
  }
  for (int64_t axis : *given) {
    auto fixed = node.axis(axis, rank);
    if (failed(fixed))
      return failure();
    axes.known.push_back(*fixed);
  }
  llvm::sort(axes.known);
  axes.known.erase(llvm::unique(axes.known), axes.known.end());
  return axes;
}

// result[i..] over a box that is one place wide where the axis stays
static Tensor reduceFlagged(Node &node, Tensor &tensor,
                            const ReductionAxes &axes, bool keepDims,
                            Value init, Body combine) {
  Emit outer(node.b, node.loc);
  Value source = node.value(tensor);
  SmallVector<Size> reduced;
  Terms box, flags;
  for (auto [size, flag] : llvm::zip(tensor.dims, axes.flags)) {
    flags.push_back(outer.wrap(flag));
    Term one = outer.index(1), all = outer.size(size);
    reduced.push_back(node.sizes.of(select(flags.back(), one, all)));
    box.push_back(select(flags.back(), all, one));
  }
  Tensor out = generate(node, reduced, tensor.dtype, [&](Emit &e, Terms at) {
    return e.nest(box, e.wrap(init), [&](Terms place, Term sum) {
      for (auto [i, flag] : llvm::enumerate(flags))
        place[i] = select(flag, place[i], at[i]);
      ImplicitLocOpBuilder b(e.loc, e.b);
      return e.wrap(combine(b, {sum, e.at(source, place)}));
    });
  });
  if (!keepDims)
    if (auto shaped = reshape(
            node, out,
            dropFlagged(node, outer, tensor.dims, flags, axes.numFlagged));
        succeeded(shaped))
      return *shaped;
  return out;
}

Tensor reduceOver(Node &node, Tensor &tensor, const ReductionAxes &axes,
                  bool keepDims, Value init, Body combine) {
  if (axes.flags.empty())
    return reduce(node, tensor, axes.known, keepDims, init, combine);
  return reduceFlagged(node, tensor, axes, keepDims, init, combine);
}

Size countOver(Node &node, Tensor &tensor, const ReductionAxes &axes) {
  SmallVector<Size> counted;
  for (int64_t axis : axes.known)
    counted.push_back(tensor.dims[axis]);
  Emit e(node.b, node.loc);
  for (auto [size, flag] : llvm::zip(tensor.dims, axes.flags))
    counted.push_back(
        node.sizes.of(select(e.wrap(flag), e.size(size), e.index(1))));
  return node.sizes.product(counted);
}

} // namespace niello::onnx_frontend
