// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Options.h"

#include "compiler/explain/Explain.h"
#include "compiler/support/Nearest.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"

#include <functional>

namespace niello {
namespace {

using llvm::Error;
using llvm::StringRef;
using llvm::Twine;

Error fail(const Twine &text) { return llvm::createStringError(text); }

const char *const commands[] = {"compile", "run", "inspect",
                                "verify",  "ops", "targets"};
const char *const kinds[] = {"exe",  "shared", "static", "object",
                             "asm",  "source", "blocks", "packed",
                             "plan", "loops",  "llvm"};

const char *const numericsNames[] = {"strict", "default", "fast"};

/// `--dim seq=128` or `--dim seq=1..512`.
Error parseDim(StringRef value, Options &options) {
  auto [name, size] = value.split('=');
  auto [low, high] = size.split("..");
  DimBounds bounds;
  bool isRange = size.contains("..");
  if (name.empty() || low.getAsInteger(10, bounds.low) ||
      (isRange && high.getAsInteger(10, bounds.high)))
    return fail("--dim needs NAME=SIZE or NAME=LOW..HIGH, but got '" + value +
                "'");
  if (!isRange)
    bounds.high = bounds.low;
  if (bounds.low < 0 || bounds.high < bounds.low)
    return fail("--dim needs 0 <= LOW <= HIGH, but got '" + value + "'");
  options.import.dims[name.str()] = bounds;
  return Error::success();
}

Error addTap(StringRef value, Options &options) {
  options.import.taps.push_back(value.str());
  return Error::success();
}

/// `--edit hidden=add` or, at some positions of a dimension, `hidden=add@1`.
Error parseEdit(StringRef value, Options &options) {
  static const char *const names[] = {"set", "add", "scale", "mask", "project"};
  auto [site, how] = value.rsplit('=');
  auto [name, axis] = how.split('@');
  Edit edit;
  edit.site = site.str();
  int64_t number;
  bool hasAxis = how.contains('@');
  if (site.empty() || how.empty() || (hasAxis && axis.getAsInteger(10, number)))
    return fail("--edit needs SITE=KIND or SITE=KIND@AXIS, but got '" + value +
                "'");
  if (hasAxis)
    edit.axis = number;
  auto kind = findEdit(name);
  if (!kind)
    return fail("--edit does not know '" + name + "'" +
                nearestHint(name, names));
  edit.kind = *kind;
  options.import.edits.push_back(std::move(edit));
  return Error::success();
}

/// `--stats PATTERN`, `--stats PATTERN=mean,moments` or `..@AXIS` of either.
Error parseStats(StringRef value, Options &options) {
  Measure measure;
  StringRef rest = value;
  if (auto [before, axis] = value.rsplit('@');
      !axis.getAsInteger(10, measure.axis))
    rest = before;
  auto [pattern, kinds] = rest.rsplit('=');
  measure.pattern = pattern.str();
  if (pattern.empty())
    return fail("--stats needs PATTERN, PATTERN=KIND,.. or PATTERN=KIND,..@AXIS"
                ", but got '" +
                value + "'");
  if (kinds.empty())
    // What costs little and needs no square of the size.
    kinds = "mean,variance,min,max,l1,l2,linf";
  llvm::SmallVector<StringRef> names;
  kinds.split(names, ',');
  for (StringRef name : names) {
    if (!llvm::is_contained(statisticNames(), name))
      return fail("--stats does not know '" + name + "'" +
                  nearestHint(name, statisticNames()));
    measure.kinds.push_back(name.str());
  }
  options.import.measures.push_back(std::move(measure));
  return Error::success();
}

Error parseEmit(StringRef value, Options &options) {
  if (!llvm::is_contained(kinds, value))
    return fail("--emit does not know '" + value + "'" +
                nearestHint(value, kinds));
  options.emit = value.str();
  return Error::success();
}

Error parseExplain(StringRef value, Options &options) {
  options.explain = value.str();
  return checkExplained(value);
}

Error parseAgainst(StringRef value, Options &options) {
  static const char *const known[] = {"source", "onnxruntime"};
  if (!llvm::is_contained(known, value) && !value.ends_with(".npz"))
    return fail("--against needs source, onnxruntime or FILE.npz, but got '" +
                value + "'" + nearestHint(value, known));
  options.against = value == "source" ? "" : value.str();
  return Error::success();
}

Error parseNumerics(StringRef value, Options &options) {
  auto numerics = findNumerics(value);
  if (!numerics)
    return fail("--numerics does not know '" + value + "'" +
                nearestHint(value, numericsNames));
  options.numerics = *numerics;
  return Error::success();
}

struct Flag {
  const char *name;
  bool takesValue;
  std::function<Error(StringRef, Options &)> set;
};

template <typename T> auto store(T Options::*field) {
  return [field](StringRef value, Options &options) {
    options.*field = value.str();
    return Error::success();
  };
}

auto turn(bool Options::*field, bool to) {
  return [field, to](StringRef, Options &options) {
    options.*field = to;
    return Error::success();
  };
}

llvm::ArrayRef<Flag> flags() {
  static const Flag all[] = {
      {"-o", true, store(&Options::output)},
      {"--emit", true, parseEmit},
      {"--target", true, store(&Options::target)},
      {"-O0", false, turn(&Options::optimise, false)},
      {"--dim", true, parseDim},
      {"--tap", true, addTap},
      {"--edit", true, parseEdit},
      {"--stats", true, parseStats},
      {"--numerics", true, parseNumerics},
      {"-g", false, turn(&Options::debugInfo, true)},
      {"--explain", true, parseExplain},
      {"--why", true, store(&Options::why)},
      {"--dump-ir", true, store(&Options::dumpFolder)},
      {"--model-folder", true, store(&Options::modelFolder)},
      {"--verify", false, turn(&Options::verifies, true)},
      {"--against", true, parseAgainst},
      {"--verify-each", false, turn(&Options::verifyEach, true)},
      {"--no-cache", false, turn(&Options::cache, false)},
      {"--markdown", false, turn(&Options::markdown, true)},
      {"--json", false, turn(&Options::json, true)},
      {"--taps", false, turn(&Options::listTaps, true)},
      {"-v", false, turn(&Options::verbose, true)},
      {"--help", false, turn(&Options::help, true)},
      {"-h", false, turn(&Options::help, true)},
      {"--version", false, turn(&Options::version, true)},
  };
  return all;
}

/// Flags of the compiled program, which `niello run` hands on.
const char *const programFlags[] = {"--input", "--output-dir", "--output-npz",
                                    "--repeat", "--threads"};

std::string hintFor(StringRef name) {
  llvm::SmallVector<const char *> names;
  for (const Flag &flag : flags())
    names.push_back(flag.name);
  llvm::append_range(names, programFlags);
  return nearestHint(name, names);
}

/// Takes one argument and, where the flag has one, its value.
Error parseFlag(llvm::ArrayRef<const char *> arguments, size_t &i,
                Options &options) {
  StringRef argument = arguments[i];
  StringRef name = argument.split('=').first;
  StringRef inlineValue = argument.split('=').second;
  bool hasInline = name.size() != argument.size();
  auto takeValue = [&](StringRef &out) -> Error {
    if (hasInline) {
      out = inlineValue;
      return Error::success();
    }
    if (i + 1 >= arguments.size())
      return fail(Twine(name) + " needs a value");
    out = arguments[++i];
    return Error::success();
  };
  StringRef given;
  if (options.command == "verify" && name == "--input") {
    if (Error e = takeValue(given))
      return e;
    options.programArguments.push_back(given.str());
    return Error::success();
  }
  if (options.command == "run" && llvm::is_contained(programFlags, name)) {
    if (Error e = takeValue(given))
      return e;
    options.programArguments.push_back(name.str());
    options.programArguments.push_back(given.str());
    return Error::success();
  }
  for (const Flag &flag : flags()) {
    if (name != flag.name)
      continue;
    if (!flag.takesValue && hasInline)
      return fail(Twine(name) + " takes no value, but got '" + inlineValue +
                  "'");
    if (flag.takesValue)
      if (Error e = takeValue(given))
        return e;
    options.given.insert(name.str());
    return flag.set(given, options);
  }
  return fail("unknown flag '" + Twine(name) + "'" + hintFor(name));
}

} // namespace

std::string outputPath(const Options &options) {
  if (!options.output.empty())
    return options.output;
  return llvm::sys::path::stem(options.model).str() +
         llvm::StringSwitch<const char *>(options.emit)
             .Case("shared", ".so")
             .Case("static", ".a")
             .Case("object", ".o")
             .Default("");
}

llvm::StringRef numericsName(Numerics numerics) {
  return numericsNames[static_cast<int>(numerics)];
}

std::optional<Numerics> findNumerics(llvm::StringRef name) {
  for (int i = 0; i < 3; ++i)
    if (name == numericsNames[i])
      return static_cast<Numerics>(i);
  return std::nullopt;
}

llvm::Expected<Options> parseOptions(llvm::ArrayRef<const char *> arguments) {
  Options options;
  options.arguments.assign(arguments.begin(), arguments.end());
  size_t i = 0;
  if (!arguments.empty() && arguments[0][0] != '-') {
    options.command = arguments[0];
    if (!llvm::is_contained(commands, options.command))
      return fail("unknown command '" + Twine(options.command) + "'" +
                  nearestHint(options.command, commands));
    i = 1;
  }
  for (; i < arguments.size(); ++i) {
    StringRef argument = arguments[i];
    if (argument.size() > 1 && argument.front() == '-') {
      if (Error e = parseFlag(arguments, i, options))
        return std::move(e);
    } else if (options.model.empty()) {
      options.model = argument.str();
    } else {
      return fail("one model at a time, but got '" + Twine(options.model) +
                  "' and '" + argument + "'");
    }
  }
  bool inspects = options.command == "inspect";
  bool verifies = options.command == "verify";
  bool needsModel = options.command == "compile" || options.command == "run" ||
                    inspects || verifies;
  if (needsModel && options.model.empty() && !options.help)
    return fail("'niello " + Twine(options.command) + "' needs a model file" +
                (inspects ? " or an artefact" : "") + "; see niello " +
                options.command + " --help");
  if (options.listTaps && !inspects)
    return fail("--taps goes with 'niello inspect'; --tap NAME makes a value "
                "an output");
  if (options.json && !inspects && !verifies)
    return fail("--json goes with 'niello inspect' and 'niello verify'");
  if (options.given.count("--why") && (!inspects || options.json))
    return fail("--why goes with 'niello inspect', and prints text");
  if (options.given.count("--explain") && options.command != "compile")
    return fail("--explain goes with 'niello compile'; 'niello inspect --why "
                "NODE' tells of one node");
  for (const char *other : {"-o", "--emit"})
    if ((inspects || verifies) && options.given.count(other))
      return fail(Twine(other) + " goes with 'niello compile'; 'niello " +
                  options.command + "' prints to the screen");
  for (const char *other : {"--tap", "--edit", "--stats", "--dump-ir", "-g"})
    if (verifies && options.given.count(other))
      return fail(Twine(other) + " goes with 'niello compile'; 'niello verify' "
                                 "compiles the model as it is");
  if (options.given.count("--against") && !verifies && !options.verifies)
    return fail("--against goes with 'niello verify'");
  if (options.verifies && (options.command != "compile" || options.isText() ||
                           options.isStage() || options.emit == "asm"))
    return fail(
        "--verify goes with 'niello compile' of a model to an artefact");
  for (const char *other : {"--tap", "--edit", "--stats"})
    if (options.verifies && options.given.count(other))
      return fail(Twine(other) + " makes another program than the model; "
                                 "--verify compares the model's own");
  if (options.given.count("--model-folder") && !options.isText())
    return fail("--model-folder says where the model of a stage's text (.mlir) "
                "lies, but '" +
                Twine(options.model) + "' is a model");
  if (options.command == "run" && options.emit != "exe")
    return fail("'niello run' compiles to an executable; --emit goes with "
                "'niello compile'");
  if (options.command == "run" && options.given.count("--dump-ir"))
    return fail("--dump-ir goes with 'niello compile'; 'niello run' may find "
                "its model compiled");
  return options;
}

} // namespace niello
