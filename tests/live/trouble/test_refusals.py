# SPDX-License-Identifier: Apache-2.0
"""The kernel refuses: system calls that a seccomp filter does not let through, files, memory."""

import os
import stat

from harness import NOBODY
from trouble.situation import TroubleCase, refusing

CALLS = ("openat2", "statx", "clone", "clone3", "fork", "vfork")


class Seccomp(TroubleCase):
    def test_refused_calls(self):
        """As older engines answer what they do not know (EPERM), and newer ones (ENOSYS)."""
        box = self.box()
        for error, marker in (("EPERM", "Cannot fork"), ("ENOSYS", "Cannot fork")):
            before = refusing(error, *CALLS)
            self.assertIn(marker, box.run([*before, "sh", "-c", "ls | cat"]).stderr)
            with self.subTest(error=error):
                self.check(self.every_tool(box, before))

    def test_another_process_is_looked_at_without_openat2(self):
        """Its files are opened one component at a time (libcontainerview/ARCHITECTURE.md)."""
        box = self.box()
        from container import Outside
        done = Outside().run([*refusing("EPERM", *CALLS), self.tool("free"), "-b", "--pid",
                              box.init_pid])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(f" {self.limits['memory']} ", done.stdout)


class Limits(TroubleCase):
    OPEN_FILES = 16
    ADDRESS_SPACE = 64 << 20

    def test_16_open_files(self):
        box = self.box()
        self.load(box).command("threads", 100)
        within = ["prlimit", f"--nofile={self.OPEN_FILES}"]
        self.check(self.every_tool(box, within))
        # Also where many are asked for: one file for each process that is watched.
        crowd = [box.popen(["sleep", "infinity"]) for _ in range(40)]
        try:
            documents = self.check(self.every_tool(box, within, ["top", "load", "uptime"]))
            self.assertGreaterEqual(documents["top"]["tasks"]["total"], len(crowd) + 2)
            done = box.run([*within, self.tool("top"), "-b", "-n", "3", "-d", "0.1"])
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(done.stdout.count(" sleep\n"), 3 * (len(crowd) + 1))
        finally:
            for process in crowd:
                process.kill()
                process.wait()
                process.stdout.close()

    def test_64_mib_of_address_space(self):
        box = self.box()
        self.load(box).command("threads", 100)
        self.check(self.every_tool(box, ["prlimit", f"--as={self.ADDRESS_SPACE}"]))

    def test_no_file_may_be_written(self):
        """RLIMIT_FSIZE 0: whatever would write a file is ended by SIGXFSZ."""
        self.check(self.every_tool(self.box(), ["prlimit", "--fsize=0"]))

    def test_a_user_without_anything(self):
        """Not root, no capability, no new privileges: and nothing that the tools are made of gives
        any."""
        for name in ("free", "uptime", "iostat", "vmstat", "nproc", "top", "containerview",
                     "containerviewd"):
            file = self.tool(name).resolve()
            self.assertFalse(file.stat().st_mode & (stat.S_ISUID | stat.S_ISGID), file)
            self.assertNotIn("security.capability", os.listxattr(file))
        box = self.box()
        self.check(self.every_tool(box, ["setpriv", "--no-new-privs", "--bounding-set=-all"],
                                   uid=NOBODY))
