// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/inspect/Names.h"

#include "dialects/kernel/SizeNames.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace niello {

std::string elementName(Type element) {
  if (element.isInteger(1))
    return "bool";
  if (auto integer = dyn_cast<IntegerType>(element))
    return "int" + std::to_string(integer.getWidth());
  std::string text;
  llvm::raw_string_ostream(text) << element;
  StringRef rest = text;
  if (rest.consume_front("bf"))
    return ("bfloat" + rest).str();
  if (isa<FloatType>(element) && rest.consume_front("f"))
    return "float" + rest.lower();
  return text;
}

std::string typeName(Value value) {
  auto type = cast<ShapedType>(value.getType());
  std::vector<std::string> dims;
  for (auto [i, size] : llvm::enumerate(type.getShape()))
    dims.push_back(ShapedType::isDynamic(size) ? kernel::sizeName(value, i)
                                               : std::to_string(size));
  return elementName(type.getElementType()) + "[" + llvm::join(dims, ",") + "]";
}

std::string typeName(const TensorDescription &tensor) {
  std::vector<std::string> dims;
  for (const DimensionDescription &dim : tensor.dims)
    dims.push_back(dim.size >= 0        ? std::to_string(dim.size)
                   : dim.symbol.empty() ? "?"
                                        : dim.symbol);
  return tensor.dtype + "[" + llvm::join(dims, ",") + "]";
}

std::string bytesText(uint64_t bytes) {
  if (bytes >= 10'000'000)
    return llvm::formatv("{0:F1} MB", bytes / 1e6);
  if (bytes >= 10'000)
    return llvm::formatv("{0:F1} kB", bytes / 1e3);
  return std::to_string(bytes) + " B";
}

} // namespace niello
