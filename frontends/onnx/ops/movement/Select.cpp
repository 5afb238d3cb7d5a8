// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators whose result has as many elements as the data says.

#include "frontends/onnx/ops/Terms.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

/// The places of the true ones among the first `count` of a rank 1 tensor.
Tensor truePlaces(Node &node, Value flags, Size count) {
  Emit e(node.b, node.loc);
  Term end = e.size(count), zero = e.index(0);
  Term total = e.loop(zero, end, zero, [&](Term i, Term sum) {
    return sum + e.cast(e.at(flags, {i}), e.b.getIndexType(), false);
  });
  Tensor out;
  out.dtype = DType::Int64;
  out.dims.push_back(node.sizes.of(total));
  Type type = e.b.getI64Type();
  Terms ends = e.loop(
      zero, end, {e.empty({total}, type), zero}, [&](Term i, Terms state) {
        return e.branches(
            e.at(flags, {i}),
            [&] {
              return Terms{e.insert(e.cast(i, type), state[0], {state[1]}),
                           state[1] + 1};
            },
            [&] { return state; });
      });
  out.value = ends[0];
  return out;
}

/// x[.., places[i], ..] at an axis; places lie inside.
Tensor pick(Node &node, Tensor x, Tensor places, int64_t axis) {
  SmallVector<Size> dims(x.dims);
  dims[axis] = places.dims[0];
  Value source = node.value(x), indices = node.value(places);
  return generate(node, dims, x.dtype, [&](Emit &e, Terms at) {
    at[axis] = e.toIndex(e.at(indices, {at[axis]}));
    return e.at(source, at);
  });
}

FailureOr<Tensor> flatten(Node &node, Tensor x) {
  return reshape(node, x, {node.sizes.product(x.dims)});
}

LogicalResult importCompress(Node &node) {
  Tensor x = node.tensor(0), condition = node.tensor(1);
  if (condition.rank() != 1 || condition.dtype != DType::Bool)
    return node.bad("needs a condition of bools of rank 1");
  int64_t axis = 0;
  if (node.attribute("axis")) {
    auto at = node.axis(node.intAttr("axis", 0), x.rank());
    if (failed(at))
      return failure();
    axis = *at;
  } else {
    auto flat = flatten(node, x);
    if (failed(flat))
      return failure();
    x = *flat;
  }
  Size count = node.sizes.min(condition.dims[0], x.dims[axis]);
  Tensor places = truePlaces(node, node.value(condition), count);
  return node.result(0, pick(node, x, places, axis));
}

// Y, the first place of each, the group of each row, the rows of each group
LogicalResult importUnique(Node &node) {
  Tensor x = node.tensor(0);
  bool isFlat = !node.attribute("axis");
  FailureOr<int64_t> axis = 0;
  if (isFlat) {
    auto flat = flatten(node, x);
    if (failed(flat))
      return failure();
    x = *flat;
  } else {
    axis = node.axis(node.intAttr("axis", 0), x.rank());
    if (failed(axis))
      return failure();
  }
  // 8-bit floats have an order only as wider ones.
  bool isNarrow = isNarrowFloat(x.dtype);
  Tensor wide = isNarrow ? castTo(node, x, DType::Float) : x;
  auto unique = model::UniqueOp::create(node.b, node.loc, node.value(wide),
                                        *axis, !node.intAttr("sorted", 1),
                                        isSignedInteger(x.dtype));
  (void)node.result(1, unique.getFirst(), DType::Int64);
  (void)node.result(2, unique.getInverse(), DType::Int64, {x.dims[*axis]});
  (void)node.result(3, unique.getCounts(), DType::Int64);
  SmallVector<Size> dims(x.dims);
  dims[*axis] = node.sizes.of(
      tensor::DimOp::create(node.b, node.loc, unique.getValues(), *axis));
  Tensor values;
  values.value = unique.getValues();
  values.dtype = wide.dtype;
  values.dims = dims;
  return node.result(0, castTo(node, values, x.dtype));
}

// the places of the elements that are not 0, [rank, count]
LogicalResult importNonZero(Node &node) {
  Tensor x = node.tensor(0);
  if (isNarrowFloat(x.dtype))
    x = castTo(node, x, DType::Float);
  if (x.rank() == 0) {
    auto one = reshape(node, x, {node.sizes.constant(1)});
    if (failed(one))
      return failure();
    x = *one;
  }
  auto places = model::NonzeroOp::create(node.b, node.loc, node.value(x));
  return node.result(0, places.getResult(), DType::Int64);
}

const Registration table[] = {
    {"", "Compress", importCompress, everything},
    {"", "Unique", importUnique, numbers | bools},
    {"", "NonZero", importNonZero, everything},
};

} // namespace

ArrayRef<Registration> selectOps() { return table; }

} // namespace niello::onnx_frontend
