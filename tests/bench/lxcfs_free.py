#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What it costs to know a container's memory: one run of our free beside the classic one over an
lxcfs, and beside the bare reading of lxcfs's /proc/meminfo.

  unshare --mount --propagation private lxcfs_free.py --release FREE --static FREE

The lxcfs is one of its own, mounted here: hence the mount name space. Two containers of 1 CPU and
256 MiB, one with lxcfs's file over its /proc/meminfo. Who reads lxcfs makes it work, so its CPU
time is counted as well. To be read, not a test: report.py takes the table.
"""
import argparse
import contextlib
import os
import pathlib
import re
import resource
import signal
import statistics
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "load"), str(HERE.parent / "support")]
from battery import Lxcfs  # noqa: E402
from cgroups import MIB, Cgroup, why_not  # noqa: E402
from container import Container  # noqa: E402
from startup import run_once  # noqa: E402

MEMINFO = "/proc/meminfo"


def inside(program, runs):
    """CPU microseconds of one run of a program, or of one reading of a file."""
    if not program.startswith("/proc/"):
        run_once(program)
        return 1000 * sum(run_once(program)[0] for _ in range(runs)) / runs
    before = resource.getrusage(resource.RUSAGE_SELF)
    for _ in range(runs):
        file = os.open(program, os.O_RDONLY)
        while os.read(file, 65536):
            pass
        os.close(file)
    after = resource.getrusage(resource.RUSAGE_SELF)
    return 1e6 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / runs


def measure(container, lxcfs, program, runs):
    before = lxcfs.cpu_seconds()
    done = container.run([sys.executable, __file__, "--inside", program, "--runs", runs], timeout=600)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return float(done.stdout) + 1e6 * (lxcfs.cpu_seconds() - before) / runs


def container(name, stack):
    cgroup = Cgroup(f"containerview-bench.{os.getpid()}/{name}")
    stack.callback(cgroup.remove)
    cgroup.create()
    cgroup.set_cpus(1)
    cgroup.set_memory(256 * MIB)
    made = Container(cgroup)
    stack.callback(made.close)
    return made


def resident_kib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def print_table(measured):
    ours = measured["our `free`, release preset"]
    print("| beside | our `free`, release preset / that | CPU microseconds: median (min .. max) |")
    print("|---|---|---|")
    for name, values in measured.items():
        ratios = sorted(a / b for a, b in zip(ours, values))
        low, high = min(values), max(values)
        print(f"| {name} | **{statistics.median(ratios):.2f}** ({ratios[0]:.2f} .. {ratios[-1]:.2f}) "
              f"| {statistics.median(values):.1f} ({low:.1f} .. {high:.1f}) |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--release", type=pathlib.Path)
    parser.add_argument("--static", type=pathlib.Path)
    parser.add_argument("--batches", type=int, default=7)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(inside(options.inside, options.runs))
        return
    reason = why_not()
    if reason:
        raise SystemExit(reason)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing stays behind
    with contextlib.ExitStack() as stack:
        parent = Cgroup(f"containerview-bench.{os.getpid()}")
        stack.callback(parent.remove)
        parent.create()
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="containerview-bench.",
                                                                    dir="/var/tmp"))
        os.chmod(directory, 0o755)
        lxcfs = Lxcfs(directory)
        stack.callback(lxcfs.close)
        plain, covered = container("plain", stack), container("lxcfs", stack)
        covered.run(["mount", "--bind", lxcfs.mount / "proc/meminfo", MEMINFO])
        total = covered.run(["head", "-n1", MEMINFO]).stdout.split()[1]
        if int(total) != 256 * 1024:
            raise SystemExit(f"lxcfs shows {total} KiB in a container of 256 MiB")
        cases = {"our `free`, release preset": (plain, str(options.release.resolve())),
                 "our `free`, static binary": (plain, str(options.static.absolute())),
                 "procps `free`, which shows the machine": (plain, "/usr/bin/free"),
                 "procps `free` over lxcfs, lxcfs's own time included": (covered, "/usr/bin/free"),
                 "reading the kernel's /proc/meminfo, which is the machine's": (plain, MEMINFO),
                 "reading lxcfs's /proc/meminfo, its own time included": (covered, MEMINFO)}
        measured = {name: [] for name in cases}
        for _ in range(options.batches):
            for name, (where, program) in cases.items():
                measured[name].append(measure(where, lxcfs, program, options.runs))
        print_table(measured)
        print(f"\nlxcfs has {resident_kib(lxcfs.pid)} KiB resident and must run all the time; "
              "`free` has none between two runs.")


if __name__ == "__main__":
    main()
