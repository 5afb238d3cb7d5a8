// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/weights/programs/WeightPrograms.h"

#include "compiler/weights/programs/InputBytes.h"
#include "dialects/model/Model.h"

using namespace llvm;
using namespace niello;
using mlir::dyn_cast;

// Every program of a weight has to exist and to fit: the IR may be a user's.
static Error checkTypes(mlir::ModuleOp module, mlir::ModuleOp programs) {
  mlir::SymbolTable symbols(programs);
  for (auto weight : module.getOps<model::WeightOp>()) {
    if (!weight.getProgram())
      continue;
    auto wrong = [&](const Twine &what) {
      return createStringError("weight '" + weight.getSymName() + "' needs " +
                               what);
    };
    SmallVector<mlir::Type> inputs;
    for (auto name :
         weight.getInputs()->getAsRange<mlir::FlatSymbolRefAttr>()) {
      auto input = symbols.lookup<model::WeightOp>(name.getAttr());
      if (!input)
        return wrong("the weight '" + name.getValue() +
                     "' in @weight_programs, but there is none");
      inputs.push_back(input.getType());
    }
    auto program = symbols.lookup<mlir::func::FuncOp>(*weight.getProgram());
    if (!program || !program->hasAttr("model.weight_program"))
      return wrong("the program '" + *weight.getProgram() +
                   "' in @weight_programs, but there is none");
    mlir::Type type = weight.getType();
    if (program.getArgumentTypes() != ArrayRef(inputs) ||
        program.getResultTypes() != ArrayRef(type))
      return wrong("the program '" + *weight.getProgram() +
                   "' to go from its inputs' types to its own");
  }
  return Error::success();
}

// As many bytes; the numbers in them are the program's business.
static Expected<StringRef> dtypeOf(mlir::Type element) {
  switch (element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 0) {
  case 1:
    return "bool";
  case 2:
    return "uint2";
  case 4:
    return "uint4";
  case 8:
    return "uint8";
  case 16:
    return "uint16";
  case 32:
    return "uint32";
  case 64:
    return "uint64";
  default:
    return createStringError("weight programs need numbers of 1 to 64 bits");
  }
}

// What a frontend says of an entry.
static Error makeEntry(mlir::func::FuncOp program) {
  mlir::Builder b(program.getContext());
  auto describe = [&](mlir::Type type, StringRef name, auto set) -> Error {
    auto tensor = dyn_cast<mlir::RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape())
      return createStringError("program '" + program.getName() +
                               "' needs static tensors");
    Expected<StringRef> dtype = dtypeOf(tensor.getElementType());
    if (!dtype)
      return dtype.takeError();
    set("model.name", b.getStringAttr(name));
    set("model.dtype", b.getStringAttr(*dtype));
    set("model.dims", b.getI64ArrayAttr(tensor.getShape()));
    return Error::success();
  };
  program->setAttr("model.entry", b.getUnitAttr());
  for (auto [i, type] : enumerate(program.getArgumentTypes()))
    if (Error error = describe(type, "w" + std::to_string(i),
                               [&, i = i](StringRef name, mlir::Attribute a) {
                                 program.setArgAttr(i, name, a);
                               }))
      return error;
  return describe(program.getResultTypes().front(), "result",
                  [&](StringRef name, mlir::Attribute a) {
                    program.setResultAttr(0, name, a);
                  });
}

Expected<std::unique_ptr<WeightPrograms>>
WeightPrograms::compile(mlir::ModuleOp module, mlir::ModuleOp programs,
                        StringRef folder, StringRef runtimeFolder,
                        StringRef beside) {
  for (mlir::ModuleOp each : {module, programs})
    if (Error error = checkTypes(each, programs))
      return std::move(error);
  auto result = std::make_unique<WeightPrograms>();
  auto sources = WeightTable::build(programs, folder);
  if (!sources)
    return sources.takeError();
  result->sources = std::move(*sources);

  mlir::OwningOpRef<mlir::ModuleOp> copy = programs.clone();
  copy->setSymName(std::nullopt);
  for (auto weight : make_early_inc_range(copy->getOps<model::WeightOp>()))
    weight.erase();
  for (auto program : copy->getOps<mlir::func::FuncOp>())
    if (program->hasAttr("model.weight_program"))
      if (Error error = makeEntry(program))
        return std::move(error);
  auto library = loadModule(*copy, runtimeFolder, beside);
  if (!library)
    return library.takeError();
  result->library = std::move(*library);
  return std::move(result);
}

Expected<ArrayRef<char>> WeightPrograms::run(const Weight &weight) {
  const niello_entry_desc *entry = library->entry(weight.program);
  std::vector<InputBytes> bytes;
  std::vector<niello_tensor> inputs;
  for (auto [i, name] : enumerate(weight.inputs)) {
    const Weight *source = sources.find(name);
    // A program stands behind the inputs of those that read its result.
    if (source->encoding == WeightEncoding::Program) {
      if (source >= sources.find(weight.name) && sources.find(weight.name))
        return createStringError("weight '" + weight.name +
                                 "' needs the weight '" + name +
                                 "' to be computed before it");
      Expected<ArrayRef<char>> result = run(*source);
      if (!result)
        return result.takeError();
      bytes.push_back(InputBytes::copyOf(*result));
    } else {
      Expected<InputBytes> input = InputBytes::ofFile(*source);
      if (!input)
        return input.takeError();
      bytes.push_back(std::move(*input));
    }
    const niello_tensor_desc &desc = entry->inputs[i];
    niello_tensor tensor = {};
    tensor.data = const_cast<char *>(bytes.back().data());
    tensor.dtype = desc.dtype;
    tensor.rank = desc.rank;
    for (uint16_t dim = 0; dim < desc.rank; ++dim)
      tensor.shape[dim] = desc.dims[dim].size;
    inputs.push_back(tensor);
  }
  niello_tensor output = {};
  if (Error error = library->run(weight.program, inputs, output)) {
    StringRef name = weight.node.empty() ? weight.name : weight.node;
    return createStringError(
        "cannot compute '" + name +
        "', which depends on weights alone: " + toString(std::move(error)));
  }
  return ArrayRef(static_cast<const char *>(output.data), weight.bytes);
}

Error WeightPrograms::compute(const Weight &weight, WeightTable::Sink sink) {
  Expected<ArrayRef<char>> result = run(weight);
  return result ? sink(*result) : result.takeError();
}
