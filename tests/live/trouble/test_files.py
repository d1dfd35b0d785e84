# SPDX-License-Identifier: Apache-2.0
"""What a container is used to have is not there: a writable root, /tmp, HOME, /dev, /proc, the cgroup
file systems."""

import tempfile

import harness
from harness import NOBODY
from trouble.situation import TroubleCase

# A root that holds nothing but what a program needs to start: {0} the mount point, {1} the tools,
# {2} the directories of their library. Read-only.
BARE_ROOT = """mount -t tmpfs -o mode=755 tmpfs {0}
mkdir {0}/proc {0}/sys {0}/tools {0}/library
mount --rbind /sys {0}/sys; mount --bind /proc {0}/proc
mount --bind {1} {0}/tools
mount --bind {2} {0}/library
for name in lib lib64 usr bin; do
  if [ -L /$name ]; then cp -P /$name {0}/$name
  elif [ -d /$name ]; then mkdir {0}/$name; mount --rbind /$name {0}/$name; fi
done
mount -o remount,ro,bind {0}; mount -o remount,ro {0}"""
# The files of /proc that tell the machine's figures.
PROC_FILES = ("meminfo", "stat", "uptime", "loadavg", "vmstat", "diskstats", "cpuinfo", "slabinfo",
              "swaps", "mounts", "partitions")


class Roots(TroubleCase):
    def bare_root(self, box):
        directory = tempfile.TemporaryDirectory(prefix="containerview-test.", dir="/var/tmp")
        self.addCleanup(directory.cleanup)
        library = [d for d in harness.shared_directories() if list(d.glob("libcontainerview.so*"))]
        # (A build with the library inside of the tools has none.)
        self.shell(box, BARE_ROOT.format(directory.name, harness.tools_dir,
                                         (library or [harness.tools_dir])[0]))
        return directory.name

    def commands(self, names=()):
        for name, as_json, words in super().commands():
            yield name, as_json, [words[0].replace(str(harness.tools_dir), "/tools", 1), *words[1:]]

    def test_a_root_without_anything(self):
        """Read-only, no /tmp, no /dev, no /etc, no /run, no /home, and an empty environment."""
        box = self.box()
        root = self.bare_root(box)
        refused = box.run(["chroot", root, "/usr/bin/touch", "/file"])
        self.assertIn("Read-only", refused.stderr)
        for absent in ("dev", "tmp", "etc", "run", "home", "root"):
            self.assertFalse(box.run(["test", "-e", f"{root}/{absent}"]).returncode == 0, absent)
        within = ["chroot", root, "/usr/bin/env", "-i", "LD_LIBRARY_PATH=/library"]
        self.check(self.every_tool(box, within))
        self.check(self.every_tool(box, [*within, "HOME=/not/there", "TERM=nonesuch"]))

    def test_as_a_user_that_has_no_name(self):
        box = self.box()
        root = self.bare_root(box)
        self.check(self.every_tool(box, ["chroot", f"--userspec={NOBODY - 1}:{NOBODY - 1}", root,
                                         "/usr/bin/env", "-i", "LD_LIBRARY_PATH=/library"]))


class Proc(TroubleCase):
    def test_hidepid(self):
        """Processes of others are out of sight."""
        box = self.box()
        self.load(box).command("busy", 2)
        self.shell(box, "mount -o remount,hidepid=2 /proc")
        seen = box.run(["sh", "-c", "echo /proc/[0-9]*"], uid=NOBODY).stdout.split()
        self.assertNotIn("/proc/1", seen)
        # One of the reader's own that it can see: its rest must not stand for all.
        own = box.popen(["sleep", "infinity"], uid=NOBODY)
        self.addCleanup(own.stdout.close)
        self.addCleanup(own.wait)
        self.addCleanup(own.kill)
        documents = self.check(self.every_tool(box, uid=NOBODY), complaints="/proc: hides threads")
        for process in documents["top"]["processes"]:
            self.assertEqual(process["user"], "nobody", process)
        for figure in ("running", "avg_1m", "avg_5m", "avg_15m"):
            self.assertIsNone(documents["uptime"]["load"][figure], figure)
        self.assertIsNone(documents["vmstat"]["procs"]["running"])
        self.assertIsNone(documents["load"]["load"]["mean"])

    def test_masked_files(self):
        """As by an engine's list of masked paths: /dev/null is mounted over them."""
        self.masked("".join(f"[ ! -e /proc/{name} ] || mount --bind /dev/null /proc/{name}\n"
                            for name in PROC_FILES))

    def test_unreadable_files(self):
        self.masked("mount -t tmpfs tmpfs /mnt; echo secret >/mnt/none; chmod 0 /mnt/none\n" +
                    "".join(f"[ ! -e /proc/{name} ] || mount --bind /mnt/none /proc/{name}\n"
                            for name in PROC_FILES), uid=NOBODY)

    def masked(self, mask, **options):
        """What the cgroup tells is known all the same."""
        box = self.box()
        self.shell(box, mask)
        documents = self.check(self.every_tool(box, **options), complaints=r"/proc/",
                               statuses=(0, 1))
        for name in ("free", "info", "top", "nproc", "vmstat", "uptime"):
            self.assertIn(name, documents)
        # Without a limit there is only the machine's memory, of which nothing is known now.
        self.limits = {"memory": None, "cpus": self.limits["cpus"], "pids": self.limits["pids"]}
        box = self.container(self.cgroup("unlimited", cpus=self.limits["cpus"],
                                         pids=self.limits["pids"]))
        self.shell(box, mask)
        answers = self.every_tool(box, **options)
        documents = self.check(answers, {"cpus", "pids"}, r"/proc/", statuses=(0, 1))
        self.assertIsNone(documents["free"]["memory"]["total_bytes"])
        self.assertIn("/proc/meminfo", str(documents["info"]["problems"]))
        text = next(a for a in answers if a.name == "free" and not a.as_json)
        self.assertIn("/proc/meminfo", text.err)
        self.assertRegex(text.out, r"(?m)^Mem: +-")

    def test_no_proc_at_all(self):
        """Nothing tells where we are: no figure is anybody's."""
        box = self.box()
        self.shell(box, "mount -t tmpfs -o ro tmpfs /proc")
        answers = self.every_tool(box)
        documents = self.check(answers, (), r"/proc", statuses=(0, 1))
        for answer in answers:
            if not answer.as_json and answer.name not in ("explain", "info"):
                self.assertIn("/proc", answer.err, answer)
        self.assertIsNone(documents["free"]["memory"]["total_bytes"])
        self.assertIsNone(documents["uptime"]["load"]["avg_1m"])
        self.assertTrue(documents["info"]["problems"])


class Cgroups(TroubleCase):
    UNSEEN = r"cgroup|/proc/\d+/io: "

    def unseen(self, script, **options):
        """The limits are there, and can not be read."""
        box = self.box()
        self.shell(box, script)
        answers = self.every_tool(box, **options)
        documents = self.check(answers, (), self.UNSEEN, statuses=(0, 1))
        self.assertTrue(documents["info"]["problems"], "what can not be seen is to be said")
        for name, document in documents.items():
            if name != "explain":
                self.assertEqual(document["scope"]["kind"], "container", name)
        limit = documents["info"]["memory"]["limit"]
        self.assertEqual((limit["state"], limit["bytes"]), ("unknown", None))

    def test_absent(self):
        self.unseen("mount -t tmpfs -o ro tmpfs /sys")

    def test_empty(self):
        self.unseen("mount -t tmpfs -o ro tmpfs /sys/fs/cgroup")

    def test_not_mounted(self):
        self.unseen("while mountpoint -q /sys/fs/cgroup; do umount -R /sys/fs/cgroup; done")

    def test_unreadable(self):
        """The directory above the mounts lets nobody but root in."""
        if self.cgroup("probe").version("memory") == 2:
            self.skipTest("what is above a mount of cgroup v2 is no file system of the container's own")
        self.unseen("chmod 700 /sys/fs/cgroup", uid=NOBODY)

    def test_masked_limit_files(self):
        """/dev/null over each of them: empty is not unlimited."""
        box = self.box()
        self.shell(box, "for f in memory/memory.limit_in_bytes memory/memory.stat memory.max "
                        "memory.stat cpu/cpu.cfs_quota_us cpu.max pids/pids.max pids.max; do "
                        "[ ! -e /sys/fs/cgroup/$f ] || mount --bind /dev/null /sys/fs/cgroup/$f; done")
        documents = self.check(self.every_tool(box), (), r"line 1|empty|memory|cpu|pids")
        for limit in ("memory", "pids"):
            self.assertEqual(documents["info"][limit]["limit"]["state"], "unknown", limit)
        self.assertEqual(documents["info"]["cpu"]["quota"]["state"], "unknown")
        self.assertTrue(documents["info"]["problems"])
