// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/trail/Changes.h"

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"

#include <algorithm>

using llvm::ArrayRef;
using llvm::Twine;

namespace niello {
namespace {

/// Myers' greedy search (An O(ND) Difference Algorithm, 1986): for each number
/// of differences d, how far each diagonal x - y = k reaches with that many.
class Search {
public:
  Search(ArrayRef<Line> before, ArrayRef<Line> after)
      : before(before), after(after), n(before.size()), m(after.size()) {}

  std::vector<Change> run() {
    // The memory of the search is the square of it.
    constexpr int mostDifferences = 2000;
    const int most = std::min(n + m, mostDifferences);
    std::vector<int> reach(2 * most + 3, 0);
    const int zero = most + 1;
    for (int d = 0; d <= most; ++d) {
      rounds.emplace_back(reach.begin() + zero - d,
                          reach.begin() + zero + d + 1);
      for (int k = -d; k <= d; k += 2) {
        bool comes =
            k == -d || (k != d && reach[zero + k - 1] < reach[zero + k + 1]);
        int x = comes ? reach[zero + k + 1] : reach[zero + k - 1] + 1;
        while (x < n && x - k < m && before[x].meaning == after[x - k].meaning)
          ++x;
        reach[zero + k] = x;
        if (k == n - m && x >= n)
          return walkBack(d);
      }
    }
    std::vector<Change> all;
    for (const Line &line : before)
      all.push_back({'-', &line});
    for (const Line &line : after)
      all.push_back({'+', &line});
    return all;
  }

private:
  // `rounds[d]` is what d - 1 differences reach, diagonals -d to d.
  std::vector<Change> walkBack(int d) {
    std::vector<Change> changes;
    int x = n, y = m;
    for (; d > 0; --d) {
      auto reach = [&](int k) { return rounds[d][k + d]; };
      int k = x - y;
      bool comes = k == -d || (k != d && reach(k - 1) < reach(k + 1));
      int from = comes ? reach(k + 1) : reach(k - 1);
      int fromY = from - (comes ? k + 1 : k - 1);
      for (; x > from + !comes && y > fromY + comes; --x, --y)
        changes.push_back({' ', &after[y - 1]});
      changes.push_back(comes ? Change{'+', &after[y - 1]}
                              : Change{'-', &before[x - 1]});
      x = from, y = fromY;
    }
    for (; y > 0; --y)
      changes.push_back({' ', &after[y - 1]});
    std::reverse(changes.begin(), changes.end());
    return changes;
  }

  ArrayRef<Line> before, after;
  int n, m;
  std::vector<std::vector<int>> rounds;
};

// Shorter repeats are no shorter to read.
constexpr size_t kLeastRepeat = 6;
// Lines that go, of a run of them: they are in the files before.
constexpr size_t kGoing = 3;
// Characters of a line that came or went, and of one that stays.
constexpr size_t kWidth = 160, kWidthOfStaying = 80;
// Lines of one kind in a file: a second says nothing that the first does not.
constexpr unsigned kAlike = 1;

uint64_t likenessOf(const Change &change) {
  return llvm::hash_combine(change.mark, change.line->likeness);
}

} // namespace

std::vector<Change> compare(ArrayRef<Line> before, ArrayRef<Line> after) {
  auto equal = [](const Line &a, const Line &b) {
    return a.meaning == b.meaning;
  };
  size_t shorter = std::min(before.size(), after.size()), head = 0, tail = 0;
  while (head < shorter && equal(before[head], after[head]))
    ++head;
  while (tail < shorter - head && equal(before[before.size() - 1 - tail],
                                        after[after.size() - 1 - tail]))
    ++tail;
  std::vector<Change> changes;
  for (const Line &line : after.take_front(head))
    changes.push_back({' ', &line});
  for (Change change : Search(before.drop_front(head).drop_back(tail),
                              after.drop_front(head).drop_back(tail))
                           .run())
    changes.push_back(change);
  for (const Line &line : after.take_back(tail))
    changes.push_back({' ', &line});
  return changes;
}

void ChangeWriter::put(const Twine &line) {
  std::string text = line.str();
  tellOmitted();
  lines += 1 + llvm::count(text, '\n');
  output += text + '\n';
}

void ChangeWriter::heading(const Twine &text) { put(text); }

void ChangeWriter::remember(const Change &change, unsigned place) {
  written.push_back({likenessOf(change), place});
  if (written.size() < kLeastRepeat)
    return;
  auto run = ArrayRef(written).take_back(kLeastRepeat);
  if (llvm::any_of(run, [](const Written &one) { return one.place == 0; }))
    return;
  uint64_t key = 0;
  for (const Written &one : run)
    key = llvm::hash_combine(key, one.likeness);
  starts.try_emplace(key, written.size() - kLeastRepeat);
}

/// How many of the changes, from the first on, are like what `from` begins.
size_t ChangeWriter::findRepeat(ArrayRef<Change> changes, size_t &from) const {
  if (changes.size() < kLeastRepeat)
    return 0;
  uint64_t key = 0;
  for (const Change &change : changes.take_front(kLeastRepeat))
    key = llvm::hash_combine(key, likenessOf(change));
  auto found = starts.find(key);
  if (found == starts.end())
    return 0;
  from = found->second;
  size_t length = 0;
  while (length < changes.size() && from + length < written.size() &&
         written[from + length].place != 0 &&
         written[from + length].likeness == likenessOf(changes[length]))
    ++length;
  return length < kLeastRepeat ? 0 : length;
}

/// "a" for "a" and ["a", "b"].
static llvm::StringRef firstName(const Line &line) {
  llvm::StringRef text = llvm::StringRef(line.names).split('"').second;
  return text.split('"').first;
}

/// Marked; cut in the middle, so that the names at its end are there.
static std::string shownAs(const Change &change, bool whole) {
  llvm::StringRef text = change.line->text;
  size_t width = whole                ? text.size()
                 : change.mark == ' ' ? kWidthOfStaying
                                      : kWidth;
  std::string shown = std::string(1, change.mark) + " ";
  if (text.size() <= width)
    return shown + text.str();
  llvm::StringRef names = change.line->names;
  return shown + text.take_front(width).str() + " .." +
         (names.empty() ? "" : " ") + names.take_front(kWidthOfStaying).str();
}

void ChangeWriter::writeAll(ArrayRef<Change> changes) {
  writeLines(changes, /*whole=*/true);
}

/// To be told of in one line, before the next that is written.
void ChangeWriter::leaveOut(ArrayRef<Change> changes, Left Omitted::*kind) {
  Left &left = omitted.*kind;
  left.lines += changes.size();
  for (const Change &change : changes) {
    if (llvm::StringRef name = firstName(*change.line); !name.empty()) {
      left.first = left.first.empty() ? name.str() : left.first;
      left.last = name.str();
    }
    remember(change, 0);
  }
}

/// "  ... 3 lines go, 12 stay, 7 like some above: /a/MatMul to /b/Add"
void ChangeWriter::tellOmitted() {
  std::string text;
  auto tell = [&](const Left &left, llvm::StringRef what, bool withNames) {
    if (!left.lines)
      return;
    text += (text.empty() ? "  ... " : ", ") + std::to_string(left.lines) +
            (!text.empty()     ? ""
             : left.lines == 1 ? " line"
                               : " lines") +
            " " + what.str();
    if (withNames && !left.first.empty())
      text += ": " + left.first +
              (left.first == left.last ? "" : " to " + left.last);
  };
  bool one = omitted.going.lines == 1;
  tell(omitted.going, one ? "goes" : "go", false);
  one = omitted.staying.lines == 1;
  tell(omitted.staying, one ? "stays" : "stay", false);
  tell(omitted.alike, "like some above", true);
  omitted = Omitted();
  if (!text.empty()) {
    ++lines;
    output += text + '\n';
  }
}

/// How many of the changes, from the first on, are each like enough others.
size_t ChangeWriter::countKnown(ArrayRef<Change> changes) const {
  size_t count = 0;
  while (count < changes.size() &&
         shown.lookup(likenessOf(changes[count])) >= kAlike)
    ++count;
  return count;
}

void ChangeWriter::writeLines(ArrayRef<Change> changes, bool whole) {
  for (size_t i = 0; i < changes.size();) {
    size_t from = 0;
    ArrayRef<Change> rest = changes.drop_front(i);
    if (size_t length = findRepeat(rest, from)) {
      leaveOut(rest.take_front(length), &Omitted::repeated);
      Left left = std::exchange(omitted.repeated, Left());
      put("  ... " + Twine(length) + " lines like " +
          Twine(written[from].place) + " to " +
          Twine(written[from + length - 1].place) +
          (left.first.empty() ? Twine()
                              : ": " + left.first + " to " + left.last));
      i += length;
    } else if (size_t length = whole ? 0 : countKnown(rest)) {
      leaveOut(rest.take_front(length), &Omitted::alike);
      i += length;
    } else {
      put(shownAs(changes[i], whole));
      remember(changes[i], lines);
      ++shown[likenessOf(changes[i])];
      ++i;
    }
  }
}

void ChangeWriter::write(ArrayRef<Change> changes) {
  for (size_t i = 0; i < changes.size();) {
    const char mark = changes[i].mark;
    size_t end = i;
    while (end < changes.size() && changes[end].mark == mark)
      ++end;
    ArrayRef<Change> run = changes.slice(i, end - i);
    size_t before = mark == '-' ? kGoing : 0;
    // A line in place of one saves nothing.
    if (mark == '+' || (mark == '-' && run.size() <= before + 1)) {
      writeLines(run, /*whole=*/false);
    } else {
      writeLines(run.take_front(before), /*whole=*/false);
      leaveOut(run.drop_front(before),
               mark == '-' ? &Omitted::going : &Omitted::staying);
    }
    i = end;
  }
  tellOmitted();
}

} // namespace niello
