// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// com.microsoft GatherBlockQuantized: rows of a table that is quantised in
// blocks, dequantised as they are read.

#include "frontends/onnx/ops/contrib/Heads.h"
#include "frontends/onnx/ops/contrib/Packed.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {
using model::Emit;
using model::Term;
using model::Terms;

/// A table and how its numbers are found.
struct Table {
  Tensor data, scales;
  std::optional<Tensor> zeros;
  int64_t gatherAxis, blockAxis, block, bits;
  bool isPacked; // uint8 with several numbers a byte, along the last axis
};

FailureOr<Table> readTable(Node &node) {
  for (unsigned i : {1, 2})
    if (!node.has(i))
      return node.bad("needs indices and scales");
  Table table;
  table.data = node.tensor(0);
  table.scales = node.tensor(2);
  int64_t rank = table.data.rank();
  auto gather = node.axis(node.intAttr("gather_axis", 0), rank);
  auto block = node.axis(node.intAttr("quantize_axis", 1), rank);
  if (failed(gather) || failed(block))
    return failure();
  table.gatherAxis = *gather;
  table.blockAxis = *block;
  table.block = node.intAttr("block_size", 128);
  table.bits = node.intAttr("bits", 4);
  table.isPacked = table.data.dtype == DType::UInt8 && table.bits < 8;
  if (table.block < 1)
    return node.bad("needs a block_size of 1 or more");
  if (table.data.dtype == DType::UInt8 && table.bits != 2 && table.bits != 4 &&
      table.bits != 8)
    return node.refuse("needs 2, 4 or 8 bits, but got " + Twine(table.bits));
  if (table.isPacked && (table.gatherAxis == rank - 1))
    return node.bad("needs a gather_axis before the last one, along which "
                    "bytes hold several numbers");
  if (node.has(3))
    table.zeros = node.tensor(3);
  if (table.zeros &&
      (table.zeros->rank() != rank || table.zeros->dtype != table.data.dtype))
    return node.bad("needs zero points of the rank and type of the table");
  return table;
}

/// The number at a place of the table as float32, before its zero point.
Term stored(Emit &e, const Table &table, Value data, DType dtype, Terms at) {
  if (table.isPacked) {
    Term last = at.pop_back_val();
    return e.cast(unpack(e, data, at, last, table.bits), e.b.getF32Type());
  }
  ImplicitLocOpBuilder b(e.loc, e.b);
  return e.wrap(castScalar(b, e.at(data, at), dtype, DType::Float));
}

// y[.., i.., ..] = (table[.., indices[i..], ..] - zero) scale; 0 where an index
// is outside of the table
LogicalResult importGather(Node &node) {
  auto table = readTable(node);
  if (failed(table))
    return failure();
  Tensor indices = node.tensor(1);
  Sizes &sizes = node.sizes;
  SmallVector<Size> whole(table->data.dims);
  if (table->isPacked)
    whole.back() = sizes.mul(whole.back(), sizes.constant(8 / table->bits));
  int64_t axis = table->gatherAxis, count = indices.rank();
  SmallVector<Size> blocks(whole);
  Size &along = blocks[table->blockAxis];
  along = sizes.ceilDiv(along, sizes.constant(table->block));
  if (failed(requireDims(node, table->scales, blocks,
                         "the scales and the blocks")))
    return failure();
  if (table->isPacked)
    blocks.back() =
        sizes.ceilDiv(blocks.back(), sizes.constant(8 / table->bits));
  if (table->zeros && failed(requireDims(node, *table->zeros, blocks,
                                         "the zero points and the blocks")))
    return failure();
  SmallVector<Size> dims(whole.begin(), whole.begin() + axis);
  dims.append(indices.dims);
  dims.append(whole.begin() + axis + 1, whole.end());
  Value data = node.value(table->data), scales = node.value(table->scales);
  Value zeros = table->zeros ? node.value(*table->zeros) : Value();
  Value places = node.value(indices);
  DType dtype = table->data.dtype, to = table->scales.dtype;
  double middle = dtype == DType::UInt8 ? 1 << (table->bits - 1) : 0;
  auto read = [&](Emit &e, Terms at) {
    Terms coarse(at);
    coarse[table->blockAxis] = at[table->blockAxis] / e.index(table->block);
    Term zero = zeros ? stored(e, *table, zeros, dtype, coarse)
                      : e.constant(e.b.getF32Type(), middle);
    ImplicitLocOpBuilder b(e.loc, e.b);
    Term scale = e.wrap(castScalar(b, e.at(scales, coarse), to, DType::Float));
    Term y = (stored(e, *table, data, dtype, at) - zero) * scale;
    return e.wrap(castScalar(b, y, DType::Float, to));
  };
  return node.result(
      0, generate(node, dims, to, [&](Emit &e, Terms at) {
        Terms place(at.begin() + axis, at.begin() + axis + count);
        Term i = e.toIndex(e.at(places, place)), size = e.size(whole[axis]);
        i = select(i < 0, i + size, i);
        Terms from(at.begin(), at.begin() + axis);
        from.push_back(i);
        from.append(at.begin() + axis + count, at.end());
        Type element = elementType(e.b.getContext(), to);
        return e.branch((i >= 0) & (i < size), [&] { return read(e, from); },
                        [&] { return e.constant(element, 0); });
      }));
}

const Registration table[] = {
    {"com.microsoft", "GatherBlockQuantized", importGather,
     bit(DType::UInt8) | bit(DType::Int4) | bit(DType::UInt4)},
};

} // namespace

ArrayRef<Registration> gatherQuantizedOps() { return table; }

} // namespace niello::onnx_frontend
