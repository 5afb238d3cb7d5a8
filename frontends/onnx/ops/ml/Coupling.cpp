// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the probabilities of pairs of classes to those of the classes.

#include "frontends/onnx/ops/ml/Scores.h"

using namespace mlir;

namespace niello::onnx_frontend {
using model::Emit;
using model::Term;
using model::Terms;

Tensor coupled(Node &node, Tensor pairs, int64_t classes) {
  Value r = node.value(pairs);
  Size wide = node.sizes.constant(classes);
  Tensor matrix =
      generate(node, pairs.dims, DType::Float, [&](Emit &e, Terms at) {
        Term diagonal =
            e.loop(e.index(0), e.index(classes),
                   e.constant(e.b.getF32Type(), 0), [&](Term j, Term sum) {
                     Term x = e.at(r, {at[0], j, at[1]});
                     return sum + x * x;
                   });
        Term other =
            e.at(r, {at[0], at[2], at[1]}) * e.at(r, {at[0], at[1], at[2]});
        return select(at[1] == at[2], diagonal, 0 - other);
      });
  Value q = matrix.value;
  Emit e(node.b, node.loc);
  Type real = e.b.getF32Type();
  Term none = e.constant(real, 0), count = e.index(classes), zero = e.index(0);
  Tensor out = full(node, {pairs.dims[0], wide}, DType::Float,
                    e.constant(real, 1.0 / classes));
  auto refine = [&](Term row, Terms state) -> Terms {
    // Q p and p' Q p afresh, against rounding
    Terms now = e.loop(zero, count, {state[3], none}, [&](Term i, Terms s) {
      Term sum = e.loop(zero, count, none, [&](Term j, Term sum) {
        return sum + e.at(q, {row, i, j}) * e.at(state[2], {row, j});
      });
      return Terms{e.insert(sum, s[0], {i}),
                   s[1] + e.at(state[2], {row, i}) * sum};
    });
    Term error = e.loop(zero, count, none, [&](Term i, Term most) {
      return maximum(most, abs(e.at(now[0], {i}) - now[1]));
    });
    // Nothing left to do leaves the loop with no rounds.
    Term rounds = select(error < 0.005 / classes, zero, count);
    Terms next =
        e.loop(zero, rounds, {state[2], now[0], now[1]}, [&](Term i, Terms s) {
          Term own = e.at(q, {row, i, i}), slope = e.at(s[1], {i});
          Term step = (s[2] - slope) / own;
          Term p = e.insert(e.at(s[0], {row, i}) + step, s[0], {row, i});
          Term norm = 1 + step;
          Term energy = (s[2] + step * (step * own + 2 * slope)) / norm / norm;
          Terms both = e.loop(zero, count, {p, s[1]}, [&](Term j, Terms t) {
            Term g = (e.at(t[1], {j}) + step * e.at(q, {row, i, j})) / norm;
            Term share = e.at(t[0], {row, j}) / norm;
            return Terms{e.insert(share, t[0], {row, j}),
                         e.insert(g, t[1], {j})};
          });
          return Terms{both[0], both[1], energy};
        });
    return {state[0] + 1, error, next[0], next[1]};
  };
  out.value = e.nest(
      {e.size(pairs.dims[0])}, e.wrap(out.value), [&](Terms at, Term state) {
        Terms start{zero, e.constant(real, 1), state, e.filled({count}, none)};
        Terms end = e.loopWhile(
            start,
            [&](Terms s) { return (s[0] < 100) & (s[1] >= 0.005 / classes); },
            [&](Terms s) { return refine(at[0], s); });
        return end[2];
      });
  return out;
}

} // namespace niello::onnx_frontend
