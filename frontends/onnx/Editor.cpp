// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/Editor.h"

#include "frontends/onnx/ops/Emit.h"
#include "frontends/onnx/ops/math/Matmul.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello {

static const char *const editNames[] = {"set", "add", "scale", "mask",
                                        "project"};

StringRef editName(EditKind kind) { return editNames[static_cast<int>(kind)]; }

std::optional<EditKind> findEdit(StringRef name) {
  for (auto [i, known] : llvm::enumerate(editNames))
    if (name == known)
      return static_cast<EditKind>(i);
  return std::nullopt;
}

std::string editText(const Edit &edit) {
  return edit.site + "=" + editName(edit.kind).str() +
         (edit.axis ? "@" + std::to_string(*edit.axis) : "");
}

namespace onnx_frontend {
namespace {

using Scalars = ArrayRef<Value>;

Value isEqual(ImplicitLocOpBuilder &b, Value value, double to) {
  auto type = cast<FloatType>(value.getType());
  Value constant = arith::ConstantOp::create(b, b.getFloatAttr(type, to));
  return arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, value, constant);
}

Value zeroOf(ImplicitLocOpBuilder &b, Type element) {
  return arith::ConstantOp::create(b, b.getZeroAttr(element));
}

// v + d, or v where d is 0: -0 + 0 is 0
Value addData(ImplicitLocOpBuilder &b, Scalars x) {
  if (!isa<FloatType>(x[0].getType()))
    return arith::AddIOp::create(b, x[0], x[1]);
  Value sum = arith::AddFOp::create(b, x[0], x[1]);
  return arith::SelectOp::create(b, isEqual(b, x[1], 0.0), x[0], sum);
}

// v d, or v where d is 1: a product makes a signaling NaN quiet
Value scaleByData(ImplicitLocOpBuilder &b, Scalars x) {
  Value product = arith::MulFOp::create(b, x[0], x[1]);
  return arith::SelectOp::create(b, isEqual(b, x[1], 1.0), x[0], product);
}

Value maskByData(ImplicitLocOpBuilder &b, Scalars x) {
  return arith::SelectOp::create(b, x[1], x[0], zeroOf(b, x[0].getType()));
}

// v - p, or v where p is 0: -0 - -0 is 0
Value takePart(ImplicitLocOpBuilder &b, Scalars x) {
  Value rest = arith::SubFOp::create(b, x[0], x[1]);
  return arith::SelectOp::create(b, isEqual(b, x[1], 0.0), x[0], rest);
}

Value absolute(ImplicitLocOpBuilder &b, Scalars x) {
  return math::AbsFOp::create(b, x[0]);
}

Value larger(ImplicitLocOpBuilder &b, Scalars x) {
  return arith::MaximumFOp::create(b, x[0], x[1]);
}

// x where the length y of its row is not 0
Value ofRows(ImplicitLocOpBuilder &b, Scalars x) {
  return arith::SelectOp::create(b, isEqual(b, x[1], 0.0),
                                 zeroOf(b, x[0].getType()), x[0]);
}

} // namespace

Editor::Editor(Node &node, StringRef site, const Edit &edit, AddInput addInput,
               Describe describe)
    : node(node), b(node.b), kind(edit.kind), axis(edit.axis),
      name((site + "." + editName(edit.kind)).str()),
      addInput(std::move(addInput)), describe(std::move(describe)) {}

std::string Editor::refusal(const Tensor &value) {
  std::string type = dtypeName(value.dtype).str();
  int64_t rank = value.rank();
  bool isFloat = bit(value.dtype) & floats;
  bool isNumber = bit(value.dtype) & numbers;
  if (kind == EditKind::Add && !isNumber)
    return "adds to numbers, but its values are " + type;
  if (kind == EditKind::Scale && !isFloat)
    return "scales floating-point numbers, but its values are " + type;
  if (kind == EditKind::Mask && !isNumber && value.dtype != DType::Bool)
    return "masks numbers, but its values are " + type;
  if (kind == EditKind::Project && !isFloat)
    return "projects floating-point numbers, but its values are " + type;
  if (kind == EditKind::Project && rank == 0)
    return "projects along the last dimension, but it is a scalar";
  if (!axis)
    return "";
  if (*axis < -rank || *axis >= rank)
    return "needs an axis in [-" + std::to_string(rank) + ", " +
           std::to_string(rank) + "), but got " + std::to_string(*axis);
  *axis += *axis < 0 ? rank : 0;
  if (kind == EditKind::Project && *axis == rank - 1)
    return "projects along the last dimension, so it needs positions of "
           "another";
  return "";
}

/// The input with the edit's data: of the value's shape, where all but `set`
/// stretch sizes of 1, with any size along the axis of positions.
Tensor Editor::dataFor(const Tensor &value) {
  DType dtype = kind == EditKind::Mask ? DType::Bool : value.dtype;
  if (kind == EditKind::Project)
    return addInput(name, dtype,
                    {b.getStringAttr("?"), describe(value.dims.back())});
  SmallVector<Attribute> dims;
  for (auto [i, size] : llvm::enumerate(value.dims)) {
    bool stretches = kind != EditKind::Set && Sizes::asConstant(size) != 1;
    dims.push_back(stretches || int64_t(i) == axis ? b.getStringAttr("?")
                                                   : describe(size));
  }
  return addInput(name, dtype, dims);
}

FailureOr<Tensor> Editor::apply(Tensor value) {
  Tensor data = dataFor(value);
  if (!axis)
    return change(value, data);
  // v[.., positions, ..] = change(v[.., positions, ..])
  Tensor positions =
      addInput(name + ".positions", DType::Int64, {b.getStringAttr("?")});
  SmallVector<Size> dims(value.dims);
  dims[*axis] = positions.dims[0];
  Value part = model::GatherOp::create(
      b, model::GatherKind::Axis, node.value(value), positions.value, *axis);
  auto edited = change(wrap(part, value.dtype, dims), data);
  SmallVector<Size> line(value.rank(), node.sizes.constant(1));
  line[*axis] = positions.dims[0];
  auto column = reshape(node, positions, line);
  if (failed(edited) || failed(column))
    return failure();
  Value whole = model::ScatterOp::create(
      b, model::ScatterKind::Elements, node.value(value),
      broadcastTo(node, *column, dims).value, edited->value,
      model::Reduction::None, *axis);
  return wrap(withType(node, whole, value.dims), value.dtype, value.dims);
}

/// Checks one size of the data: the value's or, where it stretches, 1.
void Editor::checkSize(Size have, Size want, int64_t dim, bool stretches) {
  Sizes &sizes = node.sizes;
  if (sizes.equal(have, want))
    return;
  auto equals = [&](Size size) {
    return sizes.compare(arith::CmpIPredicate::eq, have, size);
  };
  Value fits = equals(want);
  if (stretches)
    fits = arith::OrIOp::create(b, fits, equals(sizes.constant(1)));
  require(node, fits,
          "input '" + name + "' needs size " + (stretches ? "1 or " : "") +
              "{0} in dimension " + Twine(dim) + ", but got {1}",
          want, have);
}

/// The data in the value's shape. Its sizes are the value's own from here on,
/// so that all the importer knows of them still holds.
Tensor Editor::fitted(Tensor data, const Tensor &value) {
  bool stretches = kind != EditKind::Set;
  for (auto [i, have, want] : llvm::enumerate(data.dims, value.dims))
    checkSize(have, want, i, stretches);
  if (stretches)
    return broadcastTo(node, data, value.dims);
  return wrap(withType(node, data.value, value.dims), data.dtype, value.dims);
}

FailureOr<Tensor> Editor::change(Tensor value, Tensor data) {
  if (kind == EditKind::Project)
    return project(value, data);
  data = fitted(data, value);
  if (kind == EditKind::Set)
    return data;
  Tensor operands[] = {value, data};
  return elementwise(node, operands, value.dtype,
                     kind == EditKind::Add     ? addData
                     : kind == EditKind::Scale ? scaleByData
                                               : maskByData);
}

/// v - sum_k (v . d_k) d_k: the part of v that is orthogonal to the rows of D,
/// for orthonormal rows (the projection I - D^T D; with one row it is the
/// directional ablation of Arditi et al., arXiv:2406.11717, equation 4).
/// 16-bit values are taken in f32 and rounded once. A row of zeros takes no
/// part, so that infinities in v do not meet its zeros.
FailureOr<Tensor> Editor::project(Tensor value, Tensor rows) {
  checkSize(rows.dims[1], value.dims.back(), 1, false);
  rows.dims[1] = value.dims.back();
  rows.value = withType(node, rows.value, rows.dims);
  DType wide = value.dtype == DType::Double ? DType::Double : DType::Float;
  Tensor v = castTo(node, value, wide), d = castTo(node, rows, wide);
  auto sized = elementwise(node, d, wide, absolute);
  auto along = matmul(node, v, transpose(node, d, {1, 0}));
  if (failed(sized) || failed(along))
    return failure();
  Value zero = zeroOf(b, elementType(b.getContext(), wide));
  Tensor lengths = reduce(node, *sized, {1}, false, zero, larger);
  Tensor factors[] = {*along, broadcastTo(node, lengths, along->dims)};
  auto used = elementwise(node, factors, wide, ofRows);
  if (failed(used))
    return failure();
  auto part = matmul(node, *used, d);
  if (failed(part))
    return failure();
  Tensor both[] = {v, *part};
  auto rest = elementwise(node, both, wide, takePart);
  if (failed(rest))
    return failure();
  return castTo(node, *rest, value.dtype);
}

} // namespace onnx_frontend
} // namespace niello
