# SPDX-License-Identifier: Apache-2.0
"""Trees for --sysroot as a seed makes them: a container on cgroup v1, v2 or both, with limits on
several levels, and now and then a number that no kernel should print."""
import os
import pathlib
import random

HEX = "0123456789abcdef" * 4
# The levels of a pod's container, as a node without cgroup namespaces shows them; the last is the
# container's own, which an engine's name gives away.
POD = ["", "/kubepods", "/kubepods/burstable", "/kubepods/burstable/pod1",
       f"/kubepods/burstable/pod1/{HEX}"]
V1_CONTROLLERS = ("cpu", "cpuacct", "cpuset", "memory", "blkio", "pids")
V1_UNLIMITED = 9223372036854771712
NASTY = (0, 1, 4095, 4096, 2**53 + 1, 2**63 - 4096, 2**63, 2**64 - 1)
GIB = 1 << 30
CPUS = 8
TICKS = 100


class Tree:
    """The files of one moment, by path. later() is the same machine some seconds on."""

    def __init__(self, seed, version, is_nasty):
        self.random = random.Random(f"{version} {seed}")
        self.version = version
        self.is_nasty = is_nasty
        self.files = {}
        self.links = {}
        # Alone in its cgroup namespace, or in sight of all that is above it.
        self.levels = POD if self.random.random() < 0.7 else [""]
        if len(self.levels) > 1 and self.random.random() < 0.3:
            self.levels = [*POD, POD[-1] + "/inner"]
        self.uptime = self.random.uniform(3600, 86400 * 40)
        self.age = self.random.uniform(1, 3600)
        # All levels alike: what binds is busy with what is below it.
        self.busy = [self._number(int(self.age * 10**6)), self._number(int(self.age * 10**5))]
        self.throttled = [self._number(1000), self._number(10**9)]
        self._machine()
        self._process()
        for directory in self.levels:
            if version == "v2":
                self._v2_level(directory)
            else:
                self._v1_level(directory)
        if version == "hybrid":
            self._pressure("/sys/fs/cgroup/unified" + self.levels[-1])

    # What is read -----------------------------------------------------------------------------

    def _number(self, most):
        if self.is_nasty and self.random.random() < 0.06:
            return self.random.choice(NASTY)
        return self.random.randrange(most + 1)

    def _pages(self, most):
        return self._number(most // 4096) * 4096 % 2**64

    def _put(self, path, text):
        self.files[path] = f"{text}\n"

    def _machine(self):
        total = self.random.randrange(4, 128) * GIB
        free = self.random.randrange(total)
        swap = self.random.choice((0, 2 * GIB))
        kib = {"MemTotal": total, "MemFree": free,
               "MemAvailable": self.random.randrange(free, total), "Buffers": self._number(GIB),
               "Cached": self._number(total // 2), "SReclaimable": self._number(GIB),
               "Shmem": self._number(GIB), "Active": self._number(total // 2),
               "Inactive": self._number(total // 2), "SwapTotal": swap,
               "SwapFree": self.random.randrange(swap + 1), "CommitLimit": total,
               "Committed_AS": self._number(2 * total)}
        self._put("/proc/meminfo", "\n".join(f"{key}: {value // 1024} kB"
                                             for key, value in kib.items()))
        self.stat = [self.random.randrange(10**7) for _ in range(8)] + [0, 0]
        self._clock()
        self._put("/proc/loadavg", "0.50 0.40 0.30 1/200 4711")
        self._put("/proc/diskstats", "   8       0 sda 1000 20 30000 400 500 60 70000 800 0 900 1000")
        for name in ("online", "possible", "present"):
            self._put(f"/sys/devices/system/cpu/{name}", f"0-{CPUS - 1}")
        self._put("/sys/block/sda/dev", "8:0")

    def _clock(self):
        self._put("/proc/uptime", f"{self.uptime:.2f} 1.00")
        words = " ".join(map(str, self.stat))
        lines = [f"cpu  {words}"] + [f"cpu{i} {words}" for i in range(CPUS)]
        lines += ["intr 1000", "ctxt 2000", "btime 1800000000", "processes 5000",
                  "procs_running 1", "procs_blocked 0"]
        self._put("/proc/stat", "\n".join(lines))

    def _process(self):
        own = self.levels[-1] or "/"
        alone = len(self.levels) == 1
        self.links = {"/proc/self/ns/cgroup": f"cgroup:[{4026532261 if alone else 4026531835}]",
                      "/proc/self/ns/pid": f"pid:[{4026532209 if alone else 4026531836}]"}
        if self.version == "v2":
            self._put("/proc/self/cgroup", f"0::{own}")
            mounts = ["30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw"]
        else:
            lines = [f"{i}:{name}:{own}" for i, name in enumerate(V1_CONTROLLERS, start=1)]
            mounts = [f"{30 + i} 20 0:{30 + i} / /sys/fs/cgroup/{name} rw - cgroup cgroup rw,{name}"
                      for i, name in enumerate(V1_CONTROLLERS)]
            if self.version == "hybrid":
                lines.append(f"0::{own}")
                mounts.append("50 20 0:50 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw")
            self._put("/proc/self/cgroup", "\n".join(lines))
        self._put("/proc/self/mountinfo", "\n".join(mounts))
        self._put("/proc/self/status", f"Name:\ttool\nCpus_allowed_list:\t0-{CPUS - 1}")
        start = int((self.uptime - self.age) * TICKS)
        for pid in ("1", "self"):
            number = 1 if pid == "1" else 77
            self._put(f"/proc/{pid}/stat",
                      f"{number} (sh) S 0 1 1 0 -1 0 1 0 0 0 5 6 0 0 20 0 1 0 {start} 2646016 229 "
                      "18446744073709551615" + " 0" * 27)
        self._put("/proc/1/status", "Name:\tsh\nState:\tS (sleeping)\nUid:\t0\t0\t0\t0")
        self._put("/proc/1/cgroup", self.files["/proc/self/cgroup"].rstrip("\n"))

    def _memory_stat(self, usage):
        anon = self.random.randrange(usage // 4096 + 1) * 4096
        file = self.random.randrange((usage - anon) // 4096 + 1) * 4096
        slab = self.random.randrange(usage - anon - file + 1)
        active = self._pages(file)
        return {"file": file, "anon": anon, "shmem": self._pages(file // 4),
                "active_file": active, "inactive_file": max(0, file - active),
                "active_anon": anon, "inactive_anon": 0, "file_dirty": self._pages(file // 8),
                "file_writeback": self._pages(file // 16), "slab_reclaimable": slab}

    def _usage(self, limit):
        # Now and then above it: it was lowered, or is no hard one.
        most = limit if limit is not None else 4 * GIB
        return self._pages(most if self.random.random() < 0.9 else most * 2) % 2**63

    def _limit(self, likely=0.6):
        if self.random.random() >= likely:
            return None
        return self._pages(self.random.choice((64 << 20, 1000 << 20, 1001 << 20, GIB, 8 * GIB)))

    def _v2_level(self, below):
        root = below == "" and len(self.levels) > 1
        directory = "/sys/fs/cgroup" + below
        put = lambda name, text: self._put(f"{directory}/{name}", text)
        put("cgroup.controllers", "cpuset cpu io memory pids")
        self._cpu_v2(directory, root)
        if root:
            return
        put("cgroup.events", "populated 1\nfrozen 0")
        limit = self._limit()
        usage = self._usage(limit)
        put("memory.max", "max" if limit is None else limit)
        high = self._limit(0.15)
        put("memory.high", "max" if high is None else high)
        put("memory.current", usage)
        put("memory.stat", "\n".join(f"{k} {v}" for k, v in self._memory_stat(usage).items()))
        put("memory.events", "low 0\nhigh 1\nmax 2\noom 1\noom_kill 1")
        put("memory.swap.max", self.random.choice(("max", 0, 1 << 30)))
        put("memory.swap.current", self._pages(GIB))
        put("pids.max", self.random.choice(("max", 64)))
        put("pids.current", self._number(64))
        put("cpuset.cpus.effective", self.random.choice((f"0-{CPUS - 1}", "1-2")))
        self._pressure(directory)
        self.io = [self._number(10**9), self._number(10**9), self._number(10**5)]
        put("io.max", "8:0 rbps=1048576 wbps=max riops=max wiops=100")
        self._io()

    def _cpu_v2(self, directory, root):
        self._cpu_stat(directory)
        if root:
            return
        quota = self.random.choice(("max", 50000, 150000, 333333, 1000))
        self._put(f"{directory}/cpu.max", f"{quota} 100000")

    def _cpu_stat(self, directory):
        user, system = self.busy
        periods = int(self.age * 10)
        if self.version == "v2":
            self._put(f"{directory}/cpu.stat",
                      f"usage_usec {user + system}\nuser_usec {user}\nsystem_usec {system}\n"
                      f"nr_periods {periods}\nnr_throttled {self.throttled[0]}\n"
                      f"throttled_usec {self.throttled[1]}")
            return
        cpu, acct = (f"/sys/fs/cgroup/{name}{directory}" for name in ("cpu", "cpuacct"))
        self._put(f"{cpu}/cpu.stat", f"nr_periods {periods}\nnr_throttled {self.throttled[0]}\n"
                                     f"throttled_time {self.throttled[1] * 1000 % 2**64}")
        self._put(f"{acct}/cpuacct.usage", (user + system) * 1000 % 2**64)
        self._put(f"{acct}/cpuacct.stat", f"user {user // 10000}\nsystem {system // 10000}")

    def _io(self):
        read, written, requests = self.io
        if self.version == "v2":
            self._put(f"/sys/fs/cgroup{self.levels[-1]}/io.stat",
                      f"8:0 rbytes={read} wbytes={written} rios={requests} wios={requests} "
                      "dbytes=0 dios=0")

    def _pressure(self, directory):
        self.stalled = self._number(10**6)
        for kind in ("cpu", "memory", "io"):
            self._put(f"{directory}/{kind}.pressure",
                      "\n".join(f"{who} avg10=1.50 avg60=0.80 avg300=0.20 total={self.stalled}"
                                for who in ("some", "full")))

    def _v1_level(self, below):
        root = below == "" and len(self.levels) > 1
        put = lambda name, text: self._put(
            f"/sys/fs/cgroup/{name.partition('/')[0]}{below}/{name.partition('/')[2]}", text)
        self._cpu_stat(below)
        put("cpu/cpu.cfs_period_us", 100000)
        put("cpu/cpu.cfs_quota_us", -1 if root else self.random.choice((-1, 50000, 150000, 333333)))
        put("cpuset/cpuset.cpus", f"0-{CPUS - 1}" if root else self.random.choice(("0-7", "1-2")))
        put("pids/pids.current", 3)
        if not root:
            put("pids/pids.max", self.random.choice(("max", 64)))
        else:
            for name in V1_CONTROLLERS:
                put(f"{name}/release_agent", "")
        limit = None if root else self._limit()
        usage = self._usage(limit)
        swap = self._pages(GIB // 4)
        hierarchical = min([limit if limit is not None else V1_UNLIMITED,
                            getattr(self, "hierarchical", V1_UNLIMITED)])
        self.hierarchical = hierarchical
        stat = {{"file": "cache", "file_dirty": "dirty", "file_writeback": "writeback"}.get(k, k): v
                for k, v in self._memory_stat(usage).items()
                if k not in ("slab_reclaimable", "anon")} | {"swap": swap}
        lines = [f"hierarchical_memory_limit {hierarchical}"]
        lines += [f"{key} {value}\ntotal_{key} {value}" for key, value in stat.items()]
        put("memory/memory.stat", "\n".join(lines))
        put("memory/memory.limit_in_bytes", V1_UNLIMITED if limit is None else limit)
        put("memory/memory.usage_in_bytes", usage)
        put("memory/memory.swappiness", self.random.choice((60, 60, 0)))
        put("memory/memory.use_hierarchy", 1)
        put("memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1")
        if self.random.random() < 0.5:
            put("memory/memory.memsw.limit_in_bytes",
                V1_UNLIMITED if limit is None else min(V1_UNLIMITED, limit * 2))
            put("memory/memory.memsw.usage_in_bytes", min(2**64 - 1, usage + swap))

    # Writing ----------------------------------------------------------------------------------

    def later(self, seconds):
        """Moves on; the files that changed. Counters grow, up to more than the quota allows."""
        before = dict(self.files)
        self.uptime += seconds
        self.age += seconds
        self.stat = [n + self.random.randrange(int(seconds * TICKS)) for n in self.stat[:8]] + [0, 0]
        self._clock()
        self.throttled = [n + self.random.randrange(10) for n in self.throttled]
        self.busy = [n + self.random.randrange(int(seconds * 600_000)) for n in self.busy]
        for below in self.levels:
            self._cpu_stat(f"/sys/fs/cgroup{below}" if self.version == "v2" else below)
        if self.version == "v2":
            self.io = [n + self.random.randrange(10**6) for n in self.io]
            self._io()
        return {path: text for path, text in self.files.items() if before.get(path) != text}

    def write(self, root, files=None):
        """Each file at once, so that a reader never sees half of one."""
        root = pathlib.Path(root)
        for path, text in (self.files if files is None else files).items():
            file = root / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            fresh = file.with_name(file.name + ".new")
            fresh.write_text(text)
            os.replace(fresh, file)
        for path, target in self.links.items() if files is None else ():
            link = root / path.lstrip("/")
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(target)
