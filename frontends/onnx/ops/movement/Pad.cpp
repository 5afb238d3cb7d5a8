// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Padding, and cutting away where pads are negative.

#include "frontends/onnx/ops/movement/RunTimeAxes.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

/// How many elements to add before and after each dimension.
struct Pads {
  SmallVector<Size> before, after;
};

FailureOr<Pads> readPads(Node &node, int64_t rank) {
  Sizes &sizes = node.sizes;
  std::optional<SmallVector<Size>> numbers;
  if (node.opset >= 11) {
    numbers = node.elements(1);
  } else if (auto ints = node.intsAttr(node.opset < 2 ? "paddings" : "pads")) {
    numbers.emplace();
    for (int64_t n : *ints)
      numbers->push_back(sizes.constant(n));
  }
  if (!numbers)
    return node.refuse("needs pads whose number is known at compile time");
  SmallVector<Size> axes;
  for (int64_t i = 0; i < rank; ++i)
    axes.push_back(sizes.constant(i));
  if (node.has(3)) {
    auto given = node.elements(3);
    if (!given)
      return node.refuse("needs the number of axes at compile time");
    axes = *given;
  }
  if (numbers->size() != 2 * axes.size())
    return node.bad("needs " + Twine(2 * axes.size()) + " pads, but got " +
                    Twine(numbers->size()));
  Pads pads;
  pads.before.assign(rank, sizes.constant(0));
  pads.after.assign(rank, sizes.constant(0));
  auto isKnown = [](Size axis) { return Sizes::asConstant(axis).has_value(); };
  if (!llvm::all_of(axes, isKnown)) {
    model::Emit e(node.b, node.loc);
    ArrayRef<Size> all(*numbers);
    auto spread = [&](ArrayRef<Size> given) {
      SmallVector<Size> side, zeros(rank, sizes.constant(0));
      for (model::Term n : spreadOverAxes(node, e, axes, given, zeros))
        side.push_back(sizes.fromData(n));
      return side;
    };
    pads.before = spread(all.take_front(axes.size()));
    pads.after = spread(all.drop_front(axes.size()));
    return pads;
  }
  for (auto [i, axis] : llvm::enumerate(axes)) {
    auto at = node.axis(*Sizes::asConstant(axis), rank);
    if (failed(at))
      return failure();
    pads.before[*at] = (*numbers)[i];
    pads.after[*at] = (*numbers)[i + axes.size()];
  }
  return pads;
}

/// Sizes after padding, required to be 0 or more.
FailureOr<SmallVector<Size>> paddedDims(Node &node, ArrayRef<Size> dims,
                                        const Pads &pads) {
  Sizes &sizes = node.sizes;
  SmallVector<Size> out;
  for (auto [dim, before, after] : llvm::zip(dims, pads.before, pads.after)) {
    Size sum = sizes.add(sizes.add(dim, before), after);
    auto known = Sizes::asConstant(sum);
    if (known && *known < 0)
      return node.bad("cuts away more than there is");
    if (!known && (sizes.isFromData(before) || sizes.isFromData(after))) {
      require(node,
              sizes.compare(arith::CmpIPredicate::sge, sum, sizes.constant(0)),
              "cuts away more than there is: the size would be {0}", sum, sum);
      sum = sizes.max(sum, sizes.constant(0));
    }
    out.push_back(sum);
  }
  return out;
}

/// The number that fills: an input, an attribute before opset 11, or zero.
Value fillNumber(Node &node) {
  if (node.opset >= 11 && node.has(2))
    return extractScalar(node, node.tensor(2));
  return scalar(node, node.elementType(0),
                node.opset < 11 ? node.floatAttr("value", 0) : 0);
}

/// The part of the input that stays, put into a tensor full of one number.
Tensor padConstant(Node &node, Tensor x, const Pads &pads,
                   ArrayRef<Size> dims) {
  Sizes &sizes = node.sizes;
  Size zero = sizes.constant(0), one = sizes.constant(1);
  SmallVector<Size> from, lengths, to, ones(dims.size(), one);
  for (auto [dim, before, after] : llvm::zip(x.dims, pads.before, pads.after)) {
    Size cut = sizes.max(sizes.sub(zero, before), zero);
    Size cutAfter = sizes.max(sizes.sub(zero, after), zero);
    from.push_back(cut);
    to.push_back(sizes.max(before, zero));
    lengths.push_back(sizes.sub(sizes.sub(dim, cut), cutAfter));
  }
  for (Size length : lengths) // all that stays may be padding
    if (auto known = Sizes::asConstant(length); known && *known <= 0)
      return full(node, dims, x.dtype, fillNumber(node));
  Tensor out = full(node, dims, x.dtype, fillNumber(node));
  Tensor kept = slice(node, x, from, lengths, ones);
  out.value = insertSlice(node, node.value(kept), out.value, to, lengths);
  return out;
}

LogicalResult importPad(Node &node) {
  Tensor x = node.tensor(0);
  std::string mode = node.stringAttr("mode", "constant");
  auto pads = readPads(node, x.rank());
  if (failed(pads))
    return failure();
  auto dims = paddedDims(node, x.dims, *pads);
  if (failed(dims))
    return failure();
  if (mode == "constant")
    return node.result(0, padConstant(node, x, *pads, *dims));
  auto kind = model::symbolizePadKind(mode);
  if (!kind)
    return node.bad("has an unknown mode '" + mode + "'");
  Value padded = model::PadOp::create(node.b, node.loc, *kind, node.value(x),
                                      pads->before, pads->after);
  return node.result(0, padded, x.dtype, *dims);
}

const Registration table[] = {
    {"", "Pad", importPad, everything},
};

} // namespace

ArrayRef<Registration> padOps() { return table; }

} // namespace niello::onnx_frontend
