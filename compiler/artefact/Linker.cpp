// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LLD in this process, and what is done to symbols after it.

#include "compiler/artefact/Linker.h"

#include "lld/Common/CommonLinkerContext.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace llvm;

namespace niello {
namespace {

/// "ld.lld: error: x" becomes "x". A second line tells who refers to a missing
/// symbol, which is worth its place.
std::string firstComplaint(StringRef output) {
  size_t at = output.find("error: ");
  StringRef text = at == StringRef::npos ? output : output.substr(at + 7);
  auto [first, rest] = text.split('\n');
  std::string complaint = userPath(first.trim());
  StringRef second = rest.split('\n').first.trim();
  if (second.consume_front(">>> "))
    complaint += " (" + userPath(second) + ")";
  return complaint.empty() ? "no reason given" : complaint;
}

/// Runs a change of symbols over a file of ours, in memory: these files hold
/// code, not weights.
Error rewrite(StringRef path, const objcopy::ConfigManager &config) {
  auto buffer = MemoryBuffer::getFile(path, false, false, /*IsVolatile=*/true);
  if (!buffer)
    return createStringError("cannot read '" + path +
                             "': " + buffer.getError().message());
  auto binary = object::createBinary(**buffer);
  if (!binary)
    return binary.takeError();
  SmallVector<char, 0> bytes;
  raw_svector_ostream stream(bytes);
  if (Error error = objcopy::executeObjcopyOnBinary(config, **binary, stream))
    return error;
  std::error_code error;
  raw_fd_ostream out(path, error);
  if (error)
    return cannotWrite(path, error);
  out.write(bytes.data(), bytes.size());
  out.close();
  error = out.error();
  out.clear_error();
  return error ? cannotWrite(path, error) : Error::success();
}

Error addName(objcopy::NameMatcher &matcher, StringRef name,
              objcopy::MatchStyle style = objcopy::MatchStyle::Literal) {
  auto pattern = objcopy::NameOrPattern::create(
      name, style, [](Error error) { return error; });
  if (!pattern)
    return pattern.takeError();
  return matcher.addMatcher(std::move(pattern));
}

} // namespace

Error runLinker(const std::vector<std::string> &arguments) {
  // LLD has one context a process.
  static std::mutex one;
  static bool usable = true;
  std::lock_guard<std::mutex> lock(one);
  if (!usable)
    return createStringError("the linker failed before in this process and "
                             "cannot run again; start niello anew");
  std::vector<const char *> raw = {"ld.lld"};
  for (const std::string &argument : arguments)
    raw.push_back(argument.c_str());
  std::string output, complaints;
  raw_string_ostream outStream(output), errStream(complaints);
  lld::Result result =
      lld::lldMain(raw, outStream, errStream, {{lld::Gnu, &lld::elf::link}});
  usable = result.canRunAgain;
  if (result.retCode == 0)
    return Error::success();
  // LLD writes through a mapped file, where a full disk is a signal, too.
  if (result.retCode == 128 + SIGBUS)
    return createStringError("cannot link: the disk is full");
  // LLD recovers from a signal, but nobody knows from what.
  if (result.retCode > 128)
    report_fatal_error("the linker was stopped by signal " +
                       Twine(result.retCode - 128));
  return createStringError("cannot link: " + firstComplaint(complaints));
}

Error dropRuntimeNames(StringRef path, const ArtefactRequest &request) {
  StringSet<> ours;
  for (MemoryBufferRef buffer : request.objects) {
    auto file = object::ObjectFile::createELFObjectFile(buffer);
    if (!file)
      return file.takeError();
    for (object::SymbolRef symbol : (*file)->symbols()) {
      auto name = symbol.getName();
      auto flags = symbol.getFlags();
      if (!name || !flags)
        return joinErrors(name.takeError(), flags.takeError());
      if (!(*flags & object::SymbolRef::SF_Undefined))
        ours.insert(*name);
    }
  }
  auto buffer = MemoryBuffer::getFile(path, false, false, /*IsVolatile=*/true);
  if (!buffer)
    return createStringError("cannot read '" + path +
                             "': " + buffer.getError().message());
  auto linked = object::ObjectFile::createELFObjectFile(**buffer);
  if (!linked)
    return linked.takeError();
  objcopy::ConfigManager config;
  for (object::SymbolRef symbol : (*linked)->symbols()) {
    auto name = symbol.getName();
    if (!name)
      return name.takeError();
    if (!name->empty() && !ours.contains(*name))
      if (Error error = addName(config.Common.SymbolsToRemove, *name))
        return error;
  }
  return rewrite(path, config);
}

Error sealObject(StringRef path, StringRef getter) {
  objcopy::ConfigManager config;
  config.ELF.LocalizeHidden = true;
  config.Common.Weaken = true;
  if (Error error = addName(config.Common.SymbolsToKeepGlobal, "niello_*",
                            objcopy::MatchStyle::Wildcard))
    return error;
  if (Error error = addName(config.Common.SymbolsToKeepGlobal, getter))
    return error;
  if (Error error =
          addName(config.Common.SymbolsToLocalize, "niello_get_model"))
    return error;
  return rewrite(path, config);
}

} // namespace niello
