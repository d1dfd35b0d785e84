# SPDX-License-Identifier: Apache-2.0
"""What the tests of containers in trouble share: every tool is run in the situation, and each of its
figures has to be the one that the test set, or to be marked as not known, or as the machine's."""

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from cgroups import MIB
from harness import LiveCase, host_meminfo

CHECKOUT = pathlib.Path(__file__).resolve().parents[3]
SCHEMAS = CHECKOUT / "tools" / "schemas"
SUPPORT = CHECKOUT / "tests" / "support"
TOOLS = {  # by the name of their document
    "free": ("free",), "uptime": ("uptime",), "nproc": ("nproc",), "iostat": ("iostat",),
    "vmstat": ("vmstat",), "top": ("top", "-b", "-n", "1"), "info": ("containerview", "info"),
    "explain": ("containerview", "explain", "memory.total_bytes"),
    "load": ("containerview", "load")}
MEMORY, CPUS, PIDS = 192 * MIB, 1.5, 400
# Where the documents say what the test set.
KEYS = {
    "memory": {"free": "memory.total_bytes", "top": "memory.total_bytes",
               "info": "memory.limit.bytes", "explain": "value"},
    "cpus": {name: "cpu.effective_cpus" for name in ("iostat", "vmstat", "top", "info")} |
            {"nproc": "fraction"},
    "pids": {"top": "limits.pids_limit", "info": "pids.limit.count"}}
EVERYTHING = frozenset(KEYS)
# What iostat says of a container on cgroup v1 in any case.
UNCOUNTED = r"does not count all of the container's disk I/O|/proc/\d+/io: "
# A sanitizer's or the C++ runtime's last words, and numbers that stand for none.
NONSENSE = re.compile(r"terminate called|Sanitizer|Assertion|\bnan\b|\binf\b|18446744073709|\(null\)",
                      re.IGNORECASE)


@dataclass
class Answer:
    """What one run of a tool gave."""
    name: str  # of its document
    as_json: bool
    status: int
    out: str
    err: str
    seconds: float
    document: dict = field(default=None)

    def __str__(self):
        return f"{self.name}{' --json' * self.as_json}: exit {self.status}, {self.err.strip()!r}"


def at(document, key):
    for part in key.split("."):
        document = document[part]
    return document


def validate(name, document):
    """Against its schema. (A guest has neither the schemas nor the library; they hold here too.)"""
    if not SCHEMAS.exists():
        return
    import jsonschema
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)


def host_value(key):
    """The machine's own, where a document may show that instead."""
    return {"memory": host_meminfo("MemTotal"), "cpus": os.cpu_count(), "pids": None}[key]


class TroubleCase(LiveCase):
    """`limits` is what the container of a situation is given, and what its tools have to tell."""

    limits = {"memory": MEMORY, "cpus": CPUS, "pids": PIDS}
    # Where standard output can not be written, or nothing be read, this is what iostat says.
    error_statuses = {"iostat": (2, 6)}

    def box(self, **more):
        return self.container(self.cgroup("box", **self.limits), **more)

    def shell(self, container, script, **options):
        """A script that prepares the situation."""
        done = container.run(["sh", "-ec", script], **options)
        self.assertEqual((done.returncode, done.stderr), (0, ""), script)
        return done.stdout

    # Running -----------------------------------------------------------------------------------

    def commands(self, names=TOOLS):
        for name in names:
            tool, *arguments = TOOLS[name]
            for as_json in (False, True):
                yield name, as_json, [str(self.tool(tool)), *arguments, *["--json"] * as_json]

    @staticmethod
    def _finish(process, seconds):
        """Standard output, standard error; a hang is a failure, and nothing stays behind."""
        try:
            return process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            for pid in [*_below(process.pid), process.pid]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.communicate()
            raise

    def every_tool(self, container, before=(), names=TOOLS, together=True, seconds=60, **options):
        """Answers of all tools, as text and with --json, run behind the words `before`; together, or
        one after the other where they would be in each other's way."""
        started, answers = [], []
        for name, as_json, words in self.commands(names):
            begun = time.monotonic()
            process = container.popen([*before, *words], stderr=subprocess.PIPE, **options)
            started.append((name, as_json, process, begun))
            if not together:
                answers.append(self._answer(*started.pop(), seconds))
        return answers + [self._answer(*one, seconds) for one in started]

    def _answer(self, name, as_json, process, begun, seconds):
        out, err = self._finish(process, seconds)
        return Answer(name, as_json, process.returncode, out, err, time.monotonic() - begun)

    def peak_of(self, words):
        """The most memory of a cgroup that holds a tool and nothing else, kernel memory included. Its
        file is in memory by then, and was charged to others."""
        subprocess.run(words, stdout=subprocess.DEVNULL, timeout=60, check=True)
        meter = self.cgroup(f"meter.{time.monotonic_ns()}")
        v2 = meter.version("memory") == 2
        peak = meter.dir("memory") / ("memory.peak" if v2 else "memory.max_usage_in_bytes")
        if not peak.exists():
            self.skipTest("this kernel does not keep the peak of a cgroup (memory.peak, Linux 5.19)")
        tool = subprocess.Popen(["sh", "-c", 'read go; exec "$@"', "sh", *words], text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        meter.join(tool.pid)
        tool.communicate("go\n", timeout=60)
        self.assertEqual(tool.returncode, 0, words)
        return int(peak.read_text())

    # Judging -----------------------------------------------------------------------------------

    def check(self, answers, known=EVERYTHING, complaints=None, statuses=(0,)):
        """All ended well, in valid documents, with figures that are so. `known`: which of them must
        not be missing. `complaints`: a pattern that each line of stderr has to fit; none: silence."""
        for answer in answers:
            with self.subTest(tool=answer.name, json=answer.as_json):
                self.assertIn(answer.status, statuses if 1 not in statuses else
                              {*statuses, *self.error_statuses.get(answer.name, ())}, answer)
                self._check_complaints(answer, complaints)
                self.assertNotRegex(answer.out, NONSENSE)
                if answer.status != 0:
                    self.assertEqual(answer.out, "", "on an error standard output stays empty")
                    self.assertNotEqual(answer.err, "")
                elif answer.as_json:
                    answer.document = json.loads(answer.out)
                    validate(answer.name, answer.document)
                    self._check_figures(answer.name, answer.document, known)
                else:
                    self._check_text(answer, known)
        return {a.name: a.document for a in answers if a.document}

    def _check_complaints(self, answer, pattern):
        for line in answer.err.splitlines():
            if answer.name == "iostat" and re.search(UNCOUNTED, line):
                continue
            self.assertIsNotNone(pattern, f"{answer} is to say nothing")
            self.assertRegex(line, pattern, answer)

    def _check_figures(self, name, document, known):
        for figure, keys in KEYS.items():
            if name in keys:
                judged = self.judge(figure, name, document)
                if figure in known:
                    self.assertEqual(judged, "known", f"{figure} of {name}")
        if name in ("free", "top"):
            self._check_sum(document["memory"])
        for share in document.get("cpu", {}):
            if share.endswith("_pct") and document["cpu"][share] is not None:
                self.assert_between(document["cpu"][share], 0, 100, share)

    def _check_sum(self, memory):
        parts = [memory[f"{part}_bytes"] for part in ("used", "available", "other")]
        if None not in parts and memory["total_bytes"] is not None:
            self.assertEqual(sum(parts), memory["total_bytes"], memory)

    def judge(self, figure, name, document):
        """"known" where the figure is what the test set, "host" where it is marked as the machine's
        and is, "unknown" where none is given, "bound" for an estimate of nproc. Anything else is an
        invention, and fails."""
        key = KEYS[figure][name]
        value, expected = at(document, key), self.limits[figure]
        if name == "explain":
            quality = document["quality"]
        else:
            listed = document["quality"]
            quality = next((kind for kind in listed for k in (key, key.rpartition(".")[0], figure)
                            if k in listed[kind]), "exact")
        if value is None or value == "unknown":
            # A limit has a state of its own, and that must not be "unlimited".
            state = document[figure]["limit"]["state"] if name == "info" and figure != "cpus" \
                else "unknown"
            if state == "unlimited" and expected is None:
                return "known"
            self.assertEqual(state, "unknown", f"{figure} of {name}: {document}")
            return "unknown"
        if quality == "estimated" and name == "nproc" and value == host_value(figure):
            return "bound"  # it has to print a number: what the quota leaves at most
        if quality == "host" or document.get("scope", {}).get("kind") == "host":
            self.assertEqual(value, host_value(figure), f"{figure} of {name}, marked as the host's")
            return "host"
        self.assertEqual(value, expected, f"{figure} of {name}: {document}")
        return "known"

    def _check_text(self, answer, known):
        memory = self.limits["memory"] or 0
        patterns = {"free": ("memory", rf"(?m)^Mem: +{memory // 1024} "),
                    "top": ("memory", rf"(?m)^MiB Mem : +{memory / MIB:.1f} total"),
                    "explain": ("memory", f"{memory}"),
                    "nproc": ("cpus", r"\A2\n\Z")}
        figure, pattern = patterns.get(answer.name, (None, None))
        if figure in known:
            self.assertRegex(answer.out, pattern)
        self.assertNotEqual(answer.out, "")
        # A negative number would be one that went below zero.
        self.assertNotRegex(answer.out, r"(?<![\w.:-])-\d", answer)


@contextlib.contextmanager
def meanwhile(action):
    """Does `action(stop)` in a thread until the block ends. An exception in it comes out here."""
    stop, failure = threading.Event(), []

    def run():
        try:
            action(stop)
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if failure:
        raise failure[0]


def _below(pid):
    """The processes that it started, and theirs: nsenter waits for a child, which holds the pipe."""
    with contextlib.suppress(OSError):
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield int(child)
            yield from _below(child)


def refusing(error, *calls):
    """What to put before a command so that the kernel refuses it these system calls."""
    return [sys.executable, "-S", str(SUPPORT / "refuse.py"), error, ",".join(calls)]
