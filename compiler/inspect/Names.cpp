// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/inspect/Names.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/ShapedOpInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace niello {

// The importer writes "/encoder/MatMul@model.onnx"; one file is all there is.
std::vector<std::string> nodeNames(Location location) {
  std::vector<std::string> names;
  location->walk([&](Location part) {
    auto named = dyn_cast<NameLoc>(part);
    if (!named)
      return WalkResult::advance();
    StringRef name = named.getName().getValue();
    name = name.take_front(name.rfind('@'));
    if (!name.empty() && !llvm::is_contained(names, name))
      names.push_back(name.str());
    return WalkResult::advance();
  });
  return names;
}

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

// The name of a dimension of a function's argument, or nothing.
static std::string argumentSize(BlockArgument argument, int64_t dim) {
  auto function =
      dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
  if (!function)
    return "";
  auto dims = function.getArgAttrOfType<ArrayAttr>(argument.getArgNumber(),
                                                   "model.dims");
  if (!dims || dim < 0 || dim >= int64_t(dims.size()))
    return "";
  auto name = dyn_cast<StringAttr>(dims[dim]);
  return name ? name.str() : "";
}

std::string sizeName(OpFoldResult size) {
  if (std::optional<int64_t> constant = getConstantIntValue(size))
    return std::to_string(*constant);
  auto value = dyn_cast<Value>(size);
  auto dim = value ? value.getDefiningOp<ShapedDimOpInterface>()
                   : ShapedDimOpInterface();
  if (!dim)
    return "?";
  auto argument = dyn_cast<BlockArgument>(dim.getShapedValue());
  std::optional<int64_t> index = getConstantIntValue(dim.getDimension());
  std::string name = argument && index ? argumentSize(argument, *index) : "";
  return name.empty() ? "?" : name;
}

std::string typeName(ShapedType type, ValueRange sizes) {
  std::vector<std::string> dims;
  for (int64_t size : type.getShape()) {
    if (!ShapedType::isDynamic(size)) {
      dims.push_back(std::to_string(size));
    } else if (sizes.empty()) {
      dims.push_back("?");
    } else {
      dims.push_back(sizeName(sizes.front()));
      sizes = sizes.drop_front();
    }
  }
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
