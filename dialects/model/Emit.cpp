// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Terms.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace niello;
using namespace niello::model;

static SmallVector<Value> toValues(ArrayRef<Term> terms) {
  return SmallVector<Value>(terms.begin(), terms.end());
}

SmallVector<OpFoldResult> niello::model::toFoldResults(ArrayRef<Term> sizes) {
  SmallVector<OpFoldResult> results;
  for (Term size : sizes)
    results.push_back(getAsOpFoldResult(size.value));
  return results;
}

Terms Emit::wrap(ValueRange values) {
  Terms terms;
  for (Value value : values)
    terms.push_back(wrap(value));
  return terms;
}

Term Emit::size(OpFoldResult size) {
  if (std::optional<int64_t> constant = getConstantIntValue(size))
    return index(*constant);
  return wrap(llvm::cast<Value>(size));
}

Terms Emit::sizes(ArrayRef<OpFoldResult> sizes) {
  Terms terms;
  for (OpFoldResult one : sizes)
    terms.push_back(size(one));
  return terms;
}

// A tensor above `value` with the same sizes, or nothing.
static Value sameSizes(OpResult value) {
  Operation *op = value.getOwner();
  if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
    return destination.getTiedOpOperand(value)->get();
  if (auto insert = dyn_cast<tensor::InsertOp>(op))
    return insert.getDest();
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    return cast.getSource();
  if (!OpTrait::hasElementwiseMappableTraits(op))
    return Value();
  for (Value operand : op->getOperands())
    if (isa<RankedTensorType>(operand.getType()))
      return operand;
  return Value();
}

Term Emit::dim(Value tensor, int64_t axis) {
  while (true) {
    auto type = llvm::cast<RankedTensorType>(tensor.getType());
    if (!type.isDynamicDim(axis))
      return index(type.getDimSize(axis));
    if (auto empty = tensor.getDefiningOp<tensor::EmptyOp>())
      return size(empty.getMixedSizes()[axis]);
    if (auto split = tensor.getDefiningOp<tensor::ExpandShapeOp>())
      return size(split.getMixedOutputShape()[axis]);
    if (auto stretch = tensor.getDefiningOp<BroadcastOp>())
      return size(stretch.getMixedSizes()[axis]);
    auto merge = tensor.getDefiningOp<tensor::CollapseShapeOp>();
    if (merge && merge.getReassociationIndices()[axis].size() == 1) {
      axis = merge.getReassociationIndices()[axis].front();
      tensor = merge.getSrc();
      continue;
    }
    auto result = dyn_cast<OpResult>(tensor);
    Value above = result ? sameSizes(result) : Value();
    if (!above)
      return wrap(b.createOrFold<tensor::DimOp>(loc, tensor, axis));
    tensor = above;
  }
}

Terms Emit::dims(Value tensor) {
  Terms sizes;
  for (int64_t i :
       llvm::seq(llvm::cast<RankedTensorType>(tensor.getType()).getRank()))
    sizes.push_back(dim(tensor, i));
  return sizes;
}

Term Emit::at(Value tensor, ArrayRef<Term> place) {
  return wrap(b.createOrFold<tensor::ExtractOp>(loc, tensor, toValues(place)));
}

Term Emit::insert(Term element, Term tensor, ArrayRef<Term> place) {
  return wrap(
      tensor::InsertOp::create(b, loc, element, tensor, toValues(place)));
}

Term Emit::empty(ArrayRef<Term> sizes, Type element) {
  return wrap(tensor::EmptyOp::create(b, loc, toFoldResults(sizes), element));
}

Term Emit::filled(ArrayRef<Term> sizes, Term element) {
  Value destination = empty(sizes, element.getType());
  return wrap(
      linalg::FillOp::create(b, loc, element.value, destination).getResult(0));
}

Term Emit::generate(ArrayRef<Term> sizes, Type element, Body body) {
  Value destination = empty(sizes, element);
  int64_t rank = sizes.size();
  auto generic = linalg::GenericOp::create(
      b, loc, destination.getType(), ValueRange(), destination,
      b.getMultiDimIdentityMap(rank),
      SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
      [&](OpBuilder &, Location, ValueRange) {
        Terms place;
        for (int64_t i : llvm::seq(rank))
          place.push_back(wrap(linalg::IndexOp::create(b, loc, i)));
        linalg::YieldOp::create(b, loc, body(place).value);
      });
  return wrap(generic.getResult(0));
}

Term Emit::structured(ValueRange inputs, ArrayRef<AffineMap> maps, Term init,
                      Body body) {
  AffineMap out = maps.back();
  SmallVector<utils::IteratorType> kinds(out.getNumDims(),
                                         utils::IteratorType::reduction);
  for (AffineExpr place : out.getResults())
    if (auto dim = dyn_cast<AffineDimExpr>(place))
      kinds[dim.getPosition()] = utils::IteratorType::parallel;
  auto generic = linalg::GenericOp::create(
      b, loc, init.getType(), inputs, init.value, maps, kinds,
      [&](OpBuilder &, Location, ValueRange elements) {
        linalg::YieldOp::create(b, loc, body(wrap(elements)).value);
      });
  return wrap(generic.getResult(0));
}

Term Emit::castElements(Term tensor, Type element, bool isSigned) {
  if (getElementTypeOrSelf(tensor.getType()) == element)
    return tensor;
  AffineMap identity = b.getMultiDimIdentityMap(
      llvm::cast<RankedTensorType>(tensor.getType()).getRank());
  return structured(
      tensor.value, {identity, identity}, empty(dims(tensor), element),
      [&](Terms elements) { return cast(elements[0], element, isSigned); });
}

Terms Emit::loop(Term from, Term to, ArrayRef<Term> state,
                 function_ref<Terms(Term, Terms)> body) {
  Value one = index(1);
  auto loop = scf::ForOp::create(
      b, loc, from, to, one, toValues(state),
      [&](OpBuilder &, Location, Value i, ValueRange carried) {
        Terms next = body(wrap(i), wrap(carried));
        scf::YieldOp::create(b, loc, toValues(next));
      });
  return wrap(loop.getResults());
}

Term Emit::loop(Term from, Term to, Term state,
                function_ref<Term(Term, Term)> body) {
  return loop(from, to, ArrayRef<Term>(state), [&](Term i, Terms carried) {
    return Terms{body(i, carried[0])};
  })[0];
}

Terms Emit::loopWhile(ArrayRef<Term> state, function_ref<Term(Terms)> condition,
                      function_ref<Terms(Terms)> body) {
  SmallVector<Type> types;
  for (Term term : state)
    types.push_back(term.getType());
  auto loop = scf::WhileOp::create(
      b, loc, types, toValues(state),
      [&](OpBuilder &, Location, ValueRange carried) {
        Term go = condition(wrap(carried));
        scf::ConditionOp::create(b, loc, go, carried);
      },
      [&](OpBuilder &, Location, ValueRange carried) {
        scf::YieldOp::create(b, loc, toValues(body(wrap(carried))));
      });
  return wrap(loop.getResults());
}

static Terms nestFrom(Emit &e, ArrayRef<Term> sizes, Terms place,
                      ArrayRef<Term> state,
                      function_ref<Terms(Terms, Terms)> body) {
  if (place.size() == sizes.size())
    return body(place, Terms(state));
  return e.loop(e.index(0), sizes[place.size()], state,
                [&](Term i, Terms carried) {
                  Terms inner = place;
                  inner.push_back(i);
                  return nestFrom(e, sizes, inner, carried, body);
                });
}

Terms Emit::nest(ArrayRef<Term> sizes, ArrayRef<Term> state,
                 function_ref<Terms(Terms, Terms)> body) {
  return nestFrom(*this, sizes, {}, state, body);
}

Term Emit::nest(ArrayRef<Term> sizes, Term state,
                function_ref<Term(Terms, Term)> body) {
  return nest(sizes, ArrayRef<Term>(state), [&](Terms place, Terms carried) {
    return Terms{body(place, carried[0])};
  })[0];
}

void Emit::forEach(ArrayRef<Term> sizes, function_ref<void(Terms)> body) {
  nest(sizes, ArrayRef<Term>(), [&](Terms place, Terms) {
    body(place);
    return Terms();
  });
}

Terms Emit::branches(Term condition, function_ref<Terms()> then,
                     function_ref<Terms()> otherwise) {
  auto fill = [&](function_ref<Terms()> side) {
    return [&, side](OpBuilder &, Location) {
      scf::YieldOp::create(b, loc, toValues(side()));
    };
  };
  return wrap(scf::IfOp::create(b, loc, condition, fill(then), fill(otherwise))
                  .getResults());
}

Term Emit::branch(Term condition, function_ref<Term()> then,
                  function_ref<Term()> otherwise) {
  return branches(
      condition, [&] { return Terms{then()}; },
      [&] { return Terms{otherwise()}; })[0];
}

void Emit::require(Term condition, StringRef sentence, ArrayRef<Term> numbers) {
  if (constantOf(condition).value_or(0))
    return;
  RequireOp::create(b, loc, condition, kFailedCheck, sentence,
                    toValues(numbers));
}

void Emit::requireEqual(Term a, Term b, StringRef sentence) {
  if (!sameSize(a, b))
    require(a == b, sentence, {a, b});
}

bool niello::model::sameSize(Value a, Value b) {
  if (a == b)
    return true;
  Operation *left = a.getDefiningOp(), *right = b.getDefiningOp();
  if (!left || !right || left->getName() != right->getName() ||
      !isMemoryEffectFree(left) || left->getNumRegions() != 0 ||
      left->getNumResults() != 1 ||
      left->getNumOperands() != right->getNumOperands() ||
      left->getAttrDictionary() != right->getAttrDictionary())
    return false;
  // Tensors must be the same value: following them further could be long.
  return llvm::all_of(
      llvm::zip(left->getOperands(), right->getOperands()), [](auto pair) {
        auto [x, y] = pair;
        return x == y || (x.getType().isIndex() && sameSize(x, y));
      });
}

Aligned niello::model::align(Emit &e, Value x, ArrayRef<Term> sizes) {
  Terms own = e.dims(x);
  int64_t shift = int64_t(sizes.size()) - int64_t(own.size());
  Aligned aligned{x, {}};
  SmallVector<bool> open(own.size());
  for (auto [i, size] : llvm::enumerate(own)) {
    Term target = sizes[i + shift];
    std::optional<int64_t> constant = constantOf(size);
    open[i] = !constant && !sameSize(size, target);
    if (constant == 1)
      aligned.places.push_back(e.b.getAffineConstantExpr(0));
    else
      aligned.places.push_back(e.b.getAffineDimExpr(i + shift));
    if (open[i])
      e.require((size == 1) | (size == target),
                "a size of {0} does not broadcast to {1}", {size, target});
    else if (constant != 1)
      e.requireEqual(size, target, "a size of {0} does not broadcast to {1}");
  }
  if (!llvm::is_contained(open, true))
    return aligned;
  Terms stretched = own;
  for (auto [i, isOpen] : llvm::enumerate(open))
    if (isOpen)
      stretched[i] = sizes[i + shift];
  aligned.value =
      e.generate(stretched, getElementTypeOrSelf(x), [&](Terms place) {
        for (auto [i, isOpen] : llvm::enumerate(open))
          if (isOpen)
            place[i] = select(own[i] == 1, e.index(0), place[i]);
        return e.at(x, place);
      });
  return aligned;
}
