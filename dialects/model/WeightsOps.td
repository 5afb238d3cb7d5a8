// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_WEIGHTSOPS
#define NIELLO_DIALECTS_MODEL_WEIGHTSOPS

include "dialects/model/ModelBase.td"

def Model_WeightOp : Model_Op<"weight", [Symbol]> {
  let summary = "A constant tensor whose bytes stay in a file, or come from a program";
  let description = [{
    A program is a function of the module `@weight_programs`, from weights of
    that module to one tensor; the compiler runs it and stores the result.
    - C1: `type` is a static ranked tensor.
    - C2: `encoding` is "raw" (contiguous, row major, little endian) or "varint"
      (protobuf's variable-length integers, one an element).
    - C3: `offset` and `length` are not negative.
    - C4: a raw weight has `length` equal to the bytes of its type; sub-byte
      elements are packed, low bits first.
    - C5: `file` is relative and has no `..`; it is looked up beside the model.
    - C6: there is a file with offset, length and encoding, or a program with
      its inputs.
    ```mlir
    model.weight @embed file("model.onnx") offset 64 length 32 encoding "raw" : tensor<2x4xf32>
    model.weight @embed_t program(@transpose) of [@embed] : tensor<4x2xf32>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<StrAttr>:$file,
                       OptionalAttr<SizeAttr>:$offset,
                       OptionalAttr<SizeAttr>:$length,
                       OptionalAttr<StrAttr>:$encoding,
                       OptionalAttr<FlatSymbolRefAttr>:$program,
                       OptionalAttr<FlatSymbolRefArrayAttr>:$inputs,
                       TypeAttr:$type, OptionalAttr<StrAttr>:$sym_visibility);
  let assemblyFormat = [{
    $sym_name (`program` `(` $program^ `)` `of` $inputs) :
    (`file` `(` $file `)` `offset` $offset `length` $length
    `encoding` $encoding)? attr-dict `:` $type
  }];
  let builders = [
    OpBuilder<(ins "::llvm::StringRef":$name, "::llvm::StringRef":$file,
        "int64_t":$offset, "int64_t":$length, "::llvm::StringRef":$encoding,
        "::mlir::Type":$type)>,
    OpBuilder<(ins "::llvm::StringRef":$name,
        "::mlir::FlatSymbolRefAttr":$program, "::mlir::ArrayAttr":$inputs,
        "::mlir::Type":$type)>];
  let hasVerifier = 1; // C1 to C6
}

def Model_LoadWeightOp : Model_Op<"load_weight",
    [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "The tensor of a weight";
  let description = [{
    - C1: `weight` names a `model.weight`.
    - C2: the result has the weight's shape and element type; it is a memref
      after bufferisation, a tensor before.
    ```mlir
    %w = model.load_weight @embed : tensor<2x4xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$weight);
  let results = (outs AnyTypeOf<[AnyStaticShapeTensor,
                                 AnyStaticShapeMemRef]>:$result);
  let assemblyFormat = "$weight attr-dict `:` type($result)";
}

def Model_RequireOp : Model_Op<"require", [MemoryEffects<[MemWrite]>]> {
  let summary = "Stops the run with a code and a sentence unless a condition holds";
  let description = [{
    - C1: there are at most two numbers.
    - C2: `{0}` and `{1}` stand in the sentence only with that many numbers.
    ```mlir
    model.require %ok, 5, "index {0} is outside a size of {1}", %i, %n
    ```
  }];
  let arguments = (ins I1:$condition, I32Attr:$code, StrAttr:$sentence,
                       Variadic<Index>:$numbers);
  let assemblyFormat = [{
    $condition `,` $code `,` $sentence (`,` $numbers^)? attr-dict
  }];
  let hasVerifier = 1; // C1, C2
  let hasCanonicalizeMethod = 1; // require true -> nothing
}

def Model_TapOp : Model_TensorOp<"tap", [AllTypesMatch<["input", "result"]>]> {
  let summary = "result = input, observable under a name";
  let description = [{
    The place where a value can be read or replaced by name; compiled code has
    nothing of it unless asked for.
    - C1: `name` is not empty.
    ```mlir
    %t = model.tap "blocks.0.out", %x : tensor<2x4xf32>
    ```
  }];
  let arguments = (ins StrAttr:$name, ModelTensor:$input);
  let results = (outs ModelTensor:$result);
  let assemblyFormat = "$name `,` $input attr-dict `:` type($input)";
  let hasVerifier = 1; // C1
}

#endif // NIELLO_DIALECTS_MODEL_WEIGHTSOPS
