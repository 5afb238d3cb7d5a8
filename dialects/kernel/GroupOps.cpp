// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "dialects/kernel/Kernel.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace niello::kernel {
namespace {

// `(%inside = %outside : type, ...)`; the inside names become block arguments.
ParseResult
parseBindings(OpAsmParser &parser,
              SmallVectorImpl<OpAsmParser::Argument> &arguments,
              SmallVectorImpl<OpAsmParser::UnresolvedOperand> &operands) {
  return parser.parseCommaSeparatedList(
      OpAsmParser::Delimiter::Paren, [&]() -> ParseResult {
        OpAsmParser::Argument &argument = arguments.emplace_back();
        if (parser.parseArgument(argument) || parser.parseEqual() ||
            parser.parseOperand(operands.emplace_back()) ||
            parser.parseColonType(argument.type))
          return failure();
        return success();
      });
}

void printBindings(OpAsmPrinter &printer, StringRef keyword,
                   ValueRange arguments, ValueRange operands) {
  printer << ' ' << keyword << '(';
  llvm::interleaveComma(
      llvm::zip(arguments, operands), printer, [&](auto pair) {
        auto [argument, operand] = pair;
        printer << argument << " = " << operand << " : " << operand.getType();
      });
  printer << ')';
}

// source (ins bindings)? outs bindings (flops s)? (bytes s)? (tiles [..])?
// (attributes {..})? region
template <typename OpTy>
ParseResult parseGroup(OpAsmParser &parser, OperationState &result) {
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> inputs, outputs;
  auto &properties = result.getOrAddProperties<typename OpTy::Properties>();
  if (parser.parseAttribute(properties.source))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("ins")) &&
      parseBindings(parser, arguments, inputs))
    return failure();
  if (parser.parseKeyword("outs") || parseBindings(parser, arguments, outputs))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("flops")) &&
      parser.parseAttribute(properties.flops))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("bytes")) &&
      parser.parseAttribute(properties.bytes))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("tiles"))) {
    SmallVector<int64_t> tiles;
    if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Square, [&] {
          return parser.parseInteger(tiles.emplace_back());
        }))
      return failure();
    properties.tiles = parser.getBuilder().getDenseI64ArrayAttr(tiles);
  }
  if (parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();

  Region *body = result.addRegion();
  if (parser.parseRegion(*body, arguments))
    return failure();
  OpTy::ensureTerminator(*body, parser.getBuilder(), result.location);

  SmallVector<Type> types = llvm::map_to_vector(
      arguments, [](OpAsmParser::Argument &argument) { return argument.type; });
  ArrayRef<Type> all(types);
  SMLoc where = parser.getCurrentLocation();
  if (parser.resolveOperands(inputs, all.take_front(inputs.size()), where,
                             result.operands) ||
      parser.resolveOperands(outputs, all.drop_front(inputs.size()), where,
                             result.operands))
    return failure();
  properties.operandSegmentSizes = {static_cast<int32_t>(inputs.size()),
                                    static_cast<int32_t>(outputs.size())};
  result.addTypes(all.drop_front(inputs.size()));
  return success();
}

template <typename OpTy> void printGroup(OpAsmPrinter &printer, OpTy op) {
  Block &body = op.getBody().front();
  auto arguments = ValueRange(body.getArguments());
  size_t inputs = op.getInputs().size();
  printer << ' ' << op.getSourceAttr();
  if (inputs)
    printBindings(printer, "ins", arguments.take_front(inputs), op.getInputs());
  printBindings(printer, "outs", arguments.drop_front(inputs), op.getOutputs());
  if (auto flops = op.getFlopsAttr())
    printer << " flops " << flops;
  if (auto bytes = op.getBytesAttr())
    printer << " bytes " << bytes;
  if (auto tiles = op.getTiles()) {
    printer << " tiles [";
    llvm::interleaveComma(*tiles, printer);
    printer << ']';
  }
  printer.printOptionalAttrDictWithKeyword(
      op->getAttrs(),
      {"source", "flops", "bytes", "tiles", "operandSegmentSizes"});
  printer << ' ';
  printer.printRegion(op.getBody(), /*printEntryBlockArgs=*/false,
                      /*printBlockTerminators=*/true);
}

template <typename OpTy> LogicalResult verifyGroup(OpTy op) {
  Block &body = op.getBody().front();
  auto operands = op->getOperandTypes();
  auto arguments = body.getArgumentTypes();
  if (operands.size() != arguments.size()) // C1
    return op.emitOpError("needs one body argument for each input and output, "
                          "but got ")
           << arguments.size() << " for " << operands.size();
  for (auto [index, argument] : llvm::enumerate(arguments))
    if (argument != operands[index]) // C1
      return op.emitOpError("needs body argument ")
             << index << " to have the operand's type " << operands[index]
             << ", but got " << argument;
  auto yielded = body.getTerminator()->getOperandTypes();
  if (yielded.size() != op.getOutputs().size()) // C2
    return op.emitOpError("needs one yielded tensor for each output, but got ")
           << yielded.size() << " for " << op.getOutputs().size();
  for (auto [index, type] : llvm::enumerate(yielded))
    if (type != op.getOutputs()[index].getType()) // C2
      return op.emitOpError("needs yielded tensor ")
             << index << " to have the output's type "
             << op.getOutputs()[index].getType() << ", but got " << type;
  return success();
}

} // namespace

#define GROUP(Op)                                                              \
  ParseResult Op::parse(OpAsmParser &parser, OperationState &result) {         \
    return parseGroup<Op>(parser, result);                                     \
  }                                                                            \
  void Op::print(OpAsmPrinter &printer) { printGroup(printer, *this); }        \
  LogicalResult Op::verify() { return verifyGroup(*this); }                    \
  LogicalResult Op::inferReturnTypes(                                          \
      MLIRContext *context, std::optional<Location> location,                  \
      ValueRange operands, DictionaryAttr attributes,                          \
      OpaqueProperties properties, RegionRange regions,                        \
      SmallVectorImpl<Type> &results) {                                        \
    Adaptor adaptor(operands, attributes, properties, regions);                \
    llvm::append_range(results, adaptor.getOutputs().getTypes());              \
    return success();                                                          \
  }

GROUP(AttentionOp)
GROUP(GemmOp)
GROUP(ConvOp)
GROUP(RowsOp)
GROUP(MapOp)
GROUP(MoveOp)
GROUP(CallOp)
#undef GROUP

} // namespace niello::kernel

#define GET_OP_CLASSES
#include "dialects/kernel/KernelOps.cpp.inc"
