#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The debug target of packaging/image/Containerfile, built and run by a real Docker beside a
limited container; and the binary copied into a running one.

  image_test.py --binary FILE

Exit status 77 if every case was skipped.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import suite  # noqa: E402
from cgroups import MIB, why_not  # noqa: E402
from engines import checked  # noqa: E402
from engines_oci import Docker  # noqa: E402
from limits import Limits  # noqa: E402

LIMITS = Limits(memory=192 * MIB, cpus=0.5, pids=64)
binary = pathlib.Path()


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.docker = Docker([])
        reason = why_not() or cls.docker.why_not()
        if reason:
            raise unittest.SkipTest(reason)
        cls.docker.start()
        cls.addClassCleanup(cls.docker.stop)

    def setUp(self):
        self.box = self.docker.run(LIMITS)
        self.addCleanup(self.box.close)

    def command(self, *words):
        return [*self.docker.command(), *words]

    def build_debug_image(self):
        """From the tree that packaging/build-static.sh leaves."""
        with tempfile.TemporaryDirectory(prefix="containerview-test.") as context:
            bin_dir = pathlib.Path(context) / "static/root/usr/bin"
            bin_dir.mkdir(parents=True)
            shutil.copy(binary, bin_dir / "containerview")
            (bin_dir / "free").symlink_to("containerview")
            checked(self.command("build", "--quiet", "--tag=containerview-debug",
                                 "--target=debug", f"--file={ROOT}/packaging/image/Containerfile",
                                 context))

    def test_debug_container_sees_its_target(self):
        self.build_debug_image()
        run = self.command("run", "--rm", "--network=none", f"--pid=container:{self.box.id}",
                           "--cap-add=SYS_PTRACE", "containerview-debug")
        free = json.loads(checked([*run, "free", "--json", "--pid", "1"]))
        self.assertEqual(free["memory"]["total_bytes"], LIMITS.memory)
        self.assertIn("0.5 CPUs", checked(run))  # containerview info --pid 1

    def test_without_the_right_to_trace_it_is_refused(self):
        self.build_debug_image()
        done = subprocess.run(
            self.command("run", "--rm", "--network=none", f"--pid=container:{self.box.id}",
                         "--user=65534:65534", "containerview-debug", "free", "--pid", "1"),
            capture_output=True, text=True, timeout=240)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"^free: .*right to trace")

    def test_copied_into_a_running_container(self):
        checked(self.command("cp", str(binary), f"{self.box.id}:/var/containerview"))
        done = self.box.run(["/var/containerview", "free", "--json"])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(json.loads(done.stdout)["memory"]["total_bytes"], LIMITS.memory)


def main():
    global binary  # set once, before any test runs
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=["Image"])
    options = parser.parse_args()
    binary = options.binary.resolve(strict=True)
    return suite.run(options.names, sys.modules[__name__])


if __name__ == "__main__":
    sys.exit(main())
