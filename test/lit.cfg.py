# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How lit finds and runs the tests under test/.

A test is a .mlir or .test file with RUN lines. Names that it may use beyond
lit's own: niello, niello-opt, FileCheck, not, split-file and LLVM's other
tools are on PATH; %python is the Python with the test packages, %source the
root of the tree, %build the build folder, %cc clang, %cmake CMake, %inputs the
Inputs folder beside the test. Features for REQUIRES: onnx, onnxruntime (Python packages),
qemu (user mode), avx2, avx512 (this machine), niello (the driver is built),
python-package (so is the Python package).
"""

import os
import shutil
import subprocess

import lit.formats

config.name = "niello"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.join(config.source_root, "test")
config.test_exec_root = os.path.join(config.build_root, "test")

bin_folder = os.path.join(config.build_root, "bin")
config.environment["PATH"] = os.pathsep.join(
    [bin_folder, config.llvm_bin, os.environ["PATH"]]
)
config.environment["PYTHONPATH"] = os.path.join(config.build_root, "python")
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"
# A test must not find what another test, or a user, has compiled before.
config.environment["NIELLO_CACHE"] = os.path.join(config.test_exec_root, "cache")
config.environment["FILECHECK_OPTS"] = "--enable-var-scope --dump-input-filter=error"

config.substitutions += [
    ("%python", config.python),
    ("%source", config.source_root),
    ("%build", config.build_root),
    ("%cc", config.cc),
    ("%cmake", config.cmake),
    ("%inputs", "%S/Inputs"),
]


def has_package(name):
    command = [config.python, "-c", f"import {name}"]
    return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0


for package in ["onnx", "onnxruntime"]:
    if has_package(package):
        config.available_features.add(package)
if shutil.which("qemu-x86_64"):
    config.available_features.add("qemu")
if os.path.exists(os.path.join(bin_folder, "niello")):
    config.available_features.add("niello")
if os.path.exists(os.path.join(config.build_root, "python", "niello")):
    config.available_features.add("python-package")
with open("/proc/cpuinfo") as file:
    flags = next((line for line in file if line.startswith("flags")), "").split()
for flag, feature in [("avx2", "avx2"), ("avx512f", "avx512")]:
    if flag in flags:
        config.available_features.add(feature)
