# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""niello.compile: runs the `niello` program and loads what it made.

The program is the one that the environment variable NIELLO names, or lies
beside the package (in a build tree: ../../bin), or is found on PATH. It runs
in a process of its own, so this one never holds a compiler.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from niello import errors
from niello.model import load


def find_program():
    """Path of the `niello` program."""
    named = os.environ.get("NIELLO")
    if named:
        if os.access(named, os.X_OK):
            return named
        raise errors.ModelError(
            f"needs NIELLO to name the niello program, but found {named}")
    package = Path(__file__).resolve().parent
    for folder in (package, package / "bin", package.parents[1] / "bin"):
        if os.access(folder / "niello", os.X_OK):
            return str(folder / "niello")
    found = shutil.which("niello")
    if not found:
        raise errors.ModelError(
            "needs the niello program beside the package, on PATH or named "
            "by the environment variable NIELLO, but found none")
    return found


def compile(model, dims=None, threads=0, target=None, numerics=None,
            optimize=True, taps=(),
            edits=(), stats=()):
    """Compiles a model and loads it.

    model      path of a model file, or an onnx.ModelProto
    dims       sizes of named dimensions: {"batch": 1, "seq": (1, 512)}; a
               pair bounds the size, others stay free
    threads    how many threads run the model; 0: one a core
    target     CPU levels as `niello compile --target` takes them
    numerics   "strict", "default" or "fast"
    optimize   False: the plain, slow reference path (-O0)
    taps       names of values or nodes, or patterns of them with * and ?,
               whose values become outputs after the model's own
    edits      values that the caller changes, as "SITE=KIND" or
               "SITE=KIND@AXIS" of `niello compile --edit`; the data of each
               is an input "SITE.KIND"
    stats      values whose statistics become outputs, as "PATTERN",
               "PATTERN=KIND,.." or "PATTERN=KIND,..@AXIS" of --stats;
               niello.Statistics combines them over calls
    """
    flags = [f"--dim={name}={_extent(size)}"
             for name, size in (dims or {}).items()]
    if target:
        flags.append(f"--target={target}")
    if numerics:
        flags.append(f"--numerics={numerics}")
    if not optimize:
        flags.append("-O0")
    flags += [f"--tap={pattern}" for pattern in taps]
    flags += [f"--edit={edit}" for edit in edits]
    flags += [f"--stats={measure}" for measure in stats]
    with tempfile.TemporaryDirectory(prefix="niello-") as folder:
        if not isinstance(model, (str, os.PathLike)):
            model = _write(model, folder)
        library = os.path.join(folder, "model.so")
        # The library is gone with its folder: nothing to find it again by.
        run_program(["compile", os.fspath(model), "-o", library,
                     "--emit=shared", "--no-cache", *flags])
        return load(library, threads=threads)


def run_program(arguments):
    """Runs `niello` with these arguments; raises what it says on failure."""
    done = subprocess.run(
        [find_program(), *arguments], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        errors="replace", check=False)
    if done.returncode:
        text = done.stderr.strip() or done.stdout.strip()
        text = text.removeprefix("niello: ")
        raise errors.of_exit_code(done.returncode, text)
    return done.stdout


def _extent(size):
    if isinstance(size, (tuple, list)):
        low, high = size
        return f"{low}..{high}"
    return str(size)


def _write(model, folder):
    """Writes an onnx.ModelProto as a file; returns its path."""
    path = os.path.join(folder, "model.onnx")
    if not hasattr(model, "SerializeToString"):
        raise errors.ModelError(
            "needs a path or an onnx.ModelProto, but got "
            f"{type(model).__name__}")
    try:
        data = model.SerializeToString()
    except ValueError:  # above protobuf's 2 GB
        import onnx

        onnx.save(model, path, save_as_external_data=True)
        return path
    Path(path).write_bytes(data)
    return path
