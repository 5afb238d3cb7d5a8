// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arithmetic on sizes. Every size is an integer polynomial over atoms (an
// input's dimension, a number read from data, a quotient); equal polynomials
// give the same SSA value, so two dimensions are provably equal when their
// values are. This is what lets a residual addition around a convolution be
// known not to broadcast.

#ifndef NIELLO_FRONTENDS_ONNX_SIZES_H
#define NIELLO_FRONTENDS_ONNX_SIZES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/OpDefinition.h"
#include <map>
#include <optional>
#include <vector>

namespace niello::onnx_frontend {

using Size = mlir::OpFoldResult; // an index attribute or an index value

class Sizes {
public:
  explicit Sizes(mlir::ImplicitLocOpBuilder &builder) : b(builder), scopes(1) {}

  Size constant(int64_t value) const { return b.getIndexAttr(value); }
  Size of(mlir::Value index);
  static std::optional<int64_t> asConstant(Size size);

  Size add(Size lhs, Size rhs);
  Size sub(Size lhs, Size rhs);
  Size mul(Size lhs, Size rhs);
  Size floorDiv(Size lhs, Size rhs); // rhs > 0
  Size ceilDiv(Size lhs, Size rhs);  // rhs > 0
  Size remainder(Size lhs, Size rhs);
  Size min(Size lhs, Size rhs);
  Size max(Size lhs, Size rhs);
  /// `test` is an i1 value or attribute of comparing the two sizes.
  Size select(mlir::Value test, Size ifTrue, Size ifFalse);
  Size product(mlir::ArrayRef<Size> sizes);

  /// Provably equal.
  bool equal(Size lhs, Size rhs);
  /// `by` is one term that divides `size` whatever the atoms are.
  bool divides(Size size, Size by) {
    return divide(expand(size), expand(by)).has_value();
  }
  /// From here to the end of the region a check has shown `size` to be this.
  void assume(Size size, int64_t value) {
    scopes.back().assumed[expand(size)] = value;
  }
  /// What the size is known to be: a constant, or by a check.
  std::optional<int64_t> known(Size size);
  /// Marks a value as read from data, so that it may be negative; what is not
  /// marked is a size.
  Size fromData(mlir::Value index);
  bool isFromData(Size size);
  /// A sum and product of sizes and constants that are not below 0.
  bool neverNegative(Size size);
  /// The same size from what is known outside of `region`; nullopt where it
  /// depends on values made inside. Call it after leaveRegion().
  std::optional<Size> hoist(Size size, mlir::Region &region);
  /// An index value, made where the builder stands.
  mlir::Value value(Size size);
  /// An i1 value of lhs == rhs (unsigned predicates are never needed).
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, Size lhs, Size rhs);

  /// Values made inside a region must not be reused outside it.
  void enterRegion() { scopes.emplace_back(); }
  void leaveRegion() { scopes.pop_back(); }

private:
  using Monomial = std::vector<unsigned>;          // sorted atoms
  using Polynomial = std::map<Monomial, int64_t>;  // coefficient, never 0
  enum class Kind { FloorDiv, Remainder, Min, Max };
  struct Scope {
    std::map<Polynomial, mlir::Value> values;
    std::map<Polynomial, int64_t> assumed;
    std::map<std::tuple<Kind, Polynomial, Polynomial>, unsigned> quotients;
  };

  Polynomial expand(Size size);
  std::optional<Size> hoist(const Polynomial &polynomial, mlir::Region &region);
  std::optional<Size> emit(const Polynomial &polynomial);
  Size atom(Kind kind, Size lhs, Size rhs);
  static bool multiply(const Polynomial &, const Polynomial &, Polynomial &);
  static std::optional<Polynomial> divide(const Polynomial &,
                                          const Polynomial &);
  mlir::Value lookup(const Polynomial &polynomial);

  mlir::ImplicitLocOpBuilder &b;
  std::vector<Scope> scopes;
  std::vector<mlir::Value> atoms;
  /// What an atom was computed from, so that it can be made again elsewhere.
  std::map<unsigned, std::tuple<Kind, Polynomial, Polynomial>> origins;
  llvm::DenseSet<mlir::Value> dataValues;
  llvm::DenseMap<mlir::Value, unsigned> atomOf;
  llvm::DenseMap<mlir::Value, unsigned> polynomialOf; // into polynomials
  std::vector<Polynomial> polynomials;
};

} // namespace niello::onnx_frontend

#endif
