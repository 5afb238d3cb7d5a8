// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_MODELENUMS
#define NIELLO_DIALECTS_MODEL_MODELENUMS

include "mlir/IR/EnumAttr.td"

// An enum that an assembly format prints as a bare keyword.
class Model_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::niello::model";
}

def NormKind : Model_Enum<"NormKind", "which elements share statistics", [
  I32EnumAttrCase<"Layer", 0, "layer">, I32EnumAttrCase<"Rms", 1, "rms">,
  I32EnumAttrCase<"Group", 2, "group">,
  I32EnumAttrCase<"Instance", 3, "instance">,
  I32EnumAttrCase<"Batch", 4, "batch">]>;

def GatherKind : Model_Enum<"GatherKind", "how an index names an element", [
  I32EnumAttrCase<"Axis", 0, "axis">, I32EnumAttrCase<"Nd", 1, "nd">,
  I32EnumAttrCase<"Elements", 2, "elements">]>;

def PadRule : Model_Enum<"PadRule", "where the pads of a window come from", [
  I32EnumAttrCase<"Explicit", 0, "explicit">,
  I32EnumAttrCase<"SameUpper", 1, "same_upper">,
  I32EnumAttrCase<"SameLower", 2, "same_lower">]>;

def PoolKind : Model_Enum<"PoolKind", "what a pool makes of its window", [
  I32EnumAttrCase<"Max", 0, "max">, I32EnumAttrCase<"Average", 1, "average">,
  I32EnumAttrCase<"Lp", 2, "lp">]>;

def Reduction : Model_Enum<"Reduction", "what becomes of an old and a new value", [
  I32EnumAttrCase<"None", 0, "none">, I32EnumAttrCase<"Add", 1, "add">,
  I32EnumAttrCase<"Mul", 2, "mul">, I32EnumAttrCase<"Min", 3, "min">,
  I32EnumAttrCase<"Max", 4, "max">]>;

def ScatterKind : Model_Enum<"ScatterKind", "how an index names an element", [
  I32EnumAttrCase<"Nd", 0, "nd">, I32EnumAttrCase<"Elements", 1, "elements">]>;

def Extreme : Model_Enum<"Extreme", "which end of an order", [
  I32EnumAttrCase<"Max", 0, "max">, I32EnumAttrCase<"Min", 1, "min">]>;

def CumulativeKind : Model_Enum<"CumulativeKind", "what is accumulated", [
  I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Product", 1, "product">]>;

def PadKind : Model_Enum<"PadKind", "what stands outside a tensor", [
  I32EnumAttrCase<"Constant", 0, "constant">,
  I32EnumAttrCase<"Reflect", 1, "reflect">, I32EnumAttrCase<"Edge", 2, "edge">,
  I32EnumAttrCase<"Wrap", 3, "wrap">]>;

def RandomKind : Model_Enum<"RandomKind", "what is drawn", [
  I32EnumAttrCase<"Uniform", 0, "uniform">,
  I32EnumAttrCase<"Normal", 1, "normal">,
  I32EnumAttrCase<"Bernoulli", 2, "bernoulli">]>;

#endif // NIELLO_DIALECTS_MODEL_MODELENUMS
