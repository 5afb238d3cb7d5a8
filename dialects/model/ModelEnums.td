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

def Approximation : Model_Enum<"Approximation", "how a function is computed", [
  I32EnumAttrCase<"None", 0, "none">, I32EnumAttrCase<"Tanh", 1, "tanh">]>;

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

def Interpolation : Model_Enum<"Interpolation", "how neighbours are mixed", [
  I32EnumAttrCase<"Nearest", 0, "nearest">,
  I32EnumAttrCase<"Linear", 1, "linear">, I32EnumAttrCase<"Cubic", 2, "cubic">]>;

def Coordinates : Model_Enum<"Coordinates", "where a place of the result lies in the input", [
  I32EnumAttrCase<"HalfPixel", 0, "half_pixel">,
  I32EnumAttrCase<"HalfPixelSymmetric", 1, "half_pixel_symmetric">,
  I32EnumAttrCase<"PytorchHalfPixel", 2, "pytorch_half_pixel">,
  I32EnumAttrCase<"AlignCorners", 3, "align_corners">,
  I32EnumAttrCase<"Asymmetric", 4, "asymmetric">,
  I32EnumAttrCase<"TfHalfPixelForNn", 5, "tf_half_pixel_for_nn">,
  I32EnumAttrCase<"TfCropAndResize", 6, "tf_crop_and_resize">]>;

def Rounding : Model_Enum<"Rounding", "which neighbour is the nearest", [
  I32EnumAttrCase<"PreferFloor", 0, "round_prefer_floor">,
  I32EnumAttrCase<"PreferCeil", 1, "round_prefer_ceil">,
  I32EnumAttrCase<"Floor", 2, "floor">, I32EnumAttrCase<"Ceil", 3, "ceil">]>;

def Outside : Model_Enum<"Outside", "what stands outside a sampled tensor", [
  I32EnumAttrCase<"Zeros", 0, "zeros">, I32EnumAttrCase<"Border", 1, "border">,
  I32EnumAttrCase<"Reflection", 2, "reflection">]>;

def RoiKind : Model_Enum<"RoiKind", "what a bin makes of its samples", [
  I32EnumAttrCase<"Average", 0, "average">, I32EnumAttrCase<"Max", 1, "max">]>;

def Aggregate : Model_Enum<"Aggregate", "what becomes of the trees' numbers", [
  I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Average", 1, "average">,
  I32EnumAttrCase<"Min", 2, "min">, I32EnumAttrCase<"Max", 3, "max">]>;

def TreeMode : Model_Enum<"TreeMode", "what a node of a tree asks of its feature", [
  I32EnumAttrCase<"LessEqual", 0, "less_equal">,
  I32EnumAttrCase<"Less", 1, "less">,
  I32EnumAttrCase<"GreaterEqual", 2, "greater_equal">,
  I32EnumAttrCase<"Greater", 3, "greater">,
  I32EnumAttrCase<"Equal", 4, "equal">,
  I32EnumAttrCase<"NotEqual", 5, "not_equal">,
  I32EnumAttrCase<"Leaf", 6, "leaf">]>;

#endif // NIELLO_DIALECTS_MODEL_MODELENUMS
