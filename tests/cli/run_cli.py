#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a shell sees of the built tools: exit codes, what goes to stdout and what to stderr, error
texts, signals, full disks and closed pipes. What the figures are is tested elsewhere.

Usage: run_cli.py --bin DIR [unittest arguments]

DIR holds the built tools. Needs neither privileges nor a container.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "fixtures"
BIN = pathlib.Path()  # set by main()
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        ENVIRONMENT[name] = os.environ[name]

# A captured container that all tests may look at: figures never move there.
TREE = FIXTURES / "v2-docker" / "0"


def run(tool, *args, env=None, name=None, **kwargs):
    """Runs a tool; `name` is the argv[0] that it sees."""
    kwargs.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([name or str(BIN / tool), *map(str, args)], executable=BIN / tool,
                          env={**ENVIRONMENT, **(env or {})}, stderr=subprocess.PIPE, text=True,
                          stdin=subprocess.DEVNULL, timeout=60, check=False, **kwargs)


class CliTest(unittest.TestCase):
    maxDiff = None

    def check(self, result, status, out=None, err=None):
        """`out` and `err`: the text, or None for any."""
        shown = f"\nstdout: {result.stdout}\nstderr: {result.stderr}"
        self.assertEqual(result.returncode, status, shown)
        if out is not None:
            self.assertEqual(result.stdout, out, shown)
        if err is not None:
            self.assertEqual(result.stderr, err, shown)

    def check_fails(self, result, first_line):
        """Exit 1, nothing on stdout, a message."""
        self.check(result, 1, out="")
        self.assertEqual(result.stderr.split("\n")[0], first_line)


class HelpAndVersion(CliTest):
    def test_help_is_on_stdout(self):
        for tool, option in [("free", "--help"), ("nproc", "--help"),
                             ("top", "-h"), ("top", "--help"),
                             ("uptime", "-h"), ("uptime", "--help"),
                             ("containerview", "-h"), ("containerview", "--help")]:
            with self.subTest(tool=tool, option=option):
                result = run(tool, option)
                self.check(result, 0, err="")
                self.assertRegex(result.stdout, rf"\A\nUsage:\n {tool} ")
                self.assertRegex(result.stdout, rf"\nFor more details see {tool}\(1\)\.\n\Z")

    def test_version(self):
        version = r"\d+\.\d+\.\d+"
        for tool in ("free", "top", "uptime"):
            for option in ("-V", "--version", "--ver"):
                result = run(tool, option)
                self.check(result, 0, err="")
                self.assertRegex(result.stdout,
                                 rf"\A{tool} from procps-ng 4\.0\.7 \(containerview {version}\)\n\Z")
        result = run("nproc", "--version")
        self.check(result, 0, err="")
        self.assertRegex(result.stdout, r"\Anproc from GNU coreutils 9\.8 "
                                        rf"\(containerview {version}\)\n\Z")
        # As scripts read it: the third word of a line that begins so.
        result = run("iostat", "-V")
        self.check(result, 0, err="")
        self.assertRegex(result.stdout, r"\Asysstat version 12\.7\.9 "
                                        rf"\(containerview {version}\)\n\Z")
        result = run("containerview", "--version")
        self.check(result, 0, err="")
        self.assertRegex(result.stdout, rf"\Acontainerview {version}\n\Z")

    def test_first_come_first_served(self):
        self.check(run("free", "-V", "--bogus"), 0, err="")
        self.check(run("free", "--help", "-x"), 0, err="")
        self.check_fails(run("free", "-x", "-V", name="free"), "free: invalid option -- 'x'")
        self.check_fails(run("free", "-s", "0", "-V", name="free"),
                         "free: seconds argument `0' is not positive number")
        self.check_fails(run("free", "-bk", "-V", name="free"),
                         "free: Multiple unit options don't make sense.")
        self.check(run("free", "operand", "-V"), 0, err="")
        self.check(run("uptime", "-s", "--bogus", "operand"), 0, err="")
        self.check_fails(run("uptime", "--bogus", "-s", name="uptime"),
                         "uptime: unrecognized option '--bogus'")


class Errors(CliTest):
    def test_getopt_texts_name_the_program_as_typed(self):
        cases = {
            ("-x",): "invalid option -- 'x'",
            ("-hx",): "invalid option -- 'x'",
            ("--foo",): "unrecognized option '--foo'",
            ("--foo=1",): "unrecognized option '--foo=1'",
            ("--to=x",): "option '--total' doesn't allow an argument",
            ("--te",): "option '--te' is ambiguous; possibilities: '--tera' '--tebi'",
            ("-s",): "option requires an argument -- 's'",
            ("--seconds",): "option '--seconds' requires an argument",
            ("--bytes=1",): "option '--bytes' doesn't allow an argument",
        }
        for args, text in cases.items():
            with self.subTest(args=args):
                result = run("free", *args, name="some/dir/free")
                self.check_fails(result, "some/dir/free: " + text)
                self.assertIn("\n\nUsage:\n free [options]\n", result.stderr)

    def test_own_errors_use_the_short_name(self):
        self.check_fails(run("free", "-c", "0", name="some/dir/free"),
                         "free: failed to parse count argument: '0': Numerical result out of range")

    def test_called_by_another_name(self):
        self.check_fails(run("free", "-s0", name="/usr/bin/cv-free"),
                         "cv-free: seconds argument `0' is not positive number")

    def test_operands_are_refused_with_the_usage_alone(self):
        for tool in ("free", "uptime"):
            result = run(tool, "operand")
            self.check(result, 1, out="")
            self.assertRegex(result.stderr, rf"\A\nUsage:\n {tool} ")

    def test_exclusive_options(self):
        for tool in ("free", "uptime"):
            for args in (["--host", "--container"], ["--pid", "1", "--cgroup", "/"],
                         ["--host", "--pid", "1"], ["--host", "--cgroup", "/"]):
                with self.subTest(tool=tool, args=args):
                    result = run(tool, *args)
                    self.check(result, 1, out="")
                    self.assertRegex(result.stderr, rf"\A{tool}: --\w+ excludes --\w+\n\Z")

    def test_values_out_of_range(self):
        for args in (["--cache-used", "101"], ["--cache-used", "-1"], ["--cache-used", "x"],
                     ["--pid", "0"], ["--pid", "-1"], ["--pid", "x"], ["--sysroot", ""]):
            with self.subTest(args=args):
                result = run("free", *args)
                self.check(result, 1, out="")
                self.assertRegex(result.stderr, rf"\Afree: .*{args[0]}.*\n\Z")

    def test_environment(self):
        self.check_fails(run("free", env={"CONTAINERVIEW_SCOPE": "x"}, name="free"),
                         "free: CONTAINERVIEW_SCOPE is 'x': not one of auto, host, container")
        self.check_fails(run("free", env={"CONTAINERVIEW_CACHE_USED": "1e1"}, name="free"),
                         "free: CONTAINERVIEW_CACHE_USED is '1e1': not a number from 0 to 100")

    def test_missing_targets_print_nothing_on_stdout(self):
        missing = "/nonexistent/tree"
        for tool, args in [("free", []), ("free", ["--json"]), ("uptime", ["--json"]),
                           ("uptime", ["-s"]), ("containerview", ["info", "--json"]),
                           ("containerview", ["explain", "memory.total_bytes", "--json"])]:
            with self.subTest(tool=tool, args=args):
                result = run(tool, *args, "--sysroot", missing)
                self.check(result, 1, out="")
                self.assertRegex(result.stderr, rf"\A{tool}: .*{missing}.*\n\Z")
        self.check(run("free", "--pid", "2147483647"), 1, out="")
        self.check(run("free", "--cgroup", "/no/such/cgroup"), 1, out="")


class Abbreviations(CliTest):
    def test_unique_prefixes_and_bundles(self):
        whole = run("free", "--human", "--total", "--wide", "--sysroot", TREE)
        self.check(whole, 0, err="")
        for args in (["--hum", "--tot", "--wi", "--sysr", TREE], ["-htw", f"--sysroot={TREE}"],
                     [f"--sys={TREE}", "-wt", "-h"]):
            self.check(run("free", *args), 0, out=whole.stdout, err="")

    def test_classic_abbreviations_are_not_broken_by_our_options(self):
        for short, full in [("--p", "--pretty"), ("--s", "--since"), ("--r", "--raw"),
                            ("--c", "--container"), ("--h", "--help"), ("--v", "--version")]:
            with self.subTest(option=short):
                expected = run("uptime", full, "--sysroot", TREE)
                self.check(run("uptime", short, "--sysroot", TREE), 0, out=expected.stdout, err="")

    def test_scope_options_count_behind_since(self):
        before = run("uptime", "--sysroot", TREE, "-s")
        self.check(before, 0, err="")
        self.check(run("uptime", "-s", "--sysroot", TREE), 0, out=before.stdout, err="")


class Output(CliTest):
    def test_full_disk(self):
        for tool, args in [("free", []), ("free", ["--help"]), ("free", ["-s", "60"]),
                           ("free", ["--json", "-s", "60"]), ("uptime", []),
                           ("containerview", ["info"])]:
            with self.subTest(tool=tool, args=args), open("/dev/full", "wb") as full:
                result = run(tool, *args, stdout=full, name=tool)
                self.assertEqual(result.returncode, 1)
                self.assertEqual(result.stderr, f"{tool}: write error: No space left on device\n")

    def test_closed_stdout(self):
        for tool, args in [("free", []), ("uptime", []), ("containerview", ["info"])]:
            with self.subTest(tool=tool):
                words = " ".join([tool, *args])
                result = subprocess.run(["/bin/sh", "-c", f"cd {BIN} && exec ./{words} >&-"],
                                        env=ENVIRONMENT, stderr=subprocess.PIPE, text=True,
                                        timeout=60, check=False)
                self.assertEqual(result.returncode, 1)
                self.assertEqual(result.stderr, f"{tool}: write error: Bad file descriptor\n")

    def closed_pipe(self, tool, args, sigpipe):
        reader, writer = os.pipe()
        os.close(reader)
        restore = signal.SIG_DFL if sigpipe else signal.SIG_IGN
        process = subprocess.Popen([BIN / tool, *args], stdout=writer, stderr=subprocess.PIPE,
                                   env=ENVIRONMENT, restore_signals=False,
                                   preexec_fn=lambda: signal.signal(signal.SIGPIPE, restore))
        os.close(writer)
        _, err = process.communicate(timeout=60)
        return process.returncode, err

    def test_reader_that_went_away(self):
        for tool, args in [("free", []), ("free", ["-s", "0.01"]), ("uptime", [])]:
            with self.subTest(tool=tool, args=args):
                self.assertEqual(self.closed_pipe(tool, args, True), (-signal.SIGPIPE, b""))
                self.assertEqual(self.closed_pipe(tool, args, False), (0, b""))

    def test_json_is_compact_off_a_terminal(self):
        result = run("free", "--json", "--sysroot", TREE)
        self.check(result, 0, err="")
        self.assertEqual(result.stdout.count("\n"), 1)
        self.assertEqual(json.loads(result.stdout)["schema"], "containerview.free/1")

    def test_json_is_indented_on_a_terminal(self):
        ours, theirs = os.openpty()
        try:
            self.assertEqual(run("free", "--json", "--sysroot", TREE, stdout=theirs).returncode, 0)
            text = os.read(ours, 1 << 16).decode()
        finally:
            os.close(ours)
            os.close(theirs)
        self.assertRegex(text, r'\A\{\r\n  "schema": ')


class Repeating(CliTest):
    def test_count(self):
        once = run("free", "--sysroot", TREE).stdout
        result = run("free", "-c3", "-s0.01", "--sysroot", TREE)
        self.check(result, 0, out=once + "\n" + once + "\n" + once, err="")
        self.check(run("free", "-c", "1", "--sysroot", TREE), 0, out=once, err="")

    def test_interval_takes_point_and_comma(self):
        for value in ("0.3", "0,3"):
            start = time.monotonic()
            self.check(run("free", "-s", value, "-c", "2", "--sysroot", TREE), 0, err="")
            self.assertGreater(time.monotonic() - start, 0.29)

    def test_one_line_reports(self):
        once = run("free", "-L", "--sysroot", TREE)
        self.check(once, 0, err="")
        self.assertRegex(once.stdout,
                         r"\ASwapUse {1,11}\d+ CachUse {1,11}\d+  MemUse {1,11}\d+ "
                         r"MemFree {1,11}\d+ \n\Z")
        self.check(run("free", "-L", "-c2", "-s0.01", "--sysroot", TREE), 0, out=once.stdout * 2)

    def test_json_lines(self):
        result = run("free", "--json", "-c3", "-s0.01", "--sysroot", TREE)
        self.check(result, 0, err="")
        lines = result.stdout.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertEqual(json.loads(lines[0]), json.loads(lines[2]))

    def test_interrupt_leaves_whole_lines(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            # Without a buffer, of which communicate() would not know.
            process = subprocess.Popen([BIN / "free", "--json", "-s", "0.001"], env=ENVIRONMENT,
                                       bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            first = process.stdout.readline()  # it is running, and flushes each line
            time.sleep(0.05)
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
            self.assertEqual(process.returncode, -number)
            self.assertEqual(err, b"")
            self.assertTrue((first + out).endswith(b"}\n"))
            for line in (first + out).splitlines():
                json.loads(line)


class Unknown(CliTest):
    """What cannot be known is a dash or null, never a number."""

    def setUp(self):
        self.tree = pathlib.Path(tempfile.mkdtemp(prefix="cv-cli-"))
        self.addCleanup(shutil.rmtree, self.tree)
        (self.tree / "proc").mkdir()
        (self.tree / "sys").mkdir()

    def test_nothing_is_there(self):
        table = run("free", "--sysroot", self.tree)
        self.check(table, 0)
        self.assertRegex(table.stdout.splitlines()[1], r"\AMem:( +-){6}\Z")
        document = json.loads(run("free", "--json", "--sysroot", self.tree).stdout)
        self.assertIsNone(document["memory"]["total_bytes"])
        self.assertIn("memory.total_bytes", document["quality"]["unavailable"])
        line = run("uptime", "--sysroot", self.tree)
        self.check(line, 0)
        self.assertTrue(line.stdout.endswith("load average: -, -, -\n"), line.stdout)

    def test_the_reason_is_told_once(self):
        (self.tree / "proc/meminfo").write_text("MemTotal: many kB\n")
        result = run("free", "--sysroot", self.tree, "-c3", "-s0.01")
        self.check(result, 0)
        self.assertRegex(result.stderr, r"\A(free: .+\n)+\Z")
        self.assertIn("free: /proc/meminfo: line 1: ", result.stderr)
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), len(set(lines)), result.stderr)

    def test_other_figures_are_unharmed(self):
        (self.tree / "proc/meminfo").write_text(
            "MemTotal: 1000 kB\nMemFree: 400 kB\nMemAvailable: 600 kB\nSwapTotal: x kB\n")
        result = run("free", "--sysroot", self.tree)
        self.check(result, 0)
        cells = result.stdout.splitlines()[1].split()
        self.assertEqual((cells[1], cells[2], cells[3], cells[6]), ("1000", "400", "400", "600"))
        self.assertRegex(result.stdout.splitlines()[2], r"\ASwap:( +-){3}\Z")


class Top(CliTest):
    """Texts as procps 4.0.7 has them."""

    def setUp(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.home = pathlib.Path(home.name)

    def top(self, *args, env=None, **kwargs):
        return run("top", *args, env={"HOME": str(self.home), **(env or {})}, **kwargs)

    def frames(self, *args, **kwargs):
        result = self.top("-b", *args, **kwargs)
        self.check(result, 0, err="")
        return result.stdout

    def header(self, *args, **kwargs):
        return self.frames("-n1", "-p0", *args, **kwargs).splitlines()[6]

    def test_errors(self):
        for args, text in {
                ("-n", "0"): "bad iterations argument '0'",
                ("-n", "x"): "bad iterations argument 'x'",
                ("-d", "x"): "bad delay interval 'x'",
                ("-d", "-1"): "-d requires positive argument",
                ("-s", "-d", "1"): "-d disallowed in \"secure\" mode",
                ("-p", "1,x"): "bad pid 'x'",
                ("-p", ",".join(map(str, range(1, 22)))): "pid limit (20) exceeded",
                ("-p", "1", "-u", "root"): "conflicting process selections (U/p/u)",
                ("-u", "root", "-U", "root"): "conflicting process selections (U/p/u)",
                ("-u", "no-such-user"): "Invalid user",
                ("-o", "cpu"): "unrecognized field name 'cpu'",
                ("-E", "z"): "bad memory scaling arg 'z'",
                ("-e", "e"): "bad memory scaling arg 'e'",
                ("-w", "2"): "bad width arg '2'",
                ("-w513",): "bad width arg '513'",
                ("-A", "-b"): "option '-A' must be used alone",
                ("-b", "x"): "unknown option 'x'",
                ("-b", "-x"): "invalid option -- 'x'",
                ("-b", "--bogus"): "unrecognized option '--bogus'",
        }.items():
            with self.subTest(args=args):
                self.check(self.top(*args, name="top"), 1, out="", err=f"top: {text}\n")

    def test_ways_to_write_a_number(self):
        for args in (["-n", "2"], ["-n2"], ["-n=2"], ["-n", "=2"], ["--iterations=2"]):
            with self.subTest(args=args):
                text = self.frames("-d0.01", "-p", "0", *args)
                self.assertEqual(text.count("load average"), 2)
                self.assertEqual(text.count("\n\ntop - "), 1)

    def test_width(self):
        self.assertEqual(self.header("-w60"),
                         "  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM")
        for args, env, width in ((["-w", "100"], {}, 100), (["-w"], {"COLUMNS": "90"}, 90),
                                 ([], {"COLUMNS": "90"}, 80)):
            rows = self.frames("-n1", "-p", "0", "-c", "--limits", *args, env=env).splitlines()
            self.assertLessEqual(max(map(len, rows)), width, rows)

    def test_fields_are_listed(self):
        names = self.top("-O").stdout.split("\n")
        self.assertEqual(names[:4], ["PID", "PPID", "UID", "USER"])
        self.assertEqual(names[-3:], ["nFD", "WAIT%", ""])
        self.assertEqual(len(set(names)), 83)

    def test_only_these(self):
        text = self.frames("-n1", "-p", f"0,{os.getpid()}", "-p", f"0,{os.getpid()}")
        self.assertIn("Tasks: 2 total", text)
        self.assertRegex(text, rf"(?m)^ *{os.getpid()} ")

    def test_toprc_of_classic_top_is_read_and_named_if_bad(self):
        (self.home / ".toprc").write_text("not this\n")
        self.check(self.top("-b", "-n1", name="top"), 1, out="", err=(
            f"top: incompatible rcfile, you should delete '{self.home}/.toprc'\n"))
        self.check(self.top("-V"), 0, err="")
        letters = "".join(chr(37 + field + (128 if field in (0, 32) else 0)) for field in range(50))
        window = (f"\tfieldscur={letters}\n\twinflags=193844, sortindx=0, maxtasks=0\n"
                  "\tsummclr=1, msgsclr=1, headclr=3, taskclr=1\n")
        (self.home / ".toprc").write_bytes(
            ("top's Config File (Linux processes with windows)\n"
             "Id:i, Mode_altscr=0, Mode_irixps=1, Delay_time=1.5, Curwin=0\n"
             + "".join(name + window for name in ("Def", "Job", "Mem", "Usr"))
             + "Fixed_widest=0, Summ_mscale=1, Task_mscale=0, Zero_suppress=0\n").encode("latin-1"))
        self.assertEqual(self.header(), "  PID COMMAND")

    def test_a_link_that_leads_nowhere_and_a_fifo_do_not_hold_it_up(self):
        (self.home / ".toprc").symlink_to("nowhere")
        self.frames("-n1", "-p0")
        (self.home / ".toprc").unlink()
        os.mkfifo(self.home / ".toprc")
        self.check(self.top("-b", "-n1", name="top"), 1, out="", err=(
            f"top: incompatible rcfile, you should delete '{self.home}/.toprc'\n"))

    def test_hostile_names_are_harmless(self):
        with subprocess.Popen(["bad\x1b[31m\nname\xff", "30"], executable="/bin/sleep",
                              stdin=subprocess.DEVNULL) as process:
            try:
                result = subprocess.run(
                    [str(BIN / "top"), "-bcn1", "-w200", "-p", str(process.pid)],
                    env={**ENVIRONMENT, "HOME": str(self.home)}, capture_output=True, timeout=60,
                    check=True)
            finally:
                process.kill()
        self.assertIn(b" bad?[31m?name", result.stdout)
        self.assertNotIn(b"\x1b", result.stdout)

    def test_json_lines(self):
        documents = [json.loads(line) for line in
                     self.frames("-n3", "-d0.01", "-p0", "--json").splitlines()]
        self.assertEqual([len(d["processes"]) for d in documents], [1, 1, 1])

    def test_threads(self):
        self.assertIn("\nThreads: ", self.frames("-n1", "-H", "-p0"))

    def test_signals_end_it_without_an_error(self):
        for number in ("TERM", "INT", "QUIT", "PIPE", "ALRM", "USR1", "USR2"):
            with self.subTest(number=number), subprocess.Popen(
                    [BIN / "top", "-b", "-d60", "-p0"], env={**ENVIRONMENT, "HOME": str(self.home)},
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                process.stdout.readline()
                process.send_signal(signal.SIGHUP)  # whoever has logged out wants the file whole
                time.sleep(0.05)
                self.assertIsNone(process.poll())
                process.send_signal(signal.Signals[f"SIG{number}"])
                self.assertEqual(process.wait(60), 0)
                self.assertEqual(process.stderr.read(), b"")


class Nproc(CliTest):
    """Texts and numbers as coreutils 9.8 has them."""

    HINT = "Try 'some/nproc --help' for more information.\n"

    def fails(self, args, text, hint="", **kwargs):
        self.check(run("nproc", *args, name="some/nproc", **kwargs), 1, out="",
                   err=f"some/nproc: {text}\n{hint}")

    def test_errors(self):
        self.fails(["x", "y"], "extra operand 'x'", self.HINT)
        self.fails(["-a"], "invalid option -- 'a'", self.HINT)
        self.fails(["--bogus", "x"], "unrecognized option '--bogus'", self.HINT)
        self.fails(["--ignore"], "option '--ignore' requires an argument", self.HINT)
        self.fails(["--all=1"], "option '--all' doesn't allow an argument", self.HINT)
        for value in ("x", "", "-1", "1k", "1.5", "0x1"):
            self.fails([f"--ignore={value}", "x"], f"invalid number: '{value}'")
        self.fails(["--round=up"], "--round is 'up': not one of ceil, floor, half-up")

    def test_quotes_of_the_locale(self):
        self.fails(["--ignore=x"], "invalid number: \u2018x\u2019", env={"LC_ALL": "C.UTF-8"})

    def test_control_characters_do_not_get_out(self):
        self.fails(["\x1b[31m"], "extra operand '?[31m'", self.HINT)

    def number(self, *args, **env):
        result = run("nproc", *args, env=env)
        self.check(result, 0, err="")
        self.assertTrue(result.stdout.endswith("\n"), result.stdout)
        return result.stdout[:-1]

    def test_ignore_leaves_one(self):
        omp = {"OMP_NUM_THREADS": "6"}
        for value, left in [("0", "6"), ("2", "4"), ("+2", "4"), (" 2", "4"), ("010", "1"),
                            ("6", "1"), ("99999999999999999999999", "1")]:
            self.assertEqual(self.number("--ignore", value, **omp), left, value)
            self.assertEqual(self.number("--ig=" + value, **omp), left, value)

    def test_environment_variables(self):
        real = self.number()
        for value, expected in [("5", "5"), (" 5 ,2", "5"), ("5\t", "5"), ("5x", real),
                                ("0", real), ("-1", real), ("", real), (",5", real)]:
            self.assertEqual(self.number(OMP_NUM_THREADS=value), expected, value)
        self.assertEqual(self.number(OMP_THREAD_LIMIT="1"), "1")
        self.assertEqual(self.number(OMP_THREAD_LIMIT="0"), real)
        self.assertEqual(self.number(OMP_THREAD_LIMIT="3", OMP_NUM_THREADS="5"), "3")
        self.assertEqual(self.number(OMP_THREAD_LIMIT="8", OMP_NUM_THREADS="5"), "5")
        self.assertEqual(self.number("--all", OMP_NUM_THREADS="5", OMP_THREAD_LIMIT="1"),
                         self.number("--all"))

    def test_nothing_is_known(self):
        """Nor whether there is a quota, which is said; the variable needs none."""
        with tempfile.TemporaryDirectory() as tree:
            result = run("nproc", "--sysroot", tree)
            self.check(result, 0, "-\n",
                       "nproc: /proc/self/mountinfo: No such file or directory\n")
            self.assertEqual(self.number("--sysroot", tree, OMP_NUM_THREADS="2"), "2")

    def test_a_quota_that_cannot_be_read_is_told(self):
        result = run("nproc", "--sysroot", FIXTURES / "cases" / "c04-cpumax-invalid-period")
        self.check(result, 0)
        self.assertRegex(result.stdout, r"\A\d+\n\Z")
        self.assertRegex(result.stderr, r"\Anproc: .*cpu\.max: line 1: ")


class Vmstat(CliTest):
    def test_help_and_version(self):
        result = run("vmstat", "--help")
        self.check(result, 0, err="")
        self.assertRegex(result.stdout, r"\A\nUsage:\n vmstat \[options\] \[delay \[count\]\]\n")
        self.assertTrue(result.stdout.endswith("\nFor more details see vmstat(8).\n"))
        self.assertRegex(run("vmstat", "-V").stdout, r"\Avmstat from procps-ng 4\.0\.7 ")

    def test_count_and_headers(self):
        for args, lines in ((["--host"], 3), (["-n", "1", "2"], 4), (["-y", "1", "1"], 3),
                            (["1", "0"], 3)):
            with self.subTest(args=args):
                result = run("vmstat", "--sysroot", TREE, *args)
                self.check(result, 0, err="")
                self.assertEqual(len(result.stdout.splitlines()), lines, result.stdout)

    def test_every_line_has_all_columns(self):
        for args in ([], ["-a"], ["-w"], ["-S", "k"], ["--host"]):
            lines = run("vmstat", "--sysroot", TREE, *args).stdout.splitlines()
            self.assertEqual([len(line.split()) for line in lines[1:]], [18, 18], lines)

    def test_statistics_are_34_lines(self):
        for args in (["-s"], ["-s", "--host"], ["-s", "-S", "M"]):
            result = run("vmstat", "--sysroot", TREE, *args)
            self.check(result, 0, err="")
            self.assertEqual(len(result.stdout.splitlines()), 34)
            for line in result.stdout.splitlines():
                self.assertRegex(line, r"\A {0,12}(\d+|-) \S")

    def test_json_lines(self):
        result = run("vmstat", "--sysroot", TREE, "--json", "1", "2")
        self.check(result, 0, err="")
        schemas = [json.loads(line)["schema"] for line in result.stdout.splitlines()]
        self.assertEqual(schemas, ["containerview.vmstat/1"] * 2)

    def test_unknown_everywhere(self):
        with tempfile.TemporaryDirectory() as tree:
            row = run("vmstat", "--sysroot", tree).stdout.splitlines()[2].split()
            self.assertEqual(row, ["-"] * 18)

    def test_a_signal_ends_it_between_lines(self):
        for args in (["1"], ["--json", "1"], ["-d", "1"]):
            process = subprocess.Popen([BIN / "vmstat", *args], env=ENVIRONMENT, bufsize=0,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            first = process.stdout.readline()  # it is running, and waits
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
            self.assertEqual((process.returncode, err), (-signal.SIGINT, b""))
            self.assertTrue((first + out).endswith(b"\n"))

    def test_headers_come_again_with_each_page(self):
        """21 lines where there is no terminal."""
        disks = "".join(f"8 {16 * i} sd{chr(97 + i)} 1 0 8 1 1 0 8 1 0 1 1\n" for i in range(25))
        with tempfile.TemporaryDirectory() as directory:
            tree = pathlib.Path(directory)
            (tree / "proc").mkdir()
            (tree / "proc/diskstats").write_text(disks)
            (tree / "proc/slabinfo").write_text("slabinfo - version: 2.1\n" + "".join(
                f"cache{i:02} 1 2 3 4 1 : tunables 0 0 0\n" for i in reversed(range(25))))
            for args, heading, lines, headings in (
                    (["-d"], "disk-", 25 + 2 * 2, [0, 23]),
                    (["-d", "-n"], "disk-", 25 + 2, [0]),
                    (["-d", "-n", "1", "2"], "disk-", 2 * 25 + 2, [0]),
                    (["-m"], "Cache", 25 + 2, [0, 22]),
                    (["-m", "1", "2"], "Cache", 2 * (25 + 2), [0, 22, 27, 49])):
                with self.subTest(args=args):
                    result = run("vmstat", "--sysroot", tree, "--host", *args)
                    self.check(result, 0, err="")
                    shown = result.stdout.splitlines()
                    self.assertEqual(len(shown), lines, result.stdout)
                    self.assertEqual([i for i, line in enumerate(shown)
                                      if line.startswith(heading)], headings)
            names = [line.split()[0] for line in shown if line.startswith("cache")]
            self.assertEqual(names[:25], sorted(names[:25]))

    def test_what_is_not_there(self):
        self.check_fails(run("vmstat", "--sysroot", TREE, "-p", "/dev/none"),
                         "vmstat: Disk/Partition none not found")
        for args in (["-m"], ["-m", "--json"], ["-m", "1", "2"]):
            self.check_fails(run("vmstat", "--sysroot", TREE, *args),
                             "vmstat: /proc/slabinfo: No such file or directory")

    def test_one_disk(self):
        host = ["--sysroot", FIXTURES / "v1-docker" / "0", "--host"]
        by_name, by_path = (run("vmstat", *host, "-p", name) for name in ("vda", "/dev/vda"))
        self.check(by_name, 0, err="")
        self.assertEqual(by_name.stdout, by_path.stdout)
        disks = json.loads(run("vmstat", *host, "-p", "vda", "--json").stdout)["disks"]
        self.assertEqual([disk["name"] for disk in disks], ["vda"])
        again = run("vmstat", *host, "-p", "vda", "1", "2").stdout.splitlines()
        self.assertEqual((len(again), again[1]), (3, again[2]))

    def test_count_of_lists(self):
        self.check(run("vmstat", "--sysroot", TREE, "-d", "1", "0"), 0, out="", err="")


class Containerview(CliTest):
    def test_wrong_use(self):
        self.check_fails(run("containerview"), "")
        self.check_fails(run("containerview", "x"), "containerview: no command 'x'")
        self.check_fails(run("containerview", "capture"), "containerview: capture needs a DIR")
        self.check_fails(run("containerview", "info", "x"), "containerview: 'x' is too much")

    def test_explain_lists_its_keys(self):
        keys = run("containerview", "explain", "--list")
        self.check(keys, 0, err="")
        self.assertIn("memory.available_bytes", keys.stdout.splitlines())
        self.check(run("containerview", "explain"), 0, out=keys.stdout, err="")

    def test_every_key_can_be_explained(self):
        for key in run("containerview", "explain", "--list").stdout.split():
            with self.subTest(key=key):
                result = run("containerview", "explain", key, "--sysroot", TREE)
                self.check(result, 0, err="")
                self.assertRegex(result.stdout, rf"\A{re.escape(key)} = .+ \(\w+\)\n")
                document = json.loads(
                    run("containerview", "explain", key, "--json", "--sysroot", TREE).stdout)
                self.assertEqual(document["key"], key)
                self.assertEqual(document["value"] is None, document["quality"] == "unavailable")

    def test_explain_takes_several_keys(self):
        keys = ["memory.total_bytes", "uptime_seconds", "memory.total_bytes"]
        lines = run("containerview", "explain", *keys, "--json", "--sysroot", TREE).stdout.splitlines()
        self.assertEqual([json.loads(line)["key"] for line in lines], keys)
        pages = run("containerview", "explain", *keys, "--sysroot", TREE).stdout
        alone = [run("containerview", "explain", key, "--sysroot", TREE).stdout for key in keys]
        self.assertEqual(pages, "\n".join(alone))
        wrong = run("containerview", "explain", keys[0], "no.such.key")
        self.check(wrong, 1, out="")
        self.assertIn("no.such.key", wrong.stderr)

    def test_explain_knows_no_other_key(self):
        result = run("containerview", "explain", "no.such.key", "--json")
        self.check(result, 1, out="")
        self.assertIn("no.such.key", result.stderr)


class Capture(CliTest):
    def setUp(self):
        self.parent = tempfile.mkdtemp(prefix="cv-cli-")
        self.addCleanup(shutil.rmtree, self.parent)
        self.tree = self.parent + "/tree"

    @staticmethod
    def without_ids(document):
        """Ids, and paths that hold some, differ; so does the time by which a tree has no clock."""
        text = json.dumps(document)
        text = re.sub(r"[0-9a-f]{12,64}", lambda m: m[0] if m[0].isdigit() else "ID", text)
        result = json.loads(text)
        for key in ("time", "since"):
            result.pop(key, None)
        result.get("scope", {}).pop("id", None)
        return result

    def capture(self, *args):
        result = run("containerview", "capture", self.tree, *args)
        self.check(result, 0, err="")
        self.assertIn(f"containerview info --sysroot {self.tree}", result.stdout)
        self.assertIn("read the files before you send them", result.stdout)
        return result

    def test_replays_alike(self):
        scenarios = sorted(path.parent.name for path in FIXTURES.glob("*/0"))
        self.assertGreater(len(scenarios), 10)
        for scenario in scenarios:
            source = FIXTURES / scenario / "0"
            self.tree = f"{self.parent}/{scenario}"
            self.capture("--sysroot", source)
            for tool, args in [("containerview", ["info", "--json"]), ("free", ["--json", "-v"]),
                               ("uptime", ["--json"]),
                               ("containerview", ["info", "--json", "--container"]),
                               ("free", ["--json", "--host"])]:
                with self.subTest(scenario=scenario, tool=tool, args=args):
                    before = run(tool, *args, "--sysroot", source)
                    after = run(tool, *args, "--sysroot", self.tree)
                    self.check(after, before.returncode, err=before.stderr)
                    self.assertEqual(self.without_ids(json.loads(after.stdout)),
                                     self.without_ids(json.loads(before.stdout)))

    def test_this_machine(self):
        earlier = json.loads(run("uptime", "--json").stdout)
        self.capture()
        before = json.loads(run("containerview", "info", "--json").stdout)
        after = json.loads(run("containerview", "info", "--json", "--sysroot", self.tree).stdout)
        for key in ("scope", "cpu", "swap", "runtimes", "problems"):
            self.assertEqual(self.without_ids({key: after[key]}),
                             self.without_ids({key: before[key]}))
        self.assertEqual(after["memory"]["total_bytes"], before["memory"]["total_bytes"])
        now = json.loads(run("uptime", "--json").stdout)
        then = json.loads(run("uptime", "--json", "--sysroot", self.tree).stdout)
        tick = 0.01  # of /proc/uptime
        self.assertLessEqual(earlier["uptime_seconds"] - tick, then["uptime_seconds"])
        self.assertLessEqual(then["uptime_seconds"], now["uptime_seconds"] + tick)

    def test_names_are_gone(self):
        self.capture()
        for path in pathlib.Path(self.tree).glob("proc/[0-9]*/**/stat"):
            self.assertRegex(path.read_text(), r"\A\d+ \(task\) ")
        for line in pathlib.Path(self.tree, "proc/self/mountinfo").read_text().splitlines():
            point, kind = line.split()[4], line.split(" - ")[1].split()[0]
            if kind not in ("cgroup", "cgroup2", "proc", "sysfs", "fuse.lxcfs"):
                self.assertRegex(point, r"\A(/|/mnt|/proc(/.*)?|/sys(/.*)?)\Z")

    def test_a_used_directory_is_refused(self):
        os.mkdir(self.tree)
        self.capture()  # empty: fine
        before = sorted(os.listdir(self.tree))
        result = run("containerview", "capture", self.tree)
        self.check(result, 1, out="",
                   err=f"containerview: {self.tree}: the directory is not empty\n")
        self.assertEqual(sorted(os.listdir(self.tree)), before)

    def test_a_place_that_cannot_be_written(self):
        result = run("containerview", "capture", "/proc/nowhere/tree")
        self.check(result, 1, out="")
        self.assertRegex(result.stderr, r"\Acontainerview: /proc/nowhere/tree: ")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    options, rest = parser.parse_known_args()
    global BIN  # noqa: PLW0603, unittest makes the test objects itself
    BIN = options.bin.resolve()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
