// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/Options.h"

namespace niello {
namespace {

constexpr const char *overview =
    R"(niello compiles a trained model file to a native program, ahead of time.

  niello compile model.onnx -o model     a static executable for this machine
  niello run model.onnx --input x=x.npy  compile into a cache, then run
  niello inspect model.onnx              what is in a model, and what will run
  niello inspect model                   what is in a compiled one
  niello verify model.onnx               is the compiled model right
  niello ops                             operators, types and opsets it compiles
  niello targets                         machines it compiles for
  niello COMMAND --help                  more about one command
  niello --version

A first try:
  niello compile model.onnx -o model
  ./model --help                         its inputs, and a line that runs
)";

constexpr const char *compileHelp =
    R"(niello compile MODEL [-o FILE] [flags]

MODEL is an ONNX file, or the printed IR of a stage (.mlir): that goes on from
there, with the flags that it was made with, to the same bytes.

What to make (--emit):
  exe       a static executable with the weights inside (default)
  shared    a shared library (.so) and a C header
  static    a static library (.a) and a C header
  object    one object (.o)
  asm       assembly text
  source, blocks, packed, plan, loops, llvm
            the IR of that stage, to FILE or the screen

  -o FILE              where it goes (default: the model's name)
  --target=NAME        a machine of 'niello targets' (default: host, this one)
  --dim NAME=N         fixes a named dimension of the inputs
  --dim NAME=LOW..HIGH bounds one; what is not named stays free
  --tap PATTERN        makes the values of that name, or of the node of that
                       name, outputs as well; * and ? stand for any letters;
                       may be given again. 'niello inspect MODEL --taps' lists
                       them, and blocks.3.attention.out is one of them too
  --edit SITE=KIND     lets the caller change a value before anything reads it:
                       an input SITE.KIND follows the model's own. set: takes
                       its place; add: is added; scale: a factor; mask: false
                       is 0; project: its rows [k, n], orthonormal, are taken
                       out of the last dimension. A size of 1 stretches, but
                       not for set. A tap of the value is from before the edit
  --edit SITE=KIND@D   only at some positions of dimension D, which are one
                       more input, SITE.KIND.positions
  --stats PATTERN=KINDS@D
                       makes statistics of the values of that name outputs,
                       PATTERN.stats.KIND, for every index of dimension D (the
                       last where left out) over all others. KINDS, by commas:
                       mean, variance, min, max, l1, l2, linf (all these where
                       left out), moments (X^T X), histogram. The Python class
                       niello.Statistics combines them over calls
  --numerics=KIND      strict: no reassociation across operators
                       default: sums inside a kernel may be reassociated
                       fast: looser functions, each with its bound
  -O0                  the plain path: every operator as written, nothing
                       fused; slow, and the reference for the fast one
  --model-folder=DIR   where the model of a stage's text lies, whose weights it
                       refers to (default: beside the text)
  -g                   DWARF, for debuggers and profilers: which source node an
                       address is of; the code stays the same
  --verify             compares the program with the plain path first, as 'niello
                       verify' does; the report goes into the artefact, where
                       'niello inspect' finds it; a wrong one is not made
  --dump-ir DIR        what each pass changed, a file a pass, with index.md
  --explain=PASS       why the pass left undone what it did: a line for each
                       place (fuse-kernels, raise-attention, ...)
  --verify-each        check the IR after every pass
  --no-cache           compile even when the same command has made FILE before
                       and nothing that it is made of has changed since: the
                       compiler, the model and its files, by size and time. That
                       is noted in ${NIELLO_CACHE:-~/.cache/niello}/compile,
                       and the code of each kernel in kernels/ beside it; both
                       may be deleted at any time
  -v                   time of each stage

Examples:
  niello compile model.onnx -o model
  niello compile model.onnx --emit=shared --dim seq=1..512 --target=x86-64-v3
  niello compile model.onnx --emit=plan | less

Exit codes: 0 done, 1 the model, the flags, memory or disk, 2 not supported, 3 a
bug of niello's, 4 the program cannot run on this machine. With 3, FILE or the
model's name + .reproducer.mlir is what to report: the IR, flags and version,
without weights, and the command that replays the bug.
)";

constexpr const char *runHelp =
    R"(niello run MODEL [flags of compile] [flags of the program]

Compiles MODEL to an executable in a cache (${NIELLO_CACHE:-~/.cache/niello})
unless it is there, and runs it.

  --input NAME=FILE.npy      one for each input, or
  --input NAME=random:SEED   random numbers, or
  --input NAME=1,2,3         the numbers themselves
  --output-dir DIR           writes NAME.npy for each output
  --output-npz FILE.npz      writes all outputs to one file
  --repeat N                 runs N times; min, median and max time
  --threads N                threads to use

Example:
  niello run model.onnx --input x=random:1 --repeat 10
)";

constexpr const char *inspectHelp =
    R"(niello inspect FILE [--json | --why NODE] [flags of compile]

FILE is a model or the printed IR of a stage (.mlir): prints
  - inputs and outputs, with the bounds of free dimensions
  - the operators of the file by kind, and its weights by type
  - the blocks they were understood as: attention, norm, matmul, ...
  - the states that loops carry from one step to the next
  - the plan: a line for each kernel, in the order in which they run, and one for
    all that are alike: its result, floating-point operations, bytes read and
    written, their ratio (how well it can keep a processor busy), and the nodes
    of the file it computes
  - the weights as the program will hold them
  - the memory of one call, and the tensors that hold it when most is needed
A model that does not compile is told of as far as it came, then why.

FILE is an executable, a library or an object that niello made: prints its
inputs and outputs, where it comes from, its bytes, the CPU features that it
needs, and whether this machine has them.

  --taps               instead, what --tap, --stats and --edit can name: a line
                       for each value, with its type and node, and its name by
                       block, as blocks.3.attention.out, where it has one
  --json               all of it as one JSON object; compiler/inspect/README.md
                       of the sources lists the keys
  --why NODE           instead: what became of a node of the file, and for what
                       reason no rewrite that was tried at it went further
  --dim NAME=N         fixes a named dimension: costs and memory are numbers
  --target=NAME        plans for another machine than this one

Examples:
  niello inspect model.onnx
  niello inspect model.onnx --dim batch=1 --dim seq=128
  niello inspect model.onnx --json > model.json

Exit codes: as those of niello compile.
)";

constexpr const char *verifyHelp =
    R"(niello verify MODEL [flags of compile]

Compiles MODEL and compares it with the plain path (-O0), which fuses nothing:
every kernel on the plain path's values, at each value of the model that lies in
memory between two kernels, then the program as a whole. Where a kernel differs,
it is split, compiled again and narrowed down until one operator remains: its
name, sizes, errors, the worst element and what it was made of.

  --input NAME=FILE.npy  an array that NumPy saved; what is not given is made
                         up, three times, with other sizes for free dimensions
  --against WHAT         also compares the plain path itself: with onnxruntime
                         (of the Python that NIELLO_PYTHON names, or python3),
                         or with the arrays of FILE.npz, which numpy.savez has
                         written by the names of values; default: source, the
                         plain path is taken as it is
  --dim NAME=N           fixes a named dimension
  --json                 the report as JSON
  -v                     time of each step

What may differ is a table by operator and type, compiler/verify/Tolerance.cpp
of the sources. An error beyond it counts only where it is also more than what
the plain path makes of inputs that are off by as much.

Examples:
  niello verify model.onnx
  niello verify model.onnx --input ids=ids.npy --input mask=mask.npy

Exit codes: 0 right, 1 the model, the flags, nothing to compare, or the plain
path differs from --against, 2 not supported, 3 wrong: a bug of niello's.
)";

constexpr const char *opsHelp =
    R"(niello ops [--markdown]

Lists the operators that compile: domain and name, the first opset of the form,
the element types of the first input, and whether it goes through the function
body that the ONNX standard gives.
)";

constexpr const char *targetsHelp =
    R"(niello targets

Lists what --target takes. A level may be followed by features, as in
x86-64-v4+avx512bf16.
)";

} // namespace

std::string helpText(llvm::StringRef command) {
  if (command == "compile")
    return compileHelp;
  if (command == "run")
    return runHelp;
  if (command == "inspect")
    return inspectHelp;
  if (command == "verify")
    return verifyHelp;
  if (command == "ops")
    return opsHelp;
  if (command == "targets")
    return targetsHelp;
  return overview;
}

} // namespace niello
