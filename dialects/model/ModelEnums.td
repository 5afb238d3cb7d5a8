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

#endif // NIELLO_DIALECTS_MODEL_MODELENUMS
