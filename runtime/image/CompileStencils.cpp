// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles every stencil for every level into a folder, while Niello is built:
//
//   niello-stencils FOLDER   writes FOLDER/<stencil>_<level>.o, and their
//                            names to FOLDER/list
//
// A program of its own, so that Halide's LLVM never meets ours.

#include "runtime/image/Generators.h"

#include <cstdio>
#include <fstream>

using namespace Halide;
using namespace niello::image;

namespace {
// The levels of --target=. `strict_float`: no contraction and no other order of
// sums, so all levels give the same bits.
const struct {
  const char *name, *target;
  int lanes;
} kLevels[] = {
    {"v2", "x86-64-linux-sse41-no_runtime-user_context-strict_float", 4},
    {"v3",
     "x86-64-linux-sse41-avx-f16c-fma-avx2-no_runtime-user_context-"
     "strict_float",
     8},
    {"v4",
     "x86-64-linux-sse41-avx-f16c-fma-avx2-avx512-avx512_skylake-no_runtime-"
     "user_context-strict_float",
     16},
};
} // namespace

int main(int argc, char **argv) {
  if (argc != 2) {
    std::fprintf(stderr, "niello-stencils: needs a folder to write to\n");
    return 1;
  }
  const std::string folder = std::string(argv[1]) + "/";
  std::ofstream list(folder + "list");
  std::vector<NamedStencil> all;
  for (auto family :
       {gridSampleStencils, poolStencils, resizeStencils, roiAlignStencils})
    for (const NamedStencil &stencil : family())
      all.push_back(stencil);
  for (const NamedStencil &stencil : all)
    for (const auto &level : kLevels) {
      std::string name = stencil.name + "_" + level.name;
      Stencil built = stencil.build(level.lanes);
      built.output.compile_to_object(folder + name + ".o", built.arguments,
                                     "stencil_" + name, Target(level.target));
      list << name << ".o\n";
    }
  list.close();
  return list ? 0 : 1;
}
