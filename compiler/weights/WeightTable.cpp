// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/weights/WeightTable.h"

#include "compiler/support/SourceNodes.h"
#include "compiler/weights/Layout.h"
#include "compiler/weights/Reader.h"
#include "dialects/model/Model.h"

#include "mlir/IR/Location.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace niello;

// The file of a weight, without a way out of the model's folder.
static Expected<std::string> findFile(StringRef folder, StringRef name,
                                      StringRef weight) {
  auto wrong = [&](const Twine &what) {
    return createStringError("weight '" + weight + "' needs the file '" + name +
                             "' in the model's folder, but " + what);
  };
  SmallString<256> root, path;
  SmallString<256> joined(folder.empty() ? "." : folder);
  if (sys::fs::real_path(joined, root))
    return wrong("there is no folder '" + joined + "'");
  sys::path::append(joined, name);
  if (std::error_code code = sys::fs::real_path(joined, path))
    return wrong(code.message());
  StringRef inside = path;
  if (!inside.consume_front(root) ||
      !(root.ends_with("/") || inside.starts_with("/")))
    return wrong("it leads to '" + path + "'");
  if (!sys::fs::is_regular_file(path))
    return wrong("that is no regular file");
  return path.str().str();
}

// What the op says of itself, whatever its bytes come from.
static Weight describeTensor(model::WeightOp op, uint64_t offset) {
  auto type = cast<mlir::RankedTensorType>(op.getType());
  Weight weight;
  weight.name = op.getSymName().str();
  bool sub =
      !type.getElementType().isInteger(1) && type.getElementTypeBitWidth() < 8;
  weight.encoding = op.getProgram()                ? WeightEncoding::Program
                    : op.getEncoding() == "varint" ? WeightEncoding::Varint
                    : sub                          ? WeightEncoding::Packed
                                                   : WeightEncoding::Raw;
  weight.elementBits = sub ? type.getElementTypeBitWidth()
                           : alignTo(type.getElementTypeBitWidth(), 8);
  if (sub && weight.encoding == WeightEncoding::Varint)
    weight.elementBits = 8;
  weight.elements = type.getNumElements();
  weight.bytes = *weightBytes(type);
  weight.offset = offset;
  return weight;
}

static Expected<Weight> describeWeight(model::WeightOp op, uint64_t offset,
                                       StringRef folder) {
  Weight weight = describeTensor(op, offset);
  if (op.getProgram()) {
    weight.program = op.getProgram()->str();
    for (auto input : op.getInputs()->getAsRange<mlir::FlatSymbolRefAttr>())
      weight.inputs.push_back(input.getValue().str());
    // A weight that is only packed has the name that the file gives it.
    weight.node = firstNodeIn(op.getLoc()).str();
    if (auto name = dyn_cast<mlir::NameLoc>(op.getLoc());
        name && weight.node.empty())
      weight.node = name.getName().str();
    return weight;
  }
  Expected<std::string> path = findFile(folder, *op.getFile(), weight.name);
  if (!path)
    return path.takeError();
  weight.path = *path;
  weight.fileOffset = *op.getOffset();
  weight.fileLength = *op.getLength();

  uint64_t size;
  if (std::error_code code = sys::fs::file_size(weight.path, size))
    return createStringError("cannot read '" + weight.path +
                             "': " + code.message());
  // Neither is negative, so the sum fits into 64 bits.
  if (weight.fileOffset + weight.fileLength > size)
    return createStringError(
        "weight '" + weight.name + "' needs bytes " + Twine(weight.fileOffset) +
        " to " + Twine(weight.fileOffset + weight.fileLength) + " of '" +
        weight.path + "', but the file has " + Twine(size));
  return weight;
}

Expected<WeightTable> WeightTable::build(mlir::ModuleOp module,
                                         StringRef folder) {
  mlir::FailureOr<WeightLayout> layout = layOutWeights(module);
  if (failed(layout))
    return createStringError("the weights do not fit into 2^60 bytes");
  WeightTable table;
  for (auto op : module.getOps<model::WeightOp>()) {
    Expected<Weight> weight =
        describeWeight(op, layout->offsets.lookup(op.getSymNameAttr()), folder);
    if (!weight)
      return weight.takeError();
    table.entries.push_back(std::move(*weight));
  }
  table.total = layout->totalBytes;
  return table;
}

const Weight *WeightTable::find(StringRef name) const {
  auto found = llvm::find_if(
      entries, [&](const Weight &weight) { return weight.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

Error WeightTable::stream(Sink sink, Compute compute) const {
  uint64_t position = 0;
  for (const Weight &weight : entries) {
    if (uint64_t gap = weight.offset - position)
      if (Error error = sink(std::vector<char>(gap, 0)))
        return error;
    if (Error error = weight.encoding == WeightEncoding::Program
                          ? compute(weight, sink)
                          : readWeight(weight, sink))
      return error;
    position = weight.offset + weight.bytes;
  }
  return Error::success();
}
