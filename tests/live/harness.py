#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the shipped tools in real limited containers and holds their figures against the limits that
the test set and the memory and CPU that it really used.

  harness.py --tools DIR [--machine NAME] [--disposable] [--results FILE] [MODULE...]

With --results, what was seen to hold in which environment goes there as JSON lines, for MATRIX.md
(tests/support/matrix.py), under the machine's name. --disposable: nobody else is on the machine, which is
an emulated one, and what a test does to all of it, its clock, harms nobody.
Prints "SKIP case: reason" for each case that could not run; exit status 77 if none could, 1 if one
failed. Needs root and writable cgroups (v1 or v2). Cleans up after failures too.
"""

import argparse
import contextlib
import functools
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import matrix  # noqa: E402
import suite  # noqa: E402
from cgroups import MIB, Cgroup, machine_name, why_not  # noqa: E402
from container import ALL_NAMESPACES, Container  # noqa: E402
from engines import EngineError  # noqa: E402
from limits import Limits  # noqa: E402

MODULES = sorted(path.stem for path in HERE.glob("test_*.py"))
NOBODY = 65534
# As with an engine's "cgroup namespace: host": the whole tree is in sight.
WITHOUT_CGROUP_NAMESPACE = {"namespaces": ("mount", "pid"), "mount_cgroups": False}
tools_dir = pathlib.Path()
disposable = False
recorder = None
engines_running = contextlib.ExitStack()


def shared_directories():
    """What a container needs of the build and of the tests: the tools, their library, load.py."""
    shared = {tools_dir, HERE.parent / "support"}
    linked = subprocess.run(["ldd", tools_dir / "free"], capture_output=True, text=True, check=True)
    for line in linked.stdout.splitlines():
        name, _, file = line.partition(" => ")
        if "containerview" in name:
            shared.add(pathlib.Path(file.split()[0]).parent)
    return sorted(shared)


@functools.cache
def _started(engine, *arguments):
    """(the engine, None) or (None, why not). It stops when all tests have run."""
    made = engine(shared_directories(), *arguments)
    reason = made.why_not()
    if reason:
        return None, reason
    try:
        made.start()
        if not disposable:  # there it has to work
            made.run(Limits(memory=64 * MIB)).close()
    except EngineError as error:
        made.stop()
        return None, f"{made.name} does not work here: {error}"
    engines_running.callback(made.stop)
    return made, None


def started(engine, *arguments):
    """The one engine of its kind, started at first use."""
    made, reason = _started(engine, *arguments)
    if reason:
        raise unittest.SkipTest(reason)
    return made


@functools.cache
def why_no_container():
    return why_not()


def host_meminfo(key):
    text = pathlib.Path("/proc/meminfo").read_text()
    return int(re.search(rf"^{key}:\s+(\d+) kB$", text, re.MULTILINE).group(1)) * 1024


class LiveCase(unittest.TestCase):
    """One cgroup name per case, removed after it whatever happened."""

    _root = f"containerview-test.{os.getpid()}"

    def setUp(self):
        reason = why_no_container()
        if reason:
            self.skipTest(reason)
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

    def engine_container(self, engine, limits, *options, **more):
        made = engine.run(limits, *options, **more)
        self.addCleanup(made.close)
        if disposable:
            made.enter_directly()
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

    @contextlib.contextmanager
    def figure(self, environment, name, verdict):
        """What is asserted in here goes on record: a cell of MATRIX.md."""
        with self.subTest(environment=environment, figure=name):
            try:
                yield
            except BaseException:
                verdict = matrix.FAILED
                raise
            finally:
                if recorder:
                    recorder.record(environment, name, verdict)

    def need_disposable(self):
        if not disposable:
            self.skipTest("would change all of the machine: runs in the guest")

    # Judging -----------------------------------------------------------------------------------

    def assert_near(self, value, expected, tolerance, what):
        self.assertIsNotNone(value, f"{what} is unknown")
        self.assertLessEqual(abs(value - expected), tolerance,
                             f"{what}: {value}, expected {expected} within {tolerance}")

    def assert_between(self, value, low, high, what):
        self.assertIsNotNone(value, f"{what} is unknown")
        self.assertTrue(low <= value <= high, f"{what}: {value}, expected {low} .. {high}")


def main():
    global tools_dir, disposable, recorder  # set once, before any test runs
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--machine", default=machine_name())
    parser.add_argument("--disposable", action="store_true")
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=MODULES, metavar="MODULE[.CLASS[.CASE]]")
    options = parser.parse_args()
    tools_dir = options.tools.resolve(strict=True)
    disposable = options.disposable
    # So that nothing stays behind when somebody ends us.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda signum, _: sys.exit(128 + signum))
    with contextlib.ExitStack() as stack:
        if options.results:
            options.results.parent.mkdir(parents=True, exist_ok=True)
            recorder = matrix.Recorder(options.machine, stack.enter_context(
                open(options.results, "w", encoding="utf-8")))
        stack.enter_context(engines_running)
        return suite.run(options.names)


if __name__ == "__main__":
    # The test modules import this file by its name: make that the same module.
    sys.modules["harness"] = sys.modules["__main__"]
    sys.exit(main())
