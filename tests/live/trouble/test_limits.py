# SPDX-License-Identifier: Apache-2.0
"""The container has reached what it may have: processes, memory, CPU time, or is frozen."""

import json
import pathlib
import re
import select
import subprocess
import sys
import threading
import time

from cgroups import MIB
from trouble.situation import CPUS, MEMORY, PIDS, TOOLS, TroubleCase, meanwhile

# Takes memory until it is killed. Told apart from the tools by its name, and by what it holds.
HOG = "held = []\nwhile True: held.append(bytearray(b'x' * (1 << 20)))"
# At most this much of the container's memory for one run of a tool, the kernel's own for its page
# tables, open files and pipes included; the design's bound for top. A development build is larger.
MOST_MEMORY = 8 * MIB
# What is charged to a cgroup comes in batches for each CPU.
BATCHES = 1 * MIB


def oom_kills(cgroup):
    v2 = cgroup.version("memory") == 2
    text = (cgroup.dir("memory") / ("memory.events" if v2 else "memory.oom_control")).read_text()
    return int(re.search(r"^oom_kill (\d+)$", text, re.MULTILINE)[1])


class Pids(TroubleCase):
    def test_pids_at_the_limit(self):
        """No fork and no thread from here on: whoever makes one fails."""
        box = self.box()
        self.load(box).command("threads", 5)
        box.cgroup.set_pids(1)
        refused = box.run(["sh", "-c", "ls | cat"])
        self.assertNotEqual(refused.returncode, 0, "the limit is to be in effect")
        self.limits = {**self.limits, "pids": 1}
        documents = self.check(self.every_tool(box))
        # PID 1, the load's six threads, and whichever of the tools were looking.
        self.assert_between(documents["info"]["pids"]["current"], 7, 7 + 2 * len(TOOLS), "current")
        self.assert_between(documents["top"]["limits"]["pids_current"], 7, 7 + 2 * len(TOOLS), "top")


class Memory(TroubleCase):
    def test_the_oom_killer_is_active(self):
        """A hog takes all that there is, is killed, and comes again: the tools answer."""
        box = self.box()
        before = oom_kills(box.cgroup)
        hogs = 0

        def hog(stop):
            nonlocal hogs
            while not stop.is_set():
                with box.popen([sys.executable, "-S", "-c", HOG]) as process:
                    process.wait(60)
                hogs += 1

        with meanwhile(hog):
            while oom_kills(box.cgroup) == before:
                time.sleep(0.01)
            documents = [self.check(self.every_tool(box)) for _ in range(3)][-1]
        self.assertGreaterEqual(hogs, 3, "the hogs are to be what breaks")
        # Every victim was a hog: no tool's death is hidden in there.
        self.assert_between(oom_kills(box.cgroup) - before, 3, hogs, "victims of the OOM killer")
        self.assert_between(documents["info"]["memory"]["oom_kills"], 1, oom_kills(box.cgroup),
                            "oom_kills")

    def test_memory_is_full_to_the_last_megabyte(self):
        """Held by one who stays. There is room for a tool that takes a little, and only for it."""
        box = self.box()
        load = self.load(box)
        load.command("anon", MEMORY - MOST_MEMORY - BATCHES - box.cgroup.memory_usage())
        before = oom_kills(box.cgroup)
        documents = self.check(self.every_tool(box, together=False))
        self.assertEqual(oom_kills(box.cgroup), before, "a tool took more than it may")
        free = documents["free"]["memory"]
        self.assert_between(free["available_bytes"], 0, MOST_MEMORY + 3 * BATCHES, "available")
        load.command("ping")

    def test_what_each_tool_takes(self):
        """The peak of a cgroup that holds the tool and nothing else, kernel memory included."""
        box = self.box()
        self.every_tool(box)  # what they are loaded from is in the page cache, charged once
        for name, as_json, words in self.commands():
            with self.subTest(tool=name, json=as_json):
                peak = self.peak_of([*words, "--cgroup", str(box.cgroup.dir("memory"))])
                print(f"peak of {name}{' --json' * as_json}: {peak / MIB:.1f} MiB")
                self.assert_between(peak, 1, MOST_MEMORY, "peak")

    def test_memory_high_throttles(self):
        """Above memory.high whoever allocates is made to wait: by less than it takes to look."""
        box = self.box()
        if box.cgroup.version("memory") != 2:
            self.skipTest("cgroup v1 has no memory.high: runs in the guest")
        high = MEMORY // 2
        directory = box.cgroup.dir("memory")
        load = self.load(box)
        load.command("anon", high - 2 * MIB)
        (directory / "memory.high").write_text(str(high))
        events = lambda: int(re.search(r"^high (\d+)$",  # noqa: E731
                                       (directory / "memory.events").read_text(), re.M)[1])
        before = events()
        grower = threading.Thread(target=load.command, args=("anon", 4 * MIB))
        grower.start()
        while events() == before:
            time.sleep(0.01)
        documents = self.check(self.every_tool(box, together=False))
        self.assertGreater(events(), before)
        self.assertEqual(documents["info"]["memory"]["high"]["bytes"], high)
        self.assert_between(documents["free"]["memory"]["available_bytes"], 0, 4 * MIB, "available")
        grower.join(60)
        self.assertFalse(grower.is_alive())


class Cpu(TroubleCase):
    limits = {"memory": MEMORY, "cpus": 0.01, "pids": PIDS}
    FIRST_OUTPUT_SECONDS = 2
    MEASURES = "load"  # for 2 s of its own

    def first_output(self, box, words):
        process = box.popen(words, stderr=subprocess.PIPE)
        begun = time.monotonic()
        ready, _, _ = select.select([process.stdout], [], [], 30)
        seconds = time.monotonic() - begun
        out, err = self._finish(process, 60)
        self.assertTrue(ready)
        return out, err, process.returncode, seconds

    def test_one_percent_of_a_cpu(self):
        box = self.box()
        for name, as_json, words in self.commands():
            with self.subTest(tool=name, json=as_json):
                out, err, status, seconds = self.first_output(box, words)
                self.assertEqual((status, err), (0, ""))
                bound = self.FIRST_OUTPUT_SECONDS * (2 if name == self.MEASURES else 1)
                print(f"first output of {name}{' --json' * as_json}: {seconds:.2f} s")
                self.assertLess(seconds, bound)
                if as_json:
                    self._check_figures(name, json.loads(out), {"memory", "cpus", "pids"})
        stat = (box.cgroup.dir("cpu") / "cpu.stat").read_text()
        self.assertGreater(int(re.search(r"^nr_throttled (\d+)$", stat, re.MULTILINE)[1]), 10,
                           "the quota is to be in effect")


class Frozen(TroubleCase):
    def freeze(self, box):
        """Freezes what the container holds; gives where its state is."""
        directory = box.cgroup.dir("memory")
        if box.cgroup.version("memory") == 2:
            (directory / "cgroup.freeze").write_text("1")
            self.addCleanup((directory / "cgroup.freeze").write_text, "0")
            return
        mounts = [line.split() for line in pathlib.Path("/proc/self/mountinfo").open()]
        mount = next((m[4] for m in mounts if "freezer" in m[-1].split(",")), None)
        if mount is None:
            self.skipTest("no freezer hierarchy is mounted")
        # At the same path as in the other hierarchies, as engines do.
        frozen = pathlib.Path(mount, box.cgroup.name)
        frozen.mkdir(parents=True)
        self.addCleanup(frozen.parent.rmdir)
        self.addCleanup(frozen.rmdir)
        procs = box.cgroup.dir("pids") / "cgroup.procs"
        inside = procs.read_text().split()
        for pid in inside:
            (frozen / "cgroup.procs").write_text(pid)
        self.addCleanup(lambda: [pathlib.Path(mount, "cgroup.procs").write_text(pid)
                                 for pid in (frozen / "cgroup.procs").read_text().split()])
        self.addCleanup((frozen / "freezer.state").write_text, "THAWED")
        (frozen / "freezer.state").write_text("FROZEN")

    def test_what_is_frozen_is_no_load(self):
        """Looked at from outside, as everything inside stands still."""
        from container import Outside
        box = self.box()
        self.load(box).command("busy", 3)
        time.sleep(0.5)
        self.freeze(box)
        time.sleep(0.1)
        options = ["--cgroup", str(box.cgroup.dir("memory"))]
        answers = []
        for name, as_json, words in self.commands():
            done = Outside().run([*words, *options])
            self.assertEqual(done.returncode, 0, words)
            if as_json:
                answers.append((name, json.loads(done.stdout)))
        documents = dict(answers)
        self.assertEqual(documents["free"]["memory"]["total_bytes"], MEMORY)
        self.assertEqual(documents["vmstat"]["procs"]["running"], 0)
        self.assert_near(documents["load"]["load"]["mean"], 0, 0.2, "load of what stands still")
        self.assert_between(documents["top"]["tasks"]["total"], 5, 6, "tasks")


class Changing(TroubleCase):
    CHANGES = 1000

    def test_limits_change_1000_times(self):
        """While a tool runs: each report is of one of the limits, and the last of the last."""
        box = self.box()
        sizes = [MEMORY, MEMORY - 16 * MIB]
        quotas = [1.5, 0.75]
        count = 0

        def change(stop):
            nonlocal count
            for count in range(1, self.CHANGES + 1):
                box.cgroup.set_memory(sizes[count % 2])
                box.cgroup.set_cpus(quotas[count % 2])
                time.sleep(0.002)

        with meanwhile(change):
            runs = {
                "free": box.popen([self.tool("free"), "--json", "-s", "0.01", "-c", "150"]),
                "vmstat": box.popen([self.tool("vmstat"), "--json", "-n", "1", "3"]),
                "top": box.popen([self.tool("top"), "-b", "-d", "0.05", "-n", "30", "--json"])}
            seen = {name: [json.loads(line) for line in self._finish(process, 60)[0].splitlines()]
                    for name, process in runs.items()}
        self.assertEqual(count, self.CHANGES)
        totals = [document["memory"]["total_bytes"] for document in seen["free"] + seen["top"]]
        self.assertEqual(len(totals), 180)
        self.assertEqual(set(totals), set(sizes), "both were there to be seen, and nothing else")
        for document in seen["vmstat"] + seen["top"]:
            # Over an interval capacity is the mean of both ends.
            self.assert_between(document["cpu"]["effective_cpus"], *sorted(quotas), "CPUs")
            shares = [document["cpu"][f"{share}_pct"] for share in (
                "user", "system", "nice", "idle", "iowait", "irq", "softirq", "steal")]
            known = [share for share in shares if share is not None]
            self.assertTrue(all(0 <= share <= 100 for share in known), document["cpu"])
            if known:
                self.assert_near(sum(known), 100, 0.5, "sum of the shares")
        box.cgroup.set_memory(MEMORY)
        box.cgroup.set_cpus(CPUS)
        self.check(self.every_tool(box))
