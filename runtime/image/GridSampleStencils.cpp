// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Grid sample: coordinates, neighbours and weights once for each place, then
// all channels. The formulas and the order of sums are those of the plain path
// (dialects/model/GridSampleLowering.cpp), so results are equal to the bit.

#include "runtime/image/Generators.h"

using namespace Halide;
using namespace niello::image;

namespace {

enum class Outside { Zeros, Border, Reflection };

/// How one spatial dimension is read; `taps` is 1 (nearest), 2 or 4.
struct Side {
  Expr length, align;
  Outside outside;
  int taps;

  Expr low() const { return select(align, 0.0f, -0.5f); }
  Expr size() const { return cast<float>(length); }
  Expr high() const { return size() - select(align, 1.0f, 0.5f); }

  Expr isEven(Expr whole) const { return floor(whole / 2) * 2 == whole; }
  Expr fold(Expr beyond, Expr near, Expr away) const;
  Expr reflect(Expr at) const;
  Expr place(Expr at) const;
  Expr element(Expr whole) const;
};

} // namespace

// Counted from the edge that was passed.
Expr Side::fold(Expr beyond, Expr near, Expr away) const {
  Expr width = high() - low(), safe = select(width > 0, width, 1.0f);
  Expr turns = floor(beyond / safe), rest = beyond - turns * safe;
  return select(isEven(turns), near + (away - near) * rest / safe,
                away + (near - away) * rest / safe);
}

// Like a ray between two mirrors.
Expr Side::reflect(Expr at) const {
  Expr inside =
      select(at < low(), fold(low() - at, low(), high()),
             select(at > high(), fold(at - high(), high(), low()), at));
  return select(high() - low() > 0, inside, low());
}

// Where the grid's coordinate lies, as a real.
Expr Side::place(Expr at) const {
  Expr place =
      select(align, (at + 1) / 2 * (size() - 1), ((at + 1) * size() - 1) / 2);
  if (taps == 1)
    place = round(place); // to even
  Expr isOutside = place < low() || place > high();
  if (outside == Outside::Border)
    return select(isOutside, min(max(place, 0.0f), size() - 1), place);
  if (outside == Outside::Reflection)
    return select(isOutside, reflect(place), place);
  return place;
}

// A whole real as the place that is read, -1 for none.
Expr Side::element(Expr whole) const {
  if (outside == Outside::Reflection)
    whole = reflect(whole);
  // What int32 holds; NaN goes to the low end.
  const float most = 2147483392.0f;
  Expr kept = select(whole > -most, whole, -most);
  Expr index = cast<int>(select(kept < most, kept, most));
  if (outside != Outside::Zeros)
    return clamp(index, 0, length - 1);
  return select(index >= 0 && index < length, index, -1);
}

// 1 - |d|, or Keys' kernel with a = -0.75. Of comparisons only < and > are what
// they say for NaN: Halide writes <= as the opposite of >.
static Expr weightAt(int taps, Expr distance) {
  Expr d = abs(distance);
  if (taps == 2)
    return select(d > 1, 0.0f, 1 - d);
  const float a = -0.75f;
  Expr near = (d * (a + 2) - (a + 3)) * d * d + 1;
  Expr far = ((d - 5) * d + 8) * d * a - 4 * a;
  return select(d < 2, select(d > 1, far, near), 0.0f);
}

static Stencil gridSample(int taps, Outside outside, int lanes) {
  Param<int32_t> align("align");
  ImageParam x(Float(32), 3, "x"), grid(Float(32), 3, "grid");
  Var ox("ox"), oy("oy"), c("c"), xo("xo"), xi("xi"), t("t");
  Func result("result");

  // For each place and tap: the element and its weight, down and across.
  std::vector<Func> places, weights;
  for (int dim : {1, 0}) {
    Side side{x.dim(dim).extent(), align != 0, outside, taps};
    Func at(dim ? "y" : "x");
    // Whole vectors of coordinates; the last one may reach past the end.
    Expr column = clamp(likely(ox), 0, grid.dim(1).extent() - 1);
    at(ox, oy) = side.place(grid(dim, column, oy));
    at.compute_at(result, xo).vectorize(ox, lanes, TailStrategy::RoundUp);
    Expr real = at(ox, oy);
    for (int tap = 0; tap < taps; ++tap) {
      Expr whole = real;
      if (taps > 1)
        whole = floor(real) - float(taps / 2 - 1) + float(tap);
      Func element, weight;
      element(ox, oy) = side.element(whole);
      weight(ox, oy) = taps == 1 ? Expr(1.0f) : weightAt(taps, real - whole);
      for (Func table : {element, weight})
        table.compute_at(result, xo)
            .vectorize(ox, lanes, TailStrategy::RoundUp);
      places.push_back(element);
      weights.push_back(weight);
    }
  }

  Expr total = 0.0f;
  for (int ty = 0; ty < taps; ++ty)
    for (int tx = 0; tx < taps; ++tx) {
      Expr row = places[ty](ox, oy), column = places[taps + tx](ox, oy);
      Expr value = x(clamp(column, 0, x.dim(0).extent() - 1),
                     clamp(row, 0, x.dim(1).extent() - 1), c);
      if (outside == Outside::Zeros)
        value = select(row >= 0 && column >= 0, value, 0.0f);
      Expr weight = weights[ty](ox, oy) * weights[taps + tx](ox, oy);
      total += taps == 1 ? value : weight * value;
    }
  result(ox, oy, c) = total;
  result.split(ox, xo, xi, lanes, TailStrategy::GuardWithIf)
      .reorder(xi, c, xo, oy)
      .vectorize(xi);
  return {{align, x, grid}, result};
}

std::vector<NamedStencil> niello::image::gridSampleStencils() {
  std::vector<NamedStencil> all;
  const std::pair<int, const char *> modes[] = {
      {1, "nearest"}, {2, "linear"}, {4, "cubic"}};
  const std::pair<Outside, const char *> edges[] = {
      {Outside::Zeros, "zeros"},
      {Outside::Border, "border"},
      {Outside::Reflection, "reflection"}};
  for (auto [taps, mode] : modes)
    for (auto [outside, edge] : edges)
      all.push_back({std::string("grid_sample_") + mode + "_" + edge,
                     [taps = taps, outside = outside](int lanes) {
                       return gridSample(taps, outside, lanes);
                     }});
  return all;
}
