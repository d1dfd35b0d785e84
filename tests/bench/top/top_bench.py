#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a refresh of top costs, beside the installed top and htop, with many processes.

  top_bench.py --tools DIR --crowd PROGRAM [--frames N] [COUNT...]

For each COUNT of processes, mostly idle and all busy, each program runs on a terminal of 24 x 80 and
(the tops) in batch mode. CPU time of a refresh is that of a run of N frames less that of a run of two,
over N - 2: what starting costs is in both. Each run is in a cgroup of its own, which tells the kernel
memory that it was charged with; "tight" are runs under a memory limit that leaves less than 32 MiB, so
that no file is held open. It needs root, is read by a person and is no test.
"""
import argparse
import contextlib
import fcntl
import os
import pathlib
import pty
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import cgroups  # noqa: E402

BUSY_USEC = 300  # at most, each second, of each process; all together half a CPU
TIGHT = 31 << 20
FIRST_FRAMES = 5  # the median of so many
ENDING_SECONDS = 120  # 20,000 processes need a while


def process_count():
    return sum(name.isdecimal() for name in os.listdir("/proc"))


@contextlib.contextmanager
def crowd(program, count, busy):
    usec = min(BUSY_USEC, 500_000 // count)
    before = process_count()
    with subprocess.Popen([program, str(count), *([str(usec)] if busy else [])],
                          stdout=subprocess.PIPE) as made:
        try:
            if made.stdout.readline() != b"ready\n":
                raise SystemExit("the crowd did not come")
            time.sleep(2)
            yield
        finally:
            made.kill()
            made.wait()
            # Whoever adopts them takes its time, and there may be no ids left for the next ones.
            end = time.monotonic() + ENDING_SECONDS
            while process_count() > before + 100 and time.monotonic() < end:
                time.sleep(0.2)


def peak_of(pid):
    """VmHWM in KiB; 0 once it has ended. (ru_maxrss counts what this program had at the fork.)"""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


class Home:
    """Where the programs run: a cgroup, with a limit or without."""

    def __init__(self, cgroup, env):
        self.cgroup, self.env = cgroup, env
        self.peak_file = cgroup.dir("memory") / "memory.kmem.max_usage_in_bytes"  # v1
        self.kernel_kib = 0

    def begin(self):
        self.kernel_kib = 0
        if self.peak_file.exists():
            self.peak_file.write_text("0")

    def look(self):
        """The largest kernel memory, KiB, since begin()."""
        now = (int(self.peak_file.read_text()) if self.peak_file.exists()
               else self.cgroup.memory_stat("", "kernel"))
        self.kernel_kib = max(self.kernel_kib, now >> 10)


class Run:
    """One run of a program: CPU seconds, peak resident and kernel memory in KiB."""

    def __init__(self, home, pid):
        self.home, self.pid, self.resident = home, pid, 0
        self.cpu = None

    def look(self):
        self.resident = peak_of(self.pid) or self.resident  # not the largest: before exec it is ours
        self.home.look()

    def wait(self):
        while True:
            self.look()
            ended, _, used = os.wait4(self.pid, os.WNOHANG)
            if ended:
                self.cpu, self.kernel = used.ru_utime + used.ru_stime, self.home.kernel_kib
                return self
            time.sleep(0.1)


def run_batch(home, program, frames):
    home.begin()
    child = subprocess.Popen([program, "-b", "-d1", f"-n{frames}"], stdout=subprocess.DEVNULL,
                             env=home.env, preexec_fn=home.cgroup.join)
    return Run(home, child.pid).wait()


def run_screen(home, program, seconds_or_frames, is_htop):
    home.begin()
    pid, terminal = pty.fork()
    if pid == 0:
        home.cgroup.join()
        words = [program, "-d", "10"] if is_htop else [program, "-d1", f"-n{seconds_or_frames}"]
        os.execve(program, words, home.env)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    run = Run(home, pid)
    end = time.monotonic() + seconds_or_frames if is_htop else None
    while True:
        run.look()
        ready, _, _ = select.select([terminal], [], [], 0.1)
        try:
            if ready and not os.read(terminal, 1 << 16):
                break
        except OSError:  # its other end is closed
            break
        if end and time.monotonic() > end:
            os.write(terminal, b"q")
            end = None
    run.wait()
    os.close(terminal)
    return run


def line(count, busy, mode, name, cost, run, reference):
    print(f"{count:9} {'busy' if busy else 'idle':5} {mode:12} {name:8} {cost:10.2f} "
          f"{cost / reference:9.2f} {run.resident:9} {run.kernel:9}", flush=True)


def measure(frames, run):
    """Milliseconds of a refresh, and the longer run."""
    short, long = run(2), run(frames)
    return (long.cpu - short.cpu) / (frames - 2) * 1000, long


def report(programs, homes, count, busy, frames):
    costs = {}
    for name, program in programs.items():
        costs[name], run = measure(
            frames, lambda n, p=program, h=name == "htop": run_screen(homes["free"], p, n, h))
        line(count, busy, "screen", name, costs[name], run, costs["procps"])
    cost, run = measure(frames, lambda n: run_screen(homes["tight"], programs["ours"], n, False))
    line(count, busy, "screen tight", "ours", cost, run, costs["procps"])
    reference = None
    for name in ("procps", "ours"):
        cost, run = measure(frames, lambda n, p=programs[name]: run_batch(homes["free"], p, n))
        reference = reference or cost
        line(count, busy, "batch", name, cost, run, reference)
    reference = None
    for name in ("procps", "ours"):
        runs = [run_batch(homes["free"], programs[name], 1) for _ in range(FIRST_FRAMES)]
        cost = statistics.median(run.cpu for run in runs) * 1000
        reference = reference or cost
        line(count, busy, "first frame", name, cost, runs[-1], reference)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--crowd", required=True, type=pathlib.Path)
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("counts", nargs="*", type=int, default=[100, 4000, 20000])
    options = parser.parse_args()
    if reason := cgroups.why_not():
        raise SystemExit(reason)
    programs = {"procps": pathlib.Path("/usr/bin/top"), "ours": options.tools.resolve() / "top"}
    if shutil.which("htop"):
        programs["htop"] = pathlib.Path(shutil.which("htop"))
    else:
        print("SKIP htop: not installed")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the crowd must not outlive this
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as stack:
        env = {"PATH": "/usr/bin:/bin", "HOME": directory, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        homes = {}
        for name in ("free", "tight"):
            cgroup = cgroups.Cgroup(f"containerview-bench.{os.getpid()}.{name}")
            stack.callback(cgroup.remove)
            homes[name] = Home(cgroup.create(), env)
        homes["tight"].cgroup.set_memory(TIGHT)
        print(f"{'processes':>9} {'':5} {'mode':12} {'program':8} {'CPU, ms':>10} {'of procps':>9}"
              f" {'peak KiB':>9} {'kernel KiB':>9}")
        for count in options.counts:
            for busy in (False, True):
                with crowd(options.crowd, count, busy):
                    report(programs, homes, count, busy, options.frames)


if __name__ == "__main__":
    main()
