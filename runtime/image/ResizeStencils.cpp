// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resize by tables: for each place of the result, along each axis, the places
// that it reads and their weights. Coordinates, modes and edges are in the
// tables, which compiled code makes; what is left is the stencil.

#include "runtime/image/Generators.h"

#include <functional>

using namespace Halide;
using namespace niello::image;

namespace {

/// The tables of one axis, [taps, count] each.
struct Axis {
  ImageParam places, weights;
  /// How many taps, 0 where the table says it.
  int taps;

  Axis(const std::string &name, int taps)
      : places(Int(32), 2, "places_" + name),
        weights(Float(32), 2, "weights_" + name), taps(taps) {}

  Expr place(Expr o, Expr tap, Expr length) {
    return clamp(places(o, tap), 0, length - 1);
  }

  /// sum over taps of weight(o, tap) element(place), in the order of the taps.
  Expr sum(Var o, Expr length, std::function<Expr(Expr)> element) {
    if (taps == 0) {
      RDom tap(0, weights.dim(1).extent());
      return Halide::sum(weights(o, tap) * element(place(o, tap, length)));
    }
    Expr total = weights(o, 0) * element(place(o, 0, length));
    for (int tap = 1; tap < taps; ++tap)
      total += weights(o, tap) * element(place(o, tap, length));
    return total;
  }
};

} // namespace

// y(o, inner) = sum_t w(t, o) x(place(t, o), inner): an axis with others below.
static Stencil resizeOuter(int taps, int lanes) {
  ImageParam x(Float(32), 2, "x");
  Axis rows("y", taps);
  Var i("i"), o("o");
  Func result("result");
  result(i, o) =
      rows.sum(o, x.dim(1).extent(), [&](Expr at) { return x(i, at); });
  result.vectorize(i, lanes, TailStrategy::GuardWithIf);
  return {{x, rows.places, rows.weights}, result};
}

// y(row, o) = sum_t w(t, o) x(row, place(t, o)): the innermost axis.
static Stencil resizeInner(int taps, int lanes) {
  ImageParam x(Float(32), 2, "x");
  Axis columns("x", taps);
  Var o("o"), row("row");
  Func result("result");
  result(o, row) =
      columns.sum(o, x.dim(0).extent(), [&](Expr at) { return x(at, row); });
  result.vectorize(o, lanes, TailStrategy::GuardWithIf);
  return {{x, columns.places, columns.weights}, result};
}

// Both: a row of sums over the outer axis at a time, in the first cache, then
// sums along it.
static Stencil resizeBoth(int taps, int lanes) {
  ImageParam x(Float(32), 2, "x");
  Axis rows("y", taps), columns("x", taps);
  Var i("i"), oy("oy"), ox("ox");
  Func row("row"), result("result");
  row(i, oy) =
      rows.sum(oy, x.dim(1).extent(), [&](Expr at) { return x(i, at); });
  result(ox, oy) =
      columns.sum(ox, x.dim(0).extent(), [&](Expr at) { return row(at, oy); });
  result.vectorize(ox, lanes, TailStrategy::GuardWithIf);
  row.compute_at(result, oy)
      .store_root()
      .fold_storage(oy, 1)
      .vectorize(i, lanes, TailStrategy::GuardWithIf);
  return {{x, rows.places, rows.weights, columns.places, columns.weights},
          result};
}

// y(ox, oy) = x(place(ox), place(oy)), elements of any type as bits.
static Stencil resizeNearest(int bits, int lanes) {
  ImageParam x(UInt(bits), 2, "x");
  ImageParam rows(Int(32), 1, "places_y"), columns(Int(32), 1, "places_x");
  Var ox("ox"), oy("oy");
  Func result("result");
  result(ox, oy) = x(clamp(columns(ox), 0, x.dim(0).extent() - 1),
                     clamp(rows(oy), 0, x.dim(1).extent() - 1));
  result.vectorize(ox, lanes, TailStrategy::GuardWithIf);
  return {{x, rows, columns}, result};
}

std::vector<NamedStencil> niello::image::resizeStencils() {
  std::vector<NamedStencil> all;
  for (int taps : {0, 2, 4}) {
    std::string suffix = taps ? "_" + std::to_string(taps) : "_n";
    auto add = [&](const char *name, Stencil (*build)(int, int)) {
      all.push_back(
          {name + suffix, [=](int lanes) { return build(taps, lanes); }});
    };
    add("resize_outer", resizeOuter);
    add("resize_inner", resizeInner);
    add("resize", resizeBoth);
  }
  for (int bits : {8, 16, 32, 64})
    all.push_back({"resize_nearest_" + std::to_string(bits),
                   [=](int lanes) { return resizeNearest(bits, lanes); }});
  return all;
}
