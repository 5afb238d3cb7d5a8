# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Arrays to and from files, through a program around fake_model.c.

    arrays.py PROGRAM FOLDER
"""

import os
import resource
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np

program, folder = sys.argv[1], Path(sys.argv[2])
folder.mkdir(exist_ok=True)
os.chdir(folder)
X = np.arange(6, dtype="f4").reshape(2, 3)


def run(*arguments, **options):
    return subprocess.run([program, *arguments], capture_output=True,
                          text=True, **options)


def refused(sentence, *arguments, **options):
    done = run(*arguments, **options)
    wanted = f"fake: error: {sentence}\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", wanted), done


def inputs(x="x.npy", y="y.npy", mask="mask.npy"):
    return [f"--input=x={x}", f"--input=y={y}", f"--input=mask={mask}"]


def save(name, array):
    np.save(name, array)
    return name


def raw(name, data):
    Path(name).write_bytes(data)
    return name


def header(text, version=b"\x01\x00"):
    text = text.encode()
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text


save("x.npy", X)
save("y.npy", X * 10)
save("mask.npy", np.array([True, False]))

# Written, and the same after a second run over the old files.
for _ in range(2):
    done = run(*inputs(), "--output-dir", "out")
    assert done.returncode == 0, done
    assert done.stdout == "out/sum.npy\nout/same_x_0.npy\nout/weight.npy\n"
    total = np.load("out/sum.npy")
    assert total.dtype == "f4" and np.array_equal(total, X * 11), total
    assert np.array_equal(np.load("out/same_x_0.npy"), X)
assert sorted(os.listdir("out")) == ["same_x_0.npy", "sum.npy", "weight.npy"]

# All outputs in one file, which holds no time of day.
for _ in range(2):
    done = run(*inputs(), "--output-npz", "all.npz")
    assert (done.returncode, done.stdout) == (0, "all.npz\n"), done
    with zipfile.ZipFile("all.npz") as archive:
        assert archive.testzip() is None
        assert {m.date_time for m in archive.infolist()} == {
            (1980, 1, 1, 0, 0, 0)}
    together = np.load("all.npz")
    assert together.files == ["sum", "same/x:0", "weight"], together.files
    assert np.array_equal(together["sum"], X * 11)
    assert np.array_equal(together["same/x:0"], X)

# A one-dimensional result, versions 2 and 3 of the format, keys in any order.
for version in [(2, 0), (3, 0)]:
    with open("v.npy", "wb") as file:
        np.lib.format.write_array(file, X, version=version)
    assert run(*inputs(x="v.npy")).returncode == 0
raw("k.npy", header("{'shape':(2,3),'fortran_order':False,\"descr\":'<f4'}\n")
    + X.tobytes())
assert run(*inputs(x="k.npy")).returncode == 0

# What no file may say.
refused("cannot read 'no.npy': No such file or directory", *inputs(x="no.npy"))
os.makedirs("folder.npy", exist_ok=True)
refused("cannot read 'folder.npy': needs a regular file",
        *inputs(x="folder.npy"))
bad = {
    "is no .npy file": b"PK\x03\x04 and so on",
    "needs .npy version 1, 2 or 3, but has 4": header("", b"\x04\x00"),
    "ends inside its header": header("{'descr': '<f4'")[:-3],
    "needs a header of at most 65533 bytes, but has one of 4294967295":
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff",
    "has a header that is no dictionary": header("[]"),
    "has a header that is no dictionary of descr, fortran_order and shape":
        header("{descr}"),
    "lacks 'shape' in its header":
        header("{'descr': '<f4', 'fortran_order': False}"),
    "has an unknown key 'size' in its header": header("{'size': 1}"),
    "has a second key 'descr' in its header":
        header("{'descr': '<f4', 'descr': '<f4'}"),
    "has a dtype that is no number": header("{'descr': 7}"),
    "has a dtype without byte order, 'xf4'": header("{'descr': 'xf4'}"),
    "needs True or False as fortran_order": header("{'fortran_order': 1}"),
    "has a shape that is no tuple": header("{'shape': 3}"),
    "has a shape that is no tuple of numbers": header("{'shape': (3 4)}"),
    "needs a number from 0 to 2^63 as size of dimension 1":
        header("{'shape': (1, -1)}"),
    "needs at most 16 dimensions, but has more":
        header("{'shape': (" + "1," * 17 + ")}"),
    "has sizes that multiply to more than 2^63 bytes":
        header("{'descr': '<f4', 'fortran_order': False, "
               "'shape': (4611686018427387904, 4)}"),
    "needs 24 bytes after its header, but has 23":
        header("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}")
        + X.tobytes()[:-1],
    "needs numbers or booleans, but holds 'U4'":
        header("{'descr': '<U4', 'fortran_order': False, 'shape': ()}"),
    "needs one number an element, but holds records":
        header("{'descr': [('a', '<i4')]}"),
}
for sentence, data in bad.items():
    refused(f"'bad.npy' {sentence}", *inputs(x=raw("bad.npy", data)))
refused("'big.npy' needs little-endian numbers, but holds '>f4'; save it as "
        "x.astype('<f4')", *inputs(x=save("big.npy", X.astype(">f4"))))
refused("'order.npy' needs C order, but is stored in Fortran order; save it "
        "as numpy.ascontiguousarray(x)",
        *inputs(x=save("order.npy", np.asfortranarray(X))))
refused("input 'x' needs dtype float32 ('f4' in a .npy file), but 'wide.npy' "
        "holds 'f8'", *inputs(x=save("wide.npy", X.astype("f8"))))
refused("input 'x' needs rank 2, but got 1",
        *inputs(x=save("flat.npy", X.ravel())))
refused("input 'x' needs size 3 in dimension 1, but got 2",
        *inputs(x=save("thin.npy", X[:, :2].copy())))

# Output that cannot be written leaves nothing behind.
raw("file", b"")
refused("cannot write 'file/sum.npy': Not a directory", *inputs(),
        "--output-dir", "file")
refused("cannot write 'no/such': No such file or directory", *inputs(),
        "--output-dir", "no/such")


def full_disk():
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))


refused("cannot write 'full/sum.npy': File too large", *inputs(),
        "--output-dir", "full", preexec_fn=full_disk, restore_signals=False)
assert os.listdir("full") == []
refused("cannot write 'full/all.npz': File too large", *inputs(),
        "--output-npz", "full/all.npz", preexec_fn=full_disk,
        restore_signals=False)
assert os.listdir("full") == []
with open("/dev/full", "w") as full:
    done = subprocess.run([program, *inputs()], stdout=full,
                          stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (
        1, "fake: error: cannot write to the standard output\n"), done
