// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/plan/Outliner.h"

using namespace mlir;
using namespace niello;

// "/encoder/layer.0/MatMul" -> "encoder_layer_0_MatMul"
static std::string toIdentifier(StringRef source) {
  std::string symbol;
  for (char c : source) {
    if (llvm::isAlnum(c))
      symbol += c;
    else if (!symbol.empty() && symbol.back() != '_')
      symbol += '_';
  }
  return StringRef(symbol).rtrim('_').str();
}

// "/encoder/layer.0/MatMul + Add" -> "encoder_layer_0_MatMul_Add", cut to a
// length that is still pleasant in a profile. The root, which comes first,
// keeps its end, where its name differs from its neighbours'.
static std::string toSymbol(StringRef source) {
  constexpr size_t longest = 48;
  std::string root = toIdentifier(source.split(" + ").first);
  if (root.size() > longest)
    return StringRef(root).take_back(longest).ltrim('_').str();
  std::string symbol = toIdentifier(source).substr(0, longest);
  return StringRef(symbol).rtrim('_').str();
}

// What two functions must share to be one.
static std::string textOf(func::FuncOp function) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  function->print(
      stream, OpPrintingFlags().useLocalScope().elideLargeElementsAttrs(-1));
  return text;
}

func::FuncOp Outliner::add(func::FuncOp function, StringRef source) {
  Builder builder(function.getContext());
  function.setPrivate();
  // LLVM would inline whatever is called once into one function of everything,
  // which takes it minutes and leaves nothing to see in a profile.
  function->setAttr("passthrough", builder.getStrArrayAttr({"noinline"}));
  auto [entry, isNew] = known.try_emplace(textOf(function), function);
  if (!isNew) {
    function->erase();
    return entry->second;
  }
  function.setName(prefix + "_" + std::to_string(known.size() - 1) + "_" +
                   toSymbol(source));
  function->setAttr("kernel.source", builder.getStringAttr(source));
  symbols.insert(function);
  return function;
}
