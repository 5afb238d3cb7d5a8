// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "passes/plan/Numbers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace niello {
namespace {

// Nothing below asks whether an operand of these is constant.
bool isPlainArithmetic(Operation *op) {
  return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp,
             arith::MaxNumFOp, arith::MinNumFOp, arith::MaximumFOp,
             arith::MinimumFOp, arith::AddIOp, arith::SubIOp, arith::MulIOp>(
      op);
}

SmallVector<arith::ConstantOp> numbersOf(func::FuncOp function) {
  SmallVector<arith::ConstantOp> numbers;
  // The generator of attention reads the scale and the mask of its body.
  auto kind = function->getAttrOfType<StringAttr>("kernel.kind");
  if (kind && kind.getValue() == "attention")
    return numbers;
  function.walk([&](arith::ConstantOp constant) {
    Type type = constant.getType();
    if ((isa<FloatType>(type) || isa<IntegerType>(type)) &&
        llvm::all_of(constant->getUsers(), isPlainArithmetic))
      numbers.push_back(constant);
  });
  return numbers;
}

// What functions must share to differ in these numbers only.
std::string textWithout(func::FuncOp function,
                        SmallVector<arith::ConstantOp> numbers) {
  SmallVector<TypedAttr> values;
  Builder builder(function.getContext());
  for (arith::ConstantOp &number : numbers) {
    values.push_back(number.getValue());
    number.setValueAttr(builder.getZeroAttr(number.getType()));
  }
  std::string text;
  llvm::raw_string_ostream stream(text);
  function->print(
      stream, OpPrintingFlags().useLocalScope().elideLargeElementsAttrs(-1));
  for (auto [number, value] : llvm::zip(numbers, values))
    number.setValueAttr(value);
  return text;
}

} // namespace

SmallVector<SmallVector<TypedAttr>>
passNumbers(ArrayRef<func::FuncOp> functions) {
  SmallVector<SmallVector<arith::ConstantOp>> numbers;
  llvm::StringMap<SmallVector<unsigned>> alike; // in any order of texts
  for (auto [i, function] : llvm::enumerate(functions)) {
    numbers.push_back(numbersOf(function));
    alike[textWithout(function, numbers.back())].push_back(i);
  }
  SmallVector<SmallVector<TypedAttr>> passed(functions.size());
  for (auto &entry : alike) {
    ArrayRef<unsigned> members = entry.second;
    for (unsigned place : llvm::seq<unsigned>(numbers[members[0]].size())) {
      TypedAttr first = numbers[members[0]][place].getValue();
      if (llvm::all_of(members, [&](unsigned i) {
            return numbers[i][place].getValue() == first;
          }))
        continue;
      for (unsigned i : members) {
        arith::ConstantOp number = numbers[i][place];
        func::FuncOp function = functions[i];
        unsigned last = function.getNumArguments();
        passed[i].push_back(number.getValue());
        (void)function.insertArgument(last, number.getType(), {},
                                      number.getLoc());
        number.replaceAllUsesWith(function.getArgument(last));
        number.erase();
      }
    }
  }
  return passed;
}

} // namespace niello
