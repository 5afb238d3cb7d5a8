// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tree ensembles: the trees become constant tables that loops walk.

#include "frontends/onnx/ops/ml/Forest.h"
#include "frontends/onnx/ops/ml/Scores.h"

#include <set>

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

enum class Aggregate { Average, Sum, Min, Max };

/// The tables of a forest as values.
struct Tables {
  Tables(Node &node, const Forest &forest, DType dtype)
      : features(constantInts(node, forest.features).value),
        yes(constantInts(node, forest.yes).value),
        no(constantInts(node, forest.no).value),
        roots(constantInts(node, forest.roots).value),
        votes(constantInts(node, forest.votes).value),
        targets(constantInts(node, forest.targets).value),
        splits(constantReals(node, forest.splits, dtype).value),
        weights(constantReals(node, forest.weights, dtype).value) {
    SmallVector<int64_t> wide(forest.tests.begin(), forest.tests.end());
    tests = constantInts(node, wide).value;
  }
  Value features, yes, no, roots, votes, targets, splits, weights, tests;
};

/// The leaf at which a row ends in a tree:
///   while (at >= 0) at = outcome(x[feature], split) in tests ? yes : no
Term walk(Emit &e, const Tables &tables, Value rows, Term row, Term root) {
  Type wide = e.b.getI64Type();
  Terms end = e.loopWhile(
      {root}, [](Terms s) { return s[0] >= 0; },
      [&](Terms s) -> Terms {
        Term at = e.toIndex(s[0]);
        Term x = e.at(rows, {row, e.toIndex(e.at(tables.features, {at}))});
        Term split = e.at(tables.splits, {at});
        Term outcome = select(x < split, e.integer(wide, Less),
                              select(x == split, e.integer(wide, Same),
                                     select(x > split, e.integer(wide, Greater),
                                            e.integer(wide, Unordered))));
        Term hit = (e.at(tables.tests, {at}) & outcome) != 0;
        return {select(hit, e.at(tables.yes, {at}), e.at(tables.no, {at}))};
      });
  return e.toIndex(-1 - end[0]);
}

/// scores[n, t] over the votes of the leaves that row n ends at.
FailureOr<Tensor> score(Node &node, Forest &forest, Tensor rows,
                        int64_t targets, Aggregate how, ArrayRef<double> base) {
  if (failed(checkForest(node, forest, targets)))
    return failure();
  DType dtype = rows.dtype;
  Emit e(node.b, node.loc);
  int64_t features = 0;
  for (int64_t feature : forest.features)
    features = std::max(features, feature + 1);
  require(node,
          node.sizes.compare(arith::CmpIPredicate::sge, rows.dims[1],
                             node.sizes.constant(features)),
          "needs {1} features, but got {0}", rows.dims[1],
          node.sizes.constant(features));
  Tables tables(node, forest, dtype);
  Type element = elementType(node.b.getContext(), dtype);
  Term start = how == Aggregate::Min   ? e.highest(element)
               : how == Aggregate::Max ? e.lowest(element)
                                       : e.constant(element, 0);
  SmallVector<Size> dims{rows.dims[0], node.sizes.constant(targets)};
  Tensor out = full(node, dims, dtype, start);
  Value source = node.value(rows);
  Terms box{e.size(dims[0]), e.index(forest.roots.size())};
  out.value = e.nest(box, e.wrap(out.value), [&](Terms at, Term sums) {
    Term root = e.at(tables.roots, {at[1]});
    Term leaf = walk(e, tables, source, at[0], root);
    Term from = e.toIndex(e.at(tables.votes, {leaf}));
    Term to = e.toIndex(e.at(tables.votes, {leaf + 1}));
    return e.loop(from, to, sums, [&](Term vote, Term state) {
      Terms place{at[0], e.toIndex(e.at(tables.targets, {vote}))};
      Term old = e.at(state, place), weight = e.at(tables.weights, {vote});
      Term next = how == Aggregate::Min   ? minimum(old, weight)
                  : how == Aggregate::Max ? maximum(old, weight)
                                          : old + weight;
      return e.insert(next, state, place);
    });
  });
  double trees = std::max<size_t>(forest.roots.size(), 1);
  if (how != Aggregate::Sum)
    out = mapElements(node, out, dtype, [&](Term x) {
      if (how == Aggregate::Average)
        return x / trees;
      return select(x == start, x.like(0), x); // a target without votes
    });
  if (base.empty())
    return out;
  if (int64_t(base.size()) != targets)
    return node.bad("needs " + Twine(targets) + " base values, but got " +
                    Twine(base.size()));
  SmallVector<Tensor> both{out, constantReals(node, base, dtype)};
  return perElement(node, both, dtype, [](auto x) { return x[0] + x[1]; });
}

/// The type that scores are compared and summed in.
DType carrier(Node &node, bool hasDoubles) {
  DType dtype = node.dtype(0);
  bool isWide = dtype == DType::Double || dtype == DType::Int64 ||
                dtype == DType::Int32 || hasDoubles;
  return isWide ? DType::Double : DType::Float;
}

LogicalResult importTreeEnsemble(Node &node) {
  Forest forest;
  auto rows = featureRows(node, 0);
  if (failed(rows) || failed(readForest(node, forest)))
    return failure();
  DType outer = rows->dtype, dtype = carrier(node, false);
  int64_t how = node.intAttr("aggregate_function", 1);
  int64_t transform = node.intAttr("post_transform", 0);
  int64_t targets = node.intAttr("n_targets", 1);
  static const char *const transforms[] = {"NONE", "SOFTMAX", "LOGISTIC",
                                           "SOFTMAX_ZERO", "PROBIT"};
  if (how < 0 || how > 3 || transform < 0 || transform > 4 || targets < 1)
    return node.bad("has an unknown aggregate_function or post_transform, or "
                    "no targets");
  auto scores = score(node, forest, castTo(node, *rows, dtype), targets,
                      static_cast<Aggregate>(how), {});
  if (failed(scores))
    return failure();
  auto out = postTransform(node, *scores, transforms[transform]);
  return failed(out) ? failure() : node.result(0, castTo(node, *out, outer));
}

/// Base values, and whether any attribute of the old operators is of doubles.
LogicalResult readBase(Node &node, StringRef prefix, bool &hasDoubles,
                       SmallVector<double> &base) {
  auto given = numbersAttr(node, "base_values");
  if (failed(given))
    return failure();
  if (*given)
    base = **given;
  hasDoubles = node.attribute("nodes_values_as_tensor") ||
               node.attribute((prefix + "_weights_as_tensor").str());
  return success();
}

LogicalResult importRegressor(Node &node) {
  Forest forest;
  SmallVector<double> base;
  bool hasDoubles;
  auto rows = featureRows(node, 0);
  if (failed(rows) || failed(readOldForest(node, "target", forest)) ||
      failed(readBase(node, "target", hasDoubles, base)))
    return failure();
  auto how = llvm::StringSwitch<std::optional<Aggregate>>(
                 node.stringAttr("aggregate_function", "SUM"))
                 .Case("AVERAGE", Aggregate::Average)
                 .Case("SUM", Aggregate::Sum)
                 .Case("MIN", Aggregate::Min)
                 .Case("MAX", Aggregate::Max)
                 .Default(std::nullopt);
  int64_t targets = node.intAttr("n_targets", 1);
  if (!how || targets < 1)
    return node.bad("has an unknown aggregate_function, or no targets");
  DType dtype = carrier(node, hasDoubles);
  auto scores =
      score(node, forest, castTo(node, *rows, dtype), targets, *how, base);
  if (failed(scores))
    return failure();
  auto out =
      postTransform(node, *scores, node.stringAttr("post_transform", "NONE"));
  return failed(out) ? failure()
                     : node.result(0, castTo(node, *out, DType::Float));
}

/// Two classes and votes for the first alone, as gradient boosting has them: s
/// is the score of the second class, that of the first 1 - s for probabilities
/// and -s for margins, which is what a logistic transform takes.
LogicalResult finishBinary(Node &node, Tensor scores, bool areProbabilities,
                           ArrayRef<int64_t> labels) {
  std::string kind = node.stringAttr("post_transform", "NONE");
  if (node.wantsOutput(0))
    (void)node.result(
        0, binaryLabels(node, scores, areProbabilities ? 0.5 : 0, labels));
  SmallVector<Tensor> both{
      mapElements(node, scores, scores.dtype, [](Term s) { return 1 - s; }),
      scores};
  auto out = areProbabilities && kind != "LOGISTIC"
                 ? postTransform(node, concat(node, both, 1), kind)
                 : marginScores(node, scores, kind);
  return failed(out) ? failure()
                     : node.result(1, castTo(node, *out, DType::Float));
}

LogicalResult importClassifier(Node &node) {
  Forest forest;
  SmallVector<double> base;
  bool hasDoubles;
  auto rows = featureRows(node, 0);
  auto labels = classLabels(node, "classlabels_int64s", "classlabels_strings");
  if (failed(rows) || failed(labels) ||
      failed(readOldForest(node, "class", forest)) ||
      failed(readBase(node, "class", hasDoubles, base)))
    return failure();
  DType dtype = carrier(node, hasDoubles);
  Tensor x = castTo(node, *rows, dtype);
  std::set<int64_t> voted(forest.targets.begin(), forest.targets.end());
  bool areProbabilities =
      llvm::all_of(forest.weights, [](double weight) { return weight >= 0; });
  bool isBinary = labels->size() == 2 && voted.size() == 1;
  if (isBinary && *voted.begin() == 0) {
    if (base.size() == 2)
      base.erase(base.begin());
    auto scores = score(node, forest, x, 1, Aggregate::Sum, base);
    return failed(scores)
               ? failure()
               : finishBinary(node, *scores, areProbabilities, *labels);
  }
  auto scores = score(node, forest, x, labels->size(), Aggregate::Sum, base);
  if (failed(scores))
    return failure();
  if (node.wantsOutput(0))
    (void)node.result(0, isBinary
                             ? binaryLabels(node, *scores,
                                            areProbabilities ? 0.5 : 0, *labels)
                             : topLabels(node, *scores, *labels));
  auto out =
      postTransform(node, *scores, node.stringAttr("post_transform", "NONE"));
  return failed(out) ? failure()
                     : node.result(1, castTo(node, *out, DType::Float));
}

constexpr DTypes features = bit(DType::Float) | bit(DType::Double) |
                            bit(DType::Int64) | bit(DType::Int32);

const Registration table[] = {
    {"ai.onnx.ml", "TreeEnsemble", importTreeEnsemble,
     bit(DType::Float) | bit(DType::Double) | bit(DType::Float16)},
    {"ai.onnx.ml", "TreeEnsembleRegressor", importRegressor, features},
    {"ai.onnx.ml", "TreeEnsembleClassifier", importClassifier, features},
};

} // namespace

ArrayRef<Registration> treeOps() { return table; }

} // namespace niello::onnx_frontend
