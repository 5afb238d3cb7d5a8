# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Niello and its peers behind one face.

An engine is a function (path of the model, threads, {input: array}) that
prepares a model and returns a function without arguments, which runs it and
returns its outputs as a list of arrays. Each is used in a process of its own.
"""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "python"))
import checkout  # noqa: E402


def niello(path, threads, feed):
    """Sizes that the file leaves free stay free."""
    import niello as package

    model = package.compile(str(path), threads=threads)
    arrays = [feed[tensor.name] for tensor in model.inputs]
    return lambda: model(*arrays)


def onnxruntime(path, threads, feed):
    import onnxruntime as package

    settings = package.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.inter_op_num_threads = 1
    session = package.InferenceSession(
        str(path), settings, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, feed)


def openvino(path, threads, feed):
    """Told the sizes beforehand, and to compute in float32 as the file says."""
    import openvino as package

    core = package.Core()
    model = core.read_model(str(path))
    if any(value.partial_shape.is_dynamic for value in model.inputs):
        model.reshape({name: list(array.shape)
                       for name, array in feed.items() if array.shape})
    compiled = core.compile_model(model, "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()
    tensors = {name: package.Tensor(array, shared_memory=True)
               for name, array in feed.items()}
    for name, tensor in tensors.items():
        request.set_tensor(name, tensor)
    count = len(compiled.outputs)

    def run(keep=(feed, tensors)):
        request.infer()
        return [request.get_output_tensor(i).data for i in range(count)]

    return run


def iree_module(path):
    """Compiles once a model and version, beside the model."""
    version = importlib.metadata.version("iree-base-compiler")
    module = path.with_suffix(f".iree-{version}.vmfb")
    failure = module.with_suffix(".failure")
    if failure.exists():
        raise RuntimeError(failure.read_text())
    programs = Path(sys.executable).parent
    text = module.with_suffix(".mlir")
    partial = module.with_suffix(".partial")
    for command in () if module.exists() else (
            ["iree-import-onnx", path, "-o", text, "--opset-version", "17"],
            ["iree-compile", text, "-o", partial,
             "--iree-hal-target-device=local",
             "--iree-hal-local-target-device-backends=llvm-cpu",
             "--iree-llvmcpu-target-cpu=host", "--iree-opt-level=O3",
             # BERT's products need more than the 32 KB that it allows itself.
             "--iree-llvmcpu-stack-allocation-limit=1048576"]):
        done = subprocess.run([programs / command[0], *command[1:]],
                              capture_output=True, text=True, timeout=600)
        if done.returncode:
            lines = done.stderr.splitlines() or ["ended without a word"]
            said = next((x for x in lines if "error" in x.lower()), lines[-1])
            failure.write_text(f"{command[0]}: {said[:300]}")
            raise RuntimeError(failure.read_text())
        if command[0] == "iree-compile":
            os.rename(partial, module)
            os.remove(text)
    return module


def iree(path, threads, feed):
    module = iree_module(Path(path))
    import iree.runtime as package

    if threads > 1:
        package.flags.parse_flags(f"--task_topology_group_count={threads}")
    config = package.Config("local-task" if threads > 1 else "local-sync")
    loaded = package.VmModule.mmap(config.vm_instance, str(module))
    context = package.SystemContext(config=config)
    context.add_vm_module(loaded)
    entry = next(name for name in loaded.function_names
                 if not name.startswith("__") and not name.endswith("$async"))
    function = context.modules[loaded.name][entry]
    arrays = [package.asdevicearray(config.device, array)
              for array in feed.values()]

    def run():
        results = function(*arrays)
        if not isinstance(results, (tuple, list)):
            results = [results]
        return [result.to_host() for result in results]

    return run


# Name: (how to prepare a model, the package whose version counts).
ENGINES = {
    "niello": (niello, None),
    "onnxruntime": (onnxruntime, "onnxruntime"),
    "openvino": (openvino, "openvino"),
    "iree": (iree, "iree-base-compiler"),
}


def version(name):
    """The version of an engine, None where it is not installed."""
    package = ENGINES[name][1]
    if package is None:
        done = subprocess.run([str(checkout.PROGRAM), "--version"],
                              capture_output=True, text=True)
        return done.stdout.split("\n")[0].strip() or None
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
