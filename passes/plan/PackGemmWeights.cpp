// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Has the weights of contractions packed by the compiler, once, instead of by
// the program on every call.
//
// What the generator calls A and B, rows and columns, is told in
// passes/lower/cpu/Contraction.h; the rules are repeated here on tensors.

#include "passes/plan/Passes.h"

#include "compiler/support/Reasons.h"
#include "compiler/weights/Layout.h"
#include "compiler/weights/ProgramModule.h"
#include "dialects/kernel/Kernel.h"
#include "passes/fuse/Generic.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

namespace niello {
#define GEN_PASS_DEF_PACKGEMMWEIGHTS
#include "passes/plan/Passes.h.inc"
} // namespace niello

using namespace mlir;
using namespace niello;

namespace {

// Four vectors of 128 bits, two of 256, one of 512.
constexpr int64_t kColumns = 16;
// The bytes of a word, which the generator multiplies and adds at once.
constexpr int64_t kWord = 4;
// As for all weight programs: in memory at once, and more in the artefact.
constexpr uint64_t kMostBytes = 64 << 20, kMostGrowth = 1 << 20;
// Below it the generator leaves a contraction to loops, which read panels
// badly.
constexpr int64_t kLeastProducts = 4096;

// [size / width][others, in order][width] of a weight; `panel` is the dimension
// of that size. Of bytes there is one other, and it is split into words:
// [size / width][other / 4][width][4].
struct Panels {
  unsigned panel = 0;
  SmallVector<int64_t> order;
  int64_t width = 0;
  bool isBytes = false;

  int64_t word() const { return isBytes ? kWord : 1; }
  bool operator==(const Panels &other) const {
    return panel == other.panel && order == other.order &&
           width == other.width && isBytes == other.isBytes;
  }
};

// Where a kernel reads a weight.
struct Reader {
  kernel::GroupInterface group;
  unsigned operand;
  linalg::GenericOp op;
  unsigned input;
};

} // namespace

// The loops of the sum in the generator's order: as A has them.
static SmallVector<unsigned> depthOf(linalg::GenericOp op, AffineMap a) {
  SmallVector<unsigned> depth;
  for (auto [loop, kind] : llvm::enumerate(op.getIteratorTypesArray()))
    if (kind == utils::IteratorType::reduction)
      depth.push_back(loop);
  auto place = [&](unsigned loop) {
    auto dim = getAffineDimExpr(loop, op.getContext());
    return std::make_pair(
        llvm::find(a.getResults(), dim) - a.getResults().begin(), loop);
  };
  llvm::sort(depth, [&](unsigned left, unsigned right) {
    return place(left) < place(right);
  });
  return depth;
}

static bool startsAtZero(linalg::GenericOp op) {
  auto fill = op.getOutputs()[0].getDefiningOp<linalg::FillOp>();
  return fill && (matchPattern(fill.getInputs()[0], m_AnyZeroFloat()) ||
                  matchPattern(fill.getInputs()[0], m_Zero()));
}

static bool isWorthIt(linalg::GenericOp op) {
  int64_t products = 1;
  for (int64_t size :
       cast<linalg::LinalgOp>(op.getOperation()).getStaticLoopRanges()) {
    if (ShapedType::isDynamic(size))
      return true;
    products = std::min(products * size, kLeastProducts);
  }
  return products >= kLeastProducts;
}

// The panels in which the generator reads the input, if it is one that it
// could read so; else `why` not.
static std::optional<Panels> findPanels(linalg::GenericOp op, unsigned input,
                                        ArrayRef<int64_t> tiles,
                                        StringRef &why) {
  auto maps = op.getIndexingMapsArray();
  AffineMap map = maps[input], other = maps[1 - input], out = maps[2];
  auto type = cast<RankedTensorType>(op.getInputs()[input].getType());
  Type element = type.getElementType();
  bool isBytes = byteFactors(op).has_value();
  if (!isBytes &&
      (element != getElementTypeOrSelf(op.getResult(0)) ||
       !(element.isF32() || element.isF64() || element.isInteger(32)))) {
    why = "panels are of f32, f64 or i32, that of the sum, or of bytes";
    return std::nullopt;
  }
  if (!map.isProjectedPermutation() || !out.isProjectedPermutation() ||
      out.getNumResults() == 0) {
    why = "it is read at a window, not at plain places";
    return std::nullopt;
  }
  if (!startsAtZero(op)) {
    why = "the sum does not start at zero";
    return std::nullopt;
  }
  if (!isWorthIt(op)) {
    why = "the product is too small for the generator";
    return std::nullopt;
  }
  why = "its order of dimensions has no panels";
  unsigned last = cast<AffineDimExpr>(out.getResults().back()).getPosition();
  bool isB = map.isFunctionOfDim(last);
  if (isB == other.isFunctionOfDim(last))
    return std::nullopt;

  SmallVector<unsigned> depth = depthOf(op, isB ? other : map);
  Panels panels;
  panels.width = isB ? kColumns : tiles[0];
  panels.isBytes = isBytes;
  if (isBytes && (!isB || depth.size() != 1)) {
    why = "bytes have panels on the right of a product, summed over one "
          "dimension";
    return std::nullopt;
  }
  auto dimOf = [&](unsigned loop) {
    return map.getResultPosition(getAffineDimExpr(loop, op.getContext()));
  };
  for (unsigned loop : depth) {
    if (!dimOf(loop))
      return std::nullopt;
    panels.order.push_back(*dimOf(loop));
  }
  // One dimension is left.
  if (map.getNumResults() != depth.size() + 1)
    return std::nullopt;
  for (auto [dim, result] : llvm::enumerate(map.getResults())) {
    unsigned loop = cast<AffineDimExpr>(result).getPosition();
    if (llvm::is_contained(depth, loop))
      continue;
    if (other.isFunctionOfDim(loop) || !out.isFunctionOfDim(loop) ||
        (isB && loop != last))
      return std::nullopt;
    panels.panel = dim;
  }
  int64_t size = type.getDimSize(panels.panel);
  int64_t padded = llvm::alignTo(size, panels.width);
  if (panels.width < 2 || size < panels.width || padded - size > size / 4) {
    why = "more than a fifth of its panels would be padding";
    return std::nullopt;
  }
  return panels;
}

static RankedTensorType packedType(RankedTensorType type,
                                   const Panels &panels) {
  int64_t size = type.getDimSize(panels.panel);
  SmallVector<int64_t> shape = {(size + panels.width - 1) / panels.width};
  for (int64_t dim : panels.order)
    shape.push_back(llvm::divideCeil(type.getDimSize(dim), panels.word()));
  shape.push_back(panels.width);
  if (panels.isBytes)
    shape.push_back(kWord);
  return RankedTensorType::get(shape, type.getElementType());
}

// pack_384x1536xf32_d1_w16: the panel dimension and the width; the others'
// order only where it is not their own.
static std::string programName(RankedTensorType type, const Panels &panels) {
  std::string name;
  llvm::raw_string_ostream os(name);
  os << "pack_";
  for (int64_t size : type.getShape())
    os << size << "x";
  os << type.getElementType() << "_d" << panels.panel << "_w" << panels.width;
  if (!llvm::is_sorted(panels.order))
    for (int64_t dim : panels.order)
      os << "_" << dim;
  return name;
}

// w -> pad to whole panels and words, split those dimensions, move their parts
// outwards and inwards.
static func::FuncOp makeProgram(OpBuilder &builder, Location loc,
                                RankedTensorType type, const Panels &panels) {
  auto result = packedType(type, panels);
  auto function = func::FuncOp::create(builder, loc, programName(type, panels),
                                       builder.getFunctionType(type, result));
  function->setAttr("model.weight_program", builder.getUnitAttr());
  Block *block = function.addEntryBlock();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(block);
  Value value = block->getArgument(0);
  SmallVector<int64_t> padded(type.getShape()), parts(padded.size(), 1);
  parts[panels.panel] = panels.width;
  if (panels.isBytes)
    parts[panels.order[0]] = kWord;
  SmallVector<OpFoldResult> low(padded.size(), builder.getIndexAttr(0)), high;
  for (auto [size, part] : llvm::zip(padded, parts)) {
    int64_t whole = llvm::alignTo(size, part);
    high.push_back(builder.getIndexAttr(whole - size));
    size = whole;
  }
  if (ArrayRef<int64_t>(padded) != type.getShape()) {
    Value zero = arith::ConstantOp::create(
        builder, loc, builder.getZeroAttr(type.getElementType()));
    value = tensor::PadOp::create(
        builder, loc, RankedTensorType::get(padded, type.getElementType()),
        value, low, high, zero);
  }
  // `places[d]` is where dimension d has gone, its inner part just behind it.
  SmallVector<ReassociationIndices> groups;
  SmallVector<int64_t> split, places;
  for (auto [size, part] : llvm::zip(padded, parts)) {
    places.push_back(split.size());
    groups.emplace_back().push_back(split.size());
    split.push_back(size / part);
    if (part == 1)
      continue;
    groups.back().push_back(split.size());
    split.push_back(part);
  }
  value = tensor::ExpandShapeOp::create(
      builder, loc, RankedTensorType::get(split, type.getElementType()), value,
      groups);
  SmallVector<int64_t> permutation = {places[panels.panel]};
  for (int64_t dim : panels.order)
    permutation.push_back(places[dim]);
  permutation.push_back(places[panels.panel] + 1);
  if (panels.isBytes)
    permutation.push_back(places[panels.order[0]] + 1);
  Value start = tensor::EmptyOp::create(builder, loc, result.getShape(),
                                        type.getElementType());
  value = linalg::TransposeOp::create(builder, loc, value, start, permutation)
              ->getResult(0);
  func::ReturnOp::create(builder, loc, value);
  return function;
}

// The one place where a kernel reads its operand, if it is a contraction.
static std::optional<Reader> findReader(OpOperand &use) {
  auto group = dyn_cast<kernel::GroupInterface>(use.getOwner());
  if (!group || !group->getAttrOfType<DenseI64ArrayAttr>("tiles"))
    return std::nullopt;
  unsigned number = use.getOperandNumber();
  Value argument = group.getBody().front().getArgument(number);
  if (!argument.hasOneUse())
    return std::nullopt;
  auto op = dyn_cast<linalg::GenericOp>(*argument.user_begin());
  unsigned input = argument.use_begin()->getOperandNumber();
  if (!op || input > 1 || !isContraction(op))
    return std::nullopt;
  return Reader{group, number, op, input};
}

// The readers of a weight, if all of them could read one and the same panels;
// else it is told at the first that could not, if any is a product.
static std::optional<Panels> agree(ArrayRef<model::LoadWeightOp> loads,
                                   SmallVectorImpl<Reader> &readers,
                                   StringRef pass) {
  bool isOfProduct = llvm::any_of(loads, [](model::LoadWeightOp load) {
    return llvm::any_of(load->getUses(), [](OpOperand &use) {
      return findReader(use).has_value();
    });
  });
  std::optional<Panels> all;
  for (model::LoadWeightOp load : loads)
    for (OpOperand &use : load->getUses()) {
      auto stop = [&](const Twine &why) {
        tellReason(use.getOwner(), pass,
                   "@" + load.getWeight() + " is not packed: " + why);
        return std::nullopt;
      };
      std::optional<Reader> reader = findReader(use);
      if (!reader && !isOfProduct)
        return std::nullopt;
      if (!reader)
        return stop("this reads it too, and not as a product");
      auto tiles =
          reader->group->getAttrOfType<DenseI64ArrayAttr>("tiles").asArrayRef();
      StringRef why;
      auto panels = findPanels(reader->op, reader->input, tiles, why);
      if (!panels)
        return stop(why);
      if (all && !(*all == *panels))
        return stop("its readers want different panels");
      all = panels;
      readers.push_back(*reader);
    }
  return all;
}

// ins(w: map (p, k)) -> ins(packed: map (p floordiv W, k, p mod W)), of bytes
// (p floordiv W, k floordiv 4, p mod W, k mod 4)
static void readPanels(Reader &reader, Value packed, const Panels &panels) {
  reader.group->setOperand(reader.operand, packed);
  reader.group.getBody()
      .front()
      .getArgument(reader.operand)
      .setType(packed.getType());
  linalg::GenericOp op = reader.op;
  auto maps = op.getIndexingMapsArray();
  AffineMap &map = maps[reader.input];
  AffineExpr loop = map.getResult(panels.panel);
  SmallVector<AffineExpr> results = {loop.floorDiv(panels.width)};
  for (int64_t dim : panels.order)
    results.push_back(map.getResult(dim).floorDiv(panels.word()));
  results.push_back(loop % panels.width);
  if (panels.isBytes)
    results.push_back(map.getResult(panels.order[0]) % kWord);
  map = AffineMap::get(map.getNumDims(), 0, results, op.getContext());
  op.setIndexingMapsAttr(OpBuilder(op).getAffineMapArrayAttr(maps));
}

namespace {

struct PackGemmWeights : niello::impl::PackGemmWeightsBase<PackGemmWeights> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::MapVector<StringAttr, SmallVector<model::LoadWeightOp>> loads;
    for (auto function : module.getOps<func::FuncOp>())
      function.walk([&](model::LoadWeightOp load) {
        loads[load.getWeightAttr().getAttr()].push_back(load);
      });
    SymbolTable symbols(module);
    for (auto &[name, all] : loads) {
      auto weight = symbols.lookup<model::WeightOp>(name);
      SmallVector<Reader> readers;
      std::optional<Panels> panels = agree(all, readers, getArgument());
      if (!panels)
        continue;
      auto type = packedType(cast<RankedTensorType>(weight.getType()), *panels);
      uint64_t bytes = weightBytes(type).value_or(UINT64_MAX);
      uint64_t growth = bytes - *weightBytes(weight.getType());
      if (bytes > kMostBytes || growth > kMostGrowth - grown) {
        tellReason(readers.front().group, getArgument(),
                   "@" + name.getValue() + " is not packed: " +
                       (bytes > kMostBytes
                            ? "it has more than 64 MB"
                            : "all panels would add more than 1 MB"));
        continue;
      }
      grown += growth;
      FlatSymbolRefAttr packed = pack(weight, type, *panels, symbols);
      for (Reader &reader : readers) {
        Value old = reader.group->getOperand(reader.operand);
        OpBuilder builder(old.getDefiningOp());
        Value load =
            model::LoadWeightOp::create(builder, old.getLoc(), type, packed);
        readPanels(reader, load, *panels);
      }
      for (model::LoadWeightOp load : all)
        load.erase();
      symbols.erase(weight);
    }
  }

private:
  FlatSymbolRefAttr pack(model::WeightOp weight, RankedTensorType type,
                         const Panels &panels, SymbolTable &symbols) {
    ModuleOp module = getOperation();
    ModuleOp programs = getWeightPrograms(module);
    auto stored = cast<RankedTensorType>(weight.getType());
    OpBuilder builder(&getContext());
    std::string program = programName(stored, panels);
    if (!programs.lookupSymbol(program)) {
      builder.setInsertionPointToEnd(programs.getBody());
      makeProgram(builder, weight.getLoc(), stored, panels);
    }
    builder.setInsertionPoint(programs.getBody(), afterWeights(programs));
    builder.clone(*weight);
    auto of =
        builder.getArrayAttr(FlatSymbolRefAttr::get(weight.getSymNameAttr()));
    OpBuilder detached(&getContext());
    auto packed = model::WeightOp::create(
        detached, weight.getLoc(), "packed_" + std::to_string(count++),
        FlatSymbolRefAttr::get(&getContext(), program), of, type);
    return FlatSymbolRefAttr::get(
        symbols.insert(packed, Block::iterator(weight)));
  }

  unsigned count = 0;
  uint64_t grown = 0;
};

} // namespace
