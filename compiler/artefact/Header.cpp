// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The C header of a library: each entry as a function with typed parameters.

#include "compiler/artefact/Description.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace niello {
namespace {

/// The C type of an element. What C lacks is its bits.
StringRef elementType(StringRef dtype) {
  return StringSwitch<StringRef>(dtype)
      .Case("float32", "float")
      .Case("float64", "double")
      .Cases({"float16", "bfloat16", "uint16"}, "uint16_t")
      .Cases({"int8", "int4", "int2"}, "int8_t")
      .Case("int16", "int16_t")
      .Case("int32", "int32_t")
      .Case("int64", "int64_t")
      .Case("uint32", "uint32_t")
      .Case("uint64", "uint64_t")
      .Cases({"complex64", "complex128", "string"}, "void")
      .Default("uint8_t");
}

/// Names that are no keyword and that nothing else in the function has.
class Names {
public:
  Names() {
    for (StringRef word :
         {"auto",     "break",   "case",     "char",    "const",
          "continue", "default", "do",       "double",  "else",
          "enum",     "extern",  "float",    "for",     "goto",
          "if",       "inline",  "int",      "long",    "register",
          "restrict", "return",  "short",    "signed",  "sizeof",
          "static",   "struct",  "switch",   "typedef", "union",
          "unsigned", "void",    "volatile", "while",   "bool",
          "class",    "new",     "delete",   "this",    "template",
          "operator", "session", "inputs",   "outputs", "status",
          "i"})
      taken.insert(word);
  }
  std::string make(StringRef wanted) {
    std::string name = toIdentifier(wanted);
    while (!taken.insert(name).second)
      name += "_";
    return name;
  }

private:
  StringSet<> taken;
};

std::string showType(const TensorDescription &tensor) {
  std::string text = tensor.dtype + "[";
  for (const DimensionDescription &dim : tensor.dims) {
    text += text.back() == '[' ? "" : ", ";
    text += !dim.symbol.empty() ? dim.symbol
            : dim.size >= 0     ? std::to_string(dim.size)
                                : "?";
  }
  return text + "]";
}

/// A C comment must not end early because of a tensor's name.
std::string inComment(StringRef text) {
  std::string safe;
  for (char c : text)
    safe += isPrint(c) ? c : '?';
  for (size_t at; (at = safe.find("*/")) != std::string::npos;)
    safe[at] = '?';
  return safe;
}

class EntryPrinter {
public:
  EntryPrinter(const EntryDescription &entry, StringRef prefix, raw_ostream &os)
      : entry(entry), prefix(prefix), os(os) {
    nameAll();
  }
  void print();

private:
  void nameAll();
  void printComment();
  void printParameters();
  void printInput(size_t index);

  const EntryDescription &entry;
  StringRef prefix;
  raw_ostream &os;
  std::vector<std::string> inputs, outputs;
  /// Parameters for the sizes that the model leaves open, in order.
  std::vector<std::string> sizes;
  StringMap<std::string> symbols;
  std::vector<std::vector<std::string>> dims;
};

void EntryPrinter::nameAll() {
  Names names;
  for (const TensorDescription &tensor : entry.inputs) {
    inputs.push_back(names.make(tensor.name));
    std::vector<std::string> shape;
    for (size_t d = 0; d < tensor.dims.size(); ++d) {
      const DimensionDescription &dim = tensor.dims[d];
      if (dim.symbol.empty() && dim.size >= 0) {
        shape.push_back(std::to_string(dim.size));
        continue;
      }
      std::string *known = dim.symbol.empty() ? nullptr : &symbols[dim.symbol];
      if (known && !known->empty()) {
        shape.push_back(*known);
        continue;
      }
      std::string name = names.make(
          known ? dim.symbol : inputs.back() + "_size" + std::to_string(d));
      if (known)
        *known = name;
      sizes.push_back(name);
      shape.push_back(name);
    }
    dims.push_back(std::move(shape));
  }
  for (const TensorDescription &tensor : entry.outputs)
    outputs.push_back(names.make(tensor.name));
}

void EntryPrinter::printComment() {
  os << "\n/** Entry \"" << inComment(entry.name) << "\" of "
     << "the model, see niello_run.\n *\n";
  for (size_t i = 0; i < inputs.size(); ++i)
    os << " * @param " << inputs[i]
       << "  in: " << inComment(entry.inputs[i].name) << ", "
       << inComment(showType(entry.inputs[i])) << ", contiguous\n";
  for (size_t i = 0; i < outputs.size(); ++i)
    os << " * @param " << outputs[i]
       << "  out: " << inComment(entry.outputs[i].name) << ", "
       << inComment(showType(entry.outputs[i])) << "\n";
  os << " *\n * Set `data` of an output to NULL, and the session provides it.\n"
     << " */\n";
}

void EntryPrinter::printParameters() {
  os << "static inline niello_status\n"
     << prefix << "_" << toIdentifier(entry.name) << "(niello_session *session";
  for (const std::string &name : sizes)
    os << ", int64_t " << name;
  for (size_t i = 0; i < inputs.size(); ++i)
    os << ",\n    const " << elementType(entry.inputs[i].dtype) << " *"
       << inputs[i];
  for (const std::string &name : outputs)
    os << ",\n    niello_tensor *" << name;
  os << ") {\n";
}

void EntryPrinter::printInput(size_t index) {
  const TensorDescription &tensor = entry.inputs[index];
  os << "  inputs[" << index << "].data = (void *)" << inputs[index] << ";\n"
     << "  inputs[" << index << "].dtype = NIELLO_"
     << StringRef(tensor.dtype).upper() << ";\n"
     << "  inputs[" << index << "].rank = " << tensor.dims.size() << ";\n";
  for (size_t d = 0; d < dims[index].size(); ++d)
    os << "  inputs[" << index << "].shape[" << d << "] = " << dims[index][d]
       << ";\n";
}

void EntryPrinter::print() {
  printComment();
  printParameters();
  os << "  niello_tensor inputs[" << inputs.size() + 1 << "] = {{0}};\n"
     << "  niello_tensor outputs[" << outputs.size() + 1 << "] = {{0}};\n";
  for (size_t i = 0; i < inputs.size(); ++i)
    printInput(i);
  for (size_t i = 0; i < outputs.size(); ++i)
    os << "  outputs[" << i << "] = *" << outputs[i] << ";\n";
  os << "  niello_status status = niello_run(session, \"";
  printEscapedString(entry.name, os);
  os << "\",\n      inputs, " << inputs.size() << ", outputs, "
     << outputs.size() << ");\n";
  for (size_t i = 0; i < outputs.size(); ++i)
    os << "  *" << outputs[i] << " = outputs[" << i << "];\n";
  os << "  return status;\n}\n";
}

} // namespace

std::string makeHeader(const ModelDescription &description) {
  std::string text;
  raw_string_ostream os(text);
  std::string prefix = toIdentifier(description.name);
  std::string guard = "NIELLO_MODEL_" + StringRef(prefix).upper() + "_H";
  os << "/* Made by niello from " << inComment(description.source)
     << ". Do not edit.\n *\n"
     << " *   niello_open(" << prefix << "_model(), &model, &why);\n"
     << " *   niello_session_create(model, NULL, &session, &why);\n */\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n\n"
     << "#include \"niello/niello.h\"\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
     << "/** The model, for niello_open. */\n"
     << "const niello_model_desc *" << prefix << "_model(void);\n";
  for (const EntryDescription &entry : description.entries)
    EntryPrinter(entry, prefix, os).print();
  os << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
  return text;
}

} // namespace niello
