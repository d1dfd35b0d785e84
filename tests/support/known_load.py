# SPDX-License-Identifier: Apache-2.0
"""Loads whose truth is known by how they are made (tests/bench/load/load_maker.cpp), and the
library's integrator watching them (load_probe.cpp)."""

import json
import math
import mmap
import os
import pathlib
import struct
import subprocess
import tempfile
import time

BUCKET = 0.1  # seconds; kBucketNsec of load_maker
WINDOWS = (60, 300, 900)


def now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Truth:
    """What load_makers write down: how many threads were runnable or in uninterruptible sleep. Not
    on a disk: writing to a page that is being written back is uninterruptible sleep as well."""

    def __init__(self, seconds):
        self.base = now()
        self._directory = tempfile.TemporaryDirectory(prefix="containerview-load.", dir="/dev/shm")
        self.file = pathlib.Path(self._directory.name) / "truth"
        self._count = int(seconds / BUCKET)
        self.file.write_bytes(bytes(8 * self._count))

    def close(self):
        self._directory.cleanup()

    def arguments(self):
        return [str(self.file), str(int(self.base * 1e9))]

    def loads(self):
        """The mean load in each bucket."""
        with open(self.file, "rb") as file:
            with mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as data:
                sums = struct.unpack(f"{self._count}Q", data[:])
        return [total / 1e9 / BUCKET for total in sums]

    def averages(self, begin, end):
        """The three load averages at `end` of what was since `begin`: containerview(7), LOAD."""
        loads = self.loads()
        result = []
        for tau in WINDOWS:
            weighted = weights = 0.0
            at = begin
            while at < end - 1e-9:
                bucket = int((at - self.base) / BUCKET + 1e-9)
                until = min(end, self.base + (bucket + 1) * BUCKET)
                weight = math.exp((until - end) / tau) - math.exp((at - end) / tau)
                weighted += weight * loads[bucket]
                weights += weight
                at = until
            result.append(weighted / weights)
        return result

    def mean(self, begin, end):
        loads = self.loads()
        total, at = 0.0, begin
        while at < end - 1e-9:
            bucket = int((at - self.base) / BUCKET + 1e-9)
            until = min(end, self.base + (bucket + 1) * BUCKET)
            total += (until - at) * loads[bucket]
            at = until
        return total / (end - begin)


def cgroup_places(cgroup):
    """What load_probe wants to know of a cgroup: threads, CPU time, freezer."""
    cpu = cgroup.dir("cpu")
    if cgroup.version("cpu") == 2:
        return [cpu, cpu / "cpu.stat", ""]
    return [cpu, cgroup.dir("cpuacct") / "cpuacct.usage", ""]


class Probe:
    """load_probe over some cgroups, from now until close()."""

    def __init__(self, program, places, interval=5.0, subsample=0.35):
        """places: {name: cgroup_places()}"""
        arguments = [str(word) for name, place in places.items() for word in (name, *place)]
        self._process = subprocess.Popen(
            [program, str(round(interval * 1000)), str(round(subsample * 1000)), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self._process.pid

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/schedstat").read_text().split()
        return int(fields[0]) / 1e9

    def kill(self):
        """Ends it, unless it has ended."""
        self._process.kill()
        self._process.wait()

    def close(self):
        """Ends it; its reports: {name: [interval]}, as load_probe prints them."""
        out, _ = self._process.communicate()
        reports = {}
        for line in out.splitlines():
            report = json.loads(line)
            reports.setdefault(report["name"], []).append(report)
        return reports


def error_allowed(true, absolute, relative):
    return max(absolute, relative * true)


def makers_of(build):
    """(load_maker, load_probe) of a build directory's tests, by any directory in the build."""
    directory = pathlib.Path(build)
    while not (directory / "CMakeCache.txt").exists():
        if directory == directory.parent:
            raise FileNotFoundError(f"no build directory above {build}")
        directory = directory.parent
    made = directory / "tests" / "bench" / "load"
    programs = made / "load_maker", made / "load_probe"
    for program in programs:
        if not os.access(program, os.X_OK):
            raise FileNotFoundError(program)
    return programs
