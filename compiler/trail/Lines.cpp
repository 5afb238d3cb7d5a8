// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/trail/Lines.h"

#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

namespace niello {
namespace {

std::string printed(Operation *op, bool withNames) {
  // A vector of so many numbers still fits on a line.
  constexpr int64_t mostElements = 8, mostCharacters = 64;
  OpPrintingFlags flags;
  flags.useLocalScope()
      .elideLargeElementsAttrs(mostElements)
      .elideLargeResourceString(mostCharacters);
  if (withNames)
    flags.enableDebugInfo(/*enable=*/true, /*prettyForm=*/true);
  std::string text;
  llvm::raw_string_ostream stream(text);
  op->print(stream, flags);
  return text;
}

bool isNamePart(char c) {
  return llvm::isAlnum(c) || c == '_' || c == '.' || c == '$' || c == '-';
}

/// Takes a name that follows the sigil at `at`; returns the place behind it.
size_t skipName(StringRef text, size_t at) {
  if (++at < text.size() && text[at] == '"')
    return std::min(text.find('"', at + 1), text.size() - 1) + 1;
  while (at < text.size() && isNamePart(text[at]))
    ++at;
  return at;
}

/// The line without what makes it one of a kind.
std::string skeletonOf(StringRef text) {
  bool isConstant = text.contains("constant");
  std::string skeleton;
  for (size_t at = 0; at < text.size();) {
    char c = text[at];
    if (c == '%' || c == '@' || c == '^') {
      skeleton += c;
      at = skipName(text, at);
    } else if (c == '"') {
      skeleton += c;
      at = skipName(text, at - 1);
    } else {
      if (!isConstant || !llvm::isDigit(c))
        skeleton += c;
      ++at;
    }
  }
  return skeleton;
}

/// What a line that uses the value says of where it comes from: the name of the
/// operation, without what else may have changed about it.
uint64_t originOf(StringRef line) {
  auto [left, right] = line.split(" = ");
  return llvm::xxh3_64bits(right.ltrim().split(' ').first);
}

/// The line with `replace(name)` for the name of each value and block.
std::string withNames(StringRef text,
                      llvm::function_ref<std::string(StringRef name)> replace) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '%' && text[at] != '^') {
      result += text[at++];
      continue;
    }
    size_t end = skipName(text, at);
    result += replace(text.slice(at, end));
    at = end;
  }
  return result;
}

} // namespace

std::vector<Line> linesOf(Operation *op, StringRef suffix) {
  std::string plain = printed(op, false), full = printed(op, true);
  SmallVector<StringRef> plainLines, fullLines;
  StringRef(plain).split(plainLines, '\n');
  StringRef(full).split(fullLines, '\n');
  if (plainLines.size() != fullLines.size())
    fullLines = plainLines;

  std::vector<Line> lines;
  llvm::StringMap<uint64_t> definitions;
  for (size_t i = 0; i < plainLines.size(); ++i) {
    StringRef line = plainLines[i], whole = fullLines[i];
    uint64_t likeness = llvm::xxh3_64bits(skeletonOf(line));
    std::string meaning = withNames(line, [&](StringRef name) {
      return llvm::utohexstr(
          definitions.try_emplace(name, originOf(line)).first->second);
    });
    std::string names = whole.starts_with(line)
                            ? whole.drop_front(line.size()).trim().str()
                            : std::string();
    whole.consume_back(" [unknown]");
    std::string text = whole.str();
    for (std::string *each : {&names, &text})
      for (size_t at = 0; !suffix.empty() &&
                          (at = each->find(suffix, at)) != std::string::npos;)
        each->erase(at, suffix.size());
    lines.push_back({std::move(text), std::move(names),
                     llvm::xxh3_64bits(meaning), likeness});
  }
  return lines;
}

} // namespace niello
