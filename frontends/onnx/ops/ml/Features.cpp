// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ai.onnx.ml operators that prepare features.

#include "frontends/onnx/ops/ml/Forest.h"
#include "frontends/onnx/ops/ml/Scores.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

// x > threshold ? 1 : 0
LogicalResult importBinarizer(Node &node) {
  float threshold = node.floatAttr("threshold", 0);
  Tensor x = node.tensor(0);
  bool isReal = isFloat(x.dtype);
  return node.result(0, mapElements(node, x, x.dtype, [&](Term v) {
                       Emit &e = *v.emit;
                       Term number = isReal ? v : e.cast(v, e.b.getF64Type());
                       return select(number > threshold, v.like(1), v.like(0));
                     }));
}

/// A list of one number, or one a feature, that broadcasts to the rows.
FailureOr<Tensor> featureNumbers(Node &node, StringRef name, Tensor &x,
                                 DType dtype, double otherwise) {
  auto given = numbersAttr(node, name);
  if (failed(given))
    return failure();
  SmallVector<double> numbers{otherwise};
  if (*given)
    numbers = **given;
  if (numbers.size() != 1 &&
      (x.rank() == 0 || failed(requireEqual(node, x.dims.back(),
                                            node.sizes.constant(numbers.size()),
                                            "the features and their numbers"))))
    return node.bad("needs one number a feature as " + name);
  return constantReals(node, numbers, dtype);
}

// (x - offset) * scale
LogicalResult importScaler(Node &node) {
  Tensor x = castTo(node, node.tensor(0), DType::Float);
  auto offset = featureNumbers(node, "offset", x, DType::Float, 0);
  auto scale = featureNumbers(node, "scale", x, DType::Float, 1);
  if (failed(offset) || failed(scale))
    return failure();
  SmallVector<Tensor> inputs{x, *offset, *scale};
  return give(node, 0, perElement(node, inputs, DType::Float, [](auto v) {
                return (v[0] - v[1]) * v[2];
              }));
}

// x / max x, x / sum |x| or x / sqrt(sum x^2) of a row; a row of norm 0 stays
LogicalResult importNormalizer(Node &node) {
  std::string kind = node.stringAttr("norm", "MAX");
  if (kind != "MAX" && kind != "L1" && kind != "L2")
    return node.bad("has an unknown norm " + kind);
  Tensor x = castTo(node, node.tensor(0), DType::Float);
  if (x.rank() < 1)
    return node.bad("needs rank 1 or more");
  Tensor terms = mapElements(node, x, DType::Float, [&](Term v) {
    return kind == "MAX" ? v : kind == "L1" ? abs(v) : v * v;
  });
  Emit e(node.b, node.loc);
  Type real = e.b.getF32Type();
  bool isMax = kind == "MAX";
  Tensor norm =
      reduce(node, terms, {x.rank() - 1}, /*keepDims=*/true,
             isMax ? e.lowest(real) : e.constant(real, 0),
             [&](ImplicitLocOpBuilder &b, ArrayRef<Value> args) -> Value {
               if (isMax)
                 return arith::MaximumFOp::create(b, args[0], args[1]);
               return arith::AddFOp::create(b, args[0], args[1]);
             });
  SmallVector<Tensor> both{x, norm};
  return give(node, 0, perElement(node, both, DType::Float, [&](auto v) {
                Term length = kind == "L2" ? sqrt(v[1]) : v[1];
                return select(length == 0, v[0], v[0] / length);
              }));
}

// x == replaced ? imputed : x
LogicalResult importImputer(Node &node) {
  Tensor x = node.tensor(0);
  bool isReal = isFloat(x.dtype);
  FailureOr<Tensor> imputed = failure();
  double replaced = isReal ? node.floatAttr("replaced_value_float", 0)
                           : node.intAttr("replaced_value_int64", 0);
  if (isReal) {
    imputed = featureNumbers(node, "imputed_value_floats", x, x.dtype, 0);
  } else {
    SmallVector<int64_t> numbers{0};
    if (auto given = node.intsAttr("imputed_value_int64s"))
      numbers = *given;
    Tensor wide = constantInts(node, numbers);
    imputed = castTo(node, wide, x.dtype);
  }
  if (failed(imputed))
    return failure();
  SmallVector<Tensor> both{x, *imputed};
  return give(node, 0, perElement(node, both, x.dtype, [&](auto v) {
                Term hit = std::isnan(replaced) ? v[0] != v[0]
                                                : v[0] == v[0].like(replaced);
                return select(hit, v[1], v[0]);
              }));
}

// [N, C0], [N, C1], ... -> [N, C0 + C1 + ...]
LogicalResult importFeatureVectorizer(Node &node) {
  SmallVector<Tensor> parts;
  for (unsigned i = 0; i < node.numInputs(); ++i) {
    Tensor x = castTo(node, node.tensor(i), DType::Float);
    if (x.rank() < 1 || x.rank() > 2)
      return node.bad("needs features of rank 1 or 2, but got rank " +
                      Twine(x.rank()));
    SmallVector<Size> dims(x.dims);
    if (x.rank() == 1) // one feature an entry
      dims.push_back(node.sizes.constant(1));
    auto rows = reshape(node, x, dims);
    if (failed(rows) || (!parts.empty() &&
                         failed(requireEqual(node, rows->dims[0],
                                             parts[0].dims[0], "the batches"))))
      return failure();
    parts.push_back(*rows);
  }
  if (parts.empty())
    return node.bad("has nothing to join");
  return node.result(0, concat(node, parts, 1));
}

// y[.., i] = x[.., indices[i]]
LogicalResult importArrayFeatureExtractor(Node &node) {
  Tensor x = node.tensor(0), indices = node.tensor(1);
  if (x.rank() < 1)
    return node.bad("needs rank 1 or more");
  Sizes &sizes = node.sizes;
  auto flat = reshape(node, indices, {sizes.product(indices.dims)});
  if (failed(flat))
    return failure();
  SmallVector<Size> dims(x.dims);
  dims.back() = flat->dims[0];
  Value source = node.value(x), places = node.value(*flat);
  Emit outer(node.b, node.loc);
  Term size = outer.size(x.dims.back());
  outer.forEach({outer.size(flat->dims[0])}, [&](Terms at) {
    Term index = outer.toIndex(outer.at(places, at));
    outer.require((index >= 0) & (index < size),
                  "node '" + node.proto.name() +
                      "' (ArrayFeatureExtractor): index {0} is outside a "
                      "size of {1}",
                  {index, size});
  });
  Tensor out = generate(node, dims, x.dtype, [&](Emit &e, Terms at) {
    at.back() = e.toIndex(e.at(places, {at.back()}));
    return e.at(source, at);
  });
  if (x.rank() > 1)
    return node.result(0, out);
  return give(node, 0, reshape(node, out, {sizes.constant(1), flat->dims[0]}));
}

// y[.., k] = x == category k
LogicalResult importOneHotEncoder(Node &node) {
  auto categories = node.intsAttr("cats_int64s");
  if (!categories || categories->empty())
    return node.refuse("needs categories of integers; strings have no "
                       "compiled form");
  Tensor x = castTo(node, node.tensor(0), DType::Int64);
  Tensor known = constantInts(node, *categories);
  SmallVector<Size> dims(x.dims), column(x.dims);
  dims.push_back(known.dims[0]);
  column.push_back(node.sizes.constant(1));
  auto wide = reshape(node, x, column);
  if (failed(wide))
    return failure();
  if (!node.intAttr("zeros", 1)) {
    Emit e(node.b, node.loc);
    e.forEach(e.sizes(x.dims), [&](Terms at) {
      Term number = e.at(node.value(x), at);
      Term found = e.loop(e.index(0), e.index(categories->size()),
                          e.boolean(false), [&](Term k, Term any) {
                            return any | (e.at(known.value, {k}) == number);
                          });
      e.require(found,
                "node '" + node.proto.name() +
                    "' (OneHotEncoder): {0} is none of its categories",
                {e.toIndex(number)});
    });
  }
  SmallVector<Tensor> both{*wide, known};
  return give(node, 0, perElement(node, both, DType::Float, [](auto v) {
                Emit &e = *v[0].emit;
                return e.cast(v[0] == v[1], e.b.getF32Type(), false);
              }));
}

/// Keys or values of an encoder: ints, floats or a tensor; strings refused.
FailureOr<Tensor> encoderList(Node &node, StringRef name) {
  if (auto ints = node.intsAttr((name + "_int64s").str()); ints)
    return constantInts(node, *ints);
  if (auto *floats = node.attribute((name + "_floats").str())) {
    SmallVector<double> numbers(floats->floats().begin(),
                                floats->floats().end());
    return constantReals(node, numbers, DType::Float);
  }
  auto *attr = node.attribute((name + "_tensor").str());
  if (!attr || static_cast<DType>(attr->t().data_type()) == DType::String)
    return node.refuse("needs numbers as " + name +
                       "; strings have no compiled form");
  auto tensor = node.importer.importTensor(attr->t(), node.loc);
  if (!tensor)
    return node.bad(llvm::toString(tensor.takeError()));
  return reshape(node, *tensor, {node.sizes.product(tensor->dims)});
}

/// The value for what is no key.
FailureOr<Value> encoderDefault(Node &node, DType dtype) {
  if (auto *attr = node.attribute("default_tensor")) {
    auto tensor = node.importer.importTensor(attr->t(), node.loc);
    if (!tensor)
      return node.bad(llvm::toString(tensor.takeError()));
    return extractScalar(node, *tensor);
  }
  Type type = elementType(node.b.getContext(), dtype);
  return scalar(node, type,
                isFloat(dtype) ? node.floatAttr("default_float", -0.0f)
                               : node.intAttr("default_int64", -1));
}

// y = values[k] where x == keys[k], for the last such k
LogicalResult importLabelEncoder(Node &node) {
  auto keys = encoderList(node, "keys"), values = encoderList(node, "values");
  if (failed(keys) || failed(values) ||
      failed(requireEqual(node, keys->dims[0], values->dims[0],
                          "the keys and values")))
    return failure();
  auto otherwise = encoderDefault(node, values->dtype);
  if (failed(otherwise))
    return failure();
  Tensor x = castTo(node, node.tensor(0), keys->dtype);
  Value from = node.value(*keys), to = node.value(*values);
  Emit outer(node.b, node.loc);
  Term count = outer.size(keys->dims[0]);
  return node.result(0, mapElements(node, x, values->dtype, [&](Term v) {
                       Emit &e = *v.emit;
                       return e.loop(
                           e.index(0), count, e.wrap(*otherwise),
                           [&](Term k, Term found) {
                             Term key = e.at(from, {k}), hit = v == key;
                             if (v.isFloat()) // NaN is a key like others
                               hit = hit | ((v != v) & (key != key));
                             return select(hit, e.at(to, {k}), found);
                           });
                     }));
}

LogicalResult importZipMap(Node &node) {
  return node.refuse("maps have no compiled form; remove this node and use "
                     "the tensor of scores it reads");
}

constexpr DTypes features = bit(DType::Float) | bit(DType::Double) |
                            bit(DType::Int64) | bit(DType::Int32);
constexpr const char *ml = "ai.onnx.ml";

const Registration table[] = {
    {ml, "Binarizer", importBinarizer, features},
    {ml, "Scaler", importScaler, features},
    {ml, "Normalizer", importNormalizer, features},
    {ml, "Imputer", importImputer, features},
    {ml, "FeatureVectorizer", importFeatureVectorizer, features},
    {ml, "ArrayFeatureExtractor", importArrayFeatureExtractor, features},
    {ml, "OneHotEncoder", importOneHotEncoder, features},
    {ml, "LabelEncoder", importLabelEncoder, numbers},
    {ml, "ZipMap", importZipMap, bit(DType::Float)},
};

} // namespace

ArrayRef<Registration> featureOps() { return table; }

} // namespace niello::onnx_frontend
