# SPDX-License-Identifier: Apache-2.0
"""The standard battery: a container with known limits gets a known load, and what our tools say of
it is held against both, and against the kernel's own files as the machine sees them.

A container may be looked at in several ways (View): each is a row of MATRIX.md, each figure a cell.
"""

import json
import os
import re
import time
from dataclasses import dataclass
from statistics import fmean

import harness
from cgroups import MIB
from container import Inside, read_line
from limits import Limits, disk_device, read_bps_of

LIMITS = Limits(memory=256 * MIB, swap=32 * MIB, cpus=0.5, cpuset="0", pids=100,
                read_bps=10 * MIB)
CHANGED_MEMORY = 224 * MIB
CHANGED_CPUS = 0.25
ANON, SHMEM, FILE = 48 * MIB, 16 * MIB, 24 * MIB
BUSY = 2
BUSY_SECONDS = 1.5
# Charges come in batches per CPU, statistics are flushed lazily, and programs come and go.
FUZZ_MIB = 3
FUZZ = FUZZ_MIB * MIB
WARM_UP = MIB
WITHIN = f"±{FUZZ_MIB} MiB"
TICK = 1 / os.sysconf("SC_CLK_TCK")

# All reports in one go: to enter a container is what takes the time.
REPORTS = """{0}/free --json {1} && {0}/containerview info --json {1} && {0}/uptime --json {1} &&
{0}/free -b {1} && {0}/uptime {1}"""

INTERVAL_REPORTS = """{0}/nproc --json {1} && {0}/iostat --json {1} && {0}/vmstat --json {1} &&
{0}/top -b --json -n 2 -d 1 {1}"""
BUSY_SHARES = ("user", "system", "nice")
IDLE = ("idle", "iowait", "irq", "softirq", "steal")


@dataclass
class View:
    """One way to look at a container: `inside` runs the tools, with these options."""
    environment: str
    inside: Inside
    options: tuple = ()
    uid: int = None
    own_tasks: int = 2  # what a look adds to the container's tasks: a shell and the tool
    entering: int = 0  # processes that brought it in, and may still be on their way out
    uptime: str = "exact"  # or "estimated": by the oldest process
    engine: tuple = (None, None)  # (name, id) that info tells

    @classmethod
    def by_pid(cls, environment, inside, pid, engine=(None, None)):
        """From outside of it, with --pid."""
        return cls(environment, inside, options=("--pid", str(pid)), own_tasks=0,
                   uptime="estimated", engine=engine)


def reports(case, inside, options=(), uid=None):
    """The documents of free, info and uptime, and the lines of text of free and uptime."""
    script = REPORTS.format(harness.tools_dir, " ".join(options))
    done = inside.run(["sh", "-c", script], uid=uid, timeout=120)
    case.assertEqual((done.returncode, done.stderr), (0, ""))
    lines = done.stdout.splitlines()
    return *map(json.loads, lines[:3]), lines[3:]


def shares(document, *names):
    """Their sum, in percent of the capacity. What has no source for a container counts nothing."""
    return sum(document["cpu"][f"{name}_pct"] or 0 for name in names)


class Reading:
    """What the tools said at one moment, and the kernel's counters just before and after it."""

    def __init__(self, case, view, container):
        self._before = self.kernel_figures(container)
        self.free, self.info, self.uptime, self.text = reports(case, view.inside, view.options,
                                                               view.uid)
        self._after = self.kernel_figures(container)

    @staticmethod
    def kernel_figures(container):
        cgroup = container.cgroup
        usage, reclaimable = cgroup.memory_usage(), cgroup.memory_reclaimable()
        at_least, at_most = container.age_bounds()
        return {"free": LIMITS.memory - usage, "used": usage - reclaimable,
                "available": LIMITS.memory - usage + reclaimable,
                "cache": cgroup.memory_stat("total_cache", "file"),
                "shared": cgroup.memory_stat("total_shmem", "shmem"),
                "tasks": cgroup.pids_current(), "at least": at_least, "at most": at_most}

    def memory(self, name):
        return self.free["memory"][f"{name}_bytes"]

    def bounds(self, name):
        """The kernel's figure, lowest and highest."""
        return sorted((self._before[name], self._after[name]))

    def age(self):
        return self._before["at least"], self._after["at most"]


def marked(document, key, verdict):
    """The verdict, with the quality that the document gives the figure."""
    listed = [quality for quality, keys in document["quality"].items() if key in keys]
    if not listed or listed == ["estimated"]:
        return "est. " * bool(listed) + verdict
    return listed[0]


class Battery:
    """run() does it all: first with idle processes, then with busy ones, then changed limits."""

    def __init__(self, case, container, views):
        self._case, self._container, self._views = case, container, views

    def run(self):
        self._device_limit()
        load = self._case.load(self._container)
        on_disk = f"{self._container.disk}/{self._container.init_pid}"
        self._warm_up(load, on_disk)
        before = [self._read(view) for view in self._views]
        load.command("anon", ANON)
        load.command("file", f"{self._container.shm}/file", SHMEM)
        load.command("file", on_disk, FILE)
        load.command("sync", on_disk)
        for view, idle in zip(self._views, before):
            loaded = self._read(view)
            self._scope(view, loaded)
            self._memory(view, idle, loaded)
            self._cpu_and_pids(view, loaded)
            self._age(view, loaded)
            self._text(view, loaded)
        self._load()
        self._changed_limits()

    def _warm_up(self, load, on_disk):
        """Whoever reads a page of a program or a block of a file system first has it on its account.
        So all of it is read before the figures that are compared."""
        load.command("file", f"{on_disk}.warm-up", WARM_UP)
        load.command("sync", f"{on_disk}.warm-up")
        for view in self._views:
            self._read(view)
        self._interval_reports(self._views[0])

    def _device_limit(self):
        """iostat shows it, see test_iostat: here it is there, and must disturb nothing."""
        with self._case.subTest(limit="read_bps"):
            if disk_device() is None:
                self._case.skipTest("/var/tmp is on no disk whose reads could be limited")
            self._case.assertEqual(read_bps_of(self._container.cgroup), LIMITS.read_bps)

    def _read(self, view):
        return Reading(self._case, view, self._container)

    def _figure(self, view, name, verdict="exact"):
        return self._case.figure(view.environment, name, verdict)

    def _scope(self, view, reading):
        scope = reading.info["scope"]
        with self._figure(view, "scope"):
            self._case.assertEqual(scope["kind"], "container", scope["reason"])
            # Is the directory the one that the machine knows? It is named as the viewer sees it, or
            # with --pid, where the viewer can not see it, as the container does.
            inodes = {inside.run(["stat", "-c", "%i", scope["boundary"]]).stdout.strip()
                      for inside in (view.inside, self._container)}
            expected = self._container.cgroup.dir("memory").stat().st_ino
            self._case.assertIn(str(expected), inodes, scope["boundary"])
            self._case.assertEqual(reading.info["problems"], [])
        told = "exact" if view.engine[0] else "unknown" if self._container.engine else "none"
        with self._figure(view, "engine", told):
            self._case.assertEqual((scope["engine"], scope["id"]), view.engine)

    def _memory(self, view, idle, loaded):
        case = self._case
        with self._figure(view, "total", marked(loaded.free, "memory.total_bytes", "exact")):
            case.assertEqual(loaded.memory("total"), LIMITS.memory)
        changes = {"free": -ANON - SHMEM - FILE, "used": ANON + SHMEM, "available": -ANON - SHMEM,
                   "shared": SHMEM, "cache": SHMEM + FILE}
        for name, change in changes.items():
            verdict = marked(loaded.free, f"memory.{name}_bytes", WITHIN)
            with self._figure(view, name, verdict):
                low, high = loaded.bounds(name)
                case.assert_between(loaded.memory(name), low - FUZZ, high + FUZZ, name)
                # A kernel that looks for what is cold (DAMON) may take clean pages meanwhile.
                seen = fmean(loaded.bounds(name)) - fmean(idle.bounds(name))
                case.assert_near(seen, change, FILE / 2, f"{name}, change that the kernel saw")
                expected = change if abs(seen - change) <= FUZZ else seen
                case.assert_near(loaded.memory(name) - idle.memory(name), expected, FUZZ,
                                 f"{name}, change")
        with self._figure(view, "swap", marked(loaded.free, "swap.total_bytes", "exact")):
            case.assertEqual(loaded.free["swap"]["total_bytes"],
                             min(LIMITS.swap, harness.host_meminfo("SwapTotal")))

    def _cpu_and_pids(self, view, reading):
        case, cpu, pids = self._case, reading.info["cpu"], reading.info["pids"]
        with self._figure(view, "quota"):
            case.assertEqual((cpu["quota"]["state"], cpu["quota"]["cpus"]),
                             ("limited", LIMITS.cpus))
        with self._figure(view, "cpus"):
            case.assertEqual((cpu["effective_cpus"], cpu["whole_cpus"]), (LIMITS.cpus, 1))
        with self._figure(view, "cpuset"):
            case.assertEqual(cpu["cpuset"], {"cpus": LIMITS.cpuset, "count": 1})
        with self._figure(view, "pids limit"):
            case.assertEqual((pids["limit"]["state"], pids["limit"]["count"]),
                             ("limited", LIMITS.pids))
        low, high = reading.bounds("tasks")
        with self._figure(view, "pids"):
            case.assert_between(pids["current"], low + view.own_tasks,
                                high + view.own_tasks + view.entering, "pids")
        with self._figure(view, "threads"):
            # The tool leaves itself out.
            own = max(view.own_tasks - 1, 0)
            case.assert_between(reading.uptime["load"]["total"], low + own,
                                high + own + view.entering, "threads")

    def _age(self, view, reading):
        verdict = marked(reading.uptime, "uptime_seconds", f"±{TICK * 1000:.0f} ms")
        with self._figure(view, "uptime", verdict):
            at_least, at_most = reading.age()
            self._case.assert_between(reading.uptime["uptime_seconds"], at_least - TICK,
                                      at_most + TICK, "uptime")
            self._case.assertEqual(verdict.startswith("est. "), view.uptime == "estimated",
                                   verdict)

    def _text(self, view, reading):
        case = self._case
        with self._figure(view, "text", "as JSON"):
            memory, swap = (line.split() for line in reading.text[1:3])
            case.assertEqual((memory[0], int(memory[1])), ("Mem:", reading.memory("total")))
            case.assert_near(int(memory[2]), reading.memory("used"), FUZZ, "used")
            case.assertEqual((swap[0], int(swap[1])),
                             ("Swap:", reading.free["swap"]["total_bytes"]))
            line = re.fullmatch(r" \d\d:\d\d:\d\d up (\d+) min,  \d+ users?,  load average: "
                                r"(\d+\.\d\d), (\d+\.\d\d), (\d+\.\d\d)", reading.text[3])
            case.assertIsNotNone(line, reading.text[3])
            case.assert_near(int(line[1]), reading.uptime["uptime_seconds"] / 60, 1, "up")
            case.assert_near(float(line[2]), reading.uptime["load"]["avg_1m"], 0.3, "load")

    def _load(self):
        """Loops that ran for part of the container's short life: the mean of its life."""
        load = self._case.load(self._container)
        # What ran before, or waited for its quota, is load too: a lot of it on an emulated CPU.
        earlier = self._container.cgroup.cpu_seconds() / LIMITS.cpus
        load.command("busy", BUSY)
        since = time.clock_gettime(time.CLOCK_BOOTTIME)
        time.sleep(BUSY_SECONDS)
        for view in self._views:
            reading = self._read(view)
            figures = reading.uptime["load"]
            begin = since - self._container.started_not_before  # the container's age then
            low, high = (BUSY * (1 - begin / age) for age in reading.age())
            high += earlier / reading.age()[0]
            verdict = marked(reading.uptime, "load.avg_1m", "±20 %")
            with self._figure(view, "load", verdict):
                self._case.assertEqual(figures["source"], "estimate")
                for key in ("avg_1m", "avg_5m", "avg_15m"):
                    self._case.assert_between(figures[key], low * 0.8, high * 1.2 + 0.2, key)
            self._tools(view, reading)
        self._who_loads(self._views[0])
        load.close()

    def _interval_reports(self, view):
        """The documents of nproc, iostat, vmstat and of top's second frame."""
        script = INTERVAL_REPORTS.format(harness.tools_dir, " ".join(view.options))
        done = view.inside.run(["sh", "-c", script], uid=view.uid, timeout=120)
        self._case.assertEqual((done.returncode, done.stderr), (0, ""))
        nproc, iostat, vmstat, _, top = map(json.loads, done.stdout.splitlines())
        return nproc, iostat, vmstat, top

    def _tools(self, view, reading):
        """The tools that have a suite of their own: that each finds this container from here."""
        before = Reading.kernel_figures(self._container), self._container.cgroup.cpu_seconds()
        nproc, iostat, vmstat, top = documents = self._interval_reports(view)
        after = Reading.kernel_figures(self._container), self._container.cgroup.cpu_seconds()
        case = self._case
        with self._figure(view, "nproc"):
            case.assertEqual((nproc["cpus"], nproc["fraction"], nproc["quota_cpus"]),
                             (1, LIMITS.cpus, LIMITS.cpus))
        for document in documents:
            case.assertEqual(document["scope"], reading.free["scope"], document["schema"])
        with self._figure(view, "iostat", marked(iostat, "cpu.user_pct", "±5 %")):
            capacity = LIMITS.cpus * iostat["interval_seconds"]
            case.assert_between((100 - shares(iostat, *IDLE)) / 100 * capacity,
                                0.95 * before[1], 1.05 * after[1], "CPU seconds")
            case.assert_near(shares(iostat, *BUSY_SHARES, *IDLE), 100, 0.01, "sum of shares")
        with self._figure(view, "vmstat", WITHIN):
            # What the engine put the tool in with may still be on its way out.
            case.assert_between(vmstat["procs"]["running"], BUSY, BUSY + 1, "running")
            low, high = sorted((before[0]["free"], after[0]["free"]))
            case.assert_between(vmstat["memory"]["free_bytes"], low - FUZZ, high + FUZZ, "free")
            case.assertIsNotNone(vmstat["system"]["context_switches_per_sec"])
        with self._figure(view, "top", marked(top, "cpu.user_pct", "±20 %")):
            case.assertEqual((top["cpu"]["effective_cpus"], top["memory"]["total_bytes"]),
                             (LIMITS.cpus, LIMITS.memory))
            # Others on the machine may leave it less than its quota: the rows and the summary
            # then say so both.
            rows = sum(row["cpu_pct"] for row in top["processes"])
            case.assert_near(shares(top, *BUSY_SHARES), min(100, rows / LIMITS.cpus), 20, "busy")
            case.assert_near(shares(top, *BUSY_SHARES, *IDLE), 100, 0.01, "sum of shares")
            running = sum(row["state"] == "R" for row in top["processes"])
            case.assert_between(running, BUSY, BUSY + 2, "running, top and what entered with it")

    def _who_loads(self, view):
        """Who makes the load, over two seconds."""
        # A wait counts when it ends: over two seconds it may be late.
        with self._figure(view, "containerview load", "±40 %"):
            document = self._case.json(view.inside, "containerview", "load", *view.options)
            shown = [p["runnable_mean"] for p in document["processes"]]
            self._case.assertGreaterEqual(len(shown), BUSY)
            for mean in sorted(shown)[-BUSY:]:
                self._case.assert_between(mean, 0.6, 1.4, "of a loop")

    def _changed_limits(self):
        """Set from outside while the first view's tool runs, then seen by all."""
        cgroup = self._container.cgroup
        first = self._views[0]
        running = first.inside.popen([harness.tools_dir / "free", "--json", "-s", "0.3", "-c", "3",
                                      *first.options], uid=first.uid)
        seen = [json.loads(read_line(running))]
        cgroup.set_memory(CHANGED_MEMORY)
        cgroup.set_cpus(CHANGED_CPUS)
        seen += map(json.loads, running.communicate(timeout=60)[0].splitlines())
        totals = [document["memory"]["total_bytes"] for document in seen]
        for view in self._views:
            reading = self._read(view)
            with self._figure(view, "changed limit"):
                self._case.assertEqual(totals[0::2], [LIMITS.memory, CHANGED_MEMORY])
                self._case.assertEqual(reading.memory("total"), CHANGED_MEMORY)
                self._case.assertEqual(reading.info["cpu"]["effective_cpus"], CHANGED_CPUS)


def check(case, container, *views):
    Battery(case, container, views).run()
