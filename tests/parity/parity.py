#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs our free and uptime and the installed procps with the same options on the bare host and
compares stdout, stderr and exit status byte for byte. Figures that move may move, within what the
installed tool printed just before and just after ours, in the same layout. Differences between
procps versions are listed, with their reasons, in DIFFERENCES.

  parity.py --tools DIR [--procps DIR]
"""

import argparse
import configparser
import datetime
import fnmatch
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
MIB = 1 << 20
TRIES = 10
NUMBER = re.compile(r" *(\d+(?:\.\d+)?)(B|[KMGTPE]i?)?")
USAGE = re.compile(r"\nUsage:\n.*?\nFor more details see \w+\(1\)\.\n", re.DOTALL)
OPTION = re.compile(r"(?<![\w-])--?\w[\w-]*")  # in a usage text
SUFFIXES = {suffix: power for power, suffix in enumerate("BKMGTPE")}
UNITS = {"-b": 1, "--bytes": 1, "-m": MIB, "-g": 1 << 30, "--tebi": 1 << 40, "--pebi": 1 << 50,
         "--kilo": 10**3, "--mega": 10**6, "--giga": 10**9, "--tera": 10**12, "--peta": 10**15}

FREE = """
free
free -b
free -k
free -m
free -g
free --bytes
free --kibi
free --mebi
free --gibi
free --tebi
free --pebi
free --kilo
free --mega
free --giga
free --tera
free --peta
free -h
free --human
free --hum
free -h --si
free --si
free -m --si
free -g --si
free --si -b
free -h -m
free -w
free --wide
free -wh
free -wt
free -l
free --lohi
free -t
free --total
free --tot
free -v
free --committed
free -lt
free -ltv
free -ltvw
free -ltvwh
free -ltvb
free -t -m
free -L
free -L -h
free --line -t
free -c 1
free -c1
free -c 2 -s 0.01
free -t -c 2 -s 0.01
free -s 0.01 -c 3 -w
free -s .01 -c 2
free -s 0,01 -c 2
free -s0.01 -c1
free --seconds=0.01 --count=1
free --seconds 0.01 --count 1
free --sec 0.01 --cou 1
free -c 010 -s 0.01
free -- 
free -V
free -V -x
free --version extra
free --help
free --help extra
free -h --help
free -x
free -hx
free -xh
free -1
free --bogus
free --bogus=1
free --hum=1
free --human=1
free --total=x
free --h
free --k
free --m
free --t
free --s
free --g
free --b
free --p
free --w
free --l
free --v
free --c 1
free --co 1
free --com
free --cou 1
free -s
free --seconds
free -c
free --count
free -s 0
free -s -1
free -s x
free -s 1x
free -s inf -c 1
free -s nan -c 1
free -s 1e-7 -c 1
free -s 0.0000001 -c 1
free -s 1e-2 -c 1
free -s '' -c 1
free -s ' 0.01' -c 1
free -c 0
free -c -1
free -c x
free -c 1x
free -c 1.5
free -c ''
free -c 99999999999999999999
free --count=x
free operand
free -- operand
free -
free -h operand
free operand -h
free operand -x
free -b -m
free -bk
free -k -k
free -m --mega
free --kilo --si -m
free -b -m -x
free -x -b -m
free -b -m operand
"""

UPTIME = """
uptime
uptime -p
uptime --pretty
uptime --pre
uptime -s
uptime --since
uptime --s
uptime -c
uptime --container
uptime -r
uptime --raw
uptime -h
uptime --help
uptime --h
uptime -V
uptime --version
uptime --v
uptime -ps
uptime -sp
uptime -s -V
uptime -V -s
uptime -p -h
uptime -x
uptime -px
uptime -sx
uptime --bogus
uptime --since=1
uptime --pretty=x
uptime --
uptime -- operand
uptime operand
uptime -p operand
uptime -
uptime -1
"""


def render(code, out, err):
    text = f"exit {code}\n--- stdout\n{out}--- stderr\n{err}"
    return USAGE.sub("<usage>\n", text)


def numbers(text):
    """(value, is a row's first figure) of each number."""
    result = []
    for line in text.splitlines():
        first = re.match(r"(Mem|Swap|Low|High|Total):", line) is not None
        for match in NUMBER.finditer(line):
            suffix = (match[2] or "B").rstrip("i")
            result.append((float(match[1]) * 1024 ** SUFFIXES[suffix], first))
            first = False
    return result


def mask(text):
    """The layout: every number and the blanks before it become marks of the same length."""
    return NUMBER.sub(lambda m: "#" * len(m[0]), text)


def agree(ours, before, after, slack):
    """Same layout, each figure of ours between theirs before and after, `slack` apart at most;
    totals are exact."""
    if ours in (before, after):
        return True
    if mask(ours) not in (mask(before), mask(after)) or mask(before) != mask(after):
        return False
    for (our, is_total), (low, _), (high, _) in zip(numbers(ours), numbers(before), numbers(after)):
        allowed = 0 if is_total or not slack else slack + 0.02 * max(low, high)
        if not min(low, high) - allowed <= our <= max(low, high) + allowed:
            return False
    return True


def one_second_earlier(our, their):
    """Two lines YYYY-MM-DD HH:MM:SS."""
    our, their = (datetime.datetime.fromisoformat(text) for text in (our, their))
    return their - our == datetime.timedelta(seconds=1)


CHECKS = {check.__name__: check for check in (one_second_earlier,)}


class Differences:
    """The entries of DIFFERENCES that count for the installed version."""

    def __init__(self, version):
        parsed = configparser.ConfigParser(interpolation=None)
        parsed.read_string((HERE / "DIFFERENCES").read_text())
        self.entries = {name: entry for name, entry in parsed.items()
                        if name != "DEFAULT" and self._counts(entry, version)}
        self.shown = set()

    @staticmethod
    def _counts(entry, version):
        return entry["before"] == "never" or version < tuple(map(int, entry["before"].split(".")))

    def _named(self, command):
        for name, entry in self.entries.items():
            cases = filter(None, entry["cases"].split("\n"))
            if any(fnmatch.fnmatchcase(command, case) for case in cases):
                yield name, entry

    def listed_for(self, command, theirs):
        """The entries that name this command and, surely, what the installed tool printed."""
        return [name for name, entry in self._named(command)
                if "check" not in entry and re.search(entry["theirs"], theirs, re.MULTILINE)]

    def help_options(self, tool):
        """The options whose lines in the usage text only ours has."""
        return sorted(option for name in ("help", f"{tool}-help") if name in self.entries
                      for option in self.entries[name]["ours"].split())

    def without(self, command, ours, theirs):
        """Both texts, each listed difference in them replaced by its name."""
        for name, entry in self._named(command):
            in_theirs = re.search(entry["theirs"], theirs, re.MULTILINE)
            in_ours = re.search(entry["ours"], ours, re.MULTILINE)
            if not in_theirs or not in_ours:
                continue
            if "check" in entry and not CHECKS[entry["check"]](in_ours[0], in_theirs[0]):
                continue
            theirs = theirs.replace(in_theirs[0], f"<{name}>")
            ours = ours.replace(in_ours[0], f"<{name}>")
            self.shown.add(name)
        return ours, theirs


class Side:
    """One of the two sets of tools."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)

    def run(self, words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, setup=None):
        """The path that messages show is argv[0]: the bare name on both sides."""
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": os.environ.get("TZ", "")}
        if not environment["TZ"]:
            del environment["TZ"]
        done = subprocess.run(words, executable=self.directory / words[0], env=environment,
                              stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, text=True,
                              preexec_fn=setup, timeout=20)
        return done.returncode, done.stdout or "", done.stderr or ""

    def rendered(self, words, **streams):
        return render(*self.run(words, **streams))


def why_not():
    for tool in ("free", "uptime"):
        if not os.access(theirs.directory / tool, os.X_OK):
            return f"no {theirs.directory / tool} to compare with"
    if "procps-ng" not in theirs.run(["free", "-V"])[1]:
        return "the installed free is not procps-ng's"
    return None


def slack(words):
    """How far a figure of free may stray, in the unit of the output."""
    if words[0] != "free":
        return 0
    default = 1 if {"-h", "--human"} & set(words) else 1024
    unit = next((UNITS[word] for word in words if word in UNITS), default)
    return max(1, 4 * MIB / unit)


class Parity(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        reason = why_not()
        if reason:
            raise unittest.SkipTest(reason)
        text = theirs.run(["free", "-V"])[1]
        version = tuple(map(int, re.search(r"procps-ng (\d+)\.(\d+)\.(\d+)", text).groups()))
        print(f"installed: {text.strip()}")
        cls.differences = Differences(version)
        document = json.loads(ours.run(["free", "--json"])[1])
        # In a container our tools show it, and only --host can be compared.
        in_container = document["scope"]["kind"] == "container"
        cls.variants = [["--host"]] if in_container else [["--host"], []]

    def compare(self, command, **streams):
        words = shlex.split(command)
        for variant in self.variants:
            if variant and {"-c", "--container"} & set(words) and words[0] == "uptime":
                continue  # contradicts --host
            with self.subTest(command=command, options=variant):
                self.compare_one(command, words, [words[0], *variant, *words[1:]], streams)

    def compare_one(self, command, words, our_words, streams):
        for _ in range(TRIES):  # a minute may pass, a compiler may start, between two runs
            before = theirs.rendered(words, **streams)
            our = ours.rendered(our_words, **streams)
            after = theirs.rendered(words, **streams)
            if agree(our, before, after, slack(words)):
                self.assertEqual(self.differences.listed_for(command, before), [],
                                 "listed in DIFFERENCES, but there is none")
                return
            plain, plain_before = self.differences.without(command, our, before)
            _, plain_after = self.differences.without(command, our, after)
            if agree(plain, plain_before, plain_after, slack(words)):
                return
        self.assertEqual(plain, plain_before, "a difference that DIFFERENCES does not list")

    def test_free(self):
        for command in FREE.strip().splitlines():
            self.compare(command)

    def test_uptime(self):
        for command in UPTIME.strip().splitlines():
            self.compare(command)

    def test_full_device(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            for command in ("free", "free -h", "free -V", "free --help", "uptime", "uptime -p",
                            "uptime -s", "uptime -V", "uptime -h", "free -c 2 -s 0.01", "free -x"):
                self.compare(command, stdout=full)

    def test_closed_stdout(self):
        for command in ("free", "free --help", "free -V", "uptime", "uptime -p", "uptime -x"):
            self.compare(command, stdout=None, setup=lambda: os.close(1))

    def test_closed_stderr(self):
        for command in ("free", "free -x", "uptime", "uptime -x"):
            self.compare(command, stderr=None, setup=lambda: os.close(2))

    def test_reader_gone(self):
        def ignore_sigpipe():
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)

        for command in ("free", "uptime", "free -c 3 -s 0.01"):
            for setup in (None, ignore_sigpipe):
                reader, writer = os.pipe()
                os.close(reader)
                try:
                    self.compare(command, stdout=writer, setup=setup)
                finally:
                    os.close(writer)

    def test_argv0_in_messages(self):
        for tool, words in (("free", "-x"), ("uptime", "--bogus")):
            outputs = []
            for side in (theirs, ours):
                path = side.directory / tool
                done = subprocess.run([path, words], capture_output=True, text=True, timeout=20)
                self.assertTrue(done.stderr.startswith(f"{path}: "), done.stderr)
                outputs.append(render(done.returncode, "", done.stderr).replace(str(path), tool))
            self.assertEqual(*outputs)

    def test_usage(self):
        """The same frame and every option of theirs; what is more is ours or newer, and listed. The
        words that describe the options are our own."""
        for tool in ("free", "uptime"):
            with self.subTest(tool=tool):
                their, our = (side.run([tool, "--help"])[1] for side in (theirs, ours))
                self.assertIn(our, ours.run([tool, "-x"])[2], "the usage after an error")
                their_lines, our_lines = their.splitlines(), our.splitlines()
                self.assertEqual(our_lines[:5], their_lines[:5])
                self.assertEqual(our_lines[-2:], their_lines[-2:])
                more = sorted(set(OPTION.findall(our)) - set(OPTION.findall(their)))
                self.assertEqual(more, self.differences.help_options(tool))
                self.assertLessEqual(set(OPTION.findall(their)), set(OPTION.findall(our)))


class Listed(unittest.TestCase):
    """Runs last: every listed difference has been seen."""

    def test_every_difference_still_shows(self):
        reason = why_not()
        if reason:
            self.skipTest(reason)
        differences = Parity.differences
        for name, entry in differences.entries.items():
            if entry["occurs"] == "always":
                self.assertIn(name, differences.shown)


class Result(unittest.TextTestResult):
    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        name = test.id().removeprefix("__main__.").replace(" ", ".")  # "setUpClass (...)"
        print(f"SKIP {name}: {reason}", flush=True)


def main():
    global ours, theirs
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--procps", default="/usr/bin", type=pathlib.Path)
    options = parser.parse_args()
    ours, theirs = Side(options.tools.resolve(strict=True)), Side(options.procps)
    loader = unittest.defaultTestLoader
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(c) for c in (Parity, Listed))
    result = unittest.TextTestRunner(resultclass=Result, verbosity=2).run(suite)
    if not result.wasSuccessful():
        return 1
    return 77 if len(result.skipped) >= result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
