#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs our tools and the installed ones with the same options on the bare host and compares
stdout, stderr and exit status byte for byte. Figures that move may move, within what the
installed tool printed just before and just after ours, in the same layout. Differences between
their versions are listed, with their reasons, in DIFFERENCES.

  parity.py --tools DIR [--procps DIR]
"""

import argparse
import configparser
import contextlib
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
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import iostat_commands  # noqa: E402
import suite  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
MIB = 1 << 20
TRIES = 10
NUMBER = re.compile(r" *(\d+(?:\.\d+)?)(B|[KMGTPE]i?)?")
USAGE = re.compile(r"\nUsage:\n.*?\nFor more details see \w+\(\d\)\.\n", re.DOTALL)
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

NPROC = """
nproc
nproc --
nproc --all
nproc --al
nproc --ignore=0
nproc --ignore 1
nproc --ig=1 --all
nproc --ignore=99
nproc --ignore=+1
nproc --ignore=' 1'
nproc --ignore=010
nproc --ignore=-1
nproc --ignore=x
nproc --ignore=1k
nproc --ignore=1.5
nproc --ignore=0x1
nproc --ignore=
nproc --ignore=x operand
nproc --ignore=99999999999999999999999
nproc --ignore
nproc --all=1
nproc --bogus
nproc -x
nproc -a
nproc operand
nproc operand --all
nproc -- --all
nproc -
nproc operand --ignore=x
"""
# DISK: one that this machine has.
VMSTAT = """
vmstat
vmstat -a
vmstat -n
vmstat -w
vmstat -aw
vmstat -S k
vmstat -S K
vmstat -S m
vmstat -S M
vmstat --active --wide --unit M
vmstat -s
vmstat -s -S m
vmstat --stats
vmstat -f
vmstat --forks
vmstat -fx
vmstat -f --bogus
vmstat -d
vmstat -d -w
vmstat -d -n
vmstat -dt
vmstat --disk --wide --timestamp
vmstat -D
vmstat --disk-sum
vmstat -p DISK
vmstat -p /dev/DISK
vmstat --partition=DISK
vmstat -p none
vmstat -p /dev/none
vmstat -p ''
vmstat -p
vmstat -d -s
vmstat -m -d
vmstat -D -p DISK
vmstat --dis
vmstat --s
vmstat -V
vmstat 0
vmstat -- -1
vmstat x
vmstat 1.5
vmstat 1x
vmstat ''
vmstat 1 x
vmstat 1 1 1
vmstat 4294967296
vmstat 99999999999
vmstat 99999999999999999999
vmstat 99999999999999999999 x
vmstat -1
vmstat 0 x
vmstat -d x
vmstat -d 1 0
vmstat -S x
vmstat -S
vmstat -x
vmstat --bogus
vmstat --active=1
"""
OMP = ("1", "3", " 3 ,2", "3,", "3x", "0", "-1", "+1", "", "99999999999999999999999", ",3", "3 2")


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


def vmstat_rows(our, their):
    """The table, column by column."""
    tables = [text.splitlines() for text in (our, their)]
    our_row, their_row = (dict(zip(names.split(), map(int, row.split())))
                          for _, names, row in tables)
    if list(our_row) not in (list(their_row), [*their_row, "gu"]):
        return False
    cpus = os.sysconf("SC_NPROCESSORS_ONLN")
    for name, value in their_row.items():
        allowed, expected = 1, value
        if name in ("r", "b"):
            allowed = 100  # in the one moment
        elif name in ("swpd", "free", "buff", "cache", "inact", "active"):
            allowed = 0.1 * value + 65536  # of the smallest unit, KB
        elif name in ("si", "so", "bi", "bo", "in", "cs"):
            expected = value * cpus
            allowed = 0.1 * expected + cpus
        if abs(our_row[name] - expected) > allowed:
            return False
    return True


def vmstat_totals(our, their):
    """The lines of -s: theirs are among ours, in order, and the figures are near."""
    our_lines, their_lines = ([(int(number), text) for number, text in
                               re.findall(r"^ *(\d+) (.*)$", lines, re.MULTILINE)]
                              for lines in (our, their))
    texts = {text for _, text in their_lines}
    both = [line for line in our_lines if line[1] in texts]
    added = [text for _, text in our_lines if text not in texts]
    return (len(our_lines) == 34 and [text for _, text in both] == [t for _, t in their_lines] and
            all(text.startswith("pages ") for text in added) and
            all(abs(our - their) <= 65536 + 0.1 * their
                for (our, _), (their, _) in zip(both, their_lines)))


CHECKS = {check.__name__: check for check in (one_second_earlier, vmstat_rows, vmstat_totals)}


class Differences:
    """The entries of DIFFERENCES that count for the installed version."""

    def __init__(self, versions):
        parsed = configparser.ConfigParser(interpolation=None)
        parsed.read_string((HERE / "DIFFERENCES").read_text())
        self.entries = {name: entry for name, entry in parsed.items()
                        if name != "DEFAULT" and
                        entry.get("package", "procps-ng") in versions and
                        self._counts(entry, versions[entry.get("package", "procps-ng")])}
        self.versions = versions
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
        return sorted(option for name in ("help", f"{tool}-help", f"{tool}-own-help") if name in self.entries
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

    def run(self, words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, setup=None, env=None):
        """The path that messages show is argv[0]: the bare name on both sides."""
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": os.environ.get("TZ", "")}
        if not environment["TZ"]:
            del environment["TZ"]
        environment |= env or {}
        done = subprocess.run(words, executable=self.directory / words[0], env=environment,
                              stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, text=True,
                              preexec_fn=setup, timeout=20)
        return done.returncode, done.stdout or "", done.stderr or ""

    def rendered(self, words, **streams):
        return render(*self.run(words, **streams))


@contextlib.contextmanager
def user_space_disk():
    """A directory for iostat -f."""
    with tempfile.TemporaryDirectory() as given:
        directory = pathlib.Path(given, "block", "user")
        directory.mkdir(parents=True)
        (directory / "stat").write_text(iostat_commands.USER_SPACE_DISK)
        yield given


def why_not():
    for tool in ("free", "nproc", "uptime", "vmstat"):
        if not os.access(theirs.directory / tool, os.X_OK):
            return f"no {theirs.directory / tool} to compare with"
    if "procps-ng" not in theirs.run(["free", "-V"])[1]:
        return "the installed free is not procps-ng's"
    if "GNU coreutils" not in theirs.run(["nproc", "--version"])[1]:
        return "the installed nproc is not of GNU coreutils"
    return None


def busiest_disk():
    lines = map(str.split, pathlib.Path("/proc/diskstats").read_text().splitlines())
    return max(lines, key=lambda line: int(line[3]))[2]


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
        versions = {}
        installed = [("procps-ng", ["free", "-V"]), ("coreutils", ["nproc", "--version"])]
        if os.access(theirs.directory / "iostat", os.X_OK):
            installed.append(("sysstat", ["iostat", "-V"]))
        for package, words in installed:
            line = theirs.run(words)[1].splitlines()[0]
            versions[package] = tuple(map(int, re.search(r"\d+(\.\d+)+", line)[0].split(".")))
            print(f"installed: {line}")
        cls.differences = Differences(versions)
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

    def test_vmstat(self):
        for command in VMSTAT.strip().splitlines():
            self.compare(command.replace("DISK", busiest_disk()))

    def test_vmstat_rates(self):
        """Of the same interval: they run side by side."""
        commands = [[side.directory / "vmstat", *more, "-n", "-y", "2", "2"]
                    for side, more in ((theirs, []), (ours, ["--host"]))]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
                   for command in commands]
        tables = [process.communicate(timeout=30)[0].splitlines() for process in running]
        for their, our in zip(tables[0][2:], tables[1][2:], strict=True):
            their, our = (dict(zip(table[1].split(), map(int, row.split())))
                          for table, row in zip(tables, (their, our)))
            # They do not begin at the same moment, and what runs may start or end in between.
            for name, allowed in (("bi", 5000), ("bo", 20000), ("in", 300), ("cs", 600),
                                  ("us", 5), ("sy", 5), ("id", 10), ("wa", 10)):
                self.assertLessEqual(abs(our[name] - their[name]), allowed + 0.25 * their[name],
                                     f"{name}: {our}, {their}")

    @staticmethod
    def fixed(rows):
        """Name, size of an object, objects in a slab; the others move."""
        return [[row[i] for i in (0, 3, 4)] for row in rows]

    def test_vmstat_slabs(self):
        for words in (["vmstat", "-m"], ["vmstat", "-m", "-n"], ["vmstat", "--slabs"]):
            for _ in range(10):  # until no cache came or went meanwhile
                their, our, again = ([line.split() for line in side.run(words)[1].splitlines()]
                                     for side in (theirs, ours, theirs))
                if self.fixed(their) == self.fixed(again):
                    break
            self.assertEqual(self.fixed(our), self.fixed(their))
            for our_row, their_row in zip(our, their):
                for i in (1, 2) if our_row[0] != "Cache" else ():
                    self.assertLessEqual(abs(int(our_row[i]) - int(their_row[i])),
                                         2000 + 0.2 * int(their_row[i]), our_row)

    def test_nproc(self):
        for command in NPROC.strip().splitlines():
            self.compare(command)

    def test_nproc_openmp(self):
        for number in OMP:
            self.compare("nproc", env={"OMP_NUM_THREADS": number})
            self.compare("nproc", env={"OMP_THREAD_LIMIT": number})
            self.compare("nproc --all", env={"OMP_NUM_THREADS": number})
            self.compare("nproc --ignore=1", env={"OMP_NUM_THREADS": "5",
                                                  "OMP_THREAD_LIMIT": number})

    def need_sysstat(self):
        if "sysstat" not in self.differences.versions:
            self.skipTest("no sysstat to compare with")

    def test_iostat(self):
        self.need_sysstat()
        for command in iostat_commands.ON_A_HOST.strip().splitlines():
            self.compare(command)
        for command in iostat_commands.BLOCKS:
            self.compare(command, env={"POSIXLY_CORRECT": "1"})
        for command in ("iostat -t", "iostat -t -o JSON"):
            self.compare(command, env={"S_TIME_FORMAT": "ISO"})

    def test_iostat_devices(self):
        self.need_sysstat()
        used = [path.parent.name for path in pathlib.Path("/sys/block").glob("*/stat")
                if int(path.read_text().split()[0])]
        if not used:
            self.skipTest("no disk has been used")
        with user_space_disk() as given:
            for command in iostat_commands.WITH_DISKS.strip().splitlines():
                self.compare(command.format(disk=used[0], given=given))

    def test_iostat_colors(self):
        self.need_sysstat()
        with user_space_disk() as given:  # no merges: older ones colour these otherwise
            for environment in iostat_commands.COLORS:
                for command in ("iostat -d -f", "iostat -dx -f", "iostat -dh -f"):
                    self.compare(f"{command} {given}", env=environment)

    def test_iostat_streams(self):
        self.need_sysstat()
        self.compare("iostat -d", stdout=None, setup=lambda: os.close(1))

    def test_quotes_of_the_locale(self):
        for command in ("nproc x", "nproc --ignore=x"):
            self.compare(command, env={"LC_ALL": "C.UTF-8"})

    def test_full_device(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            for command in ("free", "free -h", "free -V", "free --help", "uptime", "uptime -p",
                            "uptime -s", "uptime -V", "uptime -h", "free -c 2 -s 0.01", "free -x",
                            "nproc", "vmstat", "vmstat -d", "vmstat -s", "vmstat -x"):
                self.compare(command, stdout=full)

    def test_closed_stdout(self):
        for command in ("free", "free --help", "free -V", "uptime", "uptime -p", "uptime -x",
                        "nproc", "vmstat", "vmstat -s", "vmstat -x"):
            self.compare(command, stdout=None, setup=lambda: os.close(1))

    def test_closed_stderr(self):
        for command in ("free", "free -x", "uptime", "uptime -x", "vmstat -x"):
            self.compare(command, stderr=None, setup=lambda: os.close(2))

    def test_reader_gone(self):
        def ignore_sigpipe():
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)

        for command in ("free", "uptime", "free -c 3 -s 0.01", "vmstat 1 2"):
            for setup in (None, ignore_sigpipe):
                reader, writer = os.pipe()
                os.close(reader)
                try:
                    self.compare(command, stdout=writer, setup=setup)
                finally:
                    os.close(writer)

    def test_argv0_in_messages(self):
        for tool, words in (("free", "-x"), ("uptime", "--bogus"), ("nproc", "x"), ("vmstat", "-x")):
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
        for tool in ("free", "uptime", "vmstat"):
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


def main():
    global ours, theirs
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--procps", default="/usr/bin", type=pathlib.Path)
    options = parser.parse_args()
    ours, theirs = Side(options.tools.resolve(strict=True)), Side(options.procps)
    return suite.run(["Parity", "Listed"], sys.modules[__name__])


if __name__ == "__main__":
    sys.exit(main())
