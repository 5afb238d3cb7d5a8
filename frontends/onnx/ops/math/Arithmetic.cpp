// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arithmetic of two or more tensors beyond what is one op.

#include "frontends/onnx/ops/Terms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Term;

Term cast(Term x, DType from, DType to) {
  ImplicitLocOpBuilder b(x.emit->loc, x.emit->b);
  return x.emit->wrap(castScalar(b, x, from, to));
}

/// The number of a constant that is one number all over.
std::optional<double> splatOf(Value value) {
  DenseElementsAttr elements;
  if (!value || !matchPattern(value, m_Constant(&elements)) ||
      !elements.isSplat())
    return std::nullopt;
  if (auto f = dyn_cast<FloatAttr>(elements.getSplatValue<Attribute>()))
    return f.getValueAsDouble();
  return std::nullopt;
}

// base^exponent for integers: squares and multiplies, wrapping; 0 for a
// negative exponent of anything but 1 and -1
Term integerPower(Term base, Term exponent) {
  model::Emit &e = *base.emit;
  Term one = base.like(1), n = maximum(exponent, exponent.like(0));
  model::Terms end = e.loopWhile(
      {one, base, n}, [](model::Terms s) { return s[2] > 0; },
      [](model::Terms s) {
        Term isOdd = s[2] % s[2].like(2) == 1;
        return model::Terms{select(isOdd, s[0] * s[1], s[0]), s[1] * s[1],
                            s[2] / 2};
      });
  Term isEven = exponent % exponent.like(2) == 0;
  Term inverse =
      select(base == 1, one,
             select(base == -1, select(isEven, one, base), base.like(0)));
  return select(exponent < 0, inverse, end[0]);
}

LogicalResult importPow(Node &node) {
  DType base = node.dtype(0), exponent = node.dtype(1);
  SmallVector<Tensor> both{node.tensor(0), node.tensor(1)};
  std::optional<double> constant =
      isFloat(base) ? splatOf(node.tensor(1).value) : std::nullopt;
  auto power = [&](ArrayRef<Term> x) -> Term {
    if (constant == 2)
      return x[0] * x[0];
    if (constant == 3)
      return x[0] * x[0] * x[0];
    if (isFloat(base))
      return pow(x[0], cast(x[1], exponent, base));
    if (!isFloat(exponent)) {
      Term wide = cast(x[0], base, DType::Int64);
      return cast(integerPower(wide, cast(x[1], exponent, DType::Int64)),
                  DType::Int64, base);
    }
    Term real = pow(cast(x[0], base, DType::Double),
                    cast(x[1], exponent, DType::Double));
    return cast(real, DType::Double, base);
  };
  return give(node, 0, perElement(node, both, base, power));
}

// fmod: a - trunc(a / b) b. Else a - floor(a / b) b, with the sign of b.
LogicalResult importMod(Node &node) {
  DType dtype = node.dtype(0);
  bool truncates = node.intAttr("fmod", 0);
  SmallVector<Tensor> both{node.tensor(0), node.tensor(1)};
  auto modulo = [&](ArrayRef<Term> x) -> Term {
    model::Emit &e = *x[0].emit;
    if (isUnsignedInteger(dtype))
      return e.wrap(arith::RemUIOp::create(e.b, e.loc, x[0], x[1]));
    Term rest = x[0] % x[1];
    if (truncates)
      return rest;
    Term differs = (rest < 0) != (x[1] < 0);
    if (!isFloat(dtype))
      return select((rest != 0) & differs, rest + x[1], rest);
    // a zero takes the sign of b
    Term zero =
        e.wrap(math::CopySignOp::create(e.b, e.loc, rest.like(0), x[1]));
    return select(rest == 0, zero, select(differs, rest + x[1], rest));
  };
  return give(node, 0, perElement(node, both, dtype, modulo));
}

LogicalResult importBitShift(Node &node) {
  std::string direction = node.stringAttr("direction", "");
  if (direction != "LEFT" && direction != "RIGHT")
    return node.bad("needs direction LEFT or RIGHT, but got '" + direction +
                    "'");
  SmallVector<Tensor> both{node.tensor(0), node.tensor(1)};
  bool isLeft = direction == "LEFT";
  bool isSigned = isSignedInteger(node.dtype(0));
  // An amount that is negative or too large gives what is left after all bits
  // are shifted out; arith leaves it open.
  auto shift = [&](ArrayRef<Term> x) -> Term {
    model::Emit &e = *x[0].emit;
    double last = x[0].getType().getIntOrFloatBitWidth() - 1;
    Term amount = minimum(x[1], x[1].like(last), /*isSigned=*/false);
    if (!isLeft && isSigned)
      return e.wrap(arith::ShRSIOp::create(e.b, e.loc, x[0], amount));
    Term shifted = e.wrap(
        isLeft ? arith::ShLIOp::create(e.b, e.loc, x[0], amount).getResult()
               : arith::ShRUIOp::create(e.b, e.loc, x[0], amount).getResult());
    return select(amount == x[1], shifted, x[0].like(0));
  };
  return give(node, 0, perElement(node, both, node.dtype(0), shift));
}

// (x0 + x1 + ...) / n
LogicalResult importMean(Node &node) {
  SmallVector<Tensor> inputs;
  for (unsigned i = 0; i < node.numInputs(); ++i)
    inputs.push_back(node.tensor(i));
  return give(node, 0, perElement(node, inputs, node.dtype(0), [](auto x) {
                Term sum = x[0];
                for (Term next : x.drop_front())
                  sum = sum + next;
                return sum / double(x.size());
              }));
}

const Registration table[] = {
    {"", "Pow", importPow, numbers},
    {"", "Mod", importMod, numbers},
    {"", "BitShift", importBitShift, ints},
    {"", "Mean", importMean, floats},
};

} // namespace

ArrayRef<Registration> arithmeticOps() { return table; }

} // namespace niello::onnx_frontend
