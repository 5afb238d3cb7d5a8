#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The Python package on an artefact written by hand (artefact.c).

    package_test.py        all tests, half a second; needs no compiled model
"""

import gc
import os
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
import checkout  # noqa: E402

import niello  # noqa: E402
from niello import dtypes, errors  # noqa: E402


def build(folder):
    """Compiles artefact.c; returns the library's path."""
    library = os.path.join(folder, "tiny.so")
    subprocess.run(
        ["clang-22", "-shared", "-fPIC", "-fvisibility=hidden", "-O1",
         f"-I{checkout.ROOT}/runtime/include", "-o", library,
         str(Path(__file__).with_name("artefact.c"))], check=True)
    return library


class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.library = build(cls.folder.name)
        cls.model = niello.load(cls.library, threads=1)

    def feed(self, batch=2):
        return {
            "left": np.arange(3 * batch, dtype="float32").reshape(batch, 3),
            "right": np.ones((batch, 3), "float32"),
            "ids": np.arange(batch),
            "brain": np.zeros((), dtypes.of("bfloat16")),
        }

    def refuses(self, kind, sentence, **changed):
        feed = {**self.feed(), **changed}
        feed = {k: v for k, v in feed.items() if v is not None}
        with self.assertRaisesRegex(kind, sentence):
            self.model.run(feed)

    def test_describes_inputs_and_outputs(self):
        self.assertEqual(
            [str(tensor) for tensor in self.model.inputs],
            ["left: float32[batch, 3]", "right: float32[batch, 3]",
             "ids: int64[batch]", "brain: bfloat16[]"])
        self.assertEqual([t.name for t in self.model.outputs],
                         ["sum", "twice", "bits"])
        self.assertIn("tiny", repr(self.model))

    def test_runs_by_name_with_outputs_in_order(self):
        feed = self.feed()
        out = self.model.run(dict(reversed(feed.items())))
        self.assertEqual(list(out), ["sum", "twice", "bits"])
        np.testing.assert_array_equal(out["sum"], feed["left"] + 1)
        np.testing.assert_array_equal(out["twice"], [0, 2])

    def test_runs_in_input_order_and_at_other_sizes(self):
        for batch in (1, 5, 0, 1000):
            total, twice, _ = self.model(*self.feed(batch).values())
            self.assertEqual(total.shape, (batch, 3))
            self.assertEqual(twice.shape, (batch,))

    def test_outputs_live_longer_than_the_next_run_and_the_model(self):
        model = niello.load(self.library)
        first = model.run(self.feed())["sum"]
        model.run({**self.feed(), "right": np.zeros((2, 3), "float32")})
        del model
        gc.collect()
        np.testing.assert_array_equal(first, self.feed()["left"] + 1)

    def test_takes_views_with_any_strides(self):
        left = np.arange(12, dtype="float32").reshape(3, 4).T[::-2, :]
        out = self.model.run({**self.feed(), "left": left})
        np.testing.assert_array_equal(out["sum"], left + 1)

    def test_shows_bfloat16_as_ml_dtypes_has_it(self):
        for brain in (dtypes.of("bfloat16").type(1.5), np.uint16(0x3FC0)):
            out = self.model.run({**self.feed(), "brain": np.array(brain)})
            self.assertEqual(out["bits"].dtype, dtypes.of("bfloat16"))
            self.assertEqual(out["bits"].view("uint16"), 0x3FC0)

    def test_takes_lists_of_python(self):
        out = self.model.run({**self.feed(), "ids": [4, 5]})
        np.testing.assert_array_equal(out["twice"], [8, 10])

    def test_refuses_wrong_names(self):
        self.refuses(niello.BadInputError, "no input 'centre'", centre=1)
        self.refuses(niello.BadInputError, "an array for input 'right'",
                     right=None)
        with self.assertRaisesRegex(ValueError, "needs 4 arrays, but got 1"):
            self.model(1)

    def test_refuses_wrong_types_and_shapes(self):
        self.refuses(niello.BadInputError,
                     "input 'left' needs float32, but got an array of float64",
                     left=np.zeros((2, 3)))
        self.refuses(niello.BadInputError, "'left'",
                     left=np.zeros((2, 4), "float32"))
        self.refuses(niello.BadInputError, "'right'.*batch",
                     right=np.zeros((7, 3), "float32"))
        self.refuses(niello.BadInputError, "'ids'",
                     ids=np.zeros((2, 1), "int64"))

    def test_a_failed_check_is_an_exception_and_leaves_the_model_usable(self):
        self.refuses(niello.CheckError, "'Gather_1': index -3 is below 0",
                     ids=np.array([1, -3]))
        self.assertEqual(self.model.run(self.feed())["twice"][1], 2)

    def test_runs_in_many_threads(self):
        wrong = []

        def work(batch):
            for _ in range(50):
                out = self.model.run(self.feed(batch))
                if not np.array_equal(out["twice"], 2 * np.arange(batch)):
                    wrong.append(batch)

        threads = [threading.Thread(target=work, args=(n,))
                   for n in range(1, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_saves_what_it_loaded_even_when_the_file_is_gone(self):
        copy = os.path.join(self.folder.name, "copy.so")
        with tempfile.TemporaryDirectory() as folder:
            model = niello.load(build(folder))
        model.save(copy)
        self.assertEqual(niello.load(copy).run(self.feed())["twice"][1], 2)
        self.assertTrue(os.access(copy, os.X_OK))
        with self.assertRaises(OSError):
            model.save("/nonexistent/folder/model.so")

    def test_refuses_files_that_are_no_models(self):
        with self.assertRaisesRegex(niello.ModelError, "No such file"):
            niello.load("/nonexistent.so")
        with self.assertRaisesRegex(niello.Error, "needs a model that niello"):
            niello.load(__file__)

    def test_exceptions_follow_exit_codes(self):
        kinds = [type(errors.of_exit_code(code, "")) for code in
                 (1, 2, 3, 4, 77, -11)]
        self.assertEqual(kinds, [
            niello.ModelError, niello.UnsupportedError, niello.InternalError,
            niello.MachineError, niello.InternalError, niello.InternalError])

    def test_finds_no_program_where_none_is(self):
        before = os.environ.get("NIELLO")
        os.environ["NIELLO"] = "/nonexistent/niello"
        try:
            with self.assertRaisesRegex(niello.ModelError, "NIELLO to name"):
                niello.compile("model.onnx")
        finally:
            os.environ["NIELLO"] = before or ""


if __name__ == "__main__":
    result = unittest.main(exit=False, argv=sys.argv).result
    bad = len(result.failures) + len(result.errors)
    sys.exit(checkout.last_line(result.testsRun - bad, bad))
