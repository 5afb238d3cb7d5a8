# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Graphs that parse but make no sense, and what Niello does not have."""

from onnx import TensorProto, helper

from cases import MODEL, UNSUPPORTED, case, model, small, value, write


@case(MODEL, r"breaks the ONNX rules: .*|reads 'b', which nothing before it")
def _cyclic_graph(folder):
    nodes = [
        helper.make_node("Add", ["x", "b"], ["a"], name="first"),
        helper.make_node("Relu", ["a"], ["b"], name="second"),
    ]
    return write(folder, model(nodes, [value("x")], [value("b")]))


@case(MODEL, r"breaks the ONNX rules: .*nowhere|'nowhere', which nothing")
def _name_that_nothing_makes(folder):
    node = helper.make_node("Relu", ["nowhere"], ["y"], name="lost")
    return write(folder, model([node], [value("x")], [value("y")]))


@case(MODEL, r"output 'y' is made by no node|breaks the ONNX rules.*y")
def _output_that_nothing_makes(folder):
    node = helper.make_node("Relu", ["x"], ["z"])
    return write(folder, model([node], [value("x")], [value("y")]))


@case(MODEL, r"breaks the ONNX rules: .*")
def _name_made_twice(folder):
    nodes = [helper.make_node("Relu", ["x"], ["y"]),
             helper.make_node("Neg", ["x"], ["y"])]
    return write(folder, model(nodes, [value("x")], [value("y")]))


@case(UNSUPPORTED, r"Frobnicate.*turn")
def _unknown_operator(folder):
    proto = small()
    proto.graph.node[0].op_type = "Frobnicate"
    proto.graph.node[0].name = "turn"
    return write(folder, proto)


@case(UNSUPPORTED, r"com\.example::Frobnicate.*turn")
def _unknown_domain(folder):
    node = helper.make_node(
        "Frobnicate", ["x"], ["y"], name="turn", domain="com.example")
    proto = model([node], [value("x")], [value("y")])
    proto.opset_import.append(helper.make_opsetid("com.example", 1))
    return write(folder, proto)


@case(UNSUPPORTED, r"(?s)Frob.*\(2 nodes: one, two\).*Nicate.*\(1 node: three\)")
def _all_unsupported_nodes_are_listed(folder):
    make = helper.make_node
    nodes = [
        make("Frob", ["x"], ["a"], name="one", domain="com.example"),
        make("Relu", ["a"], ["b"], name="fine"),
        make("Frob", ["b"], ["c"], name="two", domain="com.example"),
        make("Nicate", ["c"], ["y"], name="three", domain="com.example"),
    ]
    proto = model(nodes, [value("x")], [value("y")])
    proto.opset_import.append(helper.make_opsetid("com.example", 1))
    return write(folder, proto)


@case(MODEL, r"breaks the ONNX rules: .*|.*opset.*")
def _domain_without_opset(folder):
    node = helper.make_node(
        "Frobnicate", ["x"], ["y"], name="turn", domain="com.example")
    return write(folder, model([node], [value("x")], [value("y")]))


@case(UNSUPPORTED, r"opset (of )?9999|9999")
def _opset_of_the_future(folder):
    node = helper.make_node("Relu", ["x"], ["y"])
    return write(folder, model([node], [value("x")], [value("y")], opset=9999))


@case(MODEL, r"(float32|int64|type).*")
def _operands_of_two_types(folder):
    node = helper.make_node("Add", ["x", "i"], ["y"], name="sum")
    return write(folder, model(
        [node], [value("x"), value("i", dtype=TensorProto.INT64)],
        [value("y")]))


@case(MODEL, r"sum.*(2|3|4|broadcast)")
def _shapes_that_do_not_fit(folder):
    node = helper.make_node("Add", ["x", "z"], ["y"], name="sum")
    return write(folder, model(
        [node], [value("x", (2, 3)), value("z", (2, 4))],
        [value("y", (None, None))]))


@case(MODEL, r"product.*3.*4|product.*matmul")
def _matmul_that_does_not_fit(folder):
    node = helper.make_node("MatMul", ["x", "z"], ["y"], name="product")
    return write(folder, model(
        [node], [value("x", (2, 3)), value("z", (4, 5))],
        [value("y", (None, None))]))


@case(MODEL, r"turn.*axis|turn.*perm|breaks the ONNX rules.*perm")
def _permutation_that_is_none(folder):
    node = helper.make_node(
        "Transpose", ["x"], ["y"], name="turn", perm=[0, 0])
    return write(folder, model([node], [value("x")], [value("y", (None, None))]))


@case(MODEL, r"far.*7|far.*axis")
def _axis_out_of_range(folder):
    node = helper.make_node(
        "Concat", ["x", "x"], ["y"], name="far", axis=7)
    return write(folder, model([node], [value("x")], [value("y", (None, None))]))


@case(MODEL, r"breaks the ONNX rules: .*|.*Conv.*")
def _missing_operand(folder):
    node = helper.make_node("Conv", ["x"], ["y"], name="half")
    return write(folder, model(
        [node], [value("x", (1, 1, 4, 4))], [value("y", (None,) * 4)]))


@case(MODEL, r"breaks the ONNX rules: .*|.*colour.*")
def _unknown_attribute(folder):
    node = helper.make_node("Relu", ["x"], ["y"], colour=3)
    return write(folder, model([node], [value("x")], [value("y")]))


@case(MODEL, r"breaks the ONNX rules: .*|.*axis.*")
def _attribute_of_another_type(folder):
    node = helper.make_node("Softmax", ["x"], ["y"], name="s", axis="last")
    return write(folder, model([node], [value("x")], [value("y")]))


@case(UNSUPPORTED, r"(input|Identity).*x")
def _strings(folder):
    node = helper.make_node("Identity", ["x"], ["y"])
    string = TensorProto.STRING
    return write(folder, model(
        [node], [value("x", dtype=string)], [value("y", dtype=string)]))


@case(MODEL, r"shape|rank")
def _input_of_unknown_rank(folder):
    node = helper.make_node("Relu", ["x"], ["y"])
    return write(folder, model(
        [node], [value("x", None)], [value("y", (None, None))]))


@case(MODEL, r"")
def _input_of_2_to_the_62(folder):
    node = helper.make_node("Relu", ["x"], ["y"])
    shape = (2**62, 2**62)
    return write(folder, model(
        [node], [value("x", shape)], [value("y", shape)]))


@case(MODEL, r"LpPool.*p to be a whole number from 1 to 2\^31 - 1, but got 9")
def _pool_of_a_huge_power(folder):
    node = helper.make_node(
        "LpPool", ["x"], ["y"], kernel_shape=[2], p=2**63 - 1)
    return write(folder, model(
        [node], [value("x", (1, 1, 4))], [value("y", (1, 1, 3))]))


@case(MODEL, r"ConstantOfShape.*sizes of 0 or more, but got -2147483648")
def _tensor_of_a_negative_size(folder):
    shape = helper.make_tensor("s", TensorProto.INT64, [1], [-2**31])
    number = helper.make_tensor("n", TensorProto.INT32, [1], [0])
    node = helper.make_node("ConstantOfShape", ["s"], ["y"], value=number)
    return write(folder, model(
        [node], [], [value("y", (1,), TensorProto.INT32)], [shape]))


@case(MODEL, r"Expand.*sizes of 0 or more, but got -9223372036854775808")
def _number_expanded_to_a_negative_size(folder):
    shape = helper.make_tensor("s", TensorProto.INT64, [1], [-2**63])
    number = helper.make_tensor("n", TensorProto.INT64, [1], [7])
    node = helper.make_node("Expand", ["n", "s"], ["y"])
    return write(folder, model(
        [node], [], [value("y", (1,), TensorProto.INT64)], [number, shape]))


@case(MODEL, r"ReverseSequence.*the axes 0 and 1")
def _sequences_along_a_huge_axis(folder):
    lengths = helper.make_tensor("n", TensorProto.INT64, [2], [1, 1])
    node = helper.make_node("ReverseSequence", ["x", "n"], ["y"],
                            batch_axis=2**63 - 1, time_axis=2**40)
    return write(folder, model([node], [value("x")], [value("y")], [lengths]))


@case(MODEL, r"STFT.*a window of rank 1, but got rank 0")
def _window_that_is_a_number(folder):
    node = helper.make_node("STFT", ["x", "step", "window"], ["y"])
    step = helper.make_tensor("step", TensorProto.INT64, [], [4])
    window = helper.make_tensor("window", TensorProto.FLOAT, [], [1.0])
    return write(folder, model(
        [node], [value("x", (1, 16, 1))], [value("y", (1, 4, 3, 2))],
        [step, window]))


@case(MODEL, r"ConvInteger.*an input of rank 3 or more, but got 1")
def _integer_convolution_of_a_list(folder):
    node = helper.make_node("ConvInteger", ["x", "w", "", "z"], ["y"])
    weight = helper.make_tensor(
        "w", TensorProto.INT8, [1, 1, 2, 2], [1, 2, 3, 4])
    zero = helper.make_tensor("z", TensorProto.INT8, [1], [0])
    return write(folder, model(
        [node], [value("x", (4,), TensorProto.INT8)],
        [value("y", (1, 1, 1, 1), TensorProto.INT32)], [weight, zero]))


@case(MODEL, r"GroupQueryAttention.*packed width that 2\^63 or more heads")
def _heads_without_end_in_one_input(folder):
    node = helper.make_node(
        "GroupQueryAttention", ["x", "", "", "", "", "n", "all"], ["y"],
        domain="com.microsoft", num_heads=2**63 - 1, kv_num_heads=2**63 - 1)
    proto = model([node], [
        value("x", (1, 2, 12)), value("n", (1,), TensorProto.INT32),
        value("all", (), TensorProto.INT32)], [value("y", (1, 2, 4))])
    proto.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return write(folder, proto)


@case(MODEL, r"LpNormalization.*p of 1 or 2, but got 9223372036854775808")
def _norm_of_a_huge_power(folder):
    node = helper.make_node("LpNormalization", ["x"], ["y"], p=2**63 - 1)
    return write(folder, model([node], [value("x")], [value("y")]))


@case(MODEL, r"LpPool.*p to be a whole number from 1 to 2\^31 - 1, but got 1.5")
def _pool_of_a_broken_power(folder):
    node = helper.make_node("LpPool", ["x"], ["y"], kernel_shape=[2], p=1.5)
    return write(folder, model(
        [node], [value("x", (1, 1, 4))], [value("y", (1, 1, 3))], opset=1))


@case(MODEL, r"(?i)recurs|itself|nested|deep")
def _function_that_calls_itself(folder):
    node = helper.make_node("Again", ["x"], ["y"], domain="local")
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)]
    again = helper.make_function(
        "local", "Again", ["x"], ["y"], [node], opsets)
    proto = model([node], [value("x")], [value("y")], functions=[again])
    proto.opset_import.append(helper.make_opsetid("local", 1))
    return write(folder, proto)


@case(MODEL, r"--dim.*wide|wide.*--dim|no dimension.*wide", "--dim", "wide=4")
def _flag_for_an_unknown_dimension(folder):
    return write(folder, small())


@case(MODEL, r"--emit|--emti", "--emti=exe")
def _mistyped_flag(folder):
    return write(folder, small())

