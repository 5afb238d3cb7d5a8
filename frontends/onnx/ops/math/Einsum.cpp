// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Einstein summation: an equation names the dimensions, and becomes the
// indexing maps of one structured op.

#include "frontends/onnx/ops/Terms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

/// The letters of a term; the dimensions that `...` stands for have the
/// letters 0, 1, ... counted from the last.
using Letters = SmallVector<int>;
constexpr int ellipsis = -1;

FailureOr<Letters> letters(Node &node, StringRef term) {
  Letters out;
  bool hasEllipsis = false;
  while (!term.empty()) {
    if (term.consume_front("...")) {
      if (hasEllipsis)
        return node.bad("has two ellipses in one term");
      hasEllipsis = true;
      out.push_back(ellipsis);
    } else if (llvm::isAlpha(term.front())) {
      out.push_back(term.front());
      term = term.drop_front();
    } else {
      return node.bad("has '" + term.take_front() + "' in its equation");
    }
  }
  return out;
}

/// Writes the ellipsis out for a term that stands for `rank` dimensions.
FailureOr<Letters> expand(Node &node, const Letters &term, int64_t rank) {
  Letters out;
  int64_t named = llvm::count_if(term, [](int c) { return c != ellipsis; });
  bool hasEllipsis = llvm::is_contained(term, ellipsis);
  if (hasEllipsis ? named > rank : named != rank)
    return node.bad("names " + Twine(named) +
                    " dimensions of an operand of "
                    "rank " +
                    Twine(rank));
  for (int c : term)
    if (c != ellipsis)
      out.push_back(c);
    else
      for (int64_t i = rank - named; i-- > 0;)
        out.push_back(i);
  return out;
}

struct Equation {
  SmallVector<Letters> operands;
  Letters result;
};

FailureOr<Equation> readEquation(Node &node) {
  std::string text = node.stringAttr("equation", "");
  llvm::erase(text, ' ');
  auto [left, right] = StringRef(text).split("->");
  bool isImplicit = !StringRef(text).contains("->");
  SmallVector<StringRef> parts;
  left.split(parts, ',');
  if (parts.size() != node.numInputs())
    return node.bad("has " + Twine(parts.size()) + " terms for " +
                    Twine(node.numInputs()) + " operands");
  Equation equation;
  std::map<int, int> uses;
  int64_t batch = 0;
  for (auto [i, part] : llvm::enumerate(parts)) {
    auto term = letters(node, part);
    if (failed(term))
      return failure();
    auto wide = expand(node, *term, node.tensor(i).rank());
    if (failed(wide))
      return failure();
    for (int c : *wide) {
      ++uses[c];
      if (c < 26)
        batch = std::max<int64_t>(batch, c + 1);
    }
    equation.operands.push_back(*wide);
  }
  if (isImplicit) { // the ellipsis, then what occurs once, sorted
    for (int64_t i = batch; i-- > 0;)
      equation.result.push_back(i);
    for (auto [c, count] : uses)
      if (c >= 26 && count == 1)
        equation.result.push_back(c);
    return equation;
  }
  auto term = letters(node, right);
  if (failed(term))
    return failure();
  int64_t named = llvm::count_if(*term, [](int c) { return c != ellipsis; });
  bool hasEllipsis = llvm::is_contained(*term, ellipsis);
  auto wide = expand(node, *term, named + (hasEllipsis ? batch : 0));
  if (failed(wide))
    return failure();
  equation.result = *wide;
  for (int c : equation.result)
    if (!uses.count(c) || llvm::count(equation.result, c) > 1)
      return node.bad("has a result dimension that no operand has, or twice");
  return equation;
}

// y[result] = sum over the other letters of the product of the operands
LogicalResult importEinsum(Node &node) {
  auto equation = readEquation(node);
  if (failed(equation))
    return failure();
  std::map<int, unsigned> position; // of a letter among the loops
  SmallVector<int> order(equation->result);
  for (Letters &term : equation->operands)
    order.append(term);
  for (int c : order)
    position.insert({c, position.size()});
  // Sizes of 1 stretch under an ellipsis, as in broadcasting.
  SmallVector<Size> sizes(position.size(), node.sizes.constant(1));
  for (auto [i, term] : llvm::enumerate(equation->operands))
    for (auto [at, c] : llvm::enumerate(term)) {
      Size &size = sizes[position[c]];
      auto common = broadcastDims(node, {size, node.tensor(i).dims[at]});
      if (failed(common))
        return failure();
      size = common->front();
    }

  MLIRContext *context = node.b.getContext();
  auto mapOf = [&](const Letters &term) {
    SmallVector<AffineExpr> exprs;
    for (int c : term)
      exprs.push_back(getAffineDimExpr(position[c], context));
    return AffineMap::get(position.size(), 0, exprs, context);
  };
  auto dimsOf = [&](const Letters &term) {
    SmallVector<Size> dims;
    for (int c : term)
      dims.push_back(sizes[position[c]]);
    return dims;
  };
  DType dtype = node.dtype(0);
  bool isNarrow = dtype == DType::Float16 || dtype == DType::BFloat16;
  DType carrier = isNarrow ? DType::Float : dtype;
  SmallVector<Value> operands;
  SmallVector<AffineMap> maps;
  for (auto [i, term] : llvm::enumerate(equation->operands)) {
    operands.push_back(broadcastTo(node, node.tensor(i), dimsOf(term)).value);
    maps.push_back(mapOf(term));
  }
  maps.push_back(mapOf(equation->result));
  Emit e(node.b, node.loc);
  Type type = elementType(context, carrier);
  Tensor out =
      full(node, dimsOf(equation->result), carrier, e.constant(type, 0));
  out.value = e.structured(operands, maps, e.wrap(out.value), [&](Terms args) {
    Term product = e.cast(args[0], type);
    for (Term next : ArrayRef<Term>(args).slice(1, operands.size() - 1))
      product = product * e.cast(next, type);
    return args.back() + product;
  });
  return node.result(0, castTo(node, out, dtype));
}

const Registration table[] = {
    {"", "Einsum", importEinsum, numbers},
};

} // namespace

ArrayRef<Registration> einsumOps() { return table; }

} // namespace niello::onnx_frontend
