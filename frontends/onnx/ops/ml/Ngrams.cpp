// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TfIdfVectorizer: how often each n-gram of a pool stands in a row.

#include "frontends/onnx/ops/ml/Scores.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

/// The n-grams by the result's column: `size` is 0 where a column has none.
struct Columns {
  int64_t width = 1;           // the most items of a gram
  SmallVector<int64_t> size;   // [columns]
  SmallVector<int64_t> items;  // [columns, width]
  SmallVector<double> weights; // [columns]
};

/// weights, one a gram of the pool; all 1 where the attribute is absent.
FailureOr<SmallVector<double>> readWeights(Node &node, size_t grams) {
  SmallVector<double> weights(grams, 1);
  auto given = node.floatsAttr("weights");
  if (!given)
    return weights;
  if (given->size() != grams)
    return node.bad("needs " + Twine(grams) + " weights, but got " +
                    Twine(given->size()));
  weights.assign(given->begin(), given->end());
  return weights;
}

/// Reads pool_int64s, which has all 1-grams, then all 2-grams, .. from the
/// places in ngram_counts on; ngram_indexes has a column for each gram.
FailureOr<Columns> readColumns(Node &node, int64_t least, int64_t most) {
  auto pool = node.intsAttr("pool_int64s");
  auto starts = node.intsAttr("ngram_counts");
  auto places = node.intsAttr("ngram_indexes");
  if (!pool)
    return node.refuse("strings have no compiled form: number the words "
                       "before the model, and give pool_int64s");
  if (!starts || !places || places->empty())
    return node.bad("needs ngram_counts and ngram_indexes");
  constexpr int64_t maxColumns = 1 << 24; // a row of 64 MB
  int64_t last = *llvm::max_element(*places);
  if (*llvm::min_element(*places) < 0 || last >= maxColumns)
    return node.bad("needs ngram_indexes from 0 to " + Twine(maxColumns - 1));
  auto weights = readWeights(node, places->size());
  if (failed(weights))
    return failure();
  Columns columns;
  columns.weights.assign(last + 1, 0);
  columns.width = std::clamp<int64_t>(most, 1, starts->size());
  constexpr int64_t mostItems = 1 << 26; // 512 MB
  if ((last + 1) * columns.width > mostItems)
    return node.refuse("more than " + Twine(mostItems) +
                       " columns times items of a gram");
  columns.size.assign(last + 1, 0);
  columns.items.assign((last + 1) * columns.width, 0);
  SmallVector<bool> taken(last + 1, false);
  size_t gram = 0;
  for (size_t n = 1; n <= starts->size(); ++n) {
    int64_t from = (*starts)[n - 1],
            to = n < starts->size() ? (*starts)[n] : pool->size();
    if (from < 0 || to < from || to > int64_t(pool->size()) ||
        (to - from) % n != 0)
      return node.bad("needs ngram_counts that cut the pool in whole grams");
    for (; from < to; from += n, ++gram) {
      if (gram >= places->size())
        return node.bad("needs a column in ngram_indexes for each gram");
      int64_t column = (*places)[gram];
      if (std::exchange(taken[column], true))
        return node.refuse("needs a column of its own for each gram");
      if (int64_t(n) < least || int64_t(n) > most)
        continue;
      columns.size[column] = n;
      columns.weights[column] = (*weights)[gram];
      std::copy_n(pool->begin() + from, n,
                  columns.items.begin() + column * columns.width);
    }
  }
  return columns;
}

/// The counts as mode has them: TF, whether there is one times its weight
/// (IDF), or weighted counts (TFIDF).
FailureOr<Tensor> weigh(Node &node, Tensor counts, ArrayRef<double> weights) {
  std::string mode = node.stringAttr("mode", "");
  if (mode != "TF" && mode != "IDF" && mode != "TFIDF")
    return node.bad("needs a mode of TF, IDF or TFIDF, but got " + mode);
  if (mode == "TF")
    return counts;
  SmallVector<Tensor> both{counts, constantReals(node, weights, DType::Float)};
  return perElement(node, both, DType::Float, [&](ArrayRef<Term> x) {
    return mode == "TFIDF" ? x[0] * x[1] : select(x[0] > 0, x[1], x[1].like(0));
  });
}

// result[r, c] = how many (s, i), s up to max_skip_count, have x[r, i + j (s +
// 1)] = items[c, j] for all j. A gram of one item has no gaps: s = 0 only.
LogicalResult importTfIdfVectorizer(Node &node) {
  int64_t least = node.intAttr("min_gram_length", 1),
          most = node.intAttr("max_gram_length", 1),
          skips = node.intAttr("max_skip_count", 0);
  if (least < 1 || most < least || skips < 0)
    return node.bad("needs 1 <= min_gram_length <= max_gram_length and a "
                    "max_skip_count of 0 or more");
  auto columns = readColumns(node, least, most);
  if (failed(columns))
    return failure();
  Tensor x = castTo(node, node.tensor(0), DType::Int64);
  if (x.rank() != 1 && x.rank() != 2)
    return node.bad("needs rank 1 or 2, but got " + Twine(x.rank()));
  Value rows = node.value(x);
  Tensor sizes = constantInts(node, columns->size),
         items = constantInts(node, columns->items);
  Value sizeOf = node.value(sizes), itemsOf = node.value(items);
  SmallVector<Size> dims(ArrayRef(x.dims).drop_back());
  dims.push_back(node.sizes.constant(columns->size.size()));
  Size length = x.dims.back();
  Tensor counts = generate(node, dims, DType::Float, [&](Emit &e, Terms at) {
    Term column = at.back(), size = e.toIndex(e.at(sizeOf, {column}));
    Term end = e.size(length);
    Term none = e.constant(e.b.getF32Type(), 0);
    // Gaps as long as the row leave room for no second item.
    Term gaps = minimum(e.index(skips), end) + 1;
    return e.nest({gaps, end}, none, [&](Terms tap, Term sum) {
      Term step = tap[0] + 1;
      Term fits = (size > 0) & (tap[1] + step * (size - 1) < end) &
                  ((size > 1) | (tap[0] == 0));
      Term count = select(fits, size, size.like(0));
      Term hit = e.loop(e.index(0), count, fits, [&](Term j, Term all) {
        Terms place(ArrayRef<Term>(at).drop_back());
        place.push_back(tap[1] + j * step);
        Term item = e.at(itemsOf, {column * double(columns->width) + j});
        return all & (e.at(rows, place) == item);
      });
      return select(hit, sum + 1, sum);
    });
  });
  return give(node, 0, weigh(node, counts, columns->weights));
}

const Registration table[] = {
    {"", "TfIdfVectorizer", importTfIdfVectorizer,
     bit(DType::Int32) | bit(DType::Int64)},
};

} // namespace

ArrayRef<Registration> ngramOps() { return table; }

} // namespace niello::onnx_frontend
