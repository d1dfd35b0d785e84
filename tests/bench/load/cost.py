#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What it costs to sample the load of many containers: containerviewd --all beside lxcfs -l, which
both watch the same containers for the same time; and containerviewd in a container of 20 threads.

  cost.py --build build/release [--containers 1000] [--seconds 60]

A benchmark to be read. Needs root, writable cgroups and lxcfs. Prints the table of
tests/bench/README.md.
"""

import argparse
import contextlib
import functools
import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "support")]
from battery import Lxcfs  # noqa: E402
from cgroups import Cgroup, why_not  # noqa: E402
from known_load import Truth, makers_of  # noqa: E402

THREADS = 6  # in a container: unshare, load_maker and what it starts
INTERVAL = 5  # of both
# What the threads that load_maker starts do. At work: 20 us of every second, each.
KINDS = {"asleep": ("sleepers", THREADS - 2), "at work": ("duty", THREADS - 2, 1_000_000, 20)}


class Containers:
    """Cgroups that are named as Docker names them, with a PID namespace and sleeping threads."""

    def __init__(self, count, kind, parent, maker, truth, stack):
        self._processes = []
        docker = Cgroup(f"{parent.name}/docker")
        stack.callback(docker.remove)
        docker.create()
        for number in range(count):
            name = hashlib.sha256(str(number).encode()).hexdigest()
            cgroup = Cgroup(f"{docker.name}/{name}")
            stack.callback(cgroup.remove)
            cgroup.create()
            process = subprocess.Popen(
                ["unshare", "--pid", "--fork", "--kill-child", maker, *truth.arguments(),
                 *map(str, KINDS[kind])], preexec_fn=cgroup.join)
            stack.callback(process.wait)
            stack.callback(process.kill)
            self._processes.append(process)

    def __iter__(self):
        return iter(self._processes)


def init_of(unshare):
    children = pathlib.Path(f"/proc/{unshare.pid}/task/{unshare.pid}/children")
    for _ in range(100):
        found = children.read_text().split()
        if found:
            return found[0]
        time.sleep(0.05)
    raise SystemExit("a container did not start")


def status_kib(pid, key):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"^{key}:\s+(\d+) kB$", text, re.MULTILINE)[1])


class Daemon:
    """containerviewd in a cgroup of its own, which is charged for it."""

    def __init__(self, program, parent, name, directory, *options):
        self.cgroup = Cgroup(f"{parent.name}/{name}")
        self.cgroup.create()
        self._process = subprocess.Popen(
            [program, "--interval", str(INTERVAL), "--history", f"{directory}/{name}", *options],
            preexec_fn=self.cgroup.join)

    def cpu_seconds(self):
        text = pathlib.Path(f"/proc/{self._process.pid}/schedstat").read_text()
        return int(text.split()[0]) / 1e9

    def resident_kib(self):
        return status_kib(self._process.pid, "VmRSS")

    def held_files(self):
        return len(os.listdir(f"/proc/{self._process.pid}/fd"))

    def kernel_kib(self):
        memory = self.cgroup.dir("memory")
        if self.cgroup.version("memory") == 2:
            text = (memory / "memory.stat").read_text()
            return int(re.search(r"^kernel (\d+)$", text, re.MULTILINE)[1]) / 1024
        return int((memory / "memory.kmem.usage_in_bytes").read_text()) / 1024

    def close(self):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()
        self.cgroup.remove()


def measured(watchers, seconds):
    """CPU seconds of each in the same time."""
    before = [watcher.cpu_seconds() for watcher in watchers]
    time.sleep(seconds)
    return [watcher.cpu_seconds() - b for watcher, b in zip(watchers, before)]


def on_a_host(kind, options, programs, parent, directory, truth, stack):
    daemon_program, maker = programs
    containers = Containers(options.containers, kind, parent, maker, truth, stack)
    lxcfs = Lxcfs(directory)
    stack.callback(lxcfs.close)
    daemon = Daemon(daemon_program, parent, "daemon", directory, "--all")
    stack.callback(daemon.close)
    for container in containers:  # lxcfs records a container from the first time that it is asked
        subprocess.run(["nsenter", f"--target={init_of(container)}", "--pid", "--", "cat",
                        lxcfs.loadavg], check=True, stdout=subprocess.DEVNULL)
    time.sleep(2 * INTERVAL)
    ours, theirs = measured([daemon, lxcfs], options.seconds)
    histories = len(os.listdir(f"{directory}/daemon"))
    if histories != options.containers:
        raise SystemExit(f"{histories} histories of {options.containers} containers")
    held = daemon.held_files()
    print(f"| {options.containers} containers of {THREADS} threads, {kind} | "
          f"{100 * ours / options.seconds:.2f} % | {100 * theirs / options.seconds:.2f} % | "
          f"**{ours / theirs:.2f}** | {daemon.resident_kib()} | {held} | "
          f"{daemon.kernel_kib() / held:.1f} |")


def in_a_container(options, programs, parent, directory, truth, stack):
    daemon_program, maker = programs
    cgroup = Cgroup(f"{parent.name}/one")
    stack.callback(cgroup.remove)
    cgroup.create()
    process = subprocess.Popen([maker, *truth.arguments(), "sleepers", "19"],
                               preexec_fn=cgroup.join)
    stack.callback(process.wait)
    stack.callback(process.kill)
    path = "/" + cgroup.name
    daemon = Daemon(daemon_program, parent, "inside", directory, "--cgroup", path)
    stack.callback(daemon.close)
    time.sleep(2 * INTERVAL)
    ours, = measured([daemon], options.seconds)
    held = daemon.held_files()
    print(f"| 1 container of 20 threads, asleep | {100 * ours / options.seconds:.3f} % | | | "
          f"{daemon.resident_kib()} | {held} | {daemon.kernel_kib() / held:.1f} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--containers", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    reason = why_not() or (None if shutil.which("lxcfs") else "no lxcfs")
    if reason:
        raise SystemExit(reason)
    build = pathlib.Path(options.build).resolve(strict=True)
    programs = build / "tools" / "containerviewd", makers_of(build)[0]
    for number in (signal.SIGTERM, signal.SIGHUP):  # so that nothing stays behind
        signal.signal(number, lambda signum, _: sys.exit(128 + signum))
    print("| | ours, of a CPU | lxcfs | ours / lxcfs | resident, KiB | files held | "
          "kernel memory a file, KiB |\n|---|---|---|---|---|---|---|", flush=True)
    for what in (*(functools.partial(on_a_host, kind) for kind in KINDS), in_a_container):
        with contextlib.ExitStack() as stack:
            directory = stack.enter_context(  # in memory, as /run is
                tempfile.TemporaryDirectory(prefix="containerview-bench.", dir="/dev/shm"))
            pathlib.Path(directory).chmod(0o755)
            truth = Truth(60 + 2 * options.seconds + options.containers / 2)
            stack.callback(truth.close)
            parent = Cgroup(f"containerview-bench.{os.getpid()}")
            stack.callback(parent.remove)
            parent.create()
            what(options, programs, parent, directory, truth, stack)


if __name__ == "__main__":
    main()
