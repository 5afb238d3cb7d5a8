// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/model/Indices.h"
#include "dialects/model/Sizes.h"

#include "mlir/IR/Matchers.h"

using namespace niello;
using namespace niello::model;

Term model::readIndex(Emit &e, Value indices, ArrayRef<Term> place, Term size) {
  Term index = e.toIndex(e.at(indices, place));
  return select(index < 0, index + size, index);
}

// Whether all indices are constants in range of constant sizes.
static bool knownInRange(Value indices, ArrayRef<Term> sizes) {
  DenseIntElementsAttr constants;
  if (!matchPattern(indices, m_Constant(&constants)))
    return false;
  size_t i = 0;
  for (const APInt &index : constants.getValues<APInt>()) {
    std::optional<int64_t> size = constantOf(sizes[i++ % sizes.size()]);
    if (!size || index.getSExtValue() < -*size || index.getSExtValue() >= *size)
      return false;
  }
  return true;
}

void model::requireInRange(Emit &e, Value indices, ArrayRef<Term> sizes) {
  if (knownInRange(indices, sizes))
    return;
  bool named = sizes.size() > 1;
  Terms outer = e.dims(indices);
  if (named)
    outer.pop_back();
  e.forEach(outer, [&](Terms place) {
    for (auto [i, size] : llvm::enumerate(sizes)) {
      Terms at = place;
      if (named)
        at.push_back(e.index(i));
      Term index = e.toIndex(e.at(indices, at));
      e.require((index >= 0 - size) & (index < size),
                "index {0} is outside a size of {1}", {index, size});
    }
  });
}
