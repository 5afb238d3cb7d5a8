// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft Inverse of square matrices [.., n, n].

#include "frontends/onnx/ops/Terms.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

// Gauss-Jordan elimination of [A, I] with the largest pivot of each column;
// A becomes I and I the inverse. A singular matrix gives infinities or NaN.
Term eliminate(Emit &e, Term both, Term n, Type type) {
  return e.loop(e.index(0), n, both, [&](Term k, Term a) {
    Term p = e.loop(k, n, k, [&](Term i, Term best) {
      return select(abs(e.at(a, {i, k})) > abs(e.at(a, {best, k})), i, best);
    });
    return e.generate({n, n + n}, type, [&](Terms at) {
      Term row = select(at[0] == k, p, select(at[0] == p, k, at[0]));
      Term scaled = e.at(a, {p, at[1]}) / e.at(a, {p, k});
      Term rest = e.at(a, {row, at[1]}) - e.at(a, {row, k}) * scaled;
      return select(at[0] == k, scaled, rest);
    });
  });
}

LogicalResult importInverse(Node &node) {
  DType outer = node.dtype(0);
  bool isDouble = outer == DType::Double;
  Tensor x =
      castTo(node, node.tensor(0), isDouble ? DType::Double : DType::Float);
  int64_t rank = x.rank();
  if (rank < 2 || failed(requireEqual(node, x.dims[rank - 1], x.dims[rank - 2],
                                      "the sides of a matrix")))
    return node.bad("needs square matrices");
  Emit e(node.b, node.loc);
  Type type = elementType(node.b.getContext(), x.dtype);
  Term n = e.size(x.dims.back());
  Value source = node.value(x);
  auto join = [](Terms outer, Term i, Term j) {
    outer.push_back(i);
    outer.push_back(j);
    return outer;
  };
  Terms batch = e.sizes(ArrayRef<Size>(x.dims).drop_back(2));
  Tensor out = x;
  out.value =
      e.nest(batch, e.empty(e.sizes(x.dims), type), [&](Terms at, Term state) {
        Term both = e.generate({n, n + n}, type, [&](Terms place) {
          Term one = e.constant(type, 1), zero = e.constant(type, 0);
          return e.branch(
              place[1] < n,
              [&] { return e.at(source, join(at, place[0], place[1])); },
              [&] { return select(place[1] - n == place[0], one, zero); });
        });
        Term end = eliminate(e, both, n, type);
        return e.nest({n, n}, state, [&](Terms place, Term state) {
          return e.insert(e.at(end, {place[0], place[1] + n}), state,
                          join(at, place[0], place[1]));
        });
      });
  return node.result(0, castTo(node, out, outer));
}

const Registration table[] = {
    {"com.microsoft", "Inverse", importInverse, floats},
};

} // namespace

ArrayRef<Registration> inverseOps() { return table; }

} // namespace niello::onnx_frontend
