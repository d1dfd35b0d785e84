#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Captured trees that somebody laid out to harm who looks at them: names that a terminal would obey,
links that lead out, files that are none.

Usage: trees_test.py --bin DIR [unittest arguments]"""

import os
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]
from hostilelib import COMMANDS, fixturelib, run, tools_and_rest, what_is_wrong  # noqa: E402

BIN = pathlib.Path()  # set by main()
SCENARIOS = ("v2-docker", "v1-docker", "v2-guest-host")
CANARY = b"73507350"
NAMES = {
    "escapes": b"\x1b[2J\x1b]0;title\x07\x9b31m\x7f", "line ends": b"x\r\ny\x0b\x0cz\xc2\x85",
    "invalid UTF-8": b"\xff\xfe\xc3(\xf0\x80\x80\x80\xed\xa0\x80", "long": b"n" * 4096,
    "turned round": "a\u202ecod.exe\u2066".encode(), "parenthesis": b") R 1 2 3 (", "empty": b"",
    "formats": b"%s%n{}{0}{:>999999999}", "json": b'","quality":{"host":[]},"x":"\\',
    "paths": b"../../../../etc/passwd"}


def octal(name):
    """As the kernel writes a path into mountinfo."""
    return b"".join(b"\\%03o" % c if c in b" \t\n\\" else bytes([c]) for c in name)


class TreeCase(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="containerview-test.")
        self.addCleanup(self.scratch.cleanup)
        self.tree = pathlib.Path(self.scratch.name, "tree")

    def copy(self, scenario):
        if self.tree.exists():
            shutil.rmtree(self.tree)
        shutil.copytree(fixturelib.frame(scenario), self.tree, symlinks=True)
        return self.tree

    def files(self):
        return sorted(p for p in self.tree.rglob("*") if p.is_file() and not p.is_symlink())

    def check(self, what, options=(), commands=COMMANDS, both=True):
        """Every command, as text and as JSON; or as one of them, where it makes no difference."""
        for number, words in enumerate(commands):
            for as_json in (False, True) if both else (number % 2 == 1,):
                command = [*words, *["--json"] * as_json, "--sysroot", str(self.tree), *options]
                with self.subTest(what=what, command=words, json=as_json):
                    done = run(BIN, command)
                    self.assertEqual(what_is_wrong(done, as_json), "")
                    self.assertNotIn(CANARY, done.stdout + done.stderr)


class Names(TreeCase):
    IN_A_LINE = {kind: name.replace(b"\n", b"").replace(b" ", b"") or b"x"
                 for kind, name in NAMES.items()}
    PLACES = (["free"], ["containerview", "info"], ["containerview", "explain", "load.avg_1m"])

    def test_of_devices(self):
        """Counted for the machine, and for the container by number, with a link that names them."""
        tree = self.copy("v2-docker")
        stats = tree / "proc/diskstats"
        counters = stats.read_bytes().split(b"\n")[0].split()[3:]
        io = (tree / "sys/fs/cgroup/io.stat").open("ab")
        blocks = tree / "sys/dev/block"
        blocks.mkdir(parents=True, exist_ok=True)
        for minor, name in enumerate(self.IN_A_LINE.values()):
            with stats.open("ab") as out:
                out.write(b" ".join([b"240", b"%d" % minor, name, *counters]) + b"\n")
            io.write(b"240:%d rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n" % minor)
            if minor % 2:
                os.symlink(b"../../devices/" + name.replace(b"/", b"")[:200],
                           os.fsencode(blocks / f"240:{minor}"))
        io.close()
        devices = [c for c in COMMANDS if c[0] in ("iostat", "vmstat")]
        self.check("container", commands=devices)
        self.check("host", ["--host"], commands=devices)

    def test_of_mapped_devices_and_their_links(self):
        """Device mapper's own names, those that udev links, what a loop device or a stack is on."""
        tree = self.copy("v2-docker")
        counters = b" ".join([b"1"] * 17) + b"\n"
        links = tree / "dev/disk/by-id"
        links.mkdir(parents=True)
        io = (tree / "sys/fs/cgroup/io.stat").open("ab")
        for minor, name in enumerate(self.IN_A_LINE.values()):
            for number, device, file in ((f"252:{minor}", f"dm-{minor}", "dm/name"),
                                         (f"7:{minor}", f"loop{minor}", "loop/backing_file")):
                block = tree / "sys/block" / device
                (block / file).parent.mkdir(parents=True)
                (block / file).write_bytes(name + b"\n")
                (block / "stat").write_bytes(counters)
                (block / "dev").write_text(number + "\n")
                (block / "slaves").mkdir()
                (block / "slaves/sda").mkdir()
                (block / "slaves/sda/dev").write_bytes(name + b"\n")
                numbers = tree / "sys/dev/block"
                numbers.mkdir(parents=True, exist_ok=True)
                (numbers / number).symlink_to(f"../../block/{device}")
                io.write(f"{number} rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n".encode())
            link = os.fsencode(links) + b"/" + name.replace(b"/", b"")[:200]
            os.symlink(f"../../dm-{minor}", link)
        io.close()
        commands = (["iostat"], ["iostat", "-N"], ["iostat", "-xN"], ["iostat", "-j", "ID"],
                    ["iostat", "-t", "-p", "ALL"], ["vmstat", "-d"], ["vmstat", "-D"])
        self.check("container", commands=commands)
        self.check("host", ["--host"], commands=commands)
        shown = run(BIN, ["iostat", "-N", "--host", "--sysroot", str(self.tree)]).stdout
        self.assertIn(b"cod.exe", shown, "the names came to be shown")

    def test_of_cgroups_and_mount_points(self):
        for scenario in ("v2-docker", "v1-docker"):
            for kind, name in NAMES.items():
                tree = self.copy(scenario)
                own = tree / "proc/self/cgroup"
                own.write_bytes(b"".join(line + b"/" + name.replace(b"\n", b"") + b"\n"
                                         for line in own.read_bytes().splitlines()))
                mountinfo = tree / "proc/self/mountinfo"
                mountinfo.write_bytes(
                    b"99 1 0:99 / /" + octal(name) + b" rw - cgroup2 " + octal(name) + b" rw\n" +
                    mountinfo.read_bytes() +
                    b"98 1 0:98 /" + octal(name) + b" /sys/fs/cgroup/" + octal(name) +
                    b" rw - cgroup cgroup rw,memory\n")
                self.check(f"{scenario}: {kind}", ["--container"], self.PLACES)

    def test_of_the_machine_and_slabs(self):
        tree = self.copy("v2-guest-host")
        kernel = tree / "proc/sys/kernel"
        kernel.mkdir(parents=True, exist_ok=True)
        with (tree / "proc/slabinfo").open("wb") as slabs:
            slabs.write(b"slabinfo - version: 2.1\n# name\n")
            for name in self.IN_A_LINE.values():
                slabs.write(name + b" 10 20 64 64 1 : tunables 0 0 0 : slabdata 1 1 0\n")
        self.check("slabs", commands=(["vmstat", "-m"],))
        for kind, name in NAMES.items():
            for file in ("hostname", "osrelease"):
                (kernel / file).write_bytes(name + b"\n")
            self.check(kind, commands=(["iostat"],))

    def test_of_processes(self):
        tree = self.copy("v2-docker")
        for pid, name in enumerate(NAMES.values(), start=70):
            process = tree / "proc" / str(pid)
            process.mkdir(parents=True)
            (process / "stat").write_bytes(
                b"%d (" % pid + name[:64] + b") R 0 1 1 0 -1 0 0 0 0 0 5 5 0 0 20 0 1 0 100 4096 10 " +
                b"0 " * 29 + b"\n")
            (process / "cmdline").write_bytes(name.replace(b"x", b"\0") + b"\0" + name)
            (process / "status").write_bytes(b"Name:\t" + name[:64] + b"\nUid:\t0\t0\t0\t0\n")
            (process / "cgroup").write_bytes(b"0::/" + name + b"\n")
        self.check("top", commands=[c for c in COMMANDS if c[0] in ("top", "uptime")])
        rows = run(BIN, ["top", "-b", "-n", "1", "-c", "-w", "512", "--sysroot", str(self.tree)])
        shown = rows.stdout.decode().split("\n\n", 1)[1].splitlines()[1:]
        self.assertGreaterEqual(len(shown), len(NAMES))
        for row in shown:
            self.assertRegex(row, r"^ *\d+ ", "a row for each process, and nothing else")


class Links(TreeCase):
    """Whatever is behind them says the canary, and nothing of that may come out."""

    def setUp(self):
        super().setUp()
        self.outside = pathlib.Path(self.scratch.name, "outside")
        shutil.copytree(fixturelib.frame("v2-docker"), self.outside, symlinks=True)
        for file in self.outside.rglob("*"):
            if file.is_file() and not file.is_symlink():
                file.write_bytes(self.poisoned(file))
        self.climbing = "../" * 40 + str(self.outside).lstrip("/")

    @staticmethod
    def poisoned(file):
        """The same with all numbers replaced, so that it parses as before."""
        import re
        return re.sub(rb"(?<![\w.:/-])\d{2,}(?![\w:])", CANARY, file.read_bytes())

    def test_the_canary_sings(self):
        """Or else nothing below means anything."""
        done = run(BIN, ["free", "-b", "--sysroot", str(self.outside)])
        self.assertIn(CANARY, done.stdout)

    def test_files(self):
        for scenario in SCENARIOS:
            for kind, target in (("absolute", str(self.outside)), ("climbing", self.climbing)):
                self.copy(scenario)
                for file in self.files():
                    file.unlink()
                    file.symlink_to(f"{target}/{file.relative_to(self.tree)}")
                self.check(f"{scenario}, {kind}", both=False)

    def test_directories(self):
        for scenario in SCENARIOS:
            for name in ("proc", "sys", "proc/self", "sys/fs/cgroup", "sys/fs", "proc/1"):
                for kind, target in (("absolute", str(self.outside)), ("climbing", self.climbing)):
                    directory = self.copy(scenario) / name
                    if not directory.is_dir() or directory.is_symlink():
                        continue
                    shutil.rmtree(directory)
                    directory.symlink_to(f"{target}/{name}")
                    self.check(f"{scenario}, {name}, {kind}",
                               commands=(["free"], ["containerview", "info"], ["uptime"],
                                         ["top", "-b", "-n", "1"]), both=False)

    def test_the_root_of_a_process(self):
        """--pid takes its mounts from /proc/PID/root, which in a tree is whatever was put there."""
        for kind, target in (("absolute", str(self.outside)), ("climbing", self.climbing),
                             ("machine", "/"), ("inside", "/there")):
            tree = self.copy("v2-docker")
            shutil.copytree(tree / "proc/self", tree / "proc/7", symlinks=True, dirs_exist_ok=True)
            (tree / "proc/7/stat").write_text("7 (x) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 9 0 0\n")
            if (tree / "proc/7/root").is_symlink():
                (tree / "proc/7/root").unlink()
            (tree / "proc/7/root").symlink_to(target)
            (tree / "proc/self/mountinfo").write_text("")
            if kind == "inside":
                shutil.move(tree / "sys", tree / "there-sys")
                (tree / "there").mkdir()
                shutil.move(tree / "there-sys", tree / "there/sys")
            for words in (["free", "-b"], ["containerview", "info"]):
                done = run(BIN, [*words, "--sysroot", str(tree), "--pid", "7"])
                with self.subTest(kind=kind, command=words):
                    self.assertEqual(what_is_wrong(done, False), "")
                    self.assertNotIn(CANARY, done.stdout + done.stderr)

    def test_loops_and_chains(self):
        for scenario in SCENARIOS:
            self.copy(scenario)
            for number, file in enumerate(self.files()):
                file.unlink()
                if number % 2:
                    file.symlink_to(file.name)
                    continue
                for link in range(50):
                    (file.parent / f"{file.name}.{link}").symlink_to(f"{file.name}.{link + 1}")
                file.symlink_to(f"{file.name}.0")
            self.check(scenario, both=False)


class Files(TreeCase):
    """What is no file, or one like no other."""

    KINDS = {
        "directory": lambda path: path.mkdir(), "FIFO": os.mkfifo,
        "absent": lambda path: None, "empty": lambda path: path.write_bytes(b""),
        "huge": lambda path: (path.touch(), os.truncate(path, 1 << 40)),
        "long line": lambda path: path.write_bytes(b"9" * (1 << 20)),
        "zeros": lambda path: path.write_bytes(bytes(4096)),
        "no text": lambda path: path.write_bytes(bytes(range(256)) * 16),
        "numbers": lambda path: path.write_bytes(b"18446744073709551615 " * 200 + b"\n"),
        "negative": lambda path: path.write_bytes(b"-9223372036854775808 " * 200 + b"\n"),
        "unreadable": lambda path: (path.write_bytes(b"1\n"), path.chmod(0))}

    def test_all_at_once(self):
        for scenario in SCENARIOS:
            for kind, make in self.KINDS.items():
                self.copy(scenario)
                for file in self.files():
                    file.unlink()
                    make(file)
                # Of the large ones 16 MiB and 1 MiB are read, each.
                few = [["free"], ["containerview", "info"]]
                commands = few if kind in ("huge", "long line") else COMMANDS[::2]
                self.check(f"{scenario}, {kind}", commands=commands, both=False)

    def test_one_at_a_time(self):
        self.copy("v2-docker")
        kinds = ("FIFO", "directory", "numbers")
        for number, file in enumerate(self.files()):
            text = file.read_bytes()
            kind = kinds[number % len(kinds)]
            file.unlink()
            self.KINDS[kind](file)
            self.check(f"{file.relative_to(self.tree)}, {kind}",
                       commands=(["top", "-b", "-n", "1"], ["containerview", "info"]), both=False)
            file.rmdir() if file.is_dir() else file.unlink()
            file.write_bytes(text)


def main():
    global BIN
    BIN, rest = tools_and_rest()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
