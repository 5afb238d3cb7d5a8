// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plain lowerings read like the loops they mean: a Term is a value of the IR
// under construction whose C++ operators emit `arith` ops, and Emit makes the
// loops, tensors and checks around them.
//
//   Emit e(builder, loc);
//   Value sums = e.generate({e.dim(x, 0)}, e.b.getF32Type(), [&](Terms at) {
//     return e.sum(e.dim(x, 1), e.real(e.b.getF32Type(), 0), [&](Term j) {
//       return e.at(x, {at[0], j});
//     });
//   });

#ifndef NIELLO_DIALECTS_MODEL_TERMS_H
#define NIELLO_DIALECTS_MODEL_TERMS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace niello::model {
using namespace mlir;

class Emit;

/// One value under construction. Integers are signed, comparisons of floats are
/// false for a NaN (but `!=` is true), and what is constant folds at once.
class Term {
public:
  Term() = default;
  Term(Emit &emit, Value value) : emit(&emit), value(value) {}

  operator Value() const { return value; }
  explicit operator bool() const { return bool(value); }
  Type getType() const { return value.getType(); }
  bool isFloat() const { return isa<FloatType>(getType()); }
  /// A constant of this term's type.
  Term like(double constant) const;

  Emit *emit = nullptr;
  Value value;
};

using Terms = SmallVector<Term>;

Term operator+(Term a, Term b);
Term operator-(Term a, Term b);
Term operator*(Term a, Term b);
Term operator/(Term a, Term b); // integers: towards zero
Term operator%(Term a, Term b); // sign of the dividend
Term operator&(Term a, Term b);
Term operator|(Term a, Term b);
Term operator<(Term a, Term b);
Term operator<=(Term a, Term b);
Term operator>(Term a, Term b);
Term operator>=(Term a, Term b);
Term operator==(Term a, Term b);
Term operator!=(Term a, Term b);
Term operator!(Term a); // of an i1
#define NIELLO_WITH_CONSTANT(OP)                                               \
  inline Term operator OP(Term a, double b) { return a OP a.like(b); }         \
  inline Term operator OP(double a, Term b) { return b.like(a) OP b; }
NIELLO_WITH_CONSTANT(+)
NIELLO_WITH_CONSTANT(-)
NIELLO_WITH_CONSTANT(*)
NIELLO_WITH_CONSTANT(/)
NIELLO_WITH_CONSTANT(%)
NIELLO_WITH_CONSTANT(<)
NIELLO_WITH_CONSTANT(<=)
NIELLO_WITH_CONSTANT(>)
NIELLO_WITH_CONSTANT(>=)
NIELLO_WITH_CONSTANT(==)
NIELLO_WITH_CONSTANT(!=)
#undef NIELLO_WITH_CONSTANT

Term select(Term condition, Term then, Term otherwise);
/// NaN if either is a NaN. `isSigned` is about integers.
Term minimum(Term a, Term b, bool isSigned = true);
Term maximum(Term a, Term b, bool isSigned = true);
/// Integer quotients rounded down and up, for b > 0.
Term floorDiv(Term a, Term b);
Term ceilDiv(Term a, Term b);
Term floor(Term x);
Term ceil(Term x);
Term sqrt(Term x);
Term exp(Term x);
Term abs(Term x);
Term pow(Term x, Term y);

/// Makes constants, loops, tensors and checks where the builder stands.
class Emit {
public:
  Emit(OpBuilder &builder, Location loc) : b(builder), loc(loc) {}

  OpBuilder &b;
  Location loc;

  Term wrap(Value value) { return Term(*this, value); }
  Terms wrap(ValueRange values);
  Term size(OpFoldResult size);
  Terms sizes(ArrayRef<OpFoldResult> sizes);
  Term index(int64_t value);
  Term constant(Type type, double value);
  Term integer(Type type, int64_t value);
  Term boolean(bool value);
  /// The least (greatest) value of a type; an infinity for floats that have it.
  Term lowest(Type type, bool isSigned = true);
  Term highest(Type type, bool isSigned = true);

  /// Converts between integers, index and floats, rounding floats to nearest
  /// even and turning them to integers towards zero.
  Term cast(Term x, Type type, bool isSigned = true);
  Term toIndex(Term x) { return cast(x, b.getIndexType()); }

  /// A size, taken from as far up as elementwise ops and destinations lead, so
  /// that equal sizes tend to be one value.
  Term dim(Value tensor, int64_t axis);
  Terms dims(Value tensor);
  Term rank0(Value tensor) { return at(tensor, {}); }
  Term at(Value tensor, ArrayRef<Term> place);
  Term insert(Term element, Term tensor, ArrayRef<Term> place);
  Term empty(ArrayRef<Term> sizes, Type element);
  Term filled(ArrayRef<Term> sizes, Term element);

  using Body = function_ref<Term(Terms)>;
  /// A new tensor, result[i..] = body(i..), elements in any order.
  Term generate(ArrayRef<Term> sizes, Type element, Body body);
  /// A `linalg.generic` on `init`: body(inputs.., old) gives the element. One
  /// map an input, then the result's; a dimension it lacks is reduced.
  Term structured(ValueRange inputs, ArrayRef<AffineMap> maps, Term init,
                  Body body);
  /// A tensor with every element cast.
  Term castElements(Term tensor, Type element, bool isSigned = true);

  /// for (i = from; i < to; ++i) state = body(i, state).
  Terms loop(Term from, Term to, ArrayRef<Term> state,
             function_ref<Terms(Term, Terms)> body);
  Term loop(Term from, Term to, Term state,
            function_ref<Term(Term, Term)> body);
  Terms loopWhile(ArrayRef<Term> state, function_ref<Term(Terms)> condition,
                  function_ref<Terms(Terms)> body);
  /// The same over all places of a box, the last dimension fastest.
  Terms nest(ArrayRef<Term> sizes, ArrayRef<Term> state,
             function_ref<Terms(Terms, Terms)> body);
  Term nest(ArrayRef<Term> sizes, Term state,
            function_ref<Term(Terms, Term)> body);
  /// Loops for what the body checks, without state.
  void forEach(ArrayRef<Term> sizes, function_ref<void(Terms)> body);

  /// condition ? then() : otherwise(), evaluating one of them.
  Term branch(Term condition, function_ref<Term()> then,
              function_ref<Term()> otherwise);
  Terms branches(Term condition, function_ref<Terms()> then,
                 function_ref<Terms()> otherwise);

  /// Stops the run with the sentence unless the condition holds; nothing where
  /// it is known to hold. {0} and {1} are the numbers.
  void require(Term condition, StringRef sentence, ArrayRef<Term> numbers = {});
  /// require(a == b), nothing for the same value or equal constants.
  void requireEqual(Term a, Term b, StringRef sentence);
};

/// A tensor and how the places of a larger shape read it, NumPy's broadcasting.
struct Aligned {
  Value value;
  /// One an axis of `value`: d<i> of the larger shape, or 0 where it stretches.
  SmallVector<AffineExpr> places;
};
/// Aligns `x` with the last of `sizes`. What cannot be decided now is checked
/// at run time and stretched by a copy.
Aligned align(Emit &e, Value x, ArrayRef<Term> sizes);
/// Whether two sizes are one value, or computed alike from the same ones.
bool sameSize(Value a, Value b);

/// The type that sums of `element` are taken in: f32 for smaller floats.
Type sumType(Type element);
SmallVector<OpFoldResult> toFoldResults(ArrayRef<Term> sizes);
std::optional<int64_t> constantOf(Value value);
/// Towards zero. A number of a file may be any: infinities and what is beyond
/// 64 bits become the end on their side, NaN becomes 0.
int64_t nearestInteger(double value);

} // namespace niello::model

#endif // NIELLO_DIALECTS_MODEL_TERMS_H
