#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the batch output of our top with that of the installed one, on the host: the same fields at
the same widths, and for tasks that sleep the same values to the last character.

Usage: top_parity.py --tools DIR [unittest arguments]

Needs procps-ng 4.0.x as /usr/bin/top. Where 4.0.7, which ours follows, differs from an older one, it
says so in DIFFERENCES below: each of them must still show.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

THEIRS = pathlib.Path("/usr/bin")
# What the installed version says instead of 4.0.7's words: (ours, theirs), for the summary.
DIFFERENCES = {
    "4.0.4: sleep and d-sleep": (
        r"^Tasks: \d+ total, \d+ running, \d+ sleep, \d+ d-sleep, \d+ stopped, \d+ zombie$",
        r"^Tasks: +\d+ total, +\d+ running, +\d+ sleeping, +\d+ stopped, +\d+ zombie$"),
    "4.0.3: 0 users": (r"  0 users,", r"  0 user,"),
}
FIELDS = 78  # of 4.0.2; what came later stands behind them
NU = 57  # ours does not look it up
COMMAND, WCHAN, CGROUPS, ENVIRON, EXE = 32, 33, 35, 41, 59
OPEN_ENDED = (COMMAND, CGROUPS, 36, 37, ENVIRON, 56, EXE)
PID = 0
# What moves while one looks: shares of an interval, time since the start, pages that others, such as the
# two tops themselves, map too or not.
MOVING = {"%CPU", "%CUU", "%CUC", "PSS", "PSfd", "USS", "OOMs", "P", "nMin", "nMaj"}

RC = """top's Config File (Linux processes with windows)
Id:k, Mode_altscr=0, Mode_irixps=1, Delay_time=3.0, Curwin=0
{windows}Fixed_widest=0, Summ_mscale=1, Task_mscale=0, Zero_suppress=0, Tics_scaled=0
"""
WINDOW = """{name}\tfieldscur= {fields}
\twinflags={flags}, sortindx=0, maxtasks=0, graph_cpus=0, graph_mems=0, double_up=0, combine_cpus=0, core_types=0
\tsummclr=1, msgsclr=1, headclr=3, taskclr=1
"""
FLAGS = 193844

tools = pathlib.Path()  # set by main()


def toprc(shown, flags=FLAGS):
    numbers = [(37 + field) * 2 + 1 for field in shown]
    numbers += [(37 + field) * 2 for field in range(100) if field not in shown]
    lines = [" ".join(f"{n:4}" for n in numbers[at:at + 20]) for at in range(0, 100, 20)]
    fields = "\n\t\t  ".join(lines)
    return RC.format(windows="".join(WINDOW.format(name=name, fields=fields, flags=flags)
                                     for name in ("Def", "Job", "Mem", "Usr")))


def why_not():
    if not (THEIRS / "top").exists():
        return "no top is installed"
    version = subprocess.run([THEIRS / "top", "-V"], capture_output=True, text=True, check=False)
    if not re.search(r"procps-ng 4\.0\.", version.stdout):
        return f"the installed top is not procps-ng 4.0: {version.stdout.strip()}"
    return None


class TopParity(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.home = pathlib.Path(home.name)
        self.pids = []
        for words in (["sleep", "600"], ["nice", "-n5", "sleep", "601"],
                      ["sleep", "602", "0.0000000000000000000000000000000000000000000000000001"]):
            process = subprocess.Popen(words)
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
            self.pids.append(process.pid)
        time.sleep(0.2)

    def run_top(self, directory, *arguments):
        return subprocess.run(
            ["top", *arguments], executable=directory / "top", capture_output=True, text=True,
            timeout=60, check=False, stdin=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LC_ALL": "C", "TZ": "UTC"})

    def table(self, directory, *arguments):
        done = self.run_top(directory, "-b", "-n1", "-p", ",".join(map(str, self.pids)), *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()[6:]

    def compare(self, *arguments):
        for _ in range(4):
            ours, theirs = self.table(tools, *arguments), self.table(THEIRS, *arguments)
            if ours == theirs:
                return
        self.assertEqual(ours, theirs)

    def test_every_field(self):
        names = self.run_top(THEIRS, "-O").stdout.split()
        fixed = [n for n in range(1, FIELDS) if n not in (*OPEN_ENDED, NU) and names[n] not in MOVING]
        groups = [[PID, *fixed[at:at + 8]] for at in range(0, len(fixed), 8)]
        groups += [[PID, field] for field in OPEN_ENDED]
        groups += [[PID, COMMAND, WCHAN], [PID, CGROUPS, COMMAND, EXE], [COMMAND, PID]]
        for group in groups:
            (self.home / ".toprc").write_text(toprc(group))
            for width in ("512", "100", "60"):
                with self.subTest(fields=[names[n] for n in group], width=width):
                    self.compare("-w", width)

    def test_windows_of_all_widths(self):
        for width in range(5, 90, 3):
            with self.subTest(width=width):
                self.compare("-w", str(width))

    def test_options(self):
        for arguments in (["-c"], ["-e", "m"], ["-e", "g"], ["-S"], ["-o", "-PID"], ["-o", "PID"],
                          ["-o", "COMMAND"], ["-H"]):
            with self.subTest(arguments=arguments):
                self.compare(*arguments)

    def test_forest(self):
        (self.home / ".toprc").write_text(toprc([PID, COMMAND], FLAGS | 2))
        self.compare()

    def test_names_of_fields(self):
        ours = self.run_top(tools, "-O").stdout.split()
        theirs = self.run_top(THEIRS, "-O").stdout.split()
        self.assertEqual(ours[:len(theirs)], theirs)

    def test_summary(self):
        def summary(directory, *arguments):
            return self.run_top(directory, "-b", "-n1", *arguments).stdout.splitlines()[:5]

        for arguments in ([], ["-E", "k"], ["-E", "g"], ["-1", "-w", "200"]):
            ours, theirs = summary(tools, *arguments), summary(THEIRS, *arguments)
            with self.subTest(arguments=arguments):
                # The same words at the same places.
                for our, their in list(zip(ours, theirs))[2:]:
                    self.assertEqual(re.sub(r"[\d.]", "#", re.sub(r" (?=\d|[ ]*\d)", "#", our)),
                                     re.sub(r"[\d.]", "#", re.sub(r" (?=\d|[ ]*\d)", "#", their)))
        ours, theirs = "\n".join(summary(tools)), "\n".join(summary(THEIRS))
        for name, (our, their) in DIFFERENCES.items():
            with self.subTest(difference=name):
                self.assertRegex(ours, re.compile(our, re.MULTILINE))
                self.assertRegex(theirs, re.compile(f"{their}|{our}", re.MULTILINE))

    def test_errors(self):
        for arguments in (["-n", "0"], ["-n", "x"], ["-d", "x"], ["-d", "-1"], ["-p", "x"],
                          ["-p", ",".join(map(str, range(1, 22)))], ["-p", "1", "-u", "root"],
                          ["-u", "no-such-user"], ["-o", "x"], ["-E", "z"], ["-e", "z"], ["-w", "1"],
                          ["-d", "1,5x"]):
            ours = self.run_top(tools, "-bn1", *arguments)
            theirs = self.run_top(THEIRS, "-bn1", *arguments)
            with self.subTest(arguments=arguments):
                self.assertEqual((ours.returncode, ours.stderr, ours.stdout),
                                 (theirs.returncode, theirs.stderr, theirs.stdout))


def main():
    global tools  # set once, before any test runs
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    options, rest = parser.parse_known_args()
    tools = options.tools.resolve()
    reason = why_not()
    if reason:
        print(f"SKIP top_parity: {reason}")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
