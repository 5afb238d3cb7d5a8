// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Square matrices [.., n, n] by elimination: Det, and com.microsoft Inverse.

#include "frontends/onnx/ops/Terms.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

/// Input 0 in f32 or f64, checked to be square matrices.
FailureOr<Tensor> readSquare(Node &node) {
  bool isDouble = node.dtype(0) == DType::Double;
  Tensor x =
      castTo(node, node.tensor(0), isDouble ? DType::Double : DType::Float);
  int64_t rank = x.rank();
  if (rank < 2 || failed(requireEqual(node, x.dims[rank - 1], x.dims[rank - 2],
                                      "the sides of a matrix")))
    return node.bad("needs square matrices");
  return x;
}

// The row from k on with the largest element of column k.
Term pivotRow(Emit &e, Term a, Term k, Term n) {
  return e.loop(k, n, k, [&](Term i, Term best) {
    return select(abs(e.at(a, {i, k})) > abs(e.at(a, {best, k})), i, best);
  });
}

// The row that stands at `at` after k and p changed places.
Term exchanged(Term at, Term k, Term p) {
  return select(at == k, p, select(at == p, k, at));
}

// Gaussian elimination with the largest pivot of each column:
//   det = product of the pivots, with the sign of the row exchanges
Term determinant(Emit &e, Term matrix, Term n, Type type) {
  Terms end = e.loop(
      e.index(0), n, {matrix, e.constant(type, 1)},
      [&](Term k, Terms state) -> Terms {
        Term a = state[0];
        Term p = pivotRow(e, a, k, n);
        Term pivot = e.at(a, {p, k});
        Term next = e.generate({n, n}, type, [&](Terms at) {
          Term row = exchanged(at[0], k, p);
          Term old = e.at(a, {row, at[1]});
          Term factor =
              select(pivot == 0, pivot.like(0), e.at(a, {row, k}) / pivot);
          return select(at[0] > k, old - factor * e.at(a, {p, at[1]}), old);
        });
        Term sign = select(p == k, pivot, 0 - pivot);
        return {next, state[1] * sign};
      });
  return end[1];
}

LogicalResult importDet(Node &node) {
  auto matrices = readSquare(node);
  if (failed(matrices))
    return failure();
  Tensor &x = *matrices;
  SmallVector<Size> batch(ArrayRef<Size>(x.dims).drop_back(2));
  Emit e(node.b, node.loc);
  Type type = elementType(node.b.getContext(), x.dtype);
  Term n = e.size(x.dims.back());
  Value source = node.value(x);
  Terms box = e.sizes(batch);
  Tensor out;
  out.dtype = x.dtype;
  out.dims = batch;
  out.value = e.nest(box, e.empty(box, type), [&](Terms at, Term state) {
    Term matrix = e.generate({n, n}, type, [&](Terms place) {
      Terms whole(at);
      whole.append(place);
      return e.at(source, whole);
    });
    return e.insert(determinant(e, matrix, n, type), state, at);
  });
  return node.result(0, castTo(node, out, node.dtype(0)));
}

// Gauss-Jordan elimination of [A, I] with the largest pivot of each column;
// A becomes I and I the inverse. A singular matrix gives infinities or NaN.
Term eliminate(Emit &e, Term both, Term n, Type type) {
  return e.loop(e.index(0), n, both, [&](Term k, Term a) {
    Term p = pivotRow(e, a, k, n);
    return e.generate({n, n + n}, type, [&](Terms at) {
      Term row = exchanged(at[0], k, p);
      Term scaled = e.at(a, {p, at[1]}) / e.at(a, {p, k});
      Term rest = e.at(a, {row, at[1]}) - e.at(a, {row, k}) * scaled;
      return select(at[0] == k, scaled, rest);
    });
  });
}

LogicalResult importInverse(Node &node) {
  auto matrices = readSquare(node);
  if (failed(matrices))
    return failure();
  Tensor &x = *matrices;
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
  return node.result(0, castTo(node, out, node.dtype(0)));
}

const Registration table[] = {
    {"", "Det", importDet, floats},
    {"com.microsoft", "Inverse", importInverse, floats},
};

} // namespace

ArrayRef<Registration> eliminationOps() { return table; }

} // namespace niello::onnx_frontend
