// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pools over two dimensions.

#include "runtime/image/Generators.h"

#include <algorithm>
#include <limits>

using namespace Halide;
using namespace niello::image;

// NaN wins, as in the plain path; Halide's own max does not say which.
static Expr greatest(Expr best, Expr element) {
  return select(element > best || element != element, element, best);
}

// The numbers of a pool, which max and average share. `stride` is that of
// columns, 0: a parameter.
struct Pool {
  explicit Pool(int stride) : step(stride ? Expr(stride) : Expr(strideX)) {
    down = RDom(0, x.dim(0).extent(), 0, height, "down");
    row = oy * strideY + down.y * dilationY - pads(0);
    down.where(row >= 0 && row < x.dim(1).extent());
  }

  /// What the input has at column down.x of row down.y of the window.
  Expr element() { return x(down.x, clamp(row, 0, x.dim(1).extent() - 1)); }
  /// The column that tap `tap` of the window at `ox` reads.
  Expr column(Expr tap) { return ox * step + tap * dilationX - pads(1); }
  std::vector<Argument> arguments() {
    return {height, width, strideY, strideX, dilationY, dilationX, x, pads};
  }

  Param<int32_t> height{"height"}, width{"width"}, strideY{"stride_y"},
      strideX{"stride_x"}, dilationY{"dilation_y"}, dilationX{"dilation_x"};
  ImageParam x{Float(32), 2, "x"}, pads{Int(32), 1, "pads"};
  Var i{"i"}, ox{"ox"}, oy{"oy"};
  RDom down;
  Expr step, row;
};

constexpr TailStrategy kGuard = TailStrategy::GuardWithIf;

// Down the rows of a window first, a whole row of the input at a time, then
// across. Columns beyond the edge keep the start.
static Stencil maxPool(int stride, int lanes) {
  Pool p(stride);
  Func row("row"), result("result");
  Expr start = -std::numeric_limits<float>::infinity();
  row(p.i, p.oy) = start;
  row(p.down.x, p.oy) = greatest(row(p.down.x, p.oy), p.element());
  RDom over(0, p.width, "over");
  result(p.ox, p.oy) = start;
  result(p.ox, p.oy) = greatest(result(p.ox, p.oy), row(p.column(over), p.oy));

  row.compute_at(result, p.oy).store_root().fold_storage(p.oy, 1);
  row.vectorize(p.i, lanes, TailStrategy::RoundUp);
  row.update().vectorize(p.down.x, lanes, kGuard);
  result.vectorize(p.ox, lanes, kGuard);
  result.update().reorder(p.ox, over, p.oy).vectorize(p.ox, lanes, kGuard);
  return {p.arguments(), result};
}

// The sum is taken in the order of the plain path, row by row of the window, so
// that both round alike; columns beyond the edge add 0. It is divided by
// rows(oy) columns(ox), how many elements a window has.
static Stencil averagePool(int stride, int lanes) {
  Pool p(stride);
  ImageParam rows(Float(32), 1, "rows"), columns(Float(32), 1, "columns");
  Var k("k");
  Func lines("lines"), result("result");
  lines(p.i, k, p.oy) = 0.0f;
  lines(p.down.x, p.down.y, p.oy) = p.element();
  RDom window(0, p.width, 0, p.height, "window");
  result(p.ox, p.oy) = 0.0f;
  result(p.ox, p.oy) += lines(p.column(window.x), window.y, p.oy);
  result(p.ox, p.oy) = result(p.ox, p.oy) / (rows(p.oy) * columns(p.ox));

  lines.compute_at(result, p.oy);
  lines.vectorize(p.i, lanes, TailStrategy::RoundUp);
  lines.update().vectorize(p.down.x, lanes, kGuard);
  result.vectorize(p.ox, lanes, kGuard);
  result.update()
      .reorder(p.ox, window.x, window.y, p.oy)
      .vectorize(p.ox, lanes, kGuard);
  result.update(1).vectorize(p.ox, lanes, kGuard);
  Stencil stencil{p.arguments(), result};
  stencil.arguments.insert(stencil.arguments.end(), {rows, columns});
  return stencil;
}

// Rows of a hundred are common: with 16 lanes their rest weighs more than the
// wider vectors bring (112 columns at v4: 0.38 ms with 16, 0.26 with 8).
constexpr int kMostLanes = 8;

std::vector<NamedStencil> niello::image::poolStencils() {
  std::vector<NamedStencil> all;
  for (bool isMax : {true, false})
    for (int stride : {1, 2, 0})
      all.push_back({std::string(isMax ? "pool_max_" : "pool_average_") +
                         (stride ? std::to_string(stride) : "n"),
                     [=](int lanes) {
                       lanes = std::min(lanes, kMostLanes);
                       return isMax ? maxPool(stride, lanes)
                                    : averagePool(stride, lanes);
                     }});
  return all;
}
