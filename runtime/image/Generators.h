// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a file of stencils offers to the program that compiles them.

#ifndef NIELLO_RUNTIME_IMAGE_GENERATORS_H
#define NIELLO_RUNTIME_IMAGE_GENERATORS_H

#include <Halide.h>

#include <functional>
#include <string>
#include <vector>

namespace niello::image {

/// One stencil: its arguments in the order of `niello_rt_stencil` (parameters,
/// then tensors), and the function that is the output.
struct Stencil {
  std::vector<Halide::Argument> arguments;
  Halide::Func output;
};

/// Builds a stencil for a machine with vectors of that many f32.
struct NamedStencil {
  std::string name;
  std::function<Stencil(int lanes)> build;
};

std::vector<NamedStencil> gridSampleStencils();
std::vector<NamedStencil> poolStencils();
std::vector<NamedStencil> resizeStencils();
std::vector<NamedStencil> roiAlignStencils();

} // namespace niello::image

#endif // NIELLO_RUNTIME_IMAGE_GENERATORS_H
