// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_MODELBASE
#define NIELLO_DIALECTS_MODEL_MODELBASE

include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/model/ModelEnums.td"
include "dialects/model/ModelInterfaces.td"

def Model_Dialect : Dialect {
  let name = "model";
  let cppNamespace = "::niello::model";
  let summary = "What a model computes, on tensors: no layout, no target";
  let description = [{
    Only what upstream lacks. Elementwise arithmetic is `arith` and `math` on
    tensors, shape work is `tensor`, control flow is `scf`.
  }];
  let hasConstantMaterializer = 1; // arith.constant
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

class Model_Op<string mnemonic, list<Trait> traits = []>
    : Op<Model_Dialect, mnemonic, traits>;

// An op from tensors to tensors. Building one never fails: the result type is
// inferred leniently, and the verifier says by rule what does not fit. No
// memory effect, but the lowering may check values and fail at run time, so an
// op must not be moved to where it would not have run.
class Model_TensorOp<string mnemonic, list<Trait> traits = []>
    : Model_Op<mnemonic, !listconcat([
        NoMemoryEffect,
        DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                  ["reifyResultShapes"]>,
        DeclareOpInterfaceMethods<PlainLoweringInterface>], traits)>;

// The same, with result types that follow from operands and attributes; a
// result may have more static sizes than inferred, or fewer.
class Model_InferredOp<string mnemonic, list<Trait> traits = []>
    : Model_TensorOp<mnemonic,
                     !listconcat([InferTypeOpAdaptorWithIsCompatible],
                                 traits)> {
  let extraClassDefinition = [{
    bool $cppClass::isCompatibleReturnTypes(TypeRange inferred,
                                            TypeRange given) {
      return compatibleTypes(inferred, given);
    }
  }];
}

// I64Attr and F64Attr with getters a caller can use as they are.
def SizeAttr : TypedSignlessIntegerAttrBase<I64, "int64_t", "64-bit integer">;
def RealAttr : FloatAttrBase<F64, "64-bit float"> {
  let returnType = "double";
  let convertFromStorage = "$_self.getValueAsDouble()";
}

def IntegerTensor : RankedTensorOf<[AnySignlessInteger, Index]>;
def ModelTensor : RankedTensorOf<[AnyFloat, AnySignlessInteger, Index]>;
def FloatTensor : RankedTensorOf<[AnyFloat]>;

#endif // NIELLO_DIALECTS_MODEL_MODELBASE
