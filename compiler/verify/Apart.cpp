// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/verify/Apart.h"

#include "compiler/artefact/LoadedModel.h"
#include "llvm/ADT/ScopeExit.h"

#include <csignal>
#include <cstring>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace niello {
namespace {

// What the process leaves in memory that both see: a letter, 'd' for arrays or
// 'f' for a sentence, then that.
class Pipe {
public:
  explicit Pipe(int file) : file(file) {}

  void put(const void *data, size_t size) {
    for (size_t done = 0; done < size;) {
      ssize_t n =
          write(file, static_cast<const char *>(data) + done, size - done);
      if (n <= 0)
        _exit(111); // no memory for it
      done += n;
    }
  }
  template <typename T> void put(T value) { put(&value, sizeof(value)); }

  bool get(void *data, size_t size) {
    for (size_t done = 0; done < size;) {
      ssize_t n = read(file, static_cast<char *>(data) + done, size - done);
      if (n <= 0)
        return false;
      done += n;
    }
    return true;
  }

private:
  int file;
};

Error runHere(const std::string &path, ArrayRef<Array> inputs, Pipe &out) {
  auto model = LoadedModel::open(path);
  if (!model)
    return model.takeError();
  std::vector<niello_tensor> tensors;
  for (const Array &input : inputs) {
    niello_tensor &tensor = tensors.emplace_back();
    tensor = {};
    tensor.data = const_cast<char *>(input.bytes.data());
    tensor.dtype = input.dtype;
    tensor.rank = input.shape.size();
    copy(input.shape, tensor.shape);
  }
  const niello_entry_desc *entry = (*model)->entry("main");
  if (!entry || entry->num_inputs != inputs.size())
    return createStringError("the compiled code takes other inputs");
  std::vector<niello_tensor> outputs(entry->num_outputs);
  if (Error error = (*model)->run("main", tensors, outputs))
    return error;
  out.put('d');
  out.put(uint64_t(outputs.size()));
  for (const niello_tensor &tensor : outputs) {
    uint64_t bytes = niello_dtype_size(tensor.dtype);
    for (int i = 0; i < tensor.rank; ++i)
      bytes *= tensor.shape[i];
    out.put(tensor.dtype);
    out.put(tensor.rank);
    out.put(tensor.shape, tensor.rank * sizeof(int64_t));
    out.put(bytes);
    out.put(tensor.data, bytes);
  }
  return Error::success();
}

Expected<std::vector<Array>> collect(Pipe &in) {
  char kind;
  uint64_t count;
  auto cut = [] {
    return createStringError("the compiled code ended before it was done");
  };
  if (!in.get(&kind, 1) || !in.get(&count, sizeof(count)))
    return cut();
  if (kind == 'f') {
    std::string sentence(count, ' ');
    in.get(sentence.data(), count);
    return createStringError(sentence);
  }
  std::vector<Array> arrays(count);
  for (Array &array : arrays) {
    int32_t rank;
    uint64_t bytes;
    if (!in.get(&array.dtype, sizeof(array.dtype)) ||
        !in.get(&rank, sizeof(rank)))
      return cut();
    array.shape.resize(rank);
    if (!in.get(array.shape.data(), rank * sizeof(int64_t)) ||
        !in.get(&bytes, sizeof(bytes)))
      return cut();
    array.bytes.resize(bytes);
    if (!in.get(array.bytes.data(), bytes))
      return cut();
  }
  return std::move(arrays);
}

} // namespace

Expected<std::vector<Array>>
runLibrary(const std::string &path, ArrayRef<Array> inputs, unsigned seconds) {
  int file = memfd_create("niello-verify", MFD_CLOEXEC);
  if (file < 0)
    return createStringError("there is no memory for the results: " +
                             Twine(strerror(errno)));
  scope_exit close([&] { ::close(file); });
  pid_t child = fork();
  if (child < 0)
    return createStringError("cannot start a process: " +
                             Twine(strerror(errno)));
  Pipe pipe(file);
  if (child == 0) {
    // The compiler's handlers remove its files; they are the parent's.
    for (int number :
         {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGALRM, SIGTERM, SIGINT})
      signal(number, SIG_DFL);
    alarm(seconds);
    if (Error error = runHere(path, inputs, pipe)) {
      std::string sentence = toString(std::move(error));
      pipe.put('f');
      pipe.put(uint64_t(sentence.size()));
      pipe.put(sentence.data(), sentence.size());
    }
    _exit(0);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
    return createStringError("the compiled code does not end within " +
                             Twine(seconds) + " s");
  if (WIFSIGNALED(status))
    return createStringError("the compiled code crashed: " +
                             Twine(strsignal(WTERMSIG(status))));
  if (WEXITSTATUS(status) == 111)
    return createStringError("there is no memory for the results");
  lseek(file, 0, SEEK_SET);
  return collect(pipe);
}

} // namespace niello
