#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a refresh of top costs, beside the installed top and htop, with many processes.

  top_bench.py --tools DIR --crowd PROGRAM [--frames N] [COUNT...]

For each COUNT of processes, mostly idle and all busy, each program runs on a terminal of 24 x 80 and
(the tops) in batch mode, for N frames. CPU time of a refresh is what it has used after the last of them
less what it had after the second, over N - 2: what starting costs is in neither. Each run is in a
cgroup of its own, which tells the kernel memory that it was charged with; "tight" are runs under a
memory limit that leaves less than 32 MiB, so that no file is held open. It needs root, is read by a
person and is no test.
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
SILENCE_SECONDS = 0.25
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


def status_of(pid):
    """VmHWM in KiB (ru_maxrss counts what this program had at the fork) and CPU seconds so far; zeros
    once it has ended."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        nanoseconds = int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    except OSError:
        return 0, 0.0
    peak = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
    return peak, nanoseconds / 1e9


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
    """One run of a program on `fd`, frame by frame. After each: its CPU seconds so far; in the end
    also its peak resident and kernel memory in KiB."""

    def __init__(self, home, pid, fd):
        self.home, self.pid, self.fd = home, pid, fd
        self.resident = self.kernel = 0
        self.cpu_after = []

    def look(self):
        """CPU seconds so far."""
        resident, cpu = status_of(self.pid)
        self.resident = resident or self.resident  # not the largest: before exec it is ours
        self.home.look()
        self.kernel = self.home.kernel_kib
        return cpu

    def frames(self, count):
        """A frame is over when nothing was written for a while: all of them write at every one."""
        writing = False
        while len(self.cpu_after) < count:
            ready, _, _ = select.select([self.fd], [], [], SILENCE_SECONDS)
            cpu = self.look()
            if ready:
                with contextlib.suppress(OSError):  # a terminal that nobody has open any more
                    if os.read(self.fd, 1 << 16):
                        writing = True
                        continue
                raise SystemExit(f"it ended after {len(self.cpu_after)} frames")
            if writing:
                self.cpu_after.append(cpu)
            writing = False
        return self

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def run_batch(home, program, frames):
    home.begin()
    read, write = os.pipe()
    child = subprocess.Popen([program, "-b", "-d1"], stdout=write, env=home.env,
                             preexec_fn=home.cgroup.join)
    os.close(write)
    run = Run(home, child.pid, read)
    try:
        return run.frames(frames)
    finally:
        run.end()


def run_screen(home, program, frames, is_htop):
    home.begin()
    pid, terminal = pty.fork()
    if pid == 0:
        home.cgroup.join()
        os.execve(program, [program, "-d", "10"] if is_htop else [program, "-d1"], home.env)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    run = Run(home, pid, terminal)
    try:
        return run.frames(frames)
    finally:
        run.end()


def run_first(home, program):
    """CPU seconds of `-bn1` from start to exit."""
    home.begin()
    child = subprocess.Popen([program, "-b", "-n1"], stdout=subprocess.DEVNULL, env=home.env,
                             preexec_fn=home.cgroup.join)
    run = Run(home, child.pid, -1)
    while True:
        run.look()
        ended, _, used = os.wait4(child.pid, os.WNOHANG)
        if ended:
            run.cpu_after = [used.ru_utime + used.ru_stime]
            return run
        time.sleep(0.02)


def line(count, busy, mode, name, cost, run, reference):
    print(f"{count:9} {'busy' if busy else 'idle':5} {mode:12} {name:8} {cost:10.2f} "
          f"{cost / reference:9.2f} {run.resident:9} {run.kernel:9}", flush=True)


def cost_of(run):
    """Milliseconds of a refresh: the first two are the start."""
    return (run.cpu_after[-1] - run.cpu_after[1]) / (len(run.cpu_after) - 2) * 1000


def report(programs, homes, count, busy, frames):
    reference = None
    for name, program in programs.items():
        run = run_screen(homes["free"], program, frames, name == "htop")
        reference = reference or cost_of(run)
        line(count, busy, "screen", name, cost_of(run), run, reference)
    run = run_screen(homes["tight"], programs["ours"], frames, False)
    line(count, busy, "screen tight", "ours", cost_of(run), run, reference)
    reference = None
    for name in ("procps", "ours"):
        run = run_batch(homes["free"], programs[name], frames)
        reference = reference or cost_of(run)
        line(count, busy, "batch", name, cost_of(run), run, reference)
    reference = None
    for name in ("procps", "ours"):
        runs = [run_first(homes["free"], programs[name]) for _ in range(FIRST_FRAMES)]
        cost = statistics.median(run.cpu_after[0] for run in runs) * 1000
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
