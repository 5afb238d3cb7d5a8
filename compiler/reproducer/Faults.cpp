// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a process can say of its own end it writes to shared memory, without
// asking for any; the rest is seen from outside.

#include "compiler/reproducer/Faults.h"

#include "compiler/reproducer/Progress.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <cstdlib>
#include <cxxabi.h>
#include <exception>
#include <fcntl.h>
#include <new>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <typeinfo>
#include <unistd.h>

namespace niello {
namespace {

/// Those that a person or a shell sends: the child has files to remove.
constexpr int kInterrupts[] = {SIGINT, SIGTERM, SIGHUP};

volatile sig_atomic_t child = 0;

void handOn(int signal) {
  if (child > 0)
    kill(child, signal);
}

[[noreturn]] void outOfMemory() {
  Progress::position().end = Position::End::OutOfMemory;
  _exit(1);
}

/// LLVM gives up. A stream that could not be written says so only here, when
/// it is destroyed.
void fatal(void *, const char *reason, bool) {
  Position &position = Progress::position();
  llvm::StringRef text(reason);
  Progress::set(position.reason, text);
  if (text.contains("IO failure on output stream")) {
    position.end = Position::End::CannotWrite;
    _exit(1);
  }
  position.end = Position::End::Fatal;
  abort();
}

/// What is thrown where nothing catches: LLVM is built without exceptions, but
/// the standard library is not.
void terminated() {
  const std::type_info *type = abi::__cxa_current_exception_type();
  llvm::StringRef name = type ? type->name() : "";
  if (name == "St9bad_alloc" || name == "St12system_error")
    outOfMemory(); // of memory, or of threads
  abort();
}

void prepareChild(bool quiet) {
  std::set_new_handler(outOfMemory);
  std::set_terminate(terminated);
  llvm::install_bad_alloc_error_handler(
      [](void *, const char *, bool) { outOfMemory(); });
  llvm::install_fatal_error_handler(fatal);
  // A file that grows beyond `ulimit -f` is one that cannot be written.
  signal(SIGXFSZ, SIG_IGN);
  if (!quiet)
    return;
  int nowhere = open("/dev/null", O_RDWR);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
}

ProcessEnd waitFor(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR)
    ;
  ProcessEnd end;
  if (WIFSIGNALED(status))
    end.signal = WTERMSIG(status);
  else
    end.code = WEXITSTATUS(status);
  return end;
}

} // namespace

std::optional<ProcessEnd> runApart(llvm::function_ref<int()> work, bool quiet) {
  // None may come between the fork and the note of whom to hand it to.
  sigset_t interrupts, before;
  sigemptyset(&interrupts);
  for (int signal : kInterrupts)
    sigaddset(&interrupts, signal);
  sigprocmask(SIG_BLOCK, &interrupts, &before);
  pid_t parent = getpid(), process = fork();
  if (process == 0) {
    // Also where the parent is killed and cannot hand it on.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(1);
    sigprocmask(SIG_SETMASK, &before, nullptr);
    prepareChild(quiet);
    exit(work());
  }
  if (process < 0) {
    sigprocmask(SIG_SETMASK, &before, nullptr);
    return std::nullopt;
  }
  child = process;
  struct sigaction old[std::size(kInterrupts)], handler = {};
  handler.sa_handler = handOn;
  for (auto [i, signal] : llvm::enumerate(kInterrupts)) {
    sigaction(signal, nullptr, &old[i]);
    if (old[i].sa_handler != SIG_IGN) // nohup
      sigaction(signal, &handler, nullptr);
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  ProcessEnd end = waitFor(process);
  child = 0;
  for (auto [i, signal] : llvm::enumerate(kInterrupts))
    sigaction(signal, &old[i], nullptr);
  return end;
}

bool isCrash(int signal) {
  switch (signal) {
  case SIGSEGV:
  case SIGABRT:
  case SIGBUS:
  case SIGFPE:
  case SIGILL:
  case SIGTRAP:
  case SIGSYS:
    return true;
  default:
    return false;
  }
}

std::string describeSignal(int signal) {
  switch (signal) {
  case SIGSEGV:
    return "a segmentation fault";
  case SIGABRT:
    return "an abort";
  case SIGFPE:
    return "an arithmetic fault";
  case SIGILL:
  case SIGTRAP:
    return "an illegal instruction";
  default:
    return "signal " + std::to_string(signal);
  }
}

std::optional<unsigned long> memoryLimit() {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY)
    return std::nullopt;
  return limit.rlim_cur >> 20;
}

void dieBy(int signal) {
  // The core, if any is wanted, is the child's.
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  ::signal(signal, SIG_DFL);
  raise(signal);
}

} // namespace niello
