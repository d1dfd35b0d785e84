# SPDX-License-Identifier: Apache-2.0
"""Names that others choose, and files that they put where a reader looks: what they may not do is to
reach the terminal, to break a document, or to change a figure."""

import os
import pathlib
import sys
import time

from cgroups import MIB
from container import Outside
from harness import WITHOUT_CGROUP_NAMESPACE
from trouble.situation import MEMORY, TroubleCase

NAMES = {  # what a process calls itself (15 bytes), and its command line
    "escapes": (b"\x1b[2J\x1b]0;x\x07\x9b31m", b"\x1b[31mred\x1b]52;c;eA==\x07 \x08\x08\x7f"),
    "lines": (b"one\ntwo\rthree\t", b"first\nMem:  1 1 1\r\nsecond\x0b\x0c\xc2\x85"),
    "invalid UTF-8": (b"\xff\xfe\xc3(\xe2\x82\xf0", b"\xff" * 500 + b"\xed\xa0\x80\xc0\xaf"),
    "turned round": ("a\u202etxt.exe".encode(), "x\u202e\u2066\u200f".encode()),
    "long": (b"x" * 15, b"y" * 4096),
    "wide": ("漢字かなカナ".encode()[:15], "漢字" .encode() * 2000),
    "quotes": (b"\"'`$(){}\\", b"\"},{\"pid\": 1, \"x\": \"\\"),
    "parentheses": (b") R 1 1 1 (", b") R 0 0 0 ("),
    "nothing": (b"", b"")}
CALL_ONESELF = """import ctypes, os, sys, time
libc = ctypes.CDLL(None)
libc.prctl(15, os.fsencode(sys.argv[1]), 0, 0, 0)
print("ok", flush=True)
sys.stdin.read()
"""
# What a file or directory name can not hold is '/' and NUL, and a cgroup's a line end.
CGROUP_NAMES = (b"a b\tc", b"back\\slash\\040", b"\x1b[31m\x07", b"\xff\xfe\xc3(", b"z" * 255,
                b"gone (deleted)", b"docker-1234.scope", "\u202ecod".encode(), b"\"quo'te$(x)", b"...",
                b"a:b,c")
MOUNT_POINT = "/mnt/a b\t\\\x1b[2J\nsys - cgroup2 x"


class Printed(TroubleCase):
    def check_printed(self, answer):
        """Nothing that a terminal would obey: TroubleCase has checked the rest."""
        for text in (answer.out, answer.err):
            for character in text:
                code = ord(character)
                hostile = (code < 0x20 and character not in "\n\t") or 0x7F <= code < 0xA0 or \
                    0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
                # A JSON document may hold what is no C0 control as it is.
                self.assertFalse(hostile and not (answer.as_json and code >= 0x7F),
                                 f"{answer}: {code:#x} in {text[:2000]!r}")


class Processes(Printed):
    def test_names_and_command_lines(self):
        box = self.box()
        started = {}
        for kind, (name, arguments) in NAMES.items():
            process = box.popen([sys.executable, "-S", "-c", CALL_ONESELF, os.fsdecode(name),
                                 os.fsdecode(arguments)], stdin=-1)
            self.addCleanup(process.stdout.close)
            self.addCleanup(process.wait)
            self.addCleanup(process.stdin.close)
            self.assertEqual(process.stdout.readline(), "ok\n")
            started[kind] = process
        answers = self.every_tool(box)
        documents = self.check(answers)
        count = len(started) + 2  # PID 1, top; another tool may be looking
        self.assert_between(len(documents["top"]["processes"]), count, count + 18, "processes")
        for text in (["-c"], ["-c", "-w", "512"], ["-H"], ["-c", "-o", "COMMAND"], ["-w", "40", "-c"]):
            done = box.run([self.tool("top"), "-b", "-n", "1", *text])
            self.assertEqual((done.returncode, done.stderr), (0, ""), text)
            rows = done.stdout.split("\n\n", 1)[1].rstrip("\n").split("\n")[1:]
            self.assert_between(len(rows), count, count + 1, f"rows, {text}")
            for row in rows:
                self.assertRegex(row, r"^ *\d+ ", "a row for each process, and nothing else")
        documents["commands"] = self.json(box, "top", "-b", "-n", "1", "-c")
        commands = [p["command"] for p in documents["commands"]["processes"]]
        self.assertTrue(any("y" * 4096 in command for command in commands))
        for answer in answers:
            self.check_printed(answer)

    def test_who_makes_the_load_has_a_hostile_name(self):
        box = self.box()
        script = "import ctypes, os\nctypes.CDLL(None).prctl(15, b'\\x1b[2J\\nMem: 1', 0, 0, 0)\n" \
                 "while True: pass"
        busy = box.popen([sys.executable, "-S", "-c", script])
        self.addCleanup(busy.stdout.close)
        self.addCleanup(busy.wait)
        self.addCleanup(busy.kill)
        time.sleep(0.3)
        answers = self.every_tool(box, names=["load", "top"])
        documents = self.check(answers)
        self.assertIn("\x1b[2J\nMem: 1", [p["command"] for p in documents["load"]["processes"]])
        for answer in answers:
            self.check_printed(answer)
            if answer.name == "load" and not answer.as_json:
                self.assertIn("?[2J?Mem: 1", answer.out)


class Cgroups(Printed):
    def test_names(self):
        """Of the container's cgroup, seen by its own namespace and by the machine's."""
        for raw in CGROUP_NAMES:
            name = os.fsdecode(raw)
            for kind in ({}, WITHOUT_CGROUP_NAMESPACE):
                with self.subTest(name=raw, cgroup_namespace=not kind):
                    cgroup = self.cgroup(name, **self.limits)
                    box = self.container(cgroup, **kind)
                    answers = self.every_tool(box, names=["info", "explain"],
                                              before=["env", "CONTAINERVIEW_SCOPE=container"])
                    documents = self.check(answers)
                    for answer in answers:
                        self.check_printed(answer)
                    shown = documents["info"]["scope"]["cgroup"]
                    if kind:
                        self.assertTrue(shown.endswith(raw.decode(errors="replace")), shown)
                    # --cgroup takes the name as it is.
                    done = Outside().run([self.tool("free"), "-b", "--cgroup",
                                          cgroup.dir("memory")])
                    self.assertEqual((done.returncode, done.stderr), (0, ""))
                    self.assertIn(f" {MEMORY} ", done.stdout)
                    box.close()
                    cgroup.remove()

    def test_look_alike_paths(self):
        """/sand is no ancestor of /sandbox, though it is a prefix of it."""
        self.cgroup("sand", memory=32 * MIB, pids=50)
        box = self.container(self.cgroup("sandbox", **self.limits), **WITHOUT_CGROUP_NAMESPACE)
        self.check(self.every_tool(box, ["env", "CONTAINERVIEW_SCOPE=container"]))

    def test_a_look_alike_is_mounted(self):
        """What is mounted is the neighbour's: its limits are nobody's but its own."""
        sand = self.cgroup("sand", memory=32 * MIB, cpus=0.25, pids=50)
        box = self.container(self.cgroup("sandbox", **self.limits), **WITHOUT_CGROUP_NAMESPACE)
        self.shell(box, "\n".join(f"mount --bind '{directory}' '{h.mount}'" for h, directory in zip(
            sand.mounts(), sand.directories())))
        info = self.json(box, "containerview", "info", "--container")
        self.assertEqual(info["memory"]["limit"]["bytes"], 32 * MIB)
        self.assertIn("may be another's", str(info["problems"]))
        for name, as_json, words in self.commands(("free", "nproc", "uptime", "top")):
            done = box.run([*words, "--container"])
            self.assertEqual(done.returncode, 0, name)

    def test_a_forged_limit_is_not_believed_from_outside(self):
        """A container puts other files over its own cgroup files: who looks at it from the machine
        sees what the kernel says."""
        box = self.box()
        self.shell(box, """mount -t tmpfs tmpfs /mnt; echo 1048576 >/mnt/forged
            for f in memory/memory.limit_in_bytes memory.max; do
              [ ! -e /sys/fs/cgroup/$f ] || mount --bind /mnt/forged /sys/fs/cgroup/$f; done""")
        for options in (["--pid", box.init_pid], ["--cgroup", box.cgroup.dir("memory")]):
            document = self.json(Outside(), "free", *options)
            self.assertEqual(document["memory"]["total_bytes"], MEMORY, options)

    def test_a_container_that_hides_from_its_reader(self):
        """Over its files it mounts a FIFO, a directory with a name as long as may be, and links to
        the machine's secrets: --pid stays inside, does not wait, and has its figures."""
        box = self.box()
        secret = pathlib.Path(self.scratch_file())
        # No figure and no id has so many digits by accident.
        secret.write_text("Secret: 4815162342108 kB\n")
        self.shell(box, f"""mount -t tmpfs tmpfs /run; mkdir -p /run/systemd/sessions
            mkfifo /run/utmp /run/systemd/sessions/1; ln -s '{secret}' /run/systemd/sessions/2
            ln -s /proc/1/root/../../..{secret} /run/systemd/sessions/3
            mknod /run/systemd/sessions/4 c 1 5; mknod /run/systemd/container p
            truncate -s 1T /run/systemd/sessions/5; ln -s 6 /run/systemd/sessions/6""")
        outside = Outside()
        for name, as_json, words in self.commands(("uptime", "info", "free", "top")):
            done = outside.run([*words, "--pid", box.init_pid], timeout=20)
            self.assertEqual((done.returncode, done.stderr), (0, ""), words)
            for text in ("Secret", "4815162342108"):
                self.assertNotIn(text, done.stdout, name)
        document = self.json(outside, "uptime", "--pid", box.init_pid)
        self.assertEqual(document["users"], 0)
        self.shell(box, "cd /run/systemd/sessions && seq -f '%g.x' 1 10100 | xargs touch")
        document = self.json(outside, "uptime", "--pid", box.init_pid)
        self.assertIsNone(document["users"])
        self.assertIn("users", document["quality"]["unavailable"])


class Mounts(Printed):
    def test_mount_points(self):
        """One that reads like a line of mountinfo of its own."""
        box = self.box()
        done = box.run(["sh", "-ec", 'mount -t tmpfs tmpfs /mnt; mkdir -p "$1"; '
                        'mount -t tmpfs "$2" "$1"', "sh", MOUNT_POINT, "31 23 0:27 / /sys/fs/cgroup"])
        self.assertEqual(done.stderr, "")
        answers = self.every_tool(box)
        self.check(answers)
        for answer in answers:
            self.check_printed(answer)

    def test_a_cgroup_file_system_elsewhere(self):
        """A second look at the cgroups, of a foreign one, below a name of control characters: what is
        at the usual place goes first."""
        other = self.cgroup("other", memory=32 * MIB, pids=50)
        box = self.box(**WITHOUT_CGROUP_NAMESPACE)
        point = "/mnt/\x1b[1m\nother"
        done = box.run(["sh", "-ec", 'mount -t tmpfs tmpfs /mnt; mkdir -p "$1"; '
                        'mount --bind "$2" "$1"', "sh", point, other.dir("memory")])
        self.assertEqual(done.stderr, "")
        answers = self.every_tool(box, ["env", "CONTAINERVIEW_SCOPE=container"])
        self.check(answers)
        for answer in answers:
            self.check_printed(answer)
