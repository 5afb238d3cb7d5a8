// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/verify/Inputs.h"

#include "compiler/support/Nearest.h"
#include "llvm/ADT/StringExtras.h"

#include <random>

using namespace llvm;

namespace niello {
namespace {

// Sizes of free dimensions, a row a round and a column a dimension: different
// primes first, so that no two dimensions are mistaken for one another, then
// around the lanes of a vector (16) and a tile's remainder, then what nets with
// strides ask for.
constexpr int64_t kSizes[][4] = {{2, 7, 5, 3},
                                 {1, 17, 33, 16},
                                 {3, 1, 2, 1},
                                 {1, 64, 64, 64},
                                 {1, 160, 160, 160}};

int64_t sizeOf(unsigned round, size_t column, const SymbolDescription *bounds) {
  int64_t size =
      kSizes[round % std::size(kSizes)][column % std::size(kSizes[0])];
  if (bounds)
    size = std::clamp(size, bounds->min, bounds->max);
  return size;
}

// The number of rows that the input chooses among, 0 for none.
int64_t rowsChosenBy(const std::string &input, const SourceGraph &graph) {
  // Ops that hand an index on as it is.
  static const char *const handOn[] = {"Cast",      "Reshape", "Squeeze",
                                       "Unsqueeze", "Slice",   "Identity",
                                       "Flatten",   "Expand",  "Transpose"};
  Names reached{input};
  int64_t rows = 0;
  for (const OnnxSurvey::Node &node : graph.nodes()) {
    StringRef op = node.op;
    if (is_contained(handOn, op) && reached.count(node.inputs.at(0)))
      reached.insert(node.outputs.begin(), node.outputs.end());
    if (op != "Gather" || node.inputs.size() < 2 ||
        !reached.count(node.inputs[1]))
      continue;
    const std::vector<int64_t> *shape = graph.weightShape(node.inputs[0]);
    if (shape && !shape->empty())
      rows = rows ? std::min(rows, shape->front()) : shape->front();
  }
  return rows;
}

void fill(Array &array, int64_t rows, std::mt19937_64 &random) {
  uint64_t count = array.count();
  size_t size = niello_dtype_size(array.dtype);
  array.bytes.resize(count * size);
  auto unit = [&] { return double(random() >> 11) * 0x1p-53; };
  for (uint64_t i = 0; i < count; ++i) {
    if (array.isReal()) {
      array.set(i, 2 * unit() - 1);
      continue;
    }
    uint64_t number = array.dtype == NIELLO_UINT8 || array.dtype == NIELLO_INT8
                          ? random() & 127
                          : random() % (rows > 0 ? rows : 2);
    memcpy(array.bytes.data() + i * size, &number, size);
  }
}

} // namespace

Expected<Case> makeCase(const ModelDescription &model, const SourceGraph &graph,
                        const Values &given,
                        std::map<std::string, int64_t> sizes, unsigned round) {
  std::mt19937_64 random(round + 1);
  Case made;
  const EntryDescription &entry = model.entries.front();
  for (const TensorDescription &input : entry.inputs) {
    auto it = given.find(input.name);
    if (it == given.end())
      continue;
    if (it->second.shape.size() != input.dims.size())
      return createStringError("input '" + input.name + "' needs " +
                               Twine(input.dims.size()) +
                               " dimensions, but got " + typeText(it->second));
    for (auto [dim, size] : zip(input.dims, it->second.shape))
      if (dim.size < 0 && !dim.symbol.empty())
        sizes[dim.symbol] = size;
  }
  for (auto [i, symbol] : enumerate(model.symbols))
    sizes.try_emplace(symbol.name, sizeOf(round, i, &symbol));
  for (const TensorDescription &input : entry.inputs) {
    if (auto it = given.find(input.name); it != given.end()) {
      made.inputs[input.name] = it->second;
      continue;
    }
    Array array;
    array.dtype = findDtype(input.dtype);
    for (auto [i, dim] : enumerate(input.dims)) {
      auto symbol = sizes.find(dim.symbol);
      array.shape.push_back(dim.size >= 0 ? dim.size
                            : symbol != sizes.end()
                                ? symbol->second
                                : sizeOf(round, i, nullptr));
    }
    if (niello_dtype_size(array.dtype) == 0)
      return createStringError("input '" + input.name + "' of type " +
                               input.dtype +
                               " cannot be made up; give it with --input");
    fill(array, rowsChosenBy(input.name, graph), random);
    made.inputs[input.name] = std::move(array);
  }
  made.name = "seed " + std::to_string(round + 1);
  for (const auto &[name, size] : sizes)
    made.name += ", " + name + "=" + std::to_string(size);
  made.sizes = std::move(sizes);
  return std::move(made);
}

bool learnSize(StringRef sentence, const Case &refused,
               std::map<std::string, int64_t> &sizes) {
  std::vector<int64_t> numbers;
  for (StringRef rest = sentence; !rest.empty();) {
    rest = rest.drop_until(isDigit);
    int64_t number;
    if (rest.consumeInteger(10, number))
      rest = rest.drop_while(isDigit);
    else
      numbers.push_back(number);
  }
  // The two that the sentence compares stand at its end.
  if (numbers.size() < 2)
    return false;
  int64_t a = numbers[numbers.size() - 2], b = numbers.back();
  constexpr int64_t kMost = 4096; // more is no size that was left out
  for (auto [one, other] : {std::pair(a, b), std::pair(b, a)})
    for (const auto &[name, size] : refused.sizes)
      if (size == one && other != one && other > 0 && other <= kMost)
        return sizes.emplace(name, other).second;
  return false;
}

Expected<Values> readInputs(const std::vector<std::string> &given,
                            const ModelDescription &model) {
  Values values;
  const EntryDescription &entry = model.entries.front();
  for (StringRef text : given) {
    auto [name, file] = text.split('=');
    auto input =
        find_if(entry.inputs, [&, name = name](const TensorDescription &each) {
          return name == each.name;
        });
    if (input == entry.inputs.end()) {
      SmallVector<const char *> known;
      for (const TensorDescription &each : entry.inputs)
        known.push_back(each.name.c_str());
      return createStringError("the model has no input '" + name + "'" +
                               nearestHint(name, known));
    }
    if (file.empty())
      return createStringError("--input needs NAME=FILE.npy, but got '" + text +
                               "'");
    auto array = readArray(file.str(), findDtype(input->dtype));
    if (!array)
      return array.takeError();
    values[input->name] = std::move(*array);
  }
  return std::move(values);
}

} // namespace niello
