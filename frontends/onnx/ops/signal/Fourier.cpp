// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fourier transforms, as products with matrices of sines and cosines. They are
// taken in f64: what cancels in a sum of f32 products leaves more than the
// nothing that it should.

#include "frontends/onnx/ops/math/Matmul.h"
#include "frontends/onnx/ops/signal/Length.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

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
  return generate(node, {rows, columns}, dtype, [&](Emit &e, Terms at) {
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
  bool isComplex = *parts == 2,
       toReal = transform.inverse && transform.onesided;
  if (transform.onesided && isComplex != transform.inverse)
    return node.bad("needs real input for a onesided transform, complex input "
                    "for its inverse");
  Size half = sizes.add(sizes.floorDiv(transform.length, sizes.constant(2)),
                        sizes.constant(1));
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

/// The transform along one axis of [.., 1 or 2].
FailureOr<Tensor> transformAxis(Node &node, Tensor x, int64_t axis,
                                std::optional<Size> length, bool inverse,
                                bool onesided) {
  Sizes &sizes = node.sizes;
  Transform transform{x.dims[axis], inverse, onesided};
  if (length)
    transform.length = *length;
  else if (inverse && onesided)
    transform.length = sizes.mul(sizes.sub(transform.length, sizes.constant(1)),
                                 sizes.constant(2));
  auto order = llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
  std::swap(order[axis], order[x.rank() - 2]); // its own inverse
  auto y = transformRows(node, transpose(node, x, order), transform);
  if (failed(y))
    return failure();
  return transpose(node, *y, order);
}

/// The same along an axis that is only known at run time: a branch for each.
FailureOr<Tensor> transformSomeAxis(Node &node, Tensor x, Size axis,
                                    std::optional<Size> length, bool inverse,
                                    bool onesided) {
  Emit e(node.b, node.loc);
  int64_t rank = x.rank();
  Term number = e.size(axis), last = e.index(rank - 1);
  Term at = select(number < 0, number + double(rank), number);
  require(node, (at >= 0) & (at < last),
          "needs an axis before the last of {1} dimensions, but got {0}", axis,
          node.sizes.constant(rank));
  // Results of different sizes meet in a type without sizes.
  auto open =
      RankedTensorType::get(SmallVector<int64_t>(rank, ShapedType::kDynamic),
                            elementType(node.b.getContext(), x.dtype));
  LogicalResult done = success();
  auto along = [&](int64_t i) {
    node.sizes.enterRegion();
    auto y = transformAxis(node, x, i, length, inverse, onesided);
    if (failed(y))
      done = failure();
    Value value = succeeded(y) ? node.value(*y) : node.value(x);
    node.sizes.leaveRegion();
    return e.wrap(tensor::CastOp::create(node.b, node.loc, open, value));
  };
  std::function<Term(int64_t)> from = [&](int64_t i) {
    if (i + 2 == rank)
      return along(i);
    return e.branch(
        at == double(i), [&] { return along(i); }, [&] { return from(i + 1); });
  };
  Term value = from(0);
  if (failed(done))
    return failure();
  return node.makeTensor(value, x.dtype);
}

LogicalResult importDFT(Node &node) {
  DType outer = node.dtype(0);
  Tensor x = castTo(node, node.tensor(0), DType::Double);
  int64_t rank = x.rank();
  Size axis =
      node.sizes.constant(node.intAttr("axis", node.opset < 20 ? 1 : -2));
  if (node.has(2)) {
    auto given = node.elements(2);
    if (!given || given->size() != 1)
      return node.bad("needs one axis");
    axis = given->front();
  }
  if (rank < 2)
    return node.bad("needs rank 2 or more, but got " + Twine(rank));
  std::optional<Size> length;
  if (node.has(1)) {
    auto given = readLength(node, 1);
    if (failed(given))
      return failure();
    length = *given;
  }
  bool inverse = node.intAttr("inverse", 0);
  bool onesided = node.intAttr("onesided", 0);
  FailureOr<Tensor> y = failure();
  if (auto known = Sizes::asConstant(axis)) {
    auto at = node.axis(*known, rank);
    if (failed(at))
      return failure();
    if (*at == rank - 1)
      return node.bad("cannot transform the last dimension");
    y = transformAxis(node, x, *at, length, inverse, onesided);
  } else {
    y = transformSomeAxis(node, x, axis, length, inverse, onesided);
  }
  return failed(y) ? failure() : node.result(0, castTo(node, *y, outer));
}

// frame f is window * signal[f step .. f step + length]
LogicalResult importSTFT(Node &node) {
  DType outer = node.dtype(0);
  Tensor x = castTo(node, node.tensor(0), DType::Double);
  Sizes &sizes = node.sizes;
  if (x.rank() != 3)
    return node.bad("needs [batch, length, 1 or 2], but got rank " +
                    Twine(x.rank()));
  if (node.has(2) && node.tensor(2).rank() != 1)
    return node.bad("needs a window of rank 1, but got rank " +
                    Twine(node.tensor(2).rank()));
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
  Size frames = sizes.add(sizes.floorDiv(sizes.sub(x.dims[1], *length), *step),
                          sizes.constant(1));
  Value source = node.value(x), window;
  if (node.has(2)) {
    Tensor given = castTo(node, node.tensor(2), x.dtype);
    if (failed(requireEqual(node, given.dims[0], *length,
                            "the window and the frame")))
      return failure();
    window = node.value(given);
  }
  SmallVector<Size> dims{x.dims[0], frames, *length, x.dims[2]};
  Tensor framed = generate(node, dims, x.dtype, [&](Emit &e, Terms at) {
    Term place = at[1] * e.size(*step) + at[2];
    Term value = e.at(source, {at[0], place, at[3]});
    return window ? value * e.at(window, {at[2]}) : value;
  });
  bool onesided =
      node.intAttr("onesided", 1) && Sizes::asConstant(x.dims[2]) == 1;
  auto y = transformRows(node, framed, {*length, /*inverse=*/false, onesided});
  return failed(y) ? failure() : node.result(0, castTo(node, *y, outer));
}

const Registration table[] = {
    {"", "DFT", importDFT, floats},
    {"", "STFT", importSTFT, floats},
};

} // namespace

ArrayRef<Registration> fourierOps() { return table; }

} // namespace niello::onnx_frontend
