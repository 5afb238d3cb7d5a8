// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One step of RNN, GRU and LSTM.

#include "frontends/onnx/ops/recurrent/Recurrent.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

using Builder = ImplicitLocOpBuilder;
using States = FailureOr<std::vector<Tensor>>;

Value sum(Builder &b, Value x, Value y) {
  return arith::AddFOp::create(b, x, y);
}
Value times(Builder &b, Value x, Value y) {
  return arith::MulFOp::create(b, x, y);
}
// 1 - x
Value complement(Builder &b, Value x) {
  Value one = arith::ConstantOp::create(b, b.getFloatAttr(x.getType(), 1));
  return arith::SubFOp::create(b, one, x);
}

// h' = f(x + h R)
States stepRnn(Node &node, Direction &cell, Tensor &x,
               ArrayRef<Tensor> states) {
  SmallVector<Tensor> inputs{x, product(node, states[0], cell.recurrent)};
  auto h = elementwise(node, inputs, x.dtype, [&](auto &b, auto args) {
    return cell.activations[0](b,
                               clipped(b, sum(b, args[0], args[1]), cell.clip));
  });
  if (failed(h))
    return failure();
  return std::vector<Tensor>{*h};
}

LogicalResult importRnn(Node &node) {
  auto in = readRecurrent(node, 1);
  return failed(in) ? failure() : importRecurrent(node, *in, {"Tanh"}, stepRnn);
}

// z = f(xz + h Rz), r = f(xr + h Rr), gates in the order z, r, h
// n = g(xn + (r * h) Rn + bn), or before the reset g(xn + r * (h Rn + bn))
// h' = (1 - z) * n + z * h
States stepGru(Node &node, Direction &cell, Tensor &x,
               ArrayRef<Tensor> states) {
  Tensor h = states[0];
  Size hidden = h.dims[1];
  bool before = node.intAttr("linear_before_reset", 0);
  Tensor recurrent = product(node, h, cell.recurrent);
  auto add = [](auto &b, auto args) { return sum(b, args[0], args[1]); };
  if (cell.stateBias.value) {
    SmallVector<Tensor> terms{recurrent, cell.stateBias};
    auto biased = elementwise(node, terms, x.dtype, add);
    if (failed(biased))
      return failure();
    recurrent = *biased;
  }
  auto open = [&](int64_t index) {
    SmallVector<Tensor> terms{gate(node, x, index, hidden),
                              gate(node, recurrent, index, hidden)};
    return elementwise(node, terms, x.dtype, [&](auto &b, auto args) {
      return cell.activations[0](
          b, clipped(b, sum(b, args[0], args[1]), cell.clip));
    });
  };
  auto z = open(0), r = open(1);
  if (failed(z) || failed(r))
    return failure();
  Tensor candidate = gate(node, recurrent, 2, hidden);
  SmallVector<Tensor> terms{gate(node, x, 2, hidden), candidate, *r, *z, h};
  if (!before) {
    SmallVector<Tensor> pair{*r, h};
    auto reset = onTensors(node, pair, x.dtype, [](auto &b, auto args) {
      return times(b, args[0], args[1]);
    });
    if (failed(reset))
      return failure();
    terms[1] = product(node, *reset, gate(node, cell.recurrent, 2, hidden));
    if (cell.stateBias.value) {
      SmallVector<Tensor> biased{terms[1],
                                 gate(node, cell.stateBias, 2, hidden)};
      auto total = elementwise(node, biased, x.dtype, add);
      if (failed(total))
        return failure();
      terms[1] = *total;
    }
  }
  auto next = elementwise(node, terms, x.dtype, [&](auto &b, auto args) {
    Value inner = before ? times(b, args[2], args[1]) : args[1];
    Value n =
        cell.activations[1](b, clipped(b, sum(b, args[0], inner), cell.clip));
    return sum(b, times(b, complement(b, args[3]), n),
               times(b, args[3], args[4]));
  });
  if (failed(next))
    return failure();
  return std::vector<Tensor>{*next};
}

LogicalResult importGru(Node &node) {
  auto in = readRecurrent(node, 3);
  if (failed(in))
    return failure();
  in->splitBias = true;
  return importRecurrent(node, *in, {"Sigmoid", "Tanh"}, stepGru);
}

// Gates in the order i, o, f, c; P has i, o, f.
// c' = f * c + i * g(c gate), h' = o * h(c')
States stepLstm(Node &node, Direction &cell, Tensor &x,
                ArrayRef<Tensor> states) {
  Tensor h = states[0], c = states[1];
  Size hidden = h.dims[1];
  auto stated = stateProduct(node, cell, h);
  if (failed(stated))
    return failure();
  Tensor recurrent = *stated;
  bool coupled = node.intAttr("input_forget", 0);
  bool peeps = cell.peepholes.value != nullptr;
  // The gate before its activation, with the cell seen through a peephole.
  auto sumOf = [&](Builder &b, Value a, Value r, Value peephole,
                   Value cellNow) {
    Value all = sum(b, a, r);
    if (peephole)
      all = sum(b, all, times(b, peephole, cellNow));
    return clipped(b, all, cell.clip);
  };
  SmallVector<Tensor> terms{c};
  for (int64_t index : {0, 2, 3})
    for (Tensor *all : {&x, &recurrent})
      terms.push_back(gate(node, *all, index, hidden));
  if (peeps)
    for (int64_t index : {0, 2})
      terms.push_back(gate(node, cell.peepholes, index, hidden));
  auto nextCell = elementwise(node, terms, x.dtype, [&](auto &b, auto args) {
    Value seen = args[0];
    Value i = cell.activations[0](
        b, sumOf(b, args[1], args[2], peeps ? args[7] : Value(), seen));
    Value f =
        coupled
            ? complement(b, i)
            : cell.activations[0](b, sumOf(b, args[3], args[4],
                                           peeps ? args[8] : Value(), seen));
    Value g =
        cell.activations[1](b, clipped(b, sum(b, args[5], args[6]), cell.clip));
    return sum(b, times(b, f, seen), times(b, i, g));
  });
  if (failed(nextCell))
    return failure();
  SmallVector<Tensor> outputs{*nextCell, gate(node, x, 1, hidden),
                              gate(node, recurrent, 1, hidden)};
  if (peeps)
    outputs.push_back(gate(node, cell.peepholes, 1, hidden));
  auto next = elementwise(node, outputs, x.dtype, [&](auto &b, auto args) {
    Value o = cell.activations[0](
        b, sumOf(b, args[1], args[2], peeps ? args[3] : Value(), args[0]));
    return times(b, o, cell.activations[2](b, args[0]));
  });
  if (failed(next))
    return failure();
  return std::vector<Tensor>{*next, *nextCell};
}

LogicalResult importLstm(Node &node) {
  auto in = readRecurrent(node, 4);
  return failed(in) ? failure()
                    : importRecurrent(node, *in, {"Sigmoid", "Tanh", "Tanh"},
                                      stepLstm);
}

LogicalResult importQuantizedLstm(Node &node) {
  auto in = readQuantized(node);
  return failed(in) ? failure()
                    : importRecurrent(node, *in, {"Sigmoid", "Tanh", "Tanh"},
                                      stepLstm);
}

const Registration table[] = {
    {"", "RNN", importRnn, floats},
    {"", "GRU", importGru, floats},
    {"", "LSTM", importLstm, floats},
    {"com.microsoft", "DynamicQuantizeLSTM", importQuantizedLstm,
     bit(DType::Float)},
};

} // namespace

ArrayRef<Registration> recurrentOps() { return table; }

} // namespace niello::onnx_frontend
