// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pools over two dimensions: down the rows of a window first, a whole row of
// the input at a time, then across.

#include "runtime/image/Generators.h"

#include <algorithm>
#include <limits>

using namespace Halide;
using namespace niello::image;

// NaN wins, as in the plain path; Halide's own max does not say which.
static Expr greatest(Expr best, Expr element) {
  return select(element > best || element != element, element, best);
}

// `stride` is that of columns, 0: a parameter. An average is divided by
// rows(oy) columns(ox), how many elements a window has.
static Stencil pool(bool isMax, int stride, int lanes) {
  Param<int32_t> height("height"), width("width"), strideY("stride_y"),
      strideX("stride_x"), dilationY("dilation_y"), dilationX("dilation_x");
  ImageParam x(Float(32), 2, "x"), pads(Int(32), 1, "pads");
  ImageParam rows(Float(32), 1, "rows"), columns(Float(32), 1, "columns");
  Var i("i"), ox("ox"), oy("oy");
  Func row("row"), result("result");
  Expr start = isMax ? Expr(-std::numeric_limits<float>::infinity()) : 0.0f;
  auto join = [&](Expr state, Expr element) {
    return isMax ? greatest(state, element) : state + element;
  };

  // Columns beyond the edge keep the start.
  Expr rowCount = x.dim(1).extent();
  RDom down(0, x.dim(0).extent(), 0, height, "down");
  Expr at = oy * strideY + down.y * dilationY - pads(0);
  down.where(at >= 0 && at < rowCount);
  row(i, oy) = start;
  row(down.x, oy) =
      join(row(down.x, oy), x(down.x, clamp(at, 0, rowCount - 1)));

  RDom over(0, width, "over");
  Expr step = stride ? Expr(stride) : Expr(strideX);
  result(ox, oy) = start;
  result(ox, oy) =
      join(result(ox, oy), row(ox * step + over * dilationX - pads(1), oy));
  if (!isMax)
    result(ox, oy) = result(ox, oy) / (rows(oy) * columns(ox));

  const TailStrategy guard = TailStrategy::GuardWithIf;
  row.compute_at(result, oy).store_root().fold_storage(oy, 1);
  row.vectorize(i, lanes, TailStrategy::RoundUp);
  row.update().vectorize(down.x, lanes, guard);
  result.vectorize(ox, lanes, guard);
  result.update().reorder(ox, over, oy).vectorize(ox, lanes, guard);
  if (!isMax)
    result.update(1).vectorize(ox, lanes, guard);

  Stencil stencil;
  stencil.arguments = {height, width, strideY, strideX, dilationY, dilationX};
  stencil.arguments.insert(stencil.arguments.end(), {x, pads});
  if (!isMax)
    stencil.arguments.insert(stencil.arguments.end(), {rows, columns});
  stencil.output = result;
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
                       return pool(isMax, stride, std::min(lanes, kMostLanes));
                     }});
  return all;
}
