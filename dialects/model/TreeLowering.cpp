// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Model.h"
#include "dialects/model/Sizes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace niello;
using namespace niello::model;

namespace {

// The tables as constants.
struct Tables {
  Value features, values, modes, yes, no, missing, roots, targets, weights;
};

} // namespace

static Value table(Emit &e, DenseElementsAttr elements) {
  return arith::ConstantOp::create(e.b, e.loc, elements);
}

static Value integers(Emit &e, ArrayRef<int32_t> numbers) {
  auto type =
      RankedTensorType::get({int64_t(numbers.size())}, e.b.getI32Type());
  return table(e, DenseElementsAttr::get(type, numbers));
}

static Value reals(Emit &e, ArrayRef<double> numbers, Type element) {
  auto type = RankedTensorType::get({int64_t(numbers.size())}, element);
  SmallVector<Attribute> elements;
  for (double number : numbers)
    elements.push_back(FloatAttr::get(element, number));
  return table(e, DenseElementsAttr::get(type, elements));
}

static Tables tablesOf(Emit &e, TreeEnsembleOp op, Type sum) {
  auto flags =
      RankedTensorType::get({int64_t(op.getMissing().size())}, e.b.getI1Type());
  return {integers(e, op.getFeatures()),
          reals(e, op.getValues(), sum),
          integers(e, op.getModes()),
          integers(e, op.getYes()),
          integers(e, op.getNo()),
          table(e, DenseElementsAttr::get(flags, op.getMissing())),
          integers(e, op.getRoots()),
          integers(e, op.getTargets()),
          reals(e, op.getWeights(), sum)};
}

// Whether the row's number passes the node's test.
static Term passes(Emit &e, TreeEnsembleOp op, const Tables &tables, Term row,
                   Term node, Type sum) {
  Term feature = e.toIndex(e.at(tables.features, {node}));
  Term x = e.cast(e.at(op.getInput(), {row, feature}), sum);
  Term value = e.at(tables.values, {node}), mode = e.at(tables.modes, {node});
  Term yes = (x != x) & e.at(tables.missing, {node});
  auto when = [&](TreeMode kind, Term holds) {
    yes = yes | ((mode == int32_t(kind)) & holds);
  };
  when(TreeMode::LessEqual, x <= value);
  when(TreeMode::Less, x < value);
  when(TreeMode::GreaterEqual, x >= value);
  when(TreeMode::Greater, x > value);
  when(TreeMode::Equal, x == value);
  when(TreeMode::NotEqual, x != value);
  return yes;
}

// The leaf that a row reaches from a root.
static Term leafOf(Emit &e, TreeEnsembleOp op, const Tables &tables, Term row,
                   Term root, Type sum) {
  return e.loopWhile(
      root,
      [&](Terms node) {
        return e.at(tables.modes, {node[0]}) != int32_t(TreeMode::Leaf);
      },
      [&](Terms node) {
        Term next =
            select(passes(e, op, tables, row, node[0], sum),
                   e.at(tables.yes, {node[0]}), e.at(tables.no, {node[0]}));
        return Terms{e.toIndex(next)};
      })[0];
}

// What a target's number becomes with one more weight; `isNew` is for the
// first.
static Term combine(TreeEnsembleOp op, Term before, Term weight, Term isNew) {
  switch (op.getAggregate()) {
  case Aggregate::Sum:
  case Aggregate::Average:
    return before + weight;
  case Aggregate::Min:
    return select(isNew, weight, minimum(before, weight));
  case Aggregate::Max:
    return select(isNew, weight, maximum(before, weight));
  }
  llvm_unreachable("unknown aggregate");
}

FailureOr<SmallVector<Value>> TreeEnsembleOp::lowerPlain(OpBuilder &builder) {
  Emit e(builder, getLoc());
  Type type = elementType(getInput()), sum = sumType(type);
  Terms sizes = resultSizes(e, *this);
  int32_t columns = 0;
  for (auto [feature, mode] : llvm::zip(getFeatures(), getModes()))
    if (mode != int32_t(TreeMode::Leaf))
      columns = std::max(columns, feature + 1);
  Term have = e.dim(getInput(), 1);
  e.require(have >= columns,
            "tree_ensemble needs {1} columns or more, but got {0}",
            {have, e.index(columns)});
  Tables tables = tablesOf(e, *this, sum);
  Term no = e.boolean(false), yes = e.boolean(true);

  Terms start{e.filled(sizes, e.constant(sum, 0)), e.filled(sizes, no)};
  Terms end =
      e.nest({sizes[0], e.index(getRoots().size())}, start,
             [&](Terms at, Terms state) {
               Term root = e.toIndex(e.at(tables.roots, {at[1]}));
               Term leaf = leafOf(e, *this, tables, at[0], root, sum);
               Term first = e.toIndex(e.at(tables.yes, {leaf}));
               Term last = e.toIndex(e.at(tables.no, {leaf}));
               return e.loop(first, last, state, [&](Term i, Terms inner) {
                 Terms place{at[0], e.toIndex(e.at(tables.targets, {i}))};
                 Term next =
                     combine(*this, e.at(inner[0], place),
                             e.at(tables.weights, {i}), !e.at(inner[1], place));
                 return Terms{e.insert(next, inner[0], place),
                              e.insert(yes, inner[1], place)};
               });
             });
  double divisor = getAggregate() == Aggregate::Average
                       ? std::max<double>(1, getRoots().size())
                       : 1;
  Term result = e.generate(sizes, type, [&](Terms place) {
    Term total = e.at(end[0], place);
    return e.cast(divisor == 1 ? total : total / divisor, type);
  });
  return SmallVector<Value>{result};
}
