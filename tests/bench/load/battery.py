#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A battery of known loads in real cgroups: what the library's integrator makes of them, beside
lxcfs and the truth.

  battery.py --build build/release [--seconds 200] [--subsample MS] [CASE...]

Then what one look at it (uptime, without a history) makes of it at container ages of 10 s, a minute
and at the end.

A benchmark to be read; tests/live/test_load.py has short versions that are tests. Needs root and
writable cgroups; a column stays empty without lxcfs, and the disk cases are left out without a
blkio or io controller. Prints the table of tests/bench/README.md.
"""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from cgroups import Cgroup, hierarchies, why_not  # noqa: E402
from container import Container, Entered  # noqa: E402
from known_load import Probe, Truth, cgroup_places, error_allowed, makers_of, now  # noqa: E402

LASTING = (0.03, 0.01)  # allowed error: absolute, or a share of the truth
CHURN = {350: (0.1, 0.07), 200: (0.05, 0.03)}  # by the distance of sub-samples, ms
SLEEP = (0.03, 0.10)
ESTIMATE = (0.05, 0.02)  # where threads are steady; there is no promise for the others
ESTIMATE_AGES = (10, 60)  # seconds; and at the end
LONGEST_CYCLE = 8


@dataclass(frozen=True)
class Case:
    name: str
    load: tuple  # of load_maker: kind and arguments
    cpus: float = 0  # quota
    kind: str = "lasting"


CASES = [
    Case("3 loops, 0.5 CPUs", ("busy", 3), 0.5),
    Case("3 loops, 1 CPU", ("busy", 3), 1),
    Case("3 loops, 2 CPUs", ("busy", 3), 2),
    Case("1 thread, 10 % of 1 ms", ("duty", 1, 1000, 100)),
    Case("2 threads, 30 % of 20 ms", ("duty", 2, 20_000, 6_000)),
    Case("2 threads, 50 % of 100 ms", ("duty", 2, 100_000, 50_000)),
    Case("1 thread, 90 % of 1 s", ("duty", 1, 1_000_000, 900_000)),
    Case("4 threads, 10 % of 5 s", ("duty", 4, 5_000_000, 500_000)),
    Case("4 threads, 90 % of 5 s", ("duty", 4, 5_000_000, 4_500_000)),
    Case("3 threads, 30 % of 2.5 s", ("duty", 3, 2_500_000, 750_000)),
    Case("2 threads, 40 % of 7 s", ("duty", 2, 7_000_000, 2_800_000)),
    Case("500 sleepers", ("sleepers", 500)),
    Case("200 forks/s, 4 ms each, 0.5 CPUs", ("forks", 200, 4000, 24), 0.5, "churn"),
    Case("make -j4, 0.05 .. 2 s, 0.5 CPUs", ("make", 4, 50, 2000), 0.5, "churn"),
    Case("4 readers of a throttled disk", ("disk", 4, "DISK", 65536, 0), 0, "sleep"),
    Case("2 readers, paused for 300 ms", ("disk", 2, "DISK", 65536, 300), 0, "sleep"),
]
DISK_BYTES_PER_SEC = 256 << 10  # one read of 64 KiB takes 250 ms


class Disk:
    """A disk of our own, so that no other is throttled: a loop device."""

    def __init__(self, directory):
        image = pathlib.Path(directory) / "disk"
        with open(image, "wb") as file:
            file.truncate(64 << 20)
        done = subprocess.run(["losetup", "--find", "--show", image], capture_output=True,
                              text=True, check=True)
        self.path = done.stdout.strip()
        number = os.stat(self.path).st_rdev
        self.number = f"{os.major(number)}:{os.minor(number)}"

    def throttle(self, cgroup):
        try:
            directory = cgroup.dir("blkio")
            (directory / "blkio.throttle.read_bps_device").write_text(
                f"{self.number} {DISK_BYTES_PER_SEC}")
        except LookupError:
            (cgroup.dir("io") / "io.max").write_text(f"{self.number} rbps={DISK_BYTES_PER_SEC}")

    def close(self):
        subprocess.run(["losetup", "--detach", self.path], check=True)


class Lxcfs:
    """An lxcfs of our own on a private mount point."""

    def __init__(self, directory):
        self.mount = pathlib.Path(directory) / "lxcfs"
        self.mount.mkdir()
        self._process = subprocess.Popen(
            ["lxcfs", "-f", "-l", "--enable-pidfd", "-p", f"{directory}/lxcfs.pid", self.mount],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pid = self._process.pid
        self.loadavg = self.mount / "proc" / "loadavg"
        for _ in range(100):
            if self.loadavg.exists():
                return
            time.sleep(0.1)
        self.close()
        raise SystemExit("lxcfs did not start")

    def cpu_seconds(self):
        task = pathlib.Path(f"/proc/{self._process.pid}/task")
        return sum(int((t / "schedstat").read_text().split()[0]) for t in task.iterdir()) / 1e9

    def average(self, container):
        """The 1-minute average that the container sees, or None. It goes by the reader's PID
        namespace: the reader stays outside of the cgroup, whose load it would be."""
        done = Entered(container).run(["cat", self.loadavg])
        return float(done.stdout.split()[0]) if done.returncode == 0 else None

    def close(self):
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        subprocess.run(["umount", "--lazy", self.mount], stderr=subprocess.DEVNULL, check=False)


class Running:
    """One case: its cgroup, its container, its load and the truth of it."""

    def __init__(self, case, index, parent, seconds, maker, disk, stack):
        self.case = case
        self.truth = Truth(seconds + 60)
        stack.callback(self.truth.close)
        self.cgroup = Cgroup(f"{parent.name}/case{index}")
        stack.callback(self.cgroup.remove)
        self.cgroup.create()
        if case.cpus:
            self.cgroup.set_cpus(case.cpus)
        if case.kind == "sleep":
            disk.throttle(self.cgroup)
        self.container = Container(self.cgroup)
        stack.callback(self.container.close)
        words = [disk.path if word == "DISK" else word for word in case.load]
        self._start = lambda: self.container.popen([maker, *self.truth.arguments(), *words])
        self._stack = stack
        self.estimates = {}  # age: (1-minute average, since when, when)

    def estimate(self, uptime, age):
        """What one look shows. It is part of the load: not while the integrator is compared."""
        done = self.container.run([uptime, "--json"])
        at = now()
        shown = json.loads(done.stdout)["load"]
        if shown["source"] != "estimate":
            raise SystemExit(f"the load came from a {shown['source']}")
        self.estimates[age] = shown["avg_1m"], at - self.container.age_bounds()[1], at

    def start(self):
        process = self._start()
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)


def row(running, reports, lxcfs_average, subsample):
    """One line of the table: what was shown at the end, and the worst in the last minute."""
    last = reports[-1]
    begin = reports[0]["end"] - reports[0]["seconds"]
    true = running.truth.averages(begin, last["end"])[0]
    worst = max(abs(r["avg"][0] - running.truth.averages(begin, r["end"])[0])
                for r in reports if r["end"] > last["end"] - 30)
    limits = {"lasting": LASTING, "sleep": SLEEP, "churn": CHURN.get(subsample, CHURN[350])}
    allowed = error_allowed(true, *limits[running.case.kind])
    lxcfs = "" if lxcfs_average is None else f"{lxcfs_average:.2f}"
    verdict = "" if worst <= allowed else " **missed**"
    return (f"| {running.case.name} | {true:.3f} | {last['avg'][0]:.3f} | {lxcfs} "
            f"| {worst:.3f} | {allowed:.3f}{verdict} |")


def estimate_row(running):
    cells = []
    for ours, begin, at in running.estimates.values():
        true = running.truth.averages(begin, at)[0]
        missed = abs(ours - true) > error_allowed(true, *ESTIMATE)
        # To start 500 threads is a load too, and in no truth.
        judged = running.case.kind == "lasting" and running.case.load[0] != "sleepers"
        mark = " **missed**" if missed and judged else ""
        cells.append(f"{true:.2f} / {ours:.2f}{mark}")
    return f"| {running.case.name} | {' | '.join(cells)} |"


def measure(cases, options, maker, probe_program, stack):
    directory = stack.enter_context(
        tempfile.TemporaryDirectory(prefix="containerview-bench.", dir="/var/tmp"))
    pathlib.Path(directory).chmod(0o755)
    lxcfs = disk = None
    if shutil.which("lxcfs"):
        lxcfs = Lxcfs(directory)
        stack.callback(lxcfs.close)
    if any(case.kind == "sleep" for case in cases):
        disk = Disk(directory)
        stack.callback(disk.close)
    parent = Cgroup(f"containerview-bench.{os.getpid()}")
    stack.callback(parent.remove)
    parent.create()
    uptime = pathlib.Path(options.build).resolve() / "tools" / "uptime"
    all_running = [Running(case, i, parent, options.seconds, maker, disk, stack)
                   for i, case in enumerate(cases)]
    if lxcfs:  # it records a container's load from the first time that it is asked
        for running in all_running:
            lxcfs.average(running.container)
    for running in all_running:
        running.start()
    time.sleep(5)  # what starting it all cost is in nobody's truth
    probe = Probe(probe_program, {str(i): cgroup_places(r.cgroup)
                                  for i, r in enumerate(all_running)},
                  options.interval, options.subsample / 1000)
    stack.callback(probe.kill)
    begin = now() - 5
    end = now() + options.seconds
    ages = [age for age in ESTIMATE_AGES if age < options.seconds]
    while now() < end:
        time.sleep(min(5, max(0, end - now())))
        if ages and now() - begin >= ages[0]:
            for running in all_running:
                running.estimate(uptime, ages[0])
            del ages[0]
        if lxcfs:  # or it forgets the container
            shown = [lxcfs.average(running.container) for running in all_running]
    spent = probe.cpu_seconds(), lxcfs.cpu_seconds() if lxcfs else None
    reports = probe.close()
    for running in all_running:
        running.estimate(uptime, round(options.seconds))
    time.sleep(LONGEST_CYCLE)  # a thread writes down what it did when it goes to sleep
    for i, running in enumerate(all_running):
        print(row(running, reports[str(i)], shown[i] if lxcfs else None, options.subsample))
    print("\n| load | " + " | ".join(f"truth / estimate at {age} s"
                                      for age in all_running[0].estimates) + " |")
    print("|---" * (1 + len(all_running[0].estimates)) + "|")
    for running in all_running:
        print(estimate_row(running))
    print(f"\nCPU time: ours {100 * spent[0] / options.seconds:.2f} % of a CPU" +
          (f", lxcfs {100 * spent[1] / options.seconds:.2f} %" if lxcfs else ""))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--seconds", type=float, default=200)
    parser.add_argument("--interval", type=float, default=5)
    parser.add_argument("--subsample", type=int, default=350, help="milliseconds")
    parser.add_argument("cases", nargs="*", metavar="CASE", help="part of a name")
    options = parser.parse_args()
    reason = why_not()
    if reason:
        raise SystemExit(reason)
    maker, probe = makers_of(pathlib.Path(options.build).resolve(strict=True))
    throttles = any({"blkio", "io"} & h.controllers for h in hierarchies())
    cases = [case for case in CASES
             if (not options.cases or any(part in case.name for part in options.cases))
             and (throttles or case.kind != "sleep")]
    print(f"Linux {platform.release()}, {os.cpu_count()} CPUs; {options.seconds:.0f} s, interval "
          f"{options.interval:g} s, sub-samples every {options.subsample} ms\n")
    print("| load | truth | ours | lxcfs | our worst error | allowed |\n|---|---|---|---|---|---|",
          flush=True)
    for number in (signal.SIGTERM, signal.SIGHUP):  # so that nothing stays behind
        signal.signal(number, lambda signum, _: sys.exit(128 + signum))
    with contextlib.ExitStack() as stack:
        measure(cases, options, maker, probe, stack)


if __name__ == "__main__":
    main()
