// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_CHECK_CHECKOPS
#define NIELLO_DIALECTS_CHECK_CHECKOPS

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Check_Dialect : Dialect {
  let name = "check";
  let cppNamespace = "::niello::check";
  let summary = "Assertions inside test IR";
}

class Check_Op<string mnemonic, list<Trait> traits = []>
    : Op<Check_Dialect, mnemonic,
         !listconcat([MemoryEffects<[MemWrite]>], traits)>;

def NumberTensor : RankedTensorOf<[AnyFloat, AnySignlessInteger, Index]>;
def RealAttr : FloatAttrBase<F64, "64-bit float"> {
  let returnType = "double";
  let convertFromStorage = "$_self.getValueAsDouble()";
}

def Check_CloseOp : Check_Op<"close"> {
  let summary = "|actual - expected| <= absolute + relative * |expected|";
  let description = [{
    At every place; a NaN is close to a NaN, an infinity to itself. Differing
    sizes fail the run.
    - C1: both have the same element type, a float, and the same rank.
    - C2: `absolute` and `relative` are 0 or more.
    ```mlir
    check.close %y, %expected absolute 1.0e-06 relative 1.0e-05 : tensor<4xf32>, tensor<4xf32>
    ```
  }];
  let arguments = (ins NumberTensor:$actual, NumberTensor:$expected,
                       RealAttr:$absolute, RealAttr:$relative);
  let assemblyFormat = [{
    $actual `,` $expected `absolute` $absolute `relative` $relative attr-dict
    `:` type($actual) `,` type($expected)
  }];
  let hasVerifier = 1; // C1, C2
}

def Check_EqualOp : Check_Op<"equal"> {
  let summary = "actual = expected";
  let description = [{
    At every place; a NaN equals a NaN. Differing sizes fail the run.
    - C1: both have the same element type and rank.
    ```mlir
    check.equal %y, %expected : tensor<4xi32>, tensor<4xi32>
    ```
  }];
  let arguments = (ins NumberTensor:$actual, NumberTensor:$expected);
  let assemblyFormat = [{
    $actual `,` $expected attr-dict `:` type($actual) `,` type($expected)
  }];
  let hasVerifier = 1; // C1
}

def Check_ShapeOp : Check_Op<"shape"> {
  let summary = "the sizes of actual are those given";
  let description = [{
    - C1: there is one size for each dimension.
    ```mlir
    check.shape %y [2, 4] : tensor<?x?xf32>
    ```
  }];
  let arguments = (ins NumberTensor:$actual, DenseI64ArrayAttr:$sizes);
  let assemblyFormat = "$actual $sizes attr-dict `:` type($actual)";
  let hasVerifier = 1; // C1
}

#endif // NIELLO_DIALECTS_CHECK_CHECKOPS
