// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/Emit.h"

#include "dialects/model/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;

namespace niello::onnx_frontend {

RankedTensorType typeOf(ArrayRef<Size> dims, Type element) {
  SmallVector<int64_t> shape;
  for (Size size : dims)
    shape.push_back(Sizes::asConstant(size).value_or(ShapedType::kDynamic));
  return RankedTensorType::get(shape, element);
}

static SmallVector<Value> dynamicSizes(ArrayRef<Size> dims) {
  SmallVector<Value> values;
  for (Size size : dims)
    if (auto v = dyn_cast_if_present<Value>(size))
      values.push_back(v);
  return values;
}

Value empty(Node &node, ArrayRef<Size> dims, Type element) {
  return tensor::EmptyOp::create(node.b, node.loc, typeOf(dims, element),
                                 dynamicSizes(dims));
}

static Tensor wrap(Value value, DType dtype, ArrayRef<Size> dims) {
  Tensor tensor;
  tensor.value = value;
  tensor.dtype = dtype;
  tensor.dims.assign(dims.begin(), dims.end());
  return tensor;
}

Tensor full(Node &node, ArrayRef<Size> dims, DType dtype, Value scalar) {
  Value init = empty(node, dims, scalar.getType());
  Value filled =
      linalg::FillOp::create(node.b, node.loc, scalar, init).getResult(0);
  return wrap(filled, dtype, dims);
}

Value scalar(Node &node, Type element, double value) {
  if (auto type = dyn_cast<FloatType>(element)) {
    APFloat f(value);
    bool lossy;
    f.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven, &lossy);
    return arith::ConstantOp::create(node.b, node.loc, FloatAttr::get(type, f));
  }
  return arith::ConstantOp::create(
      node.b, node.loc,
      IntegerAttr::get(element,
                       APInt(element.getIntOrFloatBitWidth(),
                             model::nearestInteger(value), true, true)));
}

Value extractScalar(Node &node, Tensor &tensor) {
  SmallVector<Value> zeros(tensor.rank(),
                           arith::ConstantIndexOp::create(node.b, node.loc, 0));
  return node.b.createOrFold<tensor::ExtractOp>(node.loc, node.value(tensor),
                                                zeros);
}

model::RequireOp require(Node &node, Value test, Twine sentence, Size a,
                         Size b) {
  if (matchPattern(test, m_One()))
    return {};
  std::string text = ("node '" + Twine(node.proto.name()) + "' (" +
                      node.proto.op_type() + "): " + sentence)
                         .str();
  SmallVector<Value> numbers;
  for (auto [mark, size] : {std::pair("{0}", a), std::pair("{1}", b)})
    if (StringRef(text).contains(mark))
      numbers.push_back(node.sizes.value(size));
  return model::RequireOp::create(node.b, node.loc, test, model::kFailedCheck,
                                  text, numbers);
}

LogicalResult requireEqual(Node &node, Size a, Size b, StringRef what) {
  if (node.sizes.equal(a, b))
    return success();
  if (auto known = node.sizes.known(a); known && known == node.sizes.known(b))
    return success();
  auto ca = Sizes::asConstant(a), cb = Sizes::asConstant(b);
  if (ca && cb)
    return node.bad("needs " + what + " to be equal, but got " + Twine(*ca) +
                    " and " + Twine(*cb));
  require(node, node.sizes.compare(arith::CmpIPredicate::eq, a, b),
          "needs " + what + " to be equal, but got {0} and {1}", a, b);
  if (ca || cb)
    node.sizes.assume(ca ? b : a, ca ? *ca : *cb);
  return success();
}

/// The common size of two dimensions under broadcasting.
static FailureOr<Size> broadcastPair(Node &node, Size a, Size b) {
  Sizes &sizes = node.sizes;
  auto ca = Sizes::asConstant(a), cb = Sizes::asConstant(b);
  if (sizes.equal(a, b) || cb == 1)
    return a;
  if (ca == 1)
    return b;
  if (ca && cb) {
    (void)node.bad("cannot broadcast sizes " + Twine(*ca) + " and " +
                   Twine(*cb));
    return failure();
  }
  Value same = sizes.compare(arith::CmpIPredicate::eq, a, b);
  auto isOne = [&](Size size) {
    return sizes.compare(arith::CmpIPredicate::eq, size, sizes.constant(1));
  };
  Value fits = same;
  if (!ca)
    fits = arith::OrIOp::create(node.b, node.loc, fits, isOne(a));
  if (!cb)
    fits = arith::OrIOp::create(node.b, node.loc, fits, isOne(b));
  require(node, fits, "cannot broadcast sizes {0} and {1}", a, b);
  if (ca)
    return a;
  if (cb)
    return b;
  return sizes.select(isOne(a), b, a);
}

FailureOr<SmallVector<Size>> broadcastDims(Node &node,
                                           ArrayRef<ArrayRef<Size>> shapes) {
  SmallVector<Size> dims;
  for (ArrayRef<Size> shape : shapes) {
    if (shape.size() > dims.size())
      dims.insert(dims.begin(), shape.size() - dims.size(),
                  node.sizes.constant(1));
    size_t shift = dims.size() - shape.size();
    for (auto [i, size] : llvm::enumerate(shape)) {
      auto common = broadcastPair(node, dims[shift + i], size);
      if (failed(common))
        return failure();
      dims[shift + i] = *common;
    }
  }
  return dims;
}

/// Gives the value the type its sizes say.
static Value withType(Node &node, Value value, ArrayRef<Size> dims) {
  auto type =
      typeOf(dims, cast<RankedTensorType>(value.getType()).getElementType());
  if (value.getType() == type)
    return value;
  return tensor::CastOp::create(node.b, node.loc, type, value);
}

FailureOr<Value> withSize(Node &node, Tensor &tensor, int64_t dim, int64_t size,
                          StringRef what) {
  if (failed(requireEqual(node, tensor.dims[dim], node.sizes.constant(size),
                          what)))
    return failure();
  SmallVector<Size> dims(tensor.dims);
  dims[dim] = node.sizes.constant(size);
  return withType(node, node.value(tensor), dims);
}

Tensor broadcastTo(Node &node, Tensor &tensor, ArrayRef<Size> dims) {
  Value value = node.value(tensor);
  bool same = tensor.dims.size() == dims.size() &&
              llvm::all_of(llvm::zip(tensor.dims, dims), [&](auto pair) {
                return node.sizes.equal(std::get<0>(pair), std::get<1>(pair));
              });
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  if (!same)
    value = model::BroadcastOp::create(node.b, node.loc, typeOf(dims, element),
                                       value, dynamicSizes(dims));
  return wrap(withType(node, value, dims), tensor.dtype, dims);
}

/// Broadcasts all inputs to their common shape.
static FailureOr<SmallVector<Size>> broadcastAll(Node &node,
                                                 MutableArrayRef<Tensor> inputs,
                                                 SmallVector<Value> &values) {
  SmallVector<ArrayRef<Size>> shapes;
  for (Tensor &input : inputs)
    shapes.push_back(input.dims);
  auto dims = broadcastDims(node, shapes);
  if (succeeded(dims))
    for (Tensor &input : inputs)
      values.push_back(broadcastTo(node, input, *dims).value);
  return dims;
}

FailureOr<Tensor> onTensors(Node &node, MutableArrayRef<Tensor> inputs,
                            DType resultType, Body body) {
  SmallVector<Value> values;
  auto dims = broadcastAll(node, inputs, values);
  if (failed(dims))
    return failure();
  return wrap(body(node.b, values), resultType, *dims);
}

FailureOr<Tensor> elementwise(Node &node, MutableArrayRef<Tensor> inputs,
                              DType resultType, Body body) {
  SmallVector<Value> values;
  auto dims = broadcastAll(node, inputs, values);
  if (failed(dims))
    return failure();
  auto map = node.b.getMultiDimIdentityMap(dims->size());
  Type element = elementType(node.b.getContext(), resultType);
  Value init = empty(node, *dims, element);
  SmallVector<AffineMap> maps(values.size() + 1, map);
  SmallVector<utils::IteratorType> iterators(dims->size(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      node.b, node.loc, init.getType(), values, init, maps, iterators,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        ImplicitLocOpBuilder inner(loc, b);
        SmallVector<Value> scalars(args.drop_back());
        linalg::YieldOp::create(inner, body(inner, scalars));
      });
  return wrap(generic.getResult(0), resultType, *dims);
}

namespace {
/// Which dimensions of a source and a target stand for the same elements.
struct Grouping {
  SmallVector<ReassociationIndices> from, to;
};
} // namespace

/// Walks both shapes from the left and closes a group wherever the products
/// are provably equal; nullopt where they never meet.
static std::optional<Grouping> group(Sizes &sizes, ArrayRef<Size> from,
                                     ArrayRef<Size> to) {
  Grouping groups;
  size_t i = 0, j = 0;
  while (i < from.size() || j < to.size()) {
    ReassociationIndices left, right;
    Size l = sizes.constant(1), r = sizes.constant(1);
    auto grow = [&](bool isLeft) {
      if (isLeft) {
        l = sizes.mul(l, from[i]);
        left.push_back(i++);
      } else {
        r = sizes.mul(r, to[j]);
        right.push_back(j++);
      }
    };
    if (i < from.size())
      grow(true);
    if (j < to.size())
      grow(false);
    while (!sizes.equal(l, r)) {
      bool canLeft = i < from.size(), canRight = j < to.size();
      if (!canLeft && !canRight)
        return std::nullopt;
      bool wantLeft = sizes.divides(r, l) && !sizes.divides(l, r);
      grow(canLeft && (wantLeft || !canRight));
    }
    if (left.empty() || right.empty()) { // ones left over on one side
      if (groups.from.empty())
        return std::nullopt;
      groups.from.back().append(left);
      groups.to.back().append(right);
      continue;
    }
    groups.from.push_back(left);
    groups.to.push_back(right);
  }
  return groups;
}

/// The general form: a shape tensor read at run time.
static Value reshapeByShape(Node &node, Value value, RankedTensorType to,
                            ArrayRef<Size> dims) {
  auto type =
      RankedTensorType::get({int64_t(dims.size())}, node.b.getIndexType());
  SmallVector<Value> sizes;
  for (Size size : dims)
    sizes.push_back(node.sizes.value(size));
  Value shape =
      dims.empty()
          ? arith::ConstantOp::create(
                node.b, node.loc,
                DenseElementsAttr::get(type, ArrayRef<Attribute>{}))
                .getResult()
          : tensor::FromElementsOp::create(node.b, node.loc, type, sizes)
                .getResult();
  return tensor::ReshapeOp::create(node.b, node.loc, to, value, shape);
}

FailureOr<Tensor> reshape(Node &node, Tensor &tensor, ArrayRef<Size> dims) {
  Sizes &sizes = node.sizes;
  Value value = node.value(tensor);
  if (failed(requireEqual(node, sizes.product(tensor.dims), sizes.product(dims),
                          "the numbers of elements")))
    return failure();
  auto from = cast<RankedTensorType>(value.getType());
  RankedTensorType to = typeOf(dims, from.getElementType());
  if (tensor.dims.size() == dims.size() &&
      llvm::all_of(llvm::zip(tensor.dims, dims), [&](auto pair) {
        return sizes.equal(std::get<0>(pair), std::get<1>(pair));
      }))
    return wrap(withType(node, value, dims), tensor.dtype, dims);
  if ((dims.empty() || tensor.dims.empty()) && from.hasStaticShape() &&
      to.hasStaticShape()) {
    SmallVector<ReassociationIndices> none;
    if (dims.empty())
      value =
          tensor::CollapseShapeOp::create(node.b, node.loc, to, value, none);
    else
      value = tensor::ExpandShapeOp::create(node.b, node.loc, to, value, none);
    return wrap(value, tensor.dtype, dims);
  }
  auto groups = group(sizes, tensor.dims, dims);
  if (!groups || dims.empty() || tensor.dims.empty())
    return wrap(reshapeByShape(node, value, to, dims), tensor.dtype, dims);
  SmallVector<Size> middle;
  for (auto &indices : groups->from) {
    SmallVector<Size> parts;
    for (int64_t at : indices)
      parts.push_back(tensor.dims[at]);
    middle.push_back(sizes.product(parts));
  }
  if (groups->from.size() != tensor.dims.size())
    value = withType(
        node,
        tensor::CollapseShapeOp::create(node.b, node.loc, value, groups->from),
        middle);
  if (groups->to.size() != dims.size())
    value = tensor::ExpandShapeOp::create(node.b, node.loc, to, value,
                                          groups->to, llvm::to_vector(dims));
  return wrap(withType(node, value, dims), tensor.dtype, dims);
}

Tensor transpose(Node &node, Tensor &tensor, ArrayRef<int64_t> permutation) {
  SmallVector<Size> dims;
  for (int64_t from : permutation)
    dims.push_back(tensor.dims[from]);
  Value value = node.value(tensor);
  if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size())))
    return wrap(value, tensor.dtype, dims);
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  Value init = empty(node, dims, element);
  value =
      linalg::TransposeOp::create(node.b, node.loc, value, init, permutation)
          ->getResult(0);
  return wrap(value, tensor.dtype, dims);
}

Tensor reduce(Node &node, Tensor &tensor, ArrayRef<int64_t> axes, bool keepDims,
              Value init, Body combine) {
  SmallVector<Size> dims, kept;
  for (auto [i, size] : llvm::enumerate(tensor.dims)) {
    bool reduced = llvm::is_contained(axes, int64_t(i));
    if (!reduced)
      dims.push_back(size);
    kept.push_back(reduced ? node.sizes.constant(1) : size);
  }
  Tensor start = full(node, dims, tensor.dtype, init);
  auto op = linalg::ReduceOp::create(
      node.b, node.loc, ValueRange{node.value(tensor)}, ValueRange{start.value},
      axes, [&](OpBuilder &b, Location loc, ValueRange args) {
        ImplicitLocOpBuilder inner(loc, b);
        linalg::YieldOp::create(
            inner, combine(inner, SmallVector<Value>{args[0], args[1]}));
      });
  Tensor out = wrap(op->getResult(0), tensor.dtype, dims);
  if (keepDims)
    if (auto shaped = reshape(node, out, kept); succeeded(shaped))
      return *shaped;
  return out;
}

Tensor slice(Node &node, Tensor &tensor, ArrayRef<Size> offsets,
             ArrayRef<Size> lengths, ArrayRef<Size> strides) {
  Value value = node.value(tensor);
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  // An empty slice may start at the end, which extract_slice does not take; its
  // length need not be known for that.
  Size zero = node.sizes.constant(0);
  bool startsAtEnd =
      llvm::any_of(llvm::zip(offsets, tensor.dims), [](auto pair) {
        auto offset = Sizes::asConstant(std::get<0>(pair));
        auto dim = Sizes::asConstant(std::get<1>(pair));
        return offset && dim && *offset >= *dim;
      });
  if (startsAtEnd || llvm::is_contained(lengths, zero) ||
      llvm::is_contained(tensor.dims, zero))
    return wrap(empty(node, lengths, element), tensor.dtype, lengths);
  value =
      tensor::ExtractSliceOp::create(node.b, node.loc, typeOf(lengths, element),
                                     value, offsets, lengths, strides);
  return wrap(value, tensor.dtype, lengths);
}

Tensor elementOf(Node &node, Tensor &tensor, int64_t axis, Size at) {
  Sizes &sizes = node.sizes;
  SmallVector<Size> offsets(tensor.rank(), sizes.constant(0)),
      lengths(tensor.dims), strides(tensor.rank(), sizes.constant(1)),
      dims(tensor.dims);
  offsets[axis] = at;
  lengths[axis] = sizes.constant(1);
  dims.erase(dims.begin() + axis);
  Value value = node.value(tensor);
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  if (llvm::is_contained(tensor.dims, sizes.constant(0)))
    return wrap(empty(node, dims, element), tensor.dtype, dims);
  value =
      tensor::ExtractSliceOp::create(node.b, node.loc, typeOf(dims, element),
                                     value, offsets, lengths, strides);
  return wrap(value, tensor.dtype, dims);
}

Value insertSlice(Node &node, Value part, Value whole, ArrayRef<Size> offsets,
                  ArrayRef<Size> lengths) {
  // insert_slice takes no offset that is not within the tensor.
  if (llvm::is_contained(cast<ShapedType>(part.getType()).getShape(), 0) ||
      llvm::is_contained(cast<ShapedType>(whole.getType()).getShape(), 0))
    return whole;
  SmallVector<Size> strides(offsets.size(), node.sizes.constant(1));
  return tensor::InsertSliceOp::create(node.b, node.loc, part, whole, offsets,
                                       lengths, strides);
}

Tensor stridedRead(Node &node, Tensor &tensor, ArrayRef<Size> offsets,
                   ArrayRef<Size> lengths, ArrayRef<Size> strides) {
  Value value = node.value(tensor);
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  SmallVector<Value> starts, steps;
  for (auto [offset, stride] : llvm::zip(offsets, strides)) {
    starts.push_back(node.sizes.value(offset));
    steps.push_back(node.sizes.value(stride));
  }
  Value init = empty(node, lengths, element);
  SmallVector<utils::IteratorType> iterators(lengths.size(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      node.b, node.loc, init.getType(), ValueRange{}, init,
      node.b.getMultiDimIdentityMap(lengths.size()), iterators,
      [&](OpBuilder &b, Location loc, ValueRange) {
        SmallVector<Value> at;
        for (size_t i = 0; i < lengths.size(); ++i) {
          Value index = linalg::IndexOp::create(b, loc, i);
          Value scaled = arith::MulIOp::create(b, loc, index, steps[i]);
          at.push_back(arith::AddIOp::create(b, loc, starts[i], scaled));
        }
        Value read = tensor::ExtractOp::create(b, loc, value, at);
        linalg::YieldOp::create(b, loc, read);
      });
  return wrap(generic.getResult(0), tensor.dtype, lengths);
}

Tensor concat(Node &node, MutableArrayRef<Tensor> parts, int64_t axis) {
  SmallVector<Size> dims(parts.front().dims);
  Size total = node.sizes.constant(0);
  for (Tensor &part : parts)
    total = node.sizes.add(total, part.dims[axis]);
  dims[axis] = total;
  Value first = node.value(parts.front());
  Type element = cast<RankedTensorType>(first.getType()).getElementType();
  Value out = empty(node, dims, element);
  Size offset = node.sizes.constant(0);
  for (Tensor &part : parts) {
    SmallVector<Size> offsets(dims.size(), node.sizes.constant(0));
    offsets[axis] = offset;
    out = insertSlice(node, node.value(part), out, offsets, part.dims);
    offset = node.sizes.add(offset, part.dims[axis]);
  }
  return wrap(out, parts.front().dtype, dims);
}

FailureOr<Tensor> checkedConcat(Node &node, MutableArrayRef<Tensor> parts,
                                int64_t axis) {
  int64_t rank = parts[0].rank();
  for (Tensor &part : parts) {
    if (part.rank() != rank)
      return node.bad("needs inputs of one rank, but got " + Twine(rank) +
                      " and " + Twine(part.rank()));
    for (int64_t i = 0; i < rank; ++i)
      if (i != axis && failed(requireEqual(node, part.dims[i], parts[0].dims[i],
                                           "the dimensions beside the axis")))
        return failure();
  }
  return concat(node, parts, axis);
}

} // namespace niello::onnx_frontend
