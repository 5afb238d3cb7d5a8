// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/trail/Trail.h"

#include "compiler/artefact/TemporaryFile.h"
#include "compiler/trail/Changes.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <chrono>
#include <map>

using namespace mlir;

namespace niello {
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;
using std::chrono::steady_clock;

constexpr llvm::StringLiteral kIndex = "index.md", kTitle = "# The trail of ";

/// Hands each pass of a stage to the trail once it has run. What an adaptor
/// runs on each function counts as one pass, and what a pass runs inside of
/// itself as part of it.
class TrailWatcher : public PassInstrumentation {
public:
  TrailWatcher(Trail &trail, StringRef stage) : trail(trail), stage(stage) {}

  void runBeforePass(Pass *pass, Operation *op) override {
    if (depth++ == 0) {
      trail.writeBegin(cast<ModuleOp>(op));
      step = Trail::Step();
      step.stage = stage;
      start = steady_clock::now();
    }
    // The name of an adaptor says nothing: its first pass follows.
    if (!step.pass.empty() || pass->getName().contains("OpToOpPassAdaptor"))
      return;
    StringRef flag = pass->getArgument();
    step.pass = flag.empty() ? pass->getName().str() : flag.str();
    step.summary = pass->getDescription().str();
  }

  void runAfterPass(Pass *, Operation *op) override { after(op, false); }
  void runAfterPassFailed(Pass *, Operation *op) override { after(op, true); }

private:
  void after(Operation *op, bool failed) {
    step.failed |= failed;
    if (--depth != 0 || step.pass.empty())
      return;
    step.seconds =
        std::chrono::duration<double>(steady_clock::now() - start).count();
    trail.add(cast<ModuleOp>(op), step);
  }

  Trail &trail;
  std::string stage;
  unsigned depth = 0;
  Trail::Step step;
  steady_clock::time_point start;
};

/// A folder that is new, empty or holds an earlier trail, which goes.
static llvm::Error clear(StringRef folder) {
  auto cannot = [&](std::error_code code) {
    return llvm::createStringError("cannot write to the folder '" + folder +
                                   "': " + code.message());
  };
  if (std::error_code code = fs::create_directories(folder))
    return cannot(code);
  removeStale((folder + "/").str());
  llvm::SmallString<128> index(folder);
  path::append(index, kIndex);
  bool isTrail = false;
  if (auto text = llvm::MemoryBuffer::getFile(index))
    isTrail = (*text)->getBuffer().starts_with(kTitle);
  std::error_code code;
  std::vector<std::string> old;
  for (fs::directory_iterator it(folder, code), end; it != end && !code;
       it.increment(code))
    old.push_back(it->path());
  if (!old.empty() && !isTrail)
    return llvm::createStringError("--dump-ir needs a folder that is new, "
                                   "empty or holds an earlier trail, "
                                   "but '" +
                                   folder + "' has '" +
                                   path::filename(old.front()) + "'");
  for (const std::string &file : old)
    if (StringRef name = path::filename(file);
        name == kIndex ||
        (llvm::isDigit(name.front()) &&
         (name.ends_with(".diff") || name.ends_with(".mlir"))))
      code = fs::remove(file);
  return code ? cannot(code) : llvm::Error::success();
}

llvm::Expected<std::unique_ptr<Trail>> Trail::create(StringRef folder,
                                                     StringRef model) {
  if (llvm::Error error = clear(folder))
    return std::move(error);
  std::unique_ptr<Trail> trail(new Trail(folder, model));
  // Better now than after the compile.
  trail->write(kIndex, (kTitle + model + "\n").str());
  if (!trail->problem.empty())
    return llvm::createStringError(trail->problem);
  return trail;
}

void Trail::write(StringRef name, StringRef text) {
  if (!problem.empty())
    return;
  llvm::SmallString<128> path(folder);
  path::append(path, name);
  if (llvm::Error error = writeWhole(
          path, [&](llvm::raw_ostream &os) { os << text; },
          /*synced=*/false))
    problem = llvm::toString(std::move(error));
}

void Trail::watch(PassManager &passes, StringRef stage) {
  passes.addInstrumentation(std::make_unique<TrailWatcher>(*this, stage));
}

Trail::Pieces Trail::look(ModuleOp module, size_t &operations) const {
  Pieces now;
  operations = 0;
  for (auto [i, op] : llvm::enumerate(*module.getBody())) {
    op.walk([&](Operation *) { ++operations; });
    auto symbol =
        op.getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName());
    std::string kind = op.getName().getStringRef().str();
    std::string key = symbol ? "@" + symbol.str() : kind + std::to_string(i);
    OperationFingerPrint print(&op);
    const Piece *known = pieces.find(key);
    now.add({key, kind + " " + key, isa<ModuleOp>(op), print,
             known && known->print == print
                 ? known->lines
                 : std::make_shared<const std::vector<Line>>(
                       linesOf(&op, suffix))});
  }
  return now;
}

void Trail::writeBegin(ModuleOp module) {
  if (begun)
    return;
  begun = true;
  if (auto source = module->getAttrOfType<StringAttr>("model.source"))
    suffix = "@" + source.str();
  ChangeWriter writer;
  pieces = look(module, operations);
  writer.heading("// What the passes begin with.");
  for (const Piece &piece : pieces.all) {
    std::vector<Change> all;
    for (const Line &line : *piece.lines)
      all.push_back({' ', &line});
    if (all.size() > 1)
      writer.heading("");
    writer.writeAll(all);
  }
  write("000-begin.mlir", writer.text());
}

void Trail::addPieces(ChangeWriter &writer, const Pieces &now) const {
  for (const Piece &piece : now.all) {
    const Piece *known = pieces.find(piece.key);
    std::vector<Change> changes;
    if (!known) {
      for (const Line &line : *piece.lines)
        changes.push_back({'+', &line});
    } else if (known->lines != piece.lines) {
      changes = compare(*known->lines, *piece.lines);
      if (llvm::all_of(changes,
                       [](const Change &change) { return change.mark == ' '; }))
        continue;
    } else {
      continue;
    }
    if (piece.lines->size() > 1)
      writer.heading("\n" + llvm::Twine(piece.title));
    writer.write(changes);
  }
}

void Trail::add(ModuleOp module, Step step) {
  step.before = step.after = operations;
  if (!step.failed) {
    ChangeWriter writer;
    Pieces now = look(module, operations);
    step.after = operations;
    writer.heading("// " + llvm::Twine(step.pass) + ": " + step.summary);
    writer.heading("// to stage " + llvm::Twine(step.stage) + ", " +
                   llvm::Twine(step.before) + " operations before and " +
                   llvm::Twine(step.after) +
                   " after; index.md says how to read it");
    size_t nothing = writer.text().size();
    addPieces(writer, now);
    for (const Piece &piece : pieces.all) {
      if (now.find(piece.key))
        continue;
      // Weight programs stand aside while passes run.
      if (piece.isModule)
        now.add(piece);
      else if (piece.lines->size() == 1)
        writer.write(Change{'-', &piece.lines->front()});
      else
        writer.heading("\n" + llvm::Twine(piece.title) + " is gone, " +
                       llvm::Twine(piece.lines->size()) + " lines");
    }
    if (writer.text().size() != nothing) {
      step.file =
          llvm::formatv("{0,0+3}-{1}.diff", steps.size() + 1, step.pass);
      write(step.file, writer.text());
    }
    pieces = std::move(now);
  }
  steps.push_back(std::move(step));
}

/// The second half of the index: each node is in a kernel, or listed.
std::string Trail::placesText() const {
  std::string text = "\n## Where the nodes went\n\n";
  auto list = [&](const std::string &place,
                  const std::vector<std::string> &names, bool all) {
    text += ("- " + place + ": " + llvm::Twine(names.size())).str();
    if (all)
      for (const auto &[i, name] : llvm::enumerate(names))
        text += (i == 0 ? ": `" : ", `") + name + "`";
    text += "\n";
  };
  list("in kernels of the plan", places->kernels, false);
  list("weights that the compiler computes", places->programs, true);
  list("sizes, views, checks and control flow around kernels", places->outside,
       true);
  std::map<std::string, std::vector<std::string>> folded;
  for (const SourceNode &node : places->folded)
    folded[node.why].push_back(node.name);
  for (const auto &[why, names] : folded)
    list("in none, " + why, names, true);
  return text;
}

llvm::Error Trail::finish() {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << kTitle << model
     << "\n\nA file shows what its pass changed: lines that went (`-`), that "
        "came (`+`).\nLines that stay, and those that are like some above in "
        "the file, those of another\nlayer say, are counted. What a node of "
        "the model became has its name in quotes at\nthe end of the line. "
        "Large constants are elided, weights stay in the model file.\nThe "
        "passes begin with [000-begin.mlir](000-begin.mlir).\n\n"
        "| | stage | pass | what it does | operations before | after | ms |\n"
        "|--:|---|---|---|--:|--:|--:|\n";
  for (auto [i, step] : llvm::enumerate(steps)) {
    std::string pass = step.file.empty()
                           ? step.pass
                           : "[" + step.pass + "](" + step.file + ")";
    os << llvm::formatv("| {0} | {1} | {2} | {3} | {4} | {5} | {6:F1} |\n",
                        i + 1, step.stage, pass,
                        step.failed         ? step.summary + ": **failed**"
                        : step.file.empty() ? step.summary + ": changed nothing"
                                            : step.summary,
                        step.before, step.after, step.seconds * 1e3);
  }
  if (places)
    os << placesText();
  write(kIndex, text);
  if (!problem.empty())
    return llvm::createStringError(problem);
  return llvm::Error::success();
}

} // namespace niello
