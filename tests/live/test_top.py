# SPDX-License-Identifier: Apache-2.0
"""top: the summary and the rows against the limits that were set and the load that was made."""

import json
import os
import re
from statistics import fmean

import harness
from engines_oci import Docker, Podman
from harness import MIB, NOBODY, WITHOUT_CGROUP_NAMESPACE, LiveCase, started
from limits import Limits

PARTS = ("user", "system", "nice", "idle", "iowait", "irq", "softirq", "steal")


class TopCase(LiveCase):
    """What is to be seen of a load that is known, in whatever made the container."""

    def frames(self, container, *arguments, count=2, **options):
        """The documents of so many intervals of two seconds."""
        # The first frame covers the start of top, in which it is a part of the load itself.
        done = container.run([self.tool("top"), "-b", "--json", "-n", str(count + 1), "-d", "2",
                              *arguments], **options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [json.loads(line) for line in done.stdout.splitlines()][1:]

    def text(self, container, *arguments, **options):
        done = container.run([self.tool("top"), "-b", "-n1", *arguments], **options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    @staticmethod
    def periods(container):
        """(periods, throttled periods) of the quota so far."""
        text = (container.cgroup.dir("cpu") / "cpu.stat").read_text()
        found = dict(line.split() for line in text.splitlines())
        return int(found["nr_periods"]), int(found["nr_throttled"])

    @staticmethod
    def busiest(document):
        return max(document["processes"], key=lambda row: row["cpu_pct"])

    def check_loop(self, container, count):
        """One loop in half a CPU."""
        load = self.load(container)
        load.command("busy", 1)
        before = self.periods(container)
        documents = self.frames(container, count=count)
        after = self.periods(container)
        # From outside, over all of it.
        throttled = 100 * (after[1] - before[1]) / (after[0] - before[0])
        self.assert_near(fmean(d["cpu"]["throttled_pct"] for d in documents), throttled, 15,
                         "throttled")
        self.check_shares(documents)
        full = [document for document in documents if self.rows_pct(document) > 48]
        self.check_loop_in_text(container)
        if not full:
            self.skipTest("the machine is too busy: half a CPU was not to be had")
        busy = list(map(self.busy_pct, full))
        for share in [fmean(busy)] if harness.disposable else busy:  # see check_shares()
            self.assert_between(share, 94, 100.01, "busy")
        for document in full:
            # On an emulated CPU top itself takes some of it.
            ours = sum(row["cpu_pct"] for row in document["processes"]
                       if harness.disposable and row["command"] == "top")
            self.assert_between(self.busiest(document)["cpu_pct"] + ours, 43, 57,
                                "%CPU of the loop")
        load.close()

    @staticmethod
    def rows_pct(document):
        return sum(row["cpu_pct"] for row in document["processes"])

    @staticmethod
    def busy_pct(document):
        return document["cpu"]["user_pct"] + document["cpu"]["system_pct"]

    def check_shares(self, documents):
        """The rows and the summary agree. They are read one after the other, for which an emulated CPU
        takes long, and what ran between is in the next frame of the one: over all frames they have to
        agree more closely."""
        # On a machine that others keep busy it may get less than its quota: both say so.
        self.assert_near(fmean(map(self.busy_pct, documents)),
                         min(100, fmean(map(self.rows_pct, documents)) / 0.5), 6, "busy, all frames")
        for document in documents:
            cpu = document["cpu"]
            self.assert_near(self.busy_pct(document), min(100, self.rows_pct(document) / 0.5),
                             16 if harness.disposable else 8, "busy")
            self.assertEqual(cpu["effective_cpus"], 0.5)
            # What has no source for a container counts for nothing.
            self.assert_near(sum(cpu[f"{part}_pct"] or 0 for part in PARTS), 100, 0.01, "sum")

    def check_loop_in_text(self, container):
        """As people see it, our own line included."""
        lines = self.text(container, "-n2", "-d2", "--limits").rpartition("top - ")[2].splitlines()
        shares = re.search(r"^%Cpu\(s\): *([\d.]+) us, *([\d.]+) sy", lines[2])
        busy = float(shares[1]) + float(shares[2])
        header = next(number for number, line in enumerate(lines) if line.endswith("COMMAND"))
        rows = [line for line in lines[header + 1:] if line.strip()]
        if not harness.disposable:  # there top itself takes some of it
            rows = [line for line in rows if line.endswith("python3")][:1]  # the busiest first
        used = sum(float(line.split()[8]) for line in rows)
        self.assert_near(busy, min(100, used / 0.5), 10, "busy")
        own = " ".join(lines[5:8])
        self.assertRegex(own, r"0\.50 of \d+ CPUs")
        shown = float(re.search(r"([\d.]+)% throttled", own)[1])
        if busy > 98:  # it got all that it may have
            self.assert_between(shown, 80, 100, "throttled")

    def check_burning_thread(self, container):
        """As in a JVM: the leader sleeps while a worker burns."""
        load = self.load(container)
        load.command("burn", 1)
        for document in self.frames(container, count=3):
            self.assert_between(self.busiest(document)["cpu_pct"], 10, 60, "%CPU")
        for document in self.frames(container, "-H"):
            busiest = self.busiest(document)
            self.assert_between(busiest["cpu_pct"], 10, 60, "%CPU of the thread")
            leaders = {row["pid"] for row in self.frames(container, count=1)[0]["processes"]}
            self.assertNotIn(busiest["pid"], leaders)
        load.close()

    def check_memory(self, container, memory, pids):
        """The lines of memory, and our own, have the limits that were set."""
        load = self.load(container)
        load.command("anon", 20 * MIB)
        document = self.frames(container, count=1)[0]
        self.assertEqual(document["memory"]["total_bytes"], memory)
        self.assert_between(document["memory"]["used_bytes"], 20 * MIB, 40 * MIB, "used")
        self.assertEqual(document["limits"]["memory_bytes"], memory)
        self.assertEqual(document["limits"]["pids_limit"], pids)
        self.assertEqual(document["memory"]["total_bytes"],
                         self.json(container, "free")["memory"]["total_bytes"])
        largest = max(document["processes"], key=lambda row: row["res_bytes"])
        self.assert_near(largest["mem_pct"], 100 * largest["res_bytes"] / memory, 0.01, "%MEM")
        lines = self.text(container, "--limits").splitlines()
        self.assertRegex(lines[3], rf"^MiB Mem :\s+{memory / MIB:.1f} total, ")
        own = " ".join(lines[5:8])
        self.assertIn(f"{memory / MIB:.1f}m limit", own)
        self.assertRegex(own, rf"\d+ of {pids} pids")
        load.close()


class Engines(TopCase):
    """The same in containers that engines made."""

    LIMITS = Limits(memory=64 * MIB, cpus=0.5, pids=50)

    def check(self, engine, *options):
        box = self.engine_container(engine, self.LIMITS, *options)
        self.assertIn(f"{engine.name} {box.id[:12]}, ", self.text(box, "--limits"))
        self.check_memory(box, self.LIMITS.memory, self.LIMITS.pids)
        self.check_burning_thread(box)
        self.check_loop(box, count=3)  # last: a machine that is too busy for it is a skip

    def test_docker(self):
        self.check(started(Docker), "--cgroupns=private")

    def test_podman(self):
        self.check(started(Podman, "runc"))


class Top(TopCase):
    def test_a_loop_in_half_a_cpu(self):
        self.check_loop(self.container(cpus=0.5), count=5)

    def test_a_leader_that_sleeps_while_a_thread_burns(self):
        self.check_burning_thread(self.container(cpus=0.5))

    def test_waiting_for_a_cpu_is_told_of_whom_it_hurts(self):
        container = self.container(cpus=0.25)
        self.load(container).command("busy", 1)
        last = self.frames(container, "-o", "WAIT%", count=3)[-1]
        # It is sorted by, so it has been read, though it is not shown.
        self.assertEqual(last["processes"][0]["pid"], self.busiest(last)["pid"])

    def test_memory_as_set(self):
        self.check_memory(self.container(memory=64 * MIB, pids=50), 64 * MIB, 50)

    def test_only_the_container_where_all_pids_are_in_sight(self):
        container = self.container(cpus=0.5, namespaces=("mount", "cgroup"))
        self.load(container).command("busy", 1)
        pids = {row["pid"] for row in self.frames(container, count=1)[0]["processes"]
                if row["command"] != "top"}  # the next one is another
        self.assertNotIn(os.getpid(), pids)
        self.assertLess(len(pids), 10)
        everything = {row["pid"] for row in
                      self.frames(container, "--all", count=1)[0]["processes"]}
        self.assertIn(os.getpid(), everything)
        self.assertLess(pids, everything)

    def test_each_cpu_of_the_cpuset(self):
        cgroup = self.cgroup("box")
        try:
            cgroup.dir("cpuset")
        except LookupError:
            self.skipTest("no cpuset controller")
        cgroup.set_cpuset("0")
        container = self.container(cgroup)
        self.load(container).command("busy", 1)
        frames = container.run([self.tool("top"), "-b", "-1", "-w200", "-n2", "-d2"]).stdout
        rows = [line for line in frames.splitlines() if line.startswith("%Cpu")]
        self.assertEqual(len(rows), 2, frames)
        self.assertRegex(rows[1], r"^%Cpu0  :")
        self.assertNotIn("%Cpu1", frames)
        idle = float(rows[1].split(" id,")[0].split(",")[-1])
        last = frames[frames.rindex("COMMAND"):].splitlines()[1:]
        # PID USER PR NI VIRT RES SHR S %CPU
        used = sum(float(line.split()[8]) for line in last)
        self.assert_near(idle, 100 - used, 8, f"idle of {rows[1]}")

    def test_at_the_limit_of_pids_and_as_nobody(self):
        container = self.container(pids=16, memory=32 * MIB, cpus=0.5)
        load = self.load(container)
        load.command("threads", 16 - container.cgroup.pids_current() - 1)
        text = self.text(container, "--limits", uid=NOBODY)
        self.assertIn("16 of 16 pids", text)
        self.assertRegex(text, r"(?m)^ +1 root ")

    def test_a_pod_s_limit(self):
        self.cgroup("pod", memory=128 * MIB)
        box = self.container(self.cgroup("pod/box"), **WITHOUT_CGROUP_NAMESPACE)
        self.assertEqual(self.frames(box, count=1)[0]["memory"]["total_bytes"], 128 * MIB)
