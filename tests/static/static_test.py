#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The static binary where it is meant to be used: alone in an empty root, and in a busybox one, in
a limited container.

  static_test.py --binary FILE [CLASS...]

Exit status 77 if every case was skipped.
"""

import argparse
import json
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
from container import Container  # noqa: E402

STRIPPED_BYTES_AT_MOST = 2_500_000
binary = pathlib.Path()


class File(unittest.TestCase):
    def test_nothing_is_linked_dynamically(self):
        headers = subprocess.run(["readelf", "-lW", binary], capture_output=True, text=True,
                                 check=True).stdout
        self.assertIn("LOAD", headers)
        self.assertNotIn("INTERP", headers)
        self.assertNotIn("DYNAMIC", headers)

    def test_size(self):
        with tempfile.NamedTemporaryFile(prefix="containerview-test.") as stripped:
            subprocess.run(["strip", "-o", stripped.name, binary], check=True)
            self.assertLessEqual(os.path.getsize(stripped.name), STRIPPED_BYTES_AT_MOST)


class RootCase(unittest.TestCase):
    """A root directory that holds the binary, in a container with a quarter of a GiB."""

    def setUp(self):
        made = tempfile.TemporaryDirectory(prefix="containerview-test.", dir="/var/tmp")
        self.addCleanup(made.cleanup)
        self.root = pathlib.Path(made.name)
        self.root.chmod(0o755)
        shutil.copy(binary, self.root / "containerview")

    def link(self, path):
        link = self.root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to("/containerview")

    def enter_container(self):
        """Starts it, /proc and /sys below the root as every engine mounts them."""
        reason = why_not()
        if reason:
            self.skipTest(reason)
        cgroup = Cgroup(f"containerview-static.{os.getpid()}")
        self.addCleanup(cgroup.remove)
        cgroup.create()
        cgroup.set_memory(256 * MIB)
        cgroup.set_cpus(0.5)
        self.container = Container(cgroup)
        self.addCleanup(self.container.close)
        for name in ("proc", "sys"):
            (self.root / name).mkdir()
            mounted = self.container.run(["mount", "--rbind", f"/{name}", self.root / name])
            self.assertEqual(mounted.returncode, 0, mounted.stderr)

    def inside(self, *argv, **options):
        done = self.container.run(["chroot", self.root, *argv], **options)
        self.assertEqual((done.returncode, done.stderr), (0, ""), argv)
        return done.stdout


class EmptyRoot(RootCase):
    def test_figures_by_argument(self):
        self.enter_container()
        document = json.loads(self.inside("/containerview", "free", "--json"))
        self.assertEqual(document["memory"]["total_bytes"], 256 * MIB)
        info = json.loads(self.inside("/containerview", "info", "--json"))
        self.assertEqual(info["cpu"]["effective_cpus"], 0.5)
        self.assertIn("load average:", self.inside("/containerview", "uptime"))

    def test_figures_by_link(self):
        self.link("bin/free")
        self.link("bin/cv-uptime")
        self.enter_container()
        self.assertRegex(self.inside("/bin/free", "-m"), r"\nMem: +256 ")
        self.assertRegex(self.inside("/bin/cv-uptime", "-p"), r"^up \d+ minutes?\n")

    def test_unprivileged(self):
        self.enter_container()
        done = self.container.run(
            ["chroot", "--userspec=65534:65534", self.root, "/containerview", "free", "-m"])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"\nMem: +256 ")

    def test_without_proc_it_says_so(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        for arguments in (["free"], ["uptime"], ["info"]):
            done = subprocess.run(["chroot", self.root, "/containerview", *arguments],
                                  capture_output=True, text=True, timeout=30)
            self.assertGreaterEqual(done.returncode, 0, f"{arguments}: ended by a signal")
            self.assertIn("/proc", done.stdout + done.stderr, arguments)


class BusyboxRoot(RootCase):
    def setUp(self):
        super().setUp()
        busybox = shutil.which("busybox")
        if busybox is None:
            self.skipTest("no busybox")
        linked = subprocess.run(["ldd", busybox], capture_output=True, text=True)
        if linked.returncode == 0:
            self.skipTest("the installed busybox is not static")
        (self.root / "bin").mkdir()
        shutil.copy(busybox, self.root / "bin/busybox")
        for applet in ("sh", "ls"):
            (self.root / "bin" / applet).symlink_to("busybox")

    def test_beside_busyboxs_own(self):
        self.link("usr/local/bin/free")
        self.link("usr/local/bin/uptime")
        self.enter_container()
        # By path: this busybox's shell runs its own applets whatever PATH says.
        text = self.inside("/bin/sh", "-c",
                           "cd /usr/local/bin && ./free -m && ./uptime && ls /")
        self.assertRegex(text, r"\nMem: +256 ")
        self.assertRegex(text, r" up 0 min, .* load average: ")
        self.assertIn("containerview", text.splitlines()[-5:])


def main():
    global binary  # set once, before any test runs
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=["File", "EmptyRoot", "BusyboxRoot"])
    options = parser.parse_args()
    binary = options.binary.resolve(strict=True)
    return suite.run(options.names, sys.modules[__name__])


if __name__ == "__main__":
    sys.exit(main())
