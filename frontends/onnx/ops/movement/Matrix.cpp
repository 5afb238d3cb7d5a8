// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Images put together from blocks, and caches written in place.

#include "frontends/onnx/ops/Terms.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

/// Integers of an attribute, one a spatial axis.
FailureOr<SmallVector<int64_t>> perAxis(Node &node, StringRef name,
                                        size_t count, int64_t otherwise) {
  auto given = node.intsAttr(name);
  if (!given)
    return SmallVector<int64_t>(count, otherwise);
  // Sums and products of a few stay below 2^63.
  if (given->size() != count ||
      llvm::any_of(*given, [](int64_t n) { return n < 0 || n > INT32_MAX; }))
    return node.bad("needs " + Twine(count) +
                    " numbers of 0 or more below 2^31 as " + name);
  return *given;
}

// image[n, c, l * stride - pad + k * dilation] += x[n, (c, k), l]
LogicalResult importCol2Im(Node &node) {
  Tensor x = node.tensor(0);
  Sizes &sizes = node.sizes;
  auto image = node.elements(1);
  auto block = node.elements(2);
  if (!image || !block)
    return node.refuse("needs the number of image dimensions at compile time");
  size_t count = block->size();
  if (x.rank() != 3 || count < 1 || image->size() != count)
    return node.bad("needs [N, C, L] and as many image as block dimensions");
  auto strides = perAxis(node, "strides", count, 1);
  auto pads = perAxis(node, "pads", 2 * count, 0);
  auto dilations = perAxis(node, "dilations", count, 1);
  if (failed(strides) || failed(pads) || failed(dilations))
    return failure();
  SmallVector<Size> window, steps; // k.., l..
  Size blockSize = sizes.constant(1);
  for (size_t i = 0; i < count; ++i) {
    Size size = (*block)[i], one = sizes.constant(1);
    if ((*strides)[i] < 1 || Sizes::asConstant(size).value_or(1) < 1)
      return node.bad("needs blocks and strides of 1 or more");
    if (sizes.isFromData(size)) {
      require(node, sizes.compare(arith::CmpIPredicate::sge, size, one),
              "needs blocks of 1 or more, but got {0}", size, size);
      size = sizes.max(size, one);
    }
    window.push_back(size);
    blockSize = sizes.mul(blockSize, size);
    // image + pads - (dilation (size - 1) + 1)
    Size reach =
        sizes.mul(sizes.sub(size, one), sizes.constant((*dilations)[i]));
    Size around = sizes.constant((*pads)[i] + (*pads)[i + count] - 1);
    Size span = sizes.sub(sizes.add((*image)[i], around), reach);
    steps.push_back(
        sizes.add(sizes.floorDiv(span, sizes.constant((*strides)[i])),
                  sizes.constant(1)));
  }
  Size channels = sizes.floorDiv(x.dims[1], blockSize);
  SmallVector<Size> apart{x.dims[0], channels};
  apart.append(window);
  apart.append(steps);
  auto split = reshape(node, x, apart);
  if (failed(split))
    return failure();
  SmallVector<Size> dims{x.dims[0], channels};
  dims.append(*image);
  Emit e(node.b, node.loc);
  Type type = node.elementType(0);
  Tensor out = full(node, dims, x.dtype, e.constant(type, 0));
  Value source = node.value(*split);
  out.value =
      e.nest(e.sizes(apart), e.wrap(out.value), [&](Terms at, Term state) {
        Terms place{at[0], at[1]};
        Term inside = e.boolean(true);
        for (size_t i = 0; i < count; ++i) {
          Term p = at[2 + count + i] * double((*strides)[i]) +
                   at[2 + i] * double((*dilations)[i]) - double((*pads)[i]);
          inside = inside & (p >= 0) & (p < e.size((*image)[i]));
          place.push_back(p);
        }
        return e.branch(
            inside,
            [&] {
              return e.insert(e.at(state, place) + e.at(source, at), state,
                              place);
            },
            [&] { return state; });
      });
  return node.result(0, out);
}

// y[b, .., p, ..] = update[b, .., p - start[b], ..] where that is one, else
// past; places past the end come round again in mode circular
LogicalResult importTensorScatter(Node &node) {
  Tensor past = node.tensor(0), update = node.tensor(1);
  auto axis = node.axis(node.intAttr("axis", -2), past.rank());
  if (failed(axis))
    return failure();
  std::string mode = node.stringAttr("mode", "linear");
  if (*axis == 0 || update.rank() != past.rank() ||
      (mode != "linear" && mode != "circular"))
    return node.bad("needs an axis after the batch, operands of one rank and "
                    "mode linear or circular");
  for (int64_t i = 0; i < past.rank(); ++i)
    if (i != *axis && failed(requireEqual(node, past.dims[i], update.dims[i],
                                          "the dimensions beside the axis")))
      return failure();
  if (node.has(2) &&
      (node.tensor(2).rank() != 1 ||
       failed(requireEqual(node, node.tensor(2).dims[0], past.dims[0],
                           "the write indices and the batch"))))
    return node.bad("needs one write index an entry of the batch");
  Emit outer(node.b, node.loc);
  Term length = outer.size(past.dims[*axis]);
  Term count = outer.size(update.dims[*axis]);
  Value starts = node.has(2) ? node.value(2) : Value();
  auto start = [&](Emit &e, Term b) {
    return starts ? e.toIndex(e.at(starts, {b})) : e.index(0);
  };
  if (mode == "linear")
    outer.forEach({outer.size(past.dims[0])}, [&](Terms at) {
      Term end = start(outer, at[0]) + count;
      outer.require((start(outer, at[0]) >= 0) & (end <= length),
                    "node '" + node.proto.name() +
                        "' (TensorScatter): writes up to {0} in a cache of "
                        "{1}",
                    {end, length});
    });
  bool isCircular = mode == "circular";
  Value old = node.value(past), source = node.value(update);
  return node.result(
      0, generate(node, past.dims, past.dtype, [&](Emit &e, Terms at) {
        Term shift = at[*axis] - start(e, at[0]);
        if (isCircular) {
          Term rest = shift % length;
          shift = select(rest < 0, rest + length, rest);
        }
        Term isNew = (shift >= 0) & (shift < count);
        Terms place(at);
        place[*axis] = shift;
        return e.branch(
            isNew, [&] { return e.at(source, place); },
            [&] { return e.at(old, at); });
      }));
}

const Registration table[] = {
    {"", "Col2Im", importCol2Im, numbers},
    {"", "TensorScatter", importTensorScatter, everything},
};

} // namespace

ArrayRef<Registration> matrixOps() { return table; }

} // namespace niello::onnx_frontend
