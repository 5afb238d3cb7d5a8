// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads arithmetic on tensors as files spell it: constants that are stretched
// to the shape of what they meet, quotients for products, statistics in steps.

#ifndef NIELLO_PASSES_RAISE_SPELLED_H
#define NIELLO_PASSES_RAISE_SPELLED_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"

#include <optional>

namespace niello {

/// The value before it was stretched by broadcasts.
mlir::Value unstretched(mlir::Value x);

/// The number that every element of a tensor of floats is, if that is known.
std::optional<double> splatOf(mlir::Value x);

/// x = rest * factor for every element.
struct Scaled {
  mlir::Value rest;
  double factor;
};
/// Reads x as a product or a quotient by a number.
std::optional<Scaled> scaledBy(mlir::Value x);

/// A tensor reduced along some dimensions, which have size 1 in the result; the
/// result may be stretched.
struct Reduced {
  mlir::Value input;
  llvm::SmallVector<int64_t> dims;
  /// What joins two elements: an op of `arith`.
  mlir::Operation *join;
};
std::optional<Reduced> reducedOf(mlir::Value x);

/// The same for the mean of floats, as a sum and a quotient by a known count.
std::optional<Reduced> meanOf(mlir::Value x);

/// y where x = y * y for every element, or nothing.
mlir::Value squareRootOf(mlir::Value x);

/// y where x = 1 / y for every element; x may be stretched.
mlir::Value inverseOf(mlir::Value x);

/// Whether a number stands for `wanted`. A constant of a file is rounded to f32
/// or printed with as many digits, and two roundings are within 2^-22.
bool isAbout(double number, double wanted);

/// Applies the patterns of a pass until none matches. What is raised leaves its
/// steps without readers, which are dropped; the rest of the file stays as it
/// is.
mlir::LogicalResult raiseAll(mlir::Operation *root, llvm::StringRef pass,
                             mlir::RewritePatternSet patterns);

} // namespace niello

#endif // NIELLO_PASSES_RAISE_SPELLED_H
