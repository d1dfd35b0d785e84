# SPDX-License-Identifier: Apache-2.0
"""Very many processes, and processes and cgroups that come and go while they are looked at."""

import functools
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

import harness
from cgroups import MIB
from trouble.situation import TroubleCase, meanwhile

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = {"crowd": HERE.parents[1] / "bench" / "top" / "crowd.cpp", "churn": HERE / "churn.c"}


@functools.cache
def _program(name):
    """Compiled from its source, static, so that it runs in any container."""
    compiler = {".c": "cc", ".cpp": "c++"}[SOURCES[name].suffix]
    if shutil.which(compiler) is None:
        raise unittest.SkipTest(f"no C compiler ({compiler}) to make {name} with")
    directory = tempfile.TemporaryDirectory(prefix="containerview-test.", dir="/var/tmp")
    harness.engines_running.callback(directory.cleanup)
    program = pathlib.Path(directory.name, name)
    subprocess.run([compiler, "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-o", program,
                    SOURCES[name]], check=True)
    return program


class CrowdCase(TroubleCase):
    def start(self, container, name, number):
        process = container.popen([_program(name), number], stdin=subprocess.PIPE)

        def end():
            container.close()  # which ends all that is in there
            process.communicate(timeout=60)

        self.addCleanup(end)
        if process.stdout.readline() != "ready\n":
            self.skipTest(f"this machine does not let {number} processes be made")
        return process


class Crowd(CrowdCase):
    COUNT = 20_000
    limits = {"memory": 4096 * MIB, "cpus": 1.5, "pids": 25_000}
    # What top keeps of a process, and what holding its files open costs the kernel, times 20,000.
    MOST_MEMORY = {"top": 192 * MIB, "uptime": 16 * MIB, "free": 2 * MIB}
    MOST_SECONDS = 20

    def test_20000_processes(self):
        free = 0.9 * int(pathlib.Path("/proc/sys/kernel/pid_max").read_text())
        used = sum(1 for p in pathlib.Path("/proc").iterdir() if p.name.isdigit())
        if free - used < self.COUNT or harness.host_meminfo("MemAvailable") < 6144 * MIB:
            self.skipTest(f"no room for {self.COUNT} processes on this machine")
        box = self.box()
        self.start(box, "crowd", self.COUNT)
        at_once = ["free", "uptime", "nproc", "iostat", "vmstat", "info", "explain"]
        answers = self.every_tool(box, names=at_once, together=False)
        answers += self.every_tool(box, names=["top", "load"], together=False)
        documents = self.check(answers)
        for answer in answers:
            print(f"{answer.name}{' --json' * answer.as_json}: {answer.seconds:.2f} s")
        for answer in answers:
            self.assertLess(answer.seconds, self.MOST_SECONDS, answer)
            if answer.name in ("free", "nproc"):
                self.assertLess(answer.seconds, 1, "it has nothing to do with processes")
        self.assertEqual(len(documents["top"]["processes"]), documents["top"]["tasks"]["total"])
        self.assert_between(documents["top"]["tasks"]["total"], self.COUNT + 2, self.COUNT + 10,
                            "processes")
        self.assert_between(documents["uptime"]["load"]["total"], self.COUNT + 1, self.COUNT + 10,
                            "threads")
        for words in (["top", "-b", "-n", "1"], ["uptime"], ["free"]):
            peak = self.peak_of([self.tool(words[0]), *words[1:], "--cgroup",
                                 box.cgroup.dir("memory")])
            print(f"peak of {words[0]}: {peak / MIB:.1f} MiB")
            self.assert_between(peak, 1, self.MOST_MEMORY[words[0]], words[0])


class Churn(CrowdCase):
    RATE = 1000
    SECONDS = 2.5

    def test_processes_come_and_go(self):
        box = self.box()
        process = self.start(box, "churn", self.RATE)
        begun = time.monotonic()
        rounds = 0
        while rounds == 0 or time.monotonic() - begun < self.SECONDS:
            documents = self.check(self.every_tool(box))
            names = {p["command"] for p in documents["top"]["processes"]}
            self.assertIn("sleep", names, "who stays is always there")
            rounds += 1
        seconds = time.monotonic() - begun
        made = int(self._finish(process, 60)[0].split()[-1])
        print(f"{made} processes in {seconds:.1f} s, every tool {rounds} times")
        self.assertGreater(made / seconds, self.RATE / 2, "they are to come and go")

    def test_cgroups_come_and_go(self):
        """Below the container, in the hierarchy that its threads are listed by."""
        box = self.box()
        made = 0
        seconds = 0.0

        def churn(stop):
            nonlocal made, seconds
            begun = time.monotonic()
            above = box.cgroup.dir("pids")
            while not stop.is_set():
                for number in range(10):
                    (above / f"leaf-{number}").mkdir()
                for number in range(10):
                    self._remove(above / f"leaf-{number}")
                made += 10
                seconds = time.monotonic() - begun
                time.sleep(max(0, made / self.RATE - seconds))

        with meanwhile(churn):
            while made < self.RATE / 2:
                documents = self.check(self.every_tool(box))
                self.assertGreaterEqual(documents["top"]["tasks"]["total"], 2)
        print(f"{made} cgroups in {seconds:.1f} s")
        self.assertGreater(made / seconds, self.RATE / 4, "they are to come and go")

    @staticmethod
    def _remove(directory):
        for _ in range(100):
            try:
                return directory.rmdir()
            except OSError:
                time.sleep(0.001)
        raise OSError(f"{directory} is busy")

    def test_who_is_looked_at_ends(self):
        """--pid of a process that is no more, in between two reports."""
        from container import Outside, read_line
        box = self.box()
        reader = Outside().popen([self.tool("free"), "--json", "-s", "0.1", "-c", "50",
                                  "--pid", box.init_pid], stderr=subprocess.PIPE)
        first = json.loads(read_line(reader))
        self.assertEqual(first["memory"]["total_bytes"], self.limits["memory"])
        box.close()
        out, err = self._finish(reader, 30)
        self.assertEqual(reader.returncode, 1)
        self.assertIn("ended", err)
        for line in out.splitlines():
            self.assertEqual(json.loads(line)["memory"]["total_bytes"], self.limits["memory"])
