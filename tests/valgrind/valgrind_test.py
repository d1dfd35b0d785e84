#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The tools under valgrind, which sees what the sanitizers do not: reads of memory that nobody wrote.
Over this machine and over one limited container, text and JSON.

  valgrind_test.py --tools DIR [CLASS...]

An error, or memory that nothing leads to any more, fails. Exit status 77 if every case was skipped.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import suite  # noqa: E402
from cgroups import MIB, Cgroup, why_not  # noqa: E402

ERROR = 99  # no tool ends with it
VALGRIND = ["valgrind", "-q", f"--error-exitcode={ERROR}", "--leak-check=full",
            "--errors-for-leak-kinds=definite,indirect,possible", "--show-leak-kinds=all"]
COMMANDS = ("free -h", "uptime", "iostat -x", "vmstat -w", "nproc --fraction", "top -bn1",
            "containerview info")
JSON_COMMANDS = ("free --json", "uptime --json", "iostat --json", "vmstat --json", "nproc --json",
                 "containerview load --json")
tools_dir = pathlib.Path()


@unittest.skipUnless(shutil.which("valgrind"), "valgrind is not installed")
class ValgrindCase(unittest.TestCase):
    def check(self, command, *options):
        tool, *rest = command.split()
        with self.subTest(command=command, options=options):
            done = subprocess.run([*VALGRIND, tools_dir / tool, *rest, *options], text=True,
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr[-4000:])
            self.assertNotIn("==", done.stderr, "valgrind has something to say")
            self.assertTrue(done.stdout)


class Machine(ValgrindCase):
    def test_text(self):
        for command in COMMANDS:
            self.check(command, "--host")


class OneContainer(ValgrindCase):
    def test_text_and_json(self):
        reason = why_not()
        if reason:
            self.skipTest(reason)
        cgroup = Cgroup(f"containerview-valgrind.{os.getpid()}")
        self.addCleanup(cgroup.remove)
        cgroup.create()
        cgroup.set_memory(256 * MIB)
        cgroup.set_cpus(0.5)
        held = subprocess.Popen(["sleep", "infinity"], preexec_fn=cgroup.join)
        self.addCleanup(held.wait)
        self.addCleanup(held.kill)
        for command in COMMANDS + JSON_COMMANDS:
            self.check(command, "--pid", str(held.pid))


class Itself(ValgrindCase):
    def test_an_error_is_seen(self):
        program = "int main(int c, char** v) { int* p = new int; return (c > 1 ? *p : *p + 1) > 5; }"
        if not shutil.which("c++"):
            self.skipTest("no compiler")
        made = tempfile.TemporaryDirectory(prefix="containerview-test.")
        self.addCleanup(made.cleanup)
        out = pathlib.Path(made.name) / "program"
        subprocess.run(["c++", "-x", "c++", "-O0", "-o", out, "-"], input=program, text=True,
                       check=True, timeout=120)
        done = subprocess.run([*VALGRIND, out], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, ERROR, done.stderr)
        self.assertIn("uninitialised", done.stderr)
        self.assertIn("lost", done.stderr)


def main():
    global tools_dir
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", type=pathlib.Path, required=True)
    parser.add_argument("classes", nargs="*", default=["Machine", "OneContainer", "Itself"])
    arguments = parser.parse_args()
    tools_dir = arguments.tools.resolve()
    return suite.run(arguments.classes, sys.modules[__name__])


if __name__ == "__main__":
    sys.exit(main())
