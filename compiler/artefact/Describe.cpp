// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads a model's description from the attributes that a frontend gave its
// entries.

#include "compiler/artefact/Description.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace niello {
namespace {

/// Names the tensor in errors: "result 1 of entry 'main'".
std::string where(const std::string &entry, bool isResult, unsigned index) {
  return (isResult ? "result " : "argument ") + std::to_string(index) +
         " of entry '" + entry + "'";
}

llvm::Error malformed(const llvm::Twine &what) {
  return llvm::createStringError(what);
}

llvm::Expected<DimensionDescription> describeDimension(Attribute attribute,
                                                       std::string place) {
  DimensionDescription dimension;
  if (auto size = dyn_cast<IntegerAttr>(attribute)) {
    dimension.size = size.getInt();
    if (dimension.size < 0)
      return malformed(place + " needs sizes of 0 or more in model.dims");
    return dimension;
  }
  auto symbol = dyn_cast<StringAttr>(attribute);
  if (!symbol)
    return malformed(place + " needs numbers and strings in model.dims");
  if (symbol.getValue() != "?")
    dimension.symbol = symbol.str();
  return dimension;
}

/// From the attributes of an argument or result, or from the dictionary that
/// took their place.
llvm::Expected<TensorDescription> describeTensor(DictionaryAttr attributes,
                                                 const std::string &place) {
  auto name = attributes.getAs<StringAttr>("model.name");
  auto dtype = attributes.getAs<StringAttr>("model.dtype");
  auto dims = attributes.getAs<ArrayAttr>("model.dims");
  if (!name || !dtype || !dims)
    return malformed(place + " needs the attributes model.name, model.dtype "
                             "and model.dims");
  TensorDescription tensor;
  tensor.name = name.str();
  tensor.dtype = dtype.str();
  for (Attribute dim : dims) {
    auto dimension = describeDimension(dim, place);
    if (!dimension)
      return dimension.takeError();
    tensor.dims.push_back(*dimension);
  }
  return tensor;
}

llvm::Error describeTensors(ArrayRef<Attribute> all, bool isResult,
                            const std::string &entry,
                            std::vector<TensorDescription> &tensors) {
  for (auto [i, attribute] : llvm::enumerate(all)) {
    std::string place = where(entry, isResult, i);
    auto attributes = dyn_cast_or_null<DictionaryAttr>(attribute);
    if (!attributes)
      return malformed(place + " needs a dictionary of attributes");
    auto tensor = describeTensor(attributes, place);
    if (!tensor)
      return tensor.takeError();
    tensors.push_back(std::move(*tensor));
  }
  return llvm::Error::success();
}

/// An entry as a frontend made it, or the wrapper that lower-entry gave it.
llvm::Expected<EntryDescription> describeEntry(FunctionOpInterface function,
                                               size_t number) {
  EntryDescription entry;
  entry.name = function.getName().str();
  entry.code.push_back("niello_entry_" + std::to_string(number));
  SmallVector<Attribute> inputs, outputs;
  if (auto wrapped = function->getAttrOfType<StringAttr>("model.entry")) {
    auto in = function->getAttrOfType<ArrayAttr>("model.inputs");
    auto out = function->getAttrOfType<ArrayAttr>("model.outputs");
    if (!in || !out)
      return malformed("entry '" + entry.name +
                       "' needs the attributes model.inputs and model.outputs");
    entry.code.back() = entry.name;
    entry.name = wrapped.str();
    llvm::append_range(inputs, in);
    llvm::append_range(outputs, out);
  } else {
    auto orNone = [&](ArrayRef<NamedAttribute> attributes) {
      return DictionaryAttr::get(function.getContext(), attributes);
    };
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      inputs.push_back(orNone(function.getArgAttrs(i)));
    for (unsigned i = 0; i < function.getNumResults(); ++i)
      outputs.push_back(orNone(function.getResultAttrs(i)));
  }
  if (llvm::Error e = describeTensors(inputs, false, entry.name, entry.inputs))
    return std::move(e);
  if (llvm::Error e = describeTensors(outputs, true, entry.name, entry.outputs))
    return std::move(e);
  return entry;
}

/// Both spellings of `[min, max]`, as attributes and as a dense array.
std::optional<std::pair<int64_t, int64_t>> readBounds(Attribute attribute) {
  if (auto dense = dyn_cast_or_null<DenseI64ArrayAttr>(attribute))
    if (dense.size() == 2)
      return std::make_pair(dense[0], dense[1]);
  auto array = dyn_cast_or_null<ArrayAttr>(attribute);
  if (!array || array.size() != 2)
    return std::nullopt;
  auto min = dyn_cast<IntegerAttr>(array[0]);
  auto max = dyn_cast<IntegerAttr>(array[1]);
  if (!min || !max)
    return std::nullopt;
  return std::make_pair(min.getInt(), max.getInt());
}

/// Symbols in the order in which the entries name them.
llvm::Error describeSymbols(ModuleOp module, ModelDescription &description) {
  auto bounds = module->getAttrOfType<DictionaryAttr>("model.symbols");
  llvm::StringMap<bool> seen;
  for (const EntryDescription &entry : description.entries)
    for (const auto *tensors : {&entry.inputs, &entry.outputs})
      for (const TensorDescription &tensor : *tensors)
        for (const DimensionDescription &dim : tensor.dims) {
          if (dim.symbol.empty() || !seen.try_emplace(dim.symbol).second)
            continue;
          SymbolDescription symbol;
          symbol.name = dim.symbol;
          if (Attribute given = bounds ? bounds.get(dim.symbol) : Attribute()) {
            auto range = readBounds(given);
            if (!range)
              return malformed("model.symbols needs [min, max] for '" +
                               dim.symbol + "'");
            std::tie(symbol.min, symbol.max) = *range;
          }
          description.symbols.push_back(std::move(symbol));
        }
  return llvm::Error::success();
}

} // namespace

llvm::Expected<ModelDescription> describe(ModuleOp module) {
  ModelDescription description;
  if (auto source = module->getAttrOfType<StringAttr>("model.source"))
    description.source = source.str();
  if (auto hash = module->getAttrOfType<StringAttr>("model.hash"))
    description.hash = hash.str();
  description.name =
      toIdentifier(llvm::sys::path::stem(description.source).empty()
                       ? "model"
                       : llvm::sys::path::stem(description.source));
  for (auto function : module.getOps<FunctionOpInterface>()) {
    if (!function->hasAttr("model.entry"))
      continue;
    auto entry = describeEntry(function, description.entries.size());
    if (!entry)
      return entry.takeError();
    description.entries.push_back(std::move(*entry));
  }
  if (description.entries.empty())
    return malformed("the module has no function with the attribute "
                     "model.entry");
  if (llvm::Error error = describeSymbols(module, description))
    return error;
  return description;
}

} // namespace niello
