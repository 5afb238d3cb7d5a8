// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights of a mel spectrogram.

#include "frontends/onnx/ops/signal/Length.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
using model::Emit;
using model::Term;
using model::Terms;

FailureOr<Size> readLength(Node &node, unsigned i) {
  auto given = node.elements(i);
  if (!given || given->size() != 1)
    return node.bad("needs one number as length");
  Size length = given->front(), one = node.sizes.constant(1);
  if (auto known = Sizes::asConstant(length); known && *known < 1)
    return node.bad("needs a length of 1 or more, but got " + Twine(*known));
  if (!node.sizes.isFromData(length))
    return length;
  require(node, node.sizes.compare(arith::CmpIPredicate::sge, length, one),
          "needs a length of 1 or more, but got {0}", length, length);
  return node.sizes.max(length, one);
}

namespace {

// Triangles over the bins of a spectrum, evenly spaced on the mel scale:
// bin(i) = floor((length + 1) hertz(mel_low + i step) / rate)
LogicalResult importMelWeightMatrix(Node &node) {
  Sizes &sizes = node.sizes;
  auto bands = readLength(node, 0), length = readLength(node, 1);
  auto to = static_cast<DType>(node.intAttr("output_datatype", 1));
  if (failed(bands) || failed(length))
    return failure();
  if (!elementType(node.b.getContext(), to))
    return node.refuse("to " + dtypeName(to) + " has no compiled form");
  Emit e(node.b, node.loc);
  Type real = e.b.getF64Type();
  auto number = [&](unsigned i) {
    return e.wrap(castScalar(node.b, extractScalar(node, node.tensor(i)),
                             node.dtype(i), DType::Double));
  };
  constexpr double scale = 2595, ln10 = 2.302585092994045684;
  auto mel = [&](Term hertz) {
    return scale * apply<math::Log1pOp>(hertz / 700) / ln10;
  };
  Term rate = number(2), low = mel(number(3)), high = mel(number(4));
  Term step =
      (high - low) / e.cast(e.size(sizes.add(*bands, sizes.constant(2))), real);
  Term bins = e.cast(e.size(sizes.add(*length, sizes.constant(1))), real);
  auto bin = [&](Term i) {
    Term hertz = 700 * apply<math::ExpM1Op>((e.cast(i, real) * step + low) /
                                            scale * ln10);
    return floor(bins * hertz / rate);
  };
  Size spectrum =
      sizes.add(sizes.floorDiv(*length, sizes.constant(2)), sizes.constant(1));
  Tensor out =
      generate(node, {spectrum, *bands}, DType::Double, [&](Emit &, Terms at) {
        Term j = e.cast(at[0], real), zero = j.like(0), one = j.like(1);
        Term left = bin(at[1]), peak = bin(at[1] + 1), right = bin(at[1] + 2);
        Term rises = (j >= left) & (j <= peak);
        Term rise = select(left == peak, one, (j - left) / (peak - left));
        Term falls = (j >= peak) & (j < right);
        Term fall = (right - j) / (right - peak);
        return select(falls, fall, select(rises, rise, zero));
      });
  return node.result(0, castTo(node, out, to));
}

const Registration table[] = {
    {"", "MelWeightMatrix", importMelWeightMatrix,
     bit(DType::Int32) | bit(DType::Int64)},
};

} // namespace

ArrayRef<Registration> melOps() { return table; }

} // namespace niello::onnx_frontend
