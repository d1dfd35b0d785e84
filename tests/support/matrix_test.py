#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The matrix of the live tests: what is compared, what is kept, what fails (matrix.py)."""

import io
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))

import matrix  # noqa: E402

HEAD = "# Title\n\nWords.\n\n"


class Matrix(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory(prefix="containerview-support.")
        self.addCleanup(made.cleanup)
        self.results = pathlib.Path(made.name, "results")
        self.results.mkdir()
        self.file = pathlib.Path(made.name, "MATRIX.md")
        self.file.write_text(HEAD + matrix.GENERATED)

    def record(self, *rows, machine="m1", file="a"):
        out = io.StringIO()
        recorder = matrix.Recorder(machine, out)
        for row in rows:
            recorder.record(*row)
        (self.results / f"{file}.jsonl").write_text(out.getvalue())

    def run_tool(self, what):
        done = subprocess.run([sys.executable, HERE / "matrix.py", what, self.file, self.results],
                              capture_output=True, text=True, timeout=30)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def test_updated_file_agrees_and_reads_back(self):
        self.record(("box", "total", "exact"), ("box", "load", "est. ±20 %"))
        self.record(("other", "total", "host"), machine="m2", file="b")
        self.assertEqual(self.run_tool("update"), (0, ""))
        self.assertEqual(self.run_tool("check"), (0, ""))
        text = self.file.read_text()
        self.assertTrue(text.startswith(HEAD))
        self.assertEqual(matrix.parse(text), matrix.collect([self.results]))

    def test_other_figure_fails_and_tells_how_to_update(self):
        self.record(("box", "total", "exact"), ("box", "free", "±3 MiB"))
        self.run_tool("update")
        self.record(("box", "total", "host"))
        code, out = self.run_tool("check")
        self.assertEqual(code, 1)
        self.assertIn("m1: box: total: 'host', MATRIX.md has 'exact'", out)
        self.assertIn("m1: box: free: '', MATRIX.md has '±3 MiB'", out)
        self.assertIn("matrix.py update", out)

    def test_new_environment_fails(self):
        self.record(("box", "total", "exact"))
        self.run_tool("update")
        self.record(("crate", "total", "exact"))
        code, out = self.run_tool("check")
        self.assertEqual(code, 1)
        self.assertIn("m1: crate: MATRIX.md has no such row", out)

    def test_what_did_not_run_keeps_its_row(self):
        self.record(("box", "total", "exact"), ("crate", "total", "exact"))
        self.run_tool("update")
        self.record(("box", "total", "host"))
        self.run_tool("update")
        self.assertEqual(matrix.parse(self.file.read_text()),
                         {"m1": {"box": {"total": "host"}, "crate": {"total": "exact"}}})

    def test_nothing_to_compare_is_a_skip(self):
        self.assertEqual(self.run_tool("check"), (77, "no environment has run\n"))
        self.record(("box", "total", "exact"), machine="unheard of")
        code, out = self.run_tool("check")
        self.assertEqual(code, 77)
        self.assertIn("SKIP unheard of: ", out)

    def test_failed_once_is_failed(self):
        for verdicts in (("exact", matrix.FAILED), (matrix.FAILED, "exact")):
            self.record(*(("box", "total", verdict) for verdict in verdicts))
            self.assertEqual(matrix.collect([self.results])["m1"]["box"]["total"], matrix.FAILED)

    def test_what_failed_does_not_get_in(self):
        self.record(("box", "total", matrix.FAILED))
        self.assertEqual(self.run_tool("update"), (1, "m1: box: total FAILED\n"))
        self.assertEqual(self.file.read_text(), HEAD + matrix.GENERATED)

    def test_two_verdicts_on_one_cell_are_a_mistake(self):
        self.record(("box", "total", "exact"), ("box", "total", "host"))
        with self.assertRaises(ValueError):
            matrix.collect([self.results])

    def test_unknown_column_is_a_mistake(self):
        with self.assertRaises(ValueError):
            self.record(("box", "no such figure", "exact"))


if __name__ == "__main__":
    unittest.main()
