# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The cases of ONNX's public backend suite, as functions to call.

onnx.backend.test.BackendTest makes the tests for a backend; they are taken
as they are. Three cases that it defines but its runner never lists (the
`simple` ones that are made by code) are added the way it adds the others.
"""

import os
import tempfile
import warnings
from dataclasses import dataclass, field

import onnx
from onnx.backend.test.case.model import collect_testcases
from onnx.backend.test.loader import load_model_tests
from onnx.backend.test.runner import Runner

KINDS = ("node", "simple", "pytorch-converted", "pytorch-operator", "light")
CLASSES = {
    "node": "Node",
    "simple": "Simple",
    "pytorch-converted": "PyTorchConverted",
    "pytorch-operator": "PyTorchOperator",
    "real": "Real",
}


@dataclass
class Case:
    """One case: its kind, its name and the function that passes or raises."""

    kind: str
    name: str
    run: object
    source: object = field(repr=False)

    def model(self):
        if self.source.model is not None:
            return self.source.model
        if self.source.model_dir is not None:
            path = os.path.join(self.source.model_dir, "model.onnx")
        else:
            package = os.path.dirname(os.path.dirname(onnx.__file__))
            path = os.path.join(package, self.source.url)
        return onnx.load(path)

    def operators(self):
        """The operators of the model, those of its subgraphs too."""
        names = set()

        def walk(graph):
            for node in graph.node:
                custom = node.domain not in ("", "ai.onnx")
                prefix = node.domain + "::" if custom else ""
                names.add(prefix + node.op_type)
                for attribute in node.attribute:
                    for inner in (attribute.g, *attribute.graphs):
                        walk(inner)

        walk(self.model().graph)
        return sorted(names)


class _Suite(Runner):
    def add_simple(self, known):
        added = []
        for case in collect_testcases():
            if case.kind == "simple" and case.name not in known:
                # "Node" is the road for cases that are in memory.
                self._add_model_test(case, "Node")
                added.append(case)
        return added


def collect(backend, kinds=KINDS):
    """All cases of the given kinds, made for `backend`, sorted by name."""
    # The graphs of the light kind need a folder for their expected outputs.
    models = tempfile.TemporaryDirectory(prefix="niello-light-")
    os.environ["ONNX_MODELS"] = models.name
    cases = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        suite = _Suite(backend, __name__)
        sources = {
            ("light" if kind == "real" else kind): load_model_tests(kind=kind)
            for kind in CLASSES
        }
        known = {case.name for case in sources["simple"]}
        extra = suite.add_simple(known)
        tests = suite.test_cases
    for kind, found in sources.items():
        name = CLASSES["real" if kind == "light" else kind]
        for source in found:
            test = (tests[f"OnnxBackend{name}ModelTest"], source.name + "_cpu")
            cases.append(Case(kind, source.name, test, source))
    for source in extra:
        test = (tests["OnnxBackendNodeModelTest"], source.name + "_cpu")
        cases.append(Case("simple", source.name, test, source))
    for case in cases:
        test_class, method = case.run
        # Bound here, so that a forked child only calls it.
        case.run = lambda c=test_class, m=method: c(m).debug()
        case.keep = models
    cases = [case for case in cases if case.kind in kinds]
    return sorted(cases, key=lambda case: (case.kind, case.name))
