// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors that are known from a few numbers.

#include "frontends/onnx/ops/Terms.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

/// max(ceil((limit - start) / delta), 0) for integers known one by one.
std::optional<Size> stepCount(Sizes &sizes, Size start, Size limit,
                              Size delta) {
  auto step = Sizes::asConstant(delta);
  if (!step || *step == 0 || *step == INT64_MIN) // which has no magnitude
    return std::nullopt;
  Size span = *step > 0 ? sizes.sub(limit, start) : sizes.sub(start, limit);
  Size count = sizes.ceilDiv(span, sizes.constant(std::abs(*step)));
  return sizes.max(count, sizes.constant(0));
}

/// The same computed at run time, in f64 as numpy does.
Size stepCount(Node &node, Term start, Term limit, Term delta) {
  Emit &e = *start.emit;
  bool isReal = start.isFloat();
  Term isStep = delta != 0;
  require(node, isStep, "needs a delta other than 0", node.sizes.constant(0),
          node.sizes.constant(0));
  Type real = e.b.getF64Type();
  Term span = isReal ? e.cast(limit, real) - e.cast(start, real)
                     : e.cast(limit - start, real);
  Term count = ceil(span / e.cast(delta, real));
  // A count that no memory holds fails when memory is asked for.
  Term whole = minimum(maximum(count, count.like(0)), count.like(0x1p62));
  Term index = e.toIndex(e.cast(whole, e.b.getI64Type()));
  return node.sizes.of(index);
}

// y[i] = start + i delta
LogicalResult importRange(Node &node) {
  DType dtype = node.dtype(0);
  Sizes &sizes = node.sizes;
  Emit e(node.b, node.loc);
  auto start = node.elements(0), limit = node.elements(1),
       delta = node.elements(2);
  for (const auto &given : {start, limit, delta})
    if (given && given->size() != 1)
      return node.bad("needs one start, limit and delta");
  bool isShape = node.tensor(0).elements && node.tensor(1).elements &&
                 node.tensor(2).elements;
  std::optional<Size> count;
  if (start && limit && delta && isShape)
    count = stepCount(sizes, start->front(), limit->front(), delta->front());
  auto known = count ? Sizes::asConstant(*count) : std::nullopt;
  if (known && *known <= 64 && dtype == DType::Int64) {
    SmallVector<Size> numbers;
    for (int64_t i = 0; i < *known; ++i)
      numbers.push_back(sizes.add(
          start->front(), sizes.mul(sizes.constant(i), delta->front())));
    return node.resultElements(0, dtype, {*count}, numbers);
  }
  bool isNarrow = dtype == DType::Float16 || dtype == DType::BFloat16;
  DType carrier =
      isNarrow && node.intAttr("stash_type", 1) ? DType::Float : dtype;
  auto number = [&](unsigned i) {
    return e.wrap(castScalar(node.b, extractScalar(node, node.tensor(i)), dtype,
                             carrier));
  };
  Term first = number(0), step = number(2);
  if (!count)
    count = stepCount(node, first, number(1), step);
  Tensor out = generate(node, {*count}, carrier, [&](Emit &, Terms at) {
    return first + e.cast(at[0], first.getType()) * step;
  });
  return node.result(0, castTo(node, out, dtype));
}

LogicalResult importEyeLike(Node &node) {
  Tensor x = node.tensor(0);
  if (x.rank() != 2)
    return node.bad("needs a matrix, but got rank " + Twine(x.rank()));
  auto dtype =
      static_cast<DType>(node.intAttr("dtype", static_cast<int64_t>(x.dtype)));
  Type type = elementType(node.b.getContext(), dtype);
  if (!type)
    return node.refuse("to " + dtypeName(dtype) + " has no compiled form");
  int64_t k = node.intAttr("k", 0);
  return node.result(0, generate(node, x.dims, dtype, [&](Emit &e, Terms at) {
                       return select(at[0] + e.index(k) == at[1],
                                     e.constant(type, 1), e.constant(type, 0));
                     }));
}

/// A number of any type as a size read from data.
Size readSize(Node &node, unsigned i) {
  if (auto known = node.elements(i); known && known->size() == 1)
    return known->front();
  ImplicitLocOpBuilder &b = node.b;
  Value number = castScalar(b, extractScalar(node, node.tensor(i)),
                            node.dtype(i), DType::Int64);
  return node.sizes.fromData(
      b.createOrFold<arith::IndexCastOp>(node.loc, b.getIndexType(), number));
}

// y[i.., d, j..] = index[i.., j..] == d ? on : off, negative indices from the
// end
LogicalResult importOneHot(Node &node) {
  // From 2^63 an unsigned index casts to a negative one, which then must not
  // count from the end: it is past all depths.
  bool wraps = node.tensor(0).dtype != DType::UInt64;
  Tensor indices = castTo(node, node.tensor(0), DType::Int64);
  Tensor values = node.tensor(2);
  Sizes &sizes = node.sizes;
  auto axis = node.axis(node.intAttr("axis", -1), indices.rank() + 1);
  if (failed(axis))
    return failure();
  if (values.rank() != 1 ||
      failed(requireEqual(node, values.dims[0], sizes.constant(2),
                          "the number of values and 2")))
    return node.bad("needs values [off, on]");
  Size depth = readSize(node, 1);
  if (failed(requireCounts(node, depth, "a depth")))
    return failure();
  SmallVector<Size> dims(indices.dims);
  dims.insert(dims.begin() + *axis, depth);
  Value source = node.value(indices), pair = node.value(values);
  return node.result(
      0, generate(node, dims, values.dtype, [&](Emit &e, Terms at) {
        Term d = at[*axis];
        at.erase(at.begin() + *axis);
        Term index = e.toIndex(e.at(source, at));
        if (wraps)
          index = select(index < 0, index + e.size(depth), index);
        return select(index == d, e.at(pair, {e.index(1)}),
                      e.at(pair, {e.index(0)}));
      }));
}

const Registration table[] = {
    {"", "Range", importRange, numbers},
    {"", "EyeLike", importEyeLike, everything},
    {"", "OneHot", importOneHot, everything},
};

} // namespace

ArrayRef<Registration> fillOps() { return table; }

} // namespace niello::onnx_frontend
