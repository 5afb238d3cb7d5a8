// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fourier transforms, as products with matrices of sines and cosines.

#include "frontends/onnx/ops/Matmul.h"
#include "frontends/onnx/ops/Terms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

struct Transform {
  Size length; // N
  bool inverse, onesided;
};

/// cos or sin(2 pi n k / N) for n below `rows` and k below `columns`. For a
/// onesided inverse, the rows whose mirror image is left out count twice.
template <typename Op>
Tensor waves(Node &node, const Transform &transform, Size rows, Size columns,
             DType dtype) {
  Type type = elementType(node.b.getContext(), dtype);
  bool mirrors = transform.inverse && transform.onesided;
  return generate(
      node, {rows, columns}, dtype, [&](Emit &e, Terms at) {
        Term n = e.size(transform.length);
        // The product modulo N keeps the angle small and so exact.
        Term turn = e.cast((at[0] * at[1]) % n, type) / e.cast(n, type);
        Term wave = apply<Op>(turn * 6.283185307179586477);
        if (!mirrors)
          return wave;
        Term isOwnMirror = (at[0] == 0) | (at[0] * e.index(2) == n);
        return select(isOwnMirror, wave, wave * 2);
      });
}

/// Component i of [.., L, c], as [R, rows].
FailureOr<Tensor> component(Node &node, Tensor x, int64_t i, Size count,
                            Size rows) {
  Sizes &sizes = node.sizes;
  SmallVector<Size> from(x.rank(), sizes.constant(0)), lengths(x.dims),
      steps(x.rank(), sizes.constant(1));
  from.back() = sizes.constant(i);
  lengths.back() = sizes.constant(1);
  lengths[x.rank() - 2] = rows;
  Tensor part = slice(node, x, from, lengths, steps);
  return reshape(node, part, {count, rows});
}

FailureOr<Tensor> combine(Node &node, Tensor a, Tensor b, double sign,
                          DType dtype) {
  SmallVector<Tensor> both{a, b};
  return perElement(node, both, dtype,
                    [&](auto x) { return x[0] + sign * x[1]; });
}

/// The transform of the last dimension but one of [.., L, 1 or 2].
//   (xr + j xi) (cos -+ j sin), the upper sign forward
FailureOr<Tensor> transformRows(Node &node, Tensor x, Transform transform) {
  Sizes &sizes = node.sizes;
  int64_t rank = x.rank();
  auto parts = Sizes::asConstant(x.dims.back());
  if (parts != 1 && parts != 2)
    return node.bad("needs a last dimension of 1 or 2");
  bool isComplex = *parts == 2, toReal = transform.inverse && transform.onesided;
  if (transform.onesided && isComplex != transform.inverse)
    return node.bad("needs real input for a onesided transform, complex input "
                    "for its inverse");
  Size half = sizes.add(
      sizes.floorDiv(transform.length, sizes.constant(2)), sizes.constant(1));
  Size rows = sizes.min(x.dims[rank - 2], toReal ? half : transform.length);
  Size columns =
      transform.onesided && !transform.inverse ? half : transform.length;
  SmallVector<Size> dims(x.dims);
  dims[rank - 2] = columns;
  dims.back() = sizes.constant(1);
  Size count = sizes.product(ArrayRef<Size>(dims).drop_back(2));

  Tensor cosines = waves<math::CosOp>(node, transform, rows, columns, x.dtype);
  Tensor sines = waves<math::SinOp>(node, transform, rows, columns, x.dtype);
  auto product = [&](int64_t i, Tensor &matrix) -> FailureOr<Tensor> {
    auto part = component(node, x, i, count, rows);
    if (failed(part))
      return failure();
    return matmul(node, *part, matrix);
  };
  double sign = transform.inverse ? 1 : -1;
  SmallVector<Tensor> out;
  auto real = product(0, cosines);
  if (succeeded(real) && isComplex)
    if (auto other = product(1, sines); succeeded(other))
      real = combine(node, *real, *other, -sign, x.dtype);
  if (failed(real))
    return failure();
  out.push_back(*real);
  if (!toReal) {
    auto imaginary = product(0, sines);
    if (failed(imaginary))
      return failure();
    Tensor turned = mapElements(node, *imaginary, x.dtype,
                                [&](Term v) { return sign * v; });
    if (isComplex) {
      auto other = product(1, cosines);
      if (failed(other))
        return failure();
      imaginary = combine(node, turned, *other, 1, x.dtype);
      if (failed(imaginary))
        return failure();
      turned = *imaginary;
    }
    out.push_back(turned);
  }
  for (Tensor &part : out) {
    auto shaped = reshape(node, part, dims);
    if (failed(shaped))
      return failure();
    part = *shaped;
  }
  Tensor joined = concat(node, out, rank - 1);
  if (!transform.inverse)
    return joined;
  Emit e(node.b, node.loc);
  Term n = e.cast(e.size(transform.length),
                  elementType(node.b.getContext(), x.dtype));
  return mapElements(node, joined, x.dtype, [&](Term v) { return v / n; });
}

/// f16 and bf16 are transformed in f32.
DType carrier(DType dtype) {
  return dtype == DType::Double ? dtype : DType::Float;
}

/// A length of 1 or more from an input.
FailureOr<Size> readLength(Node &node, unsigned i) {
  auto given = node.elements(i);
  if (!given || given->size() != 1)
    return node.bad("needs one number as length");
  Size length = given->front(), one = node.sizes.constant(1);
  if (auto known = Sizes::asConstant(length); known && *known < 1)
    return node.bad("needs a length of 1 or more, but got " + Twine(*known));
  if (!node.sizes.isFromData(length))
    return length;
  require(node,
          node.sizes.compare(arith::CmpIPredicate::sge, length, one),
          "needs a length of 1 or more, but got {0}", length, length);
  return node.sizes.max(length, one);
}

LogicalResult importDFT(Node &node) {
  DType outer = node.dtype(0);
  Tensor x = castTo(node, node.tensor(0), carrier(outer));
  int64_t rank = x.rank(), axis = node.intAttr("axis", node.opset < 20 ? 1 : -2);
  if (node.has(2)) {
    auto given = node.constants(2);
    if (!given || given->size() != 1)
      return node.refuse("needs an axis known at compile time");
    axis = given->front();
  }
  auto at = node.axis(axis, rank);
  if (failed(at))
    return failure();
  if (*at == rank - 1)
    return node.bad("cannot transform the last dimension");
  bool inverse = node.intAttr("inverse", 0),
       onesided = node.intAttr("onesided", 0);
  Size length = x.dims[*at];
  if (node.has(1)) {
    auto given = readLength(node, 1);
    if (failed(given))
      return failure();
    length = *given;
  } else if (inverse && onesided) {
    length = node.sizes.mul(node.sizes.sub(length, node.sizes.constant(1)),
                            node.sizes.constant(2));
  }
  auto order = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::swap(order[*at], order[rank - 2]); // its own inverse
  auto y = transformRows(node, transpose(node, x, order),
                         {length, inverse, onesided});
  if (failed(y))
    return failure();
  Tensor out = transpose(node, *y, order);
  return node.result(0, castTo(node, out, outer));
}

// frame f is window * signal[f step .. f step + length]
LogicalResult importSTFT(Node &node) {
  DType outer = node.dtype(0);
  Tensor x = castTo(node, node.tensor(0), carrier(outer));
  Sizes &sizes = node.sizes;
  if (x.rank() != 3)
    return node.bad("needs [batch, length, 1 or 2], but got rank " +
                    Twine(x.rank()));
  auto step = readLength(node, 1);
  FailureOr<Size> length = x.dims[1];
  if (node.has(3))
    length = readLength(node, 3);
  else if (node.has(2))
    length = node.tensor(2).dims[0];
  if (failed(step) || failed(length))
    return failure();
  require(node, sizes.compare(arith::CmpIPredicate::sge, x.dims[1], *length),
          "needs a signal as long as a frame, but got {0} and {1}", x.dims[1],
          *length);
  Size frames = sizes.add(
      sizes.floorDiv(sizes.sub(x.dims[1], *length), *step),
      sizes.constant(1));
  Value source = node.value(x), window;
  if (node.has(2)) {
    Tensor given = castTo(node, node.tensor(2), x.dtype);
    if (given.rank() != 1 ||
        failed(requireEqual(node, given.dims[0], *length,
                            "the window and the frame")))
      return node.bad("needs a window of rank 1, as long as a frame");
    window = node.value(given);
  }
  SmallVector<Size> dims{x.dims[0], frames, *length, x.dims[2]};
  Tensor framed = generate(node, dims, x.dtype, [&](Emit &e, Terms at) {
    Term place = at[1] * e.size(*step) + at[2];
    Term value = e.at(source, {at[0], place, at[3]});
    return window ? value * e.at(window, {at[2]}) : value;
  });
  bool onesided = node.intAttr("onesided", 1) &&
                  Sizes::asConstant(x.dims[2]) == 1;
  auto y = transformRows(node, framed, {*length, /*inverse=*/false, onesided});
  return failed(y) ? failure() : node.result(0, castTo(node, *y, outer));
}

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
  Term step = (high - low) / e.cast(e.size(sizes.add(*bands, sizes.constant(2))),
                                    real);
  Term bins = e.cast(e.size(sizes.add(*length, sizes.constant(1))), real);
  auto bin = [&](Term i) {
    Term hertz =
        700 * apply<math::ExpM1Op>((e.cast(i, real) * step + low) / scale * ln10);
    return floor(bins * hertz / rate);
  };
  Size spectrum = sizes.add(sizes.floorDiv(*length, sizes.constant(2)),
                            sizes.constant(1));
  Tensor out = generate(
      node, {spectrum, *bands}, DType::Double, [&](Emit &, Terms at) {
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
    {"", "DFT", importDFT, floats},
    {"", "STFT", importSTFT, floats},
    {"", "MelWeightMatrix", importMelWeightMatrix,
     bit(DType::Int32) | bit(DType::Int64)},
};

} // namespace

ArrayRef<Registration> fourierOps() { return table; }

} // namespace niello::onnx_frontend
