#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the shipped tools in real limited containers and holds their figures against the limits that
the test set and the memory and CPU that it really used.

  harness.py --tools DIR [MODULE...]

Prints "SKIP case: reason" for each case that could not run; exit status 77 if none could, 1 if one
failed. Needs root and writable cgroups (v1 or v2). Cleans up after failures too.
"""

import argparse
import functools
import json
import os
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

from cgroups import MIB, Cgroup, why_not  # noqa: E402
from container import ALL_NAMESPACES, Container  # noqa: E402

MODULES = ("test_memory", "test_cpu", "test_uptime", "test_scope")
NOBODY = 65534
# As with an engine's "cgroup namespace: host": the whole tree is in sight.
WITHOUT_CGROUP_NAMESPACE = {"namespaces": ("mount", "pid"), "mount_cgroups": False}
tools_dir = pathlib.Path()


@functools.cache
def why_no_container():
    return why_not()


class LiveCase(unittest.TestCase):
    """One cgroup name per case, removed after it whatever happened."""

    def setUp(self):
        reason = why_no_container()
        if reason:
            self.skipTest(reason)
        self._root = f"containerview-test.{os.getpid()}"
        self.cgroup(self._root)

    # Making ------------------------------------------------------------------------------------

    def cgroup(self, name, **limits):
        """cgroup("a/b", memory=BYTES, cpus=0.5, pids=N, cpuset="0"): below the test's own."""
        path = name if name == self._root else f"{self._root}/{name}"
        made = Cgroup(path)
        self.addCleanup(made.remove)
        made.create()
        for limit, value in limits.items():
            getattr(made, f"set_{limit}")(value)
        return made

    def container(self, cgroup=None, namespaces=ALL_NAMESPACES, mount_cgroups=True,
                  bare_v2=None, **limits):
        cgroup = cgroup or self.cgroup("box", **limits)
        made = Container(cgroup, namespaces, mount_cgroups, bare_v2)
        self.addCleanup(made.close)
        return made

    def load(self, container):
        load = container.load()
        self.addCleanup(load.close)
        return load

    def scratch_file(self):
        """The name of a file, not yet there, on a disk: its pages will be page cache. (ext4 writes
        a file that was truncated back at once, one that is new it leaves dirty.)"""
        directory = tempfile.TemporaryDirectory(prefix="containerview-test.", dir="/var/tmp")
        self.addCleanup(directory.cleanup)
        return f"{directory.name}/file"

    # Running -----------------------------------------------------------------------------------

    @staticmethod
    def tool(name):
        return tools_dir / name

    def json(self, container, tool, *arguments, **options):
        """The one document that `tool --json` prints inside the container."""
        done = container.run([self.tool(tool), *arguments, "--json"], **options)
        self.assertEqual((done.returncode, done.stderr), (0, ""), f"{tool} {arguments}")
        return json.loads(done.stdout)

    # Judging -----------------------------------------------------------------------------------

    def assert_near(self, value, expected, tolerance, what):
        self.assertIsNotNone(value, f"{what} is unknown")
        self.assertLessEqual(abs(value - expected), tolerance,
                             f"{what}: {value}, expected {expected} within {tolerance}")

    def assert_between(self, value, low, high, what):
        self.assertIsNotNone(value, f"{what} is unknown")
        self.assertTrue(low <= value <= high, f"{what}: {value}, expected {low} .. {high}")


class Result(unittest.TextTestResult):
    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        print(f"SKIP {test.id()}: {reason}", flush=True)


def main():
    global tools_dir  # set once, before any test runs
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=MODULES, metavar="MODULE[.CLASS[.CASE]]")
    options = parser.parse_args()
    tools_dir = options.tools.resolve(strict=True)
    suite = unittest.defaultTestLoader.loadTestsFromNames(options.names)
    result = unittest.TextTestRunner(resultclass=Result, verbosity=2).run(suite)
    if not result.wasSuccessful() or not result.testsRun:
        return 1
    return 77 if len(result.skipped) == result.testsRun else 0


if __name__ == "__main__":
    # The test modules import this file by its name: make that the same module.
    sys.modules["harness"] = sys.modules["__main__"]
    sys.exit(main())
