# SPDX-License-Identifier: Apache-2.0
"""top: the summary and the rows against the limits that were set and the load that was made."""

import json
import os

from harness import MIB, NOBODY, WITHOUT_CGROUP_NAMESPACE, LiveCase

PARTS = ("user", "system", "nice", "idle", "iowait", "irq", "softirq", "steal")


class Top(LiveCase):
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

    def test_a_loop_in_half_a_cpu(self):
        container = self.container(cpus=0.5)
        self.load(container).command("busy", 1)
        full = []
        before = self.periods(container)
        documents = self.frames(container, count=5)
        after = self.periods(container)
        # From outside, over all of it.
        throttled = 100 * (after[1] - before[1]) / (after[0] - before[0])
        self.assert_near(sum(d["cpu"]["throttled_pct"] for d in documents) / len(documents),
                         throttled, 15, "throttled")
        for document in documents:
            cpu = document["cpu"]
            self.assertEqual(cpu["effective_cpus"], 0.5)
            rows = sum(row["cpu_pct"] for row in document["processes"])
            # On a machine that others keep busy it may get less than its quota: both say so.
            self.assert_near(cpu["user_pct"] + cpu["system_pct"], min(100, rows / 0.5), 8, "busy")
            if rows > 48:
                full.append(document)
            # What has no source for a container counts for nothing.
            self.assert_near(sum(cpu[f"{part}_pct"] or 0 for part in PARTS), 100, 0.01, "sum")
        if not full:
            self.skipTest("the machine is too busy: half a CPU was not to be had")
        for document in full:
            cpu = document["cpu"]
            self.assert_between(cpu["user_pct"] + cpu["system_pct"], 94, 100, "busy")
            self.assert_between(self.busiest(document)["cpu_pct"], 43, 57, "%CPU of the loop")

    def test_a_leader_that_sleeps_while_a_thread_burns(self):
        container = self.container(cpus=0.5)
        self.load(container).command("burn", 1)
        for document in self.frames(container, count=4):
            self.assert_between(self.busiest(document)["cpu_pct"], 10, 60, "%CPU")
        for document in self.frames(container, "-H"):
            busiest = self.busiest(document)
            self.assert_between(busiest["cpu_pct"], 10, 60, "%CPU of the thread")
            leaders = {row["pid"] for row in self.frames(container, count=1)[0]["processes"]}
            self.assertNotIn(busiest["pid"], leaders)

    def test_waiting_for_a_cpu_is_told_of_whom_it_hurts(self):
        container = self.container(cpus=0.25)
        self.load(container).command("busy", 1)
        last = self.frames(container, "-o", "WAIT%", count=3)[-1]
        # It is sorted by, so it has been read, though it is not shown.
        self.assertEqual(last["processes"][0]["pid"], self.busiest(last)["pid"])

    def test_memory_as_set(self):
        container = self.container(memory=64 * MIB, pids=50)
        self.load(container).command("anon", 20 * MIB)
        document = self.frames(container, count=1)[0]
        self.assertEqual(document["memory"]["total_bytes"], 64 * MIB)
        self.assert_between(document["memory"]["used_bytes"], 20 * MIB, 40 * MIB, "used")
        self.assertEqual(document["limits"]["memory_bytes"], 64 * MIB)
        self.assertEqual(document["limits"]["pids_limit"], 50)
        self.assertEqual(document["memory"]["total_bytes"],
                         self.json(container, "free")["memory"]["total_bytes"])
        largest = max(document["processes"], key=lambda row: row["res_bytes"])
        self.assert_near(largest["mem_pct"], 100 * largest["res_bytes"] / (64 * MIB), 0.01, "%MEM")
        lines = self.text(container, "--limits").splitlines()
        self.assertRegex(lines[3], r"^MiB Mem :     64\.0 total, ")
        self.assertIn("64.0m limit", lines[5])

    def test_only_the_container_where_all_pids_are_in_sight(self):
        container = self.container(cpus=0.5, namespaces=("mount", "cgroup"))
        self.load(container).command("busy", 1)
        pids = {row["pid"] for row in self.frames(container, count=1)[0]["processes"]}
        self.assertNotIn(os.getpid(), pids)
        self.assertLess(len(pids), 10)
        everything = {row["pid"] for row in
                      self.frames(container, "--all", count=1)[0]["processes"]}
        self.assertIn(os.getpid(), everything)
        self.assertLess(pids - {max(pids)}, everything)

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
