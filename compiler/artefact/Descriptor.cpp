// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The structs of niello_abi.h as constants in LLVM IR, field by field in the
// order of that header.

#include "compiler/artefact/Description.h"
#include "runtime/include/niello/niello_abi.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/IRBuilder.h"

using namespace llvm;

namespace niello {
namespace {

class DescriptorEmitter {
public:
  DescriptorEmitter(const ModelDescription &description, Module &module)
      : description(description), module(module), context(module.getContext()),
        pointer(PointerType::get(context, 0)) {}

  Error emit();

private:
  Constant *int16(uint64_t value) { return sized(16, value); }
  Constant *int32(uint64_t value) { return sized(32, value); }
  Constant *int64(uint64_t value) { return sized(64, value); }
  Constant *sized(unsigned bits, uint64_t value) {
    return ConstantInt::get(IntegerType::get(context, bits), value, false,
                            /*ImplicitTrunc=*/true);
  }
  Constant *record(ArrayRef<Constant *> fields) {
    return ConstantStruct::getAnon(context, fields);
  }
  GlobalVariable *constant(Constant *value);
  Constant *text(StringRef value);
  Constant *array(ArrayRef<Constant *> elements);

  Expected<Constant *> dimension(const DimensionDescription &dimension);
  Expected<Constant *> tensors(const std::vector<TensorDescription> &tensors);
  Expected<Constant *> entries();
  Expected<Constant *> code(const EntryDescription &entry);
  Constant *symbols();
  Constant *levels();
  Constant *weights();
  void getter(StringRef name, Constant *descriptor);

  const ModelDescription &description;
  Module &module;
  LLVMContext &context;
  PointerType *pointer;
};

GlobalVariable *DescriptorEmitter::constant(Constant *value) {
  auto *global =
      new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                         GlobalValue::PrivateLinkage, value, "niello_constant");
  global->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
  return global;
}

Constant *DescriptorEmitter::text(StringRef value) {
  return constant(ConstantDataArray::getString(context, value));
}

Constant *DescriptorEmitter::array(ArrayRef<Constant *> elements) {
  if (elements.empty())
    return ConstantPointerNull::get(pointer);
  auto *type = ArrayType::get(elements.front()->getType(), elements.size());
  return constant(ConstantArray::get(type, elements));
}

unsigned dtypeNumber(StringRef name) {
  return StringSwitch<unsigned>(name)
#define NIELLO_CASE(id, number, text, bytes, numpy) .Case(text, number)
      NIELLO_DTYPES(NIELLO_CASE)
#undef NIELLO_CASE
          .Default(0);
}

Expected<Constant *>
DescriptorEmitter::dimension(const DimensionDescription &dimension) {
  int64_t symbol = -1;
  if (!dimension.symbol.empty()) {
    for (size_t i = 0; i < description.symbols.size(); ++i)
      if (description.symbols[i].name == dimension.symbol)
        symbol = i;
    if (symbol < 0)
      return createStringError("the description lacks the symbol '" +
                               dimension.symbol + "'");
  }
  uint64_t size = symbol < 0 ? dimension.size : -1;
  return record({int64(size), int32(symbol), int32(0)});
}

Expected<Constant *>
DescriptorEmitter::tensors(const std::vector<TensorDescription> &tensors) {
  std::vector<Constant *> structs;
  for (const TensorDescription &tensor : tensors) {
    unsigned dtype = dtypeNumber(tensor.dtype);
    if (dtype == 0)
      return createStringError("tensor '" + tensor.name +
                               "' has an unknown dtype, '" + tensor.dtype +
                               "'");
    if (tensor.dims.size() > NIELLO_MAX_RANK)
      return createStringError("tensor '" + tensor.name + "' needs rank " +
                               Twine(NIELLO_MAX_RANK) + " or less, but has " +
                               Twine(tensor.dims.size()));
    std::vector<Constant *> dims;
    for (const DimensionDescription &dim : tensor.dims) {
      Expected<Constant *> value = dimension(dim);
      if (!value)
        return value.takeError();
      dims.push_back(*value);
    }
    structs.push_back(
        record({int32(sizeof(niello_tensor_desc)), int16(dtype),
                int16(dims.size()), text(tensor.name), array(dims)}));
  }
  return array(structs);
}

Expected<Constant *> DescriptorEmitter::code(const EntryDescription &entry) {
  size_t levels = std::max<size_t>(1, description.levels.size());
  if (entry.code.size() != levels)
    return createStringError("entry '" + entry.name + "' needs code for " +
                             Twine(levels) + " levels, but has it for " +
                             Twine(entry.code.size()));
  auto *type = FunctionType::get(Type::getVoidTy(context),
                                 {pointer, pointer, pointer}, false);
  std::vector<Constant *> functions;
  for (const std::string &name : entry.code) {
    auto *function =
        dyn_cast<Function>(module.getOrInsertFunction(name, type).getCallee());
    if (!function)
      return createStringError("'" + name + "' is no function");
    functions.push_back(function);
  }
  return array(functions);
}

Expected<Constant *> DescriptorEmitter::entries() {
  std::vector<Constant *> structs;
  for (const EntryDescription &entry : description.entries) {
    Expected<Constant *> inputs = tensors(entry.inputs);
    if (!inputs)
      return inputs.takeError();
    Expected<Constant *> outputs = tensors(entry.outputs);
    if (!outputs)
      return outputs.takeError();
    Expected<Constant *> functions = code(entry);
    if (!functions)
      return functions.takeError();
    structs.push_back(
        record({int32(sizeof(niello_entry_desc)), int32(entry.inputs.size()),
                int32(entry.outputs.size()), int32(0), text(entry.name),
                *inputs, *outputs, *functions}));
  }
  return array(structs);
}

Constant *DescriptorEmitter::symbols() {
  std::vector<Constant *> structs;
  for (const SymbolDescription &symbol : description.symbols)
    structs.push_back(
        record({int32(sizeof(niello_symbol_desc)), int32(0), text(symbol.name),
                int64(symbol.min), int64(symbol.max)}));
  return array(structs);
}

/// Features that have no bit are those that every x86-64 has, or that no
/// generated code uses.
Constant *DescriptorEmitter::levels() {
  std::vector<Constant *> structs;
  for (const LevelDescription &level : description.levels) {
    uint64_t bits[2] = {0, 0};
    for (const std::string &feature : level.features) {
      int bit = StringSwitch<int>(feature)
#define NIELLO_CASE(id, number, text, leaf, subleaf, word, position)           \
  .Case(text, number)
                    NIELLO_CPU_FEATURES(NIELLO_CASE)
#undef NIELLO_CASE
                        .Default(-1);
      if (bit >= 0)
        bits[bit / 64] |= uint64_t(1) << bit % 64;
    }
    structs.push_back(
        record({int32(sizeof(niello_level_desc)), int32(0), text(level.name),
                int64(bits[0]), int64(bits[1])}));
  }
  return array(structs);
}

/// Only the assembler can say "takes room in memory, none in the file, is read
/// only and far away". Reached by 64-bit offsets, as the end of the weights may
/// be further from the code than 2 GB.
Constant *DescriptorEmitter::weights() {
  std::string assembly;
  raw_string_ostream stream(assembly);
  stream << "\t.section .niello.weights,\"al\",@nobits\n"
         << "\t.globl niello_weights\n\t.hidden niello_weights\n"
         << "\t.type niello_weights,@object\n"
         << "\t.p2align 12\nniello_weights:\n\t.zero "
         << description.weightsSize << "\n\t.size niello_weights, "
         << description.weightsSize << "\n\t.text\n";
  if (description.weightsSize)
    module.appendModuleInlineAsm(stream.str());
  GlobalVariable *global = module.getNamedGlobal("niello_weights");
  if (!description.weightsSize && !global)
    return ConstantPointerNull::get(pointer);
  if (!global)
    global =
        new GlobalVariable(module, ArrayType::get(Type::getInt8Ty(context), 0),
                           /*isConstant=*/true, GlobalValue::ExternalLinkage,
                           nullptr, "niello_weights");
  global->setVisibility(GlobalValue::HiddenVisibility);
  global->setAlignment(Align(NIELLO_ALIGNMENT));
  if (!description.weightsSize) {
    global->setInitializer(Constant::getNullValue(global->getValueType()));
    return global;
  }
  global->setCodeModel(CodeModel::Large);
  return global;
}

void DescriptorEmitter::getter(StringRef name, Constant *descriptor) {
  auto *type = FunctionType::get(pointer, false);
  auto *function =
      Function::Create(type, GlobalValue::ExternalLinkage, name, module);
  function->setDoesNotThrow();
  IRBuilder<> builder(BasicBlock::Create(context, "", function));
  builder.CreateRet(descriptor);
}

Error DescriptorEmitter::emit() {
  Expected<Constant *> entryTable = entries();
  if (!entryTable)
    return entryTable.takeError();
  // Nothing that the model defines is for users, apart from the getters.
  for (GlobalValue &value : module.global_values())
    if (!value.hasLocalLinkage() && !value.getName().starts_with("llvm."))
      if (!value.isDeclaration() || value.getName().starts_with("niello_"))
        value.setVisibility(GlobalValue::HiddenVisibility);
  Constant *value = record(
      {int32(sizeof(niello_model_desc)), int32(NIELLO_ABI_VERSION),
       text(description.name), text(description.source), text(description.hash),
       text("niello " NIELLO_VERSION), symbols(), levels(), *entryTable,
       weights(), int64(description.weightsSize),
       int32(description.symbols.size()), int32(description.levels.size()),
       int32(description.entries.size()), int32(0),
       text(description.verification)});
  GlobalVariable *global = constant(value);
  global->setLinkage(GlobalValue::ExternalLinkage);
  global->setVisibility(GlobalValue::HiddenVisibility);
  global->setUnnamedAddr(GlobalValue::UnnamedAddr::None);
  if (GlobalVariable *declared = module.getNamedGlobal("niello_descriptor")) {
    declared->replaceAllUsesWith(global);
    declared->eraseFromParent();
  }
  global->setName("niello_descriptor");
  getter("niello_get_model", global);
  getter(toIdentifier(description.name) + "_model", global);
  return Error::success();
}

} // namespace

llvm::Error emitDescriptor(const ModelDescription &description,
                           llvm::Module &module) {
  return DescriptorEmitter(description, module).emit();
}

std::string toIdentifier(llvm::StringRef name) {
  std::string identifier;
  for (char c : name)
    identifier += llvm::isAlnum(c) ? c : '_';
  if (identifier.empty() || llvm::isDigit(identifier.front()))
    identifier.insert(0, "n");
  return identifier;
}

} // namespace niello
