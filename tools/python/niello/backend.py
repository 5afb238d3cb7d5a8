# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ONNX's backend interface: niello.backend.prepare(model).run(inputs).

onnx.backend.test.BackendTest(niello.backend.Backend) runs ONNX's own suite.
"""

import numpy as np
import onnx
import onnx.backend.base
from onnx import helper

import niello


class BackendRep(onnx.backend.base.BackendRep):
    """A compiled model that runs on lists, dicts or single arrays."""

    def __init__(self, model):
        self.model = model

    def run(self, inputs, **kwargs):
        if isinstance(inputs, dict):
            return tuple(self.model.run(inputs).values())
        if not isinstance(inputs, (list, tuple)):
            inputs = [inputs]
        return tuple(self.model(*inputs))


class Backend(onnx.backend.base.Backend):
    """Compiles by niello.compile, whose arguments may be given to prepare."""

    # Arguments of prepare that are niello.compile's; others are the test's.
    COMPILE = ("dims", "threads", "target", "numerics", "optimize")

    @classmethod
    def prepare(cls, model, device="CPU", **kwargs):
        if not cls.supports_device(device):
            raise niello.UnsupportedError(
                f"needs the device CPU, but got {device}")
        options = {k: v for k, v in kwargs.items() if k in cls.COMPILE}
        return BackendRep(niello.compile(model, **options))

    @classmethod
    def run_model(cls, model, inputs, device="CPU", **kwargs):
        return cls.prepare(model, device, **kwargs).run(inputs)

    @classmethod
    def run_node(cls, node, inputs, device="CPU", outputs_info=None, **kwargs):
        """Runs one operator.

        outputs_info gives (dtype, shape) of each output; without it they are
        what ONNX infers.
        """
        names = [name for name in node.input if name]
        if isinstance(inputs, dict):
            inputs = [inputs[name] for name in names]
        inputs = [np.asarray(array) for array in inputs]
        outputs = [name for name in node.output if name]
        info = outputs_info or [(None, None)] * len(outputs)
        graph = helper.make_graph(
            [node], "node",
            [_value(name, array.dtype, array.shape)
             for name, array in zip(names, inputs)],
            [_value(name, dtype, shape)
             for name, (dtype, shape) in zip(outputs, info)])
        version = kwargs.get("opset_version", onnx.defs.onnx_opset_version())
        opsets = [helper.make_opsetid("", version)]
        if node.domain not in ("", "ai.onnx"):
            opsets.append(helper.make_opsetid(node.domain, 1))
        model = helper.make_model(graph, opset_imports=opsets)
        if outputs_info is None:
            inferred = onnx.shape_inference.infer_shapes(
                model, strict_mode=True).graph
            model.graph.CopyFrom(inferred)
        return cls.prepare(model, device, **kwargs).run(inputs)

    @classmethod
    def supports_device(cls, device):
        return device.split(":")[0] == "CPU"


def _value(name, dtype, shape):
    if dtype is None:
        return onnx.ValueInfoProto(name=name)
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return helper.make_tensor_value_info(name, kind, shape)


# The interface may be a module as well as a class.
is_compatible = Backend.is_compatible
prepare = Backend.prepare
run_model = Backend.run_model
run_node = Backend.run_node
supports_device = Backend.supports_device
