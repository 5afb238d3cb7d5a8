// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/ops/recurrent/Recurrent.h"

#include "dialects/model/Model.h"
#include "frontends/onnx/ops/control/Regions.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace niello::onnx_frontend {

/// tensor[at, ...] without its first dimension.
static Tensor row(Node &node, Tensor &tensor, Size at) {
  return elementOf(node, tensor, 0, at);
}

/// `part` written at `offsets` of `whole`, with sizes 1 for the dimensions it
/// lacks in front.
static Tensor insert(Node &node, Tensor part, Tensor whole,
                     SmallVector<Size> offsets) {
  SmallVector<Size> lengths(whole.rank() - part.rank(), node.sizes.constant(1));
  lengths.append(part.dims);
  offsets.resize(whole.rank(), node.sizes.constant(0));
  whole.value =
      insertSlice(node, node.value(part), whole.value, offsets, lengths);
  return whole;
}

Tensor gate(Node &node, Tensor &all, int64_t index, Size hidden) {
  Sizes &sizes = node.sizes;
  SmallVector<Size> offsets(all.rank(), sizes.constant(0)), lengths(all.dims),
      strides(all.rank(), sizes.constant(1));
  offsets.back() = sizes.mul(hidden, sizes.constant(index));
  lengths.back() = hidden;
  return slice(node, all, offsets, lengths, strides);
}

Tensor product(Node &node, Tensor a, Tensor b) {
  Tensor out;
  out.dtype = a.dtype;
  out.dims = {a.dims[0], b.dims[1]};
  out.value =
      model::MatmulOp::create(node.b, node.loc, node.value(a), node.value(b))
          .getResult();
  return out;
}

FailureOr<Tensor> stateProduct(Node &node, Direction &direction, Tensor state) {
  if (!direction.roundStates)
    return product(node, state, direction.recurrent);
  auto rounded = roundToBytes(node, state);
  if (failed(rounded))
    return failure();
  return product(node, *rounded, direction.recurrent);
}

Value clipped(ImplicitLocOpBuilder &b, Value x, std::optional<float> clip) {
  if (!clip)
    return x;
  auto limit = [&](float value) -> Value {
    return arith::ConstantOp::create(b, b.getFloatAttr(x.getType(), value));
  };
  x = arith::MaximumFOp::create(b, x, limit(-*clip));
  return arith::MinimumFOp::create(b, x, limit(*clip));
}

FailureOr<RecurrentInputs> readRecurrent(Node &node, int64_t gates) {
  RecurrentInputs in;
  in.x = node.tensor(0);
  in.w = node.tensor(1);
  in.r = node.tensor(2);
  in.gates = gates;
  if (in.x.rank() != 3 || in.w.rank() != 3 || in.r.rank() != 3)
    return node.bad("needs X, W and R of rank 3, but got " +
                    Twine(in.x.rank()) + ", " + Twine(in.w.rank()) + " and " +
                    Twine(in.r.rank()));
  if (node.has(3))
    in.b = node.tensor(3);
  if (node.has(4))
    in.lengths = node.tensor(4);
  bool batchFirst = node.intAttr("layout", 0);
  if (batchFirst)
    in.x = transpose(node, in.x, {1, 0, 2});
  for (unsigned i : {5, 6}) {
    if (i == 6 && gates != 4) // only LSTM has a second state
      continue;
    std::optional<Tensor> &state = in.states.emplace_back();
    if (!node.has(i))
      continue;
    state = node.tensor(i);
    if (state->rank() != 3)
      return node.bad("needs initial states of rank 3, but got " +
                      Twine(state->rank()));
    if (batchFirst)
      state = transpose(node, *state, {1, 0, 2});
  }
  if (gates == 4 && node.has(7))
    in.peepholes = node.tensor(7);
  return in;
}

/// The sizes that inputs of a recurrence must share.
static LogicalResult checkSizes(Node &node, RecurrentInputs &in, Size hidden,
                                int64_t directions) {
  Sizes &sizes = node.sizes;
  Size wide = sizes.mul(hidden, sizes.constant(in.gates));
  Size each = sizes.constant(directions);
  auto same = [&](Tensor &tensor, ArrayRef<Size> dims, StringRef name) {
    if (tensor.rank() != int64_t(dims.size()))
      return node.bad("needs " + name + " of rank " + Twine(dims.size()) +
                      ", but got " + Twine(tensor.rank()));
    for (auto [size, wanted] : llvm::zip(tensor.dims, dims))
      if (failed(requireEqual(node, size, wanted,
                              ("a size of " + name + " and the others").str())))
        return failure();
    return success();
  };
  if (failed(same(in.w, {each, wide, in.x.dims[2]}, "W")) ||
      failed(same(in.r, {each, wide, hidden}, "R")))
    return failure();
  if (in.b &&
      failed(same(*in.b, {each, sizes.mul(wide, sizes.constant(2))}, "B")))
    return failure();
  if (in.lengths && failed(same(*in.lengths, in.x.dims[1], "sequence_lens")))
    return failure();
  Size peepholes = sizes.mul(hidden, sizes.constant(3));
  if (in.peepholes && failed(same(*in.peepholes, {each, peepholes}, "P")))
    return failure();
  for (auto &state : in.states)
    if (state && failed(same(*state, {each, in.x.dims[1], hidden}, "a state")))
      return failure();
  return success();
}

/// x W' for all steps at once, and the biases.
static FailureOr<Direction> prepare(Node &node, RecurrentInputs &in, int64_t d,
                                    Size hidden) {
  Sizes &sizes = node.sizes;
  Size at = sizes.constant(d),
       wide = sizes.mul(hidden, sizes.constant(in.gates));
  Direction out;
  out.roundStates = in.roundStates;
  Tensor w = row(node, in.w, at), r = row(node, in.r, at);
  out.recurrent = transpose(node, r, {1, 0});
  Size rows = sizes.mul(in.x.dims[0], in.x.dims[1]);
  auto flat = reshape(node, in.x, {rows, in.x.dims[2]});
  if (failed(flat))
    return failure();
  Tensor projected = product(node, *flat, transpose(node, w, {1, 0}));
  if (in.b) {
    Tensor both = row(node, *in.b, at);
    Tensor first = gate(node, both, 0, wide),
           second = gate(node, both, 1, wide);
    auto add = [](auto &b, auto args) -> Value {
      Value sum = args[0];
      for (Value next : args.drop_front())
        sum = arith::AddFOp::create(b, sum, next);
      return sum;
    };
    SmallVector<Tensor> terms{projected, first};
    if (!in.splitBias) {
      SmallVector<Tensor> biases{first, second};
      auto joined = onTensors(node, biases, in.x.dtype, add);
      if (failed(joined))
        return failure();
      terms[1] = *joined;
    } else {
      auto shaped = reshape(node, second, {sizes.constant(1), wide});
      if (failed(shaped))
        return failure();
      out.stateBias = *shaped;
    }
    auto sum = onTensors(node, terms, in.x.dtype, add);
    if (failed(sum))
      return failure();
    projected = *sum;
  }
  auto steps = reshape(node, projected, {in.x.dims[0], in.x.dims[1], wide});
  if (failed(steps))
    return failure();
  out.projected = *steps;
  if (in.peepholes)
    out.peepholes = row(node, *in.peepholes, at);
  for (auto &state : in.states)
    out.states.push_back(state ? row(node, *state, at)
                               : full(node, {in.x.dims[1], hidden}, in.x.dtype,
                                      scalar(node, node.elementType(0), 0)));
  return out;
}

/// Rows whose sequence is over keep `was`: step < length ? is : was.
static FailureOr<Tensor> whileRunning(Node &node, Tensor &lengths, Size step,
                                      Tensor is, Tensor was) {
  auto column =
      reshape(node, lengths, {lengths.dims[0], node.sizes.constant(1)});
  if (failed(column))
    return failure();
  Type type = elementType(node.b.getContext(), lengths.dtype);
  Value now = arith::IndexCastOp::create(node.b, node.loc, type,
                                         node.sizes.value(step));
  SmallVector<Tensor> inputs{is, was, *column};
  return elementwise(node, inputs, is.dtype, [&](auto &b, auto args) -> Value {
    Value runs =
        arith::CmpIOp::create(b, arith::CmpIPredicate::slt, now, args[2]);
    return arith::SelectOp::create(b, runs, args[0], args[1]);
  });
}

/// One direction over time: `all` is [T, D, B, H], filled at d; the last value
/// of each state comes back.
static FailureOr<std::vector<Tensor>> run(Node &node, RecurrentInputs &in,
                                          Direction &direction, int64_t d,
                                          bool reversed, Tensor &all,
                                          Cell cell) {
  Size steps = in.x.dims[0];
  std::vector<Tensor> initial = direction.states;
  initial.push_back(all);
  bool ok = true;
  auto body = [&](Size step, MutableArrayRef<Tensor> states) {
    SmallVector<Tensor> same(states);
    Sizes &sizes = node.sizes;
    Size at =
        reversed ? sizes.sub(sizes.sub(steps, sizes.constant(1)), step) : step;
    Tensor x = row(node, direction.projected, at);
    auto next = cell(node, direction, x, states.drop_back());
    if (failed(next))
      return ok = false, same;
    Tensor shown = (*next)[0];
    if (in.lengths) {
      Tensor zero = full(node, shown.dims, shown.dtype,
                         scalar(node, node.elementType(0), 0));
      auto visible = whileRunning(node, *in.lengths, at, shown, zero);
      for (auto [is, was] : llvm::zip(*next, states)) {
        auto kept = whileRunning(node, *in.lengths, at, is, was);
        if (failed(kept) || failed(visible))
          return ok = false, same;
        is = *kept;
      }
      shown = *visible;
    }
    SmallVector<Tensor> results(next->begin(), next->end());
    results.push_back(
        insert(node, shown, states.back(), {at, node.sizes.constant(d)}));
    return results;
  };
  SmallVector<Tensor> results = countedLoop(node, steps, initial, body);
  if (!ok)
    return failure();
  all = results.pop_back_val();
  return std::vector<Tensor>(results.begin(), results.end());
}

LogicalResult importRecurrent(Node &node, RecurrentInputs in,
                              ArrayRef<StringRef> names, Cell cell) {
  std::string way = node.stringAttr("direction", "forward");
  if (way != "forward" && way != "reverse" && way != "bidirectional")
    return node.bad("needs a direction of forward, reverse or bidirectional, "
                    "but got " +
                    way);
  int64_t directions = way == "bidirectional" ? 2 : 1;
  auto activations = readActivations(node, names, directions);
  Size hidden = in.r.dims[2];
  if (failed(activations) || failed(checkSizes(node, in, hidden, directions)))
    return failure();
  ArrayRef<Size> x(in.x.dims);
  Size each = node.sizes.constant(directions);
  DType dtype = in.x.dtype;
  Tensor all = node.makeTensor(
      empty(node, {x[0], each, x[1], hidden}, node.elementType(0)), dtype);
  all.dims = {x[0], each, x[1], hidden};
  std::vector<Tensor> last;
  for (size_t i = 0; i < in.states.size(); ++i) {
    last.push_back(all);
    last.back().dims.erase(last.back().dims.begin());
    last.back().value = empty(node, last.back().dims, node.elementType(0));
  }
  for (int64_t d = 0; d < directions; ++d) {
    auto direction = prepare(node, in, d, hidden);
    if (failed(direction))
      return failure();
    direction->activations =
        ArrayRef(*activations).slice(d * names.size(), names.size());
    if (node.attribute("clip"))
      direction->clip = node.floatAttr("clip", 0);
    auto final =
        run(node, in, *direction, d, way == "reverse" || d == 1, all, cell);
    if (failed(final))
      return failure();
    for (auto [whole, part] : llvm::zip(last, *final))
      whole = insert(node, part, whole, {node.sizes.constant(d)});
  }
  bool batchFirst = node.intAttr("layout", 0);
  (void)node.result(0, batchFirst ? transpose(node, all, {2, 0, 1, 3}) : all);
  for (auto [i, state] : llvm::enumerate(last))
    (void)node.result(i + 1,
                      batchFirst ? transpose(node, state, {1, 0, 2}) : state);
  return success();
}

} // namespace niello::onnx_frontend
