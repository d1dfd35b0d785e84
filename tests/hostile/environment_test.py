#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Environment variables of any content: each that tools/common/main.cpp passes on, and those that the C
library looks at, with what nobody sensible would put there. The tools print what they print without
them, or say what they do not understand; nothing of it reaches the terminal raw.

Usage: environment_test.py --bin DIR [unittest arguments]"""

import os
import pathlib
import re
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]
from hostilelib import COMMANDS, TESTS, fixturelib, run, tools_and_rest, what_is_wrong  # noqa: E402

BIN = pathlib.Path()  # set by main()
SOURCE = TESTS.parent / "tools/common/main.cpp"
# Read by the C library, or by nobody: the name that a program is called by is a variable too.
OTHERS = {"TZ", "TZDIR", "LC_CTYPE", "LANGUAGE", "PATH", "POSIX_ME_HARDER", "LINES_AND_COLUMNS",
          "TERMINFO", "TERMCAP", "PROCPS_USERLEN", "PROCPS_FROMLEN", "MALLOC_PERTURB_"}
VALUES = {
    "empty": "", "blank": " ", "zero": "0", "negative": "-1", "enormous": "9" * 400,
    "largest": "18446744073709551616", "fraction": "1e309", "infinity": "inf", "not a number": "nan",
    "long": "x" * 30_000, "escapes": "\x1b[2J\x1b]0;x\x07", "line ends": "a\nb\rc",
    "invalid UTF-8": "\udcff\udcfe\udcc3(", "formats": "%s%n%x{}{0}", "commas": "," * 5000,
    "codes": "01;31:n=\x1b[2J:H=" + "9" * 300, "path": "/../../../etc", "list": "4,3,2", "on": "always",
    "word": "container", "iso": "ISO"}


def variables():
    """All that main.cpp reads. A new one is tested without being named here."""
    text = SOURCE.read_text()
    found = set(re.findall(r'getenv\("(\w+)"\)', text))
    found |= set(re.findall(r'"(LC_\w+|LANG)"', text))
    return sorted(found | OTHERS)


def who_reads(name, number):
    """The tool that a variable is for; where all read it, one after the other."""
    for prefix, words in (("S_", ["iostat"]), ("OMP_", ["nproc"]), ("PROCPS_C", ["uptime"]),
                          ("XDG_", ["top", "-b", "-n", "1"]), ("HOME", ["top", "-b", "-n", "1"]),
                          ("COL", ["top", "-b", "-n", "1"]), ("LINES", ["top", "-b", "-n", "1"]),
                          ("LIBPROC", ["top", "-b", "-n", "1"]), ("TERM", ["top", "-b", "-n", "1"])):
        if name.startswith(prefix):
            return words
    return COMMANDS[number % len(COMMANDS)]


class Environment(unittest.TestCase):
    def test_main_reads_what_is_tested(self):
        for name in ("CONTAINERVIEW_SCOPE", "CONTAINERVIEW_CACHE_USED", "TERM", "COLUMNS", "LINES",
                     "LC_ALL", "S_TIME_FORMAT", "S_COLORS", "OMP_NUM_THREADS", "HOME"):
            self.assertIn(name, variables())

    def test_each_with_anything(self):
        tree = str(fixturelib.frame("v2-docker"))
        for name in variables():
            for number, (kind, value) in enumerate(VALUES.items()):
                words = who_reads(name, number)
                with self.subTest(variable=name, value=kind, tool=words[0]):
                    done = run(BIN, [*words, "--sysroot", tree], {"TZ": "UTC", name: value})
                    colours = name.startswith("S_COLORS")
                    self.assertEqual(what_is_wrong(done, False, colours), "")
                    self.assertNotIn(b"[2J", done.stdout)

    def test_all_at_once(self):
        """But for those that end a tool at once where they make no sense."""
        tree = str(fixturelib.frame("v1-docker"))
        names = [name for name in variables() if not name.startswith("CONTAINERVIEW_")]
        for number, (kind, value) in enumerate(VALUES.items()):
            for words in COMMANDS[number % 2::2]:
                as_json = number % 4 < 2
                with self.subTest(value=kind, command=words, json=as_json):
                    done = run(BIN, [*words, *["--json"] * as_json, "--sysroot", tree],
                               dict.fromkeys(names, value))
                    self.assertEqual(what_is_wrong(done, as_json, words[0] == "iostat"), "")
                    self.assertNotIn(b"[2J", done.stdout)

    def test_the_settings_of_top(self):
        """HOME and XDG_CONFIG_HOME lead to what is no file, or one that nobody wrote by hand."""
        with tempfile.TemporaryDirectory(prefix="containerview-test.") as scratch:
            home = pathlib.Path(scratch)
            rc = home / ".toprc"
            kinds = {"directory": rc.mkdir, "FIFO": lambda: os.mkfifo(rc),
                     "loop": lambda: rc.symlink_to(rc.name),
                     "no text": lambda: rc.write_bytes(bytes(range(256)) * 64),
                     "huge": lambda: (rc.touch(), os.truncate(rc, 1 << 40)),
                     "device": lambda: rc.symlink_to("/dev/zero"),
                     "secret": lambda: rc.symlink_to("/etc/passwd")}
            for kind, make in kinds.items():
                make()
                done = run(BIN, ["top", "-b", "-n", "1", "--sysroot",
                                 str(fixturelib.frame("v2-docker"))], {"HOME": scratch})
                with self.subTest(kind=kind):
                    self.assertEqual(what_is_wrong(done, False), "")
                    self.assertNotIn(b"root:", done.stdout + done.stderr)
                rc.rmdir() if rc.is_dir() and not rc.is_symlink() else rc.unlink()

    def test_the_name_that_it_is_called_by(self):
        tree = str(fixturelib.frame("v2-docker"))
        import subprocess
        for name in ("", "\x1b[2Jfree", "x" * 5000, "/", "a/b/", "\udcff", "../../toprc"):
            for tool in ("free", "top", "nproc"):
                done = subprocess.run([name, "--no-such-option", "--sysroot", tree],
                                      executable=BIN / tool, capture_output=True, timeout=60,
                                      stdin=subprocess.DEVNULL, check=False)
                with self.subTest(name=name, tool=tool):
                    self.assertEqual(what_is_wrong(done, False), "")


def main():
    global BIN
    BIN, rest = tools_and_rest()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
