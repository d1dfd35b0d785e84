#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the cost of one run of our tools, start to exit, with the installed classic ones.

  startup.py --tools build/release/tools [--batches 7] [--runs 200]

A benchmark to be read, not a test. It runs on the host and, as root, inside a limited container
that it makes; there also with 20,000 sleeping threads. Prints the tables of tests/bench/README.md.
"""

import argparse
import fcntl
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from cgroups import MIB, Cgroup, why_not  # noqa: E402
from container import Container  # noqa: E402

CLASSIC = pathlib.Path("/usr/bin")
# Of the release preset, and of the static binary where one was set.
TARGETS = {"free": (0.80, 0.55), "iostat": (1.00, 0.75), "nproc": (1.50, 1.10),
           "uptime": (0.85, None), "vmstat": (0.65, 0.45)}
THREADS = 20000
# Where libraries are looked for, and what in vain, must not depend on who measures.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("LD_")}


def run_once(program):
    """(CPU ms, elapsed ms) of one run. The kernel scales user and system ticks so that their sum is
    the task's exact run time: nothing is lost to tick granularity."""
    null = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_WRONLY, 0) for fd in (1, 2)]
    begin = time.perf_counter()
    pid = os.posix_spawn(program, [os.path.basename(program)], ENVIRONMENT, file_actions=null)
    _, status, usage = os.wait4(pid, 0)
    elapsed = time.perf_counter() - begin
    if status != 0:
        raise SystemExit(f"{program} failed: status {status}")
    return 1000 * (usage.ru_utime + usage.ru_stime), 1000 * elapsed


def measure(first, second, batches, runs):
    """Interleaved runs A B A B. Per batch, the mean CPU ms of each."""
    result = []
    for _ in range(batches):
        sums = [0.0, 0.0]
        for _ in range(runs):
            for index, program in enumerate((first, second)):
                sums[index] += run_once(program)[0]
        result.append([total / runs for total in sums])
    return result


def peak_rss_kib(program):
    """VmHWM of a run that is held up in its last write. wait4's ru_maxrss will not do: it counts
    the parent that it was started from."""
    reader, writer = os.pipe()
    flags = fcntl.fcntl(writer, fcntl.F_GETFL)
    fcntl.fcntl(writer, fcntl.F_SETFL, flags | os.O_NONBLOCK)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        fcntl.fcntl(writer, fcntl.F_SETFL, flags)
    process = subprocess.Popen([program], stdout=writer, stderr=subprocess.DEVNULL, close_fds=True,
                               env=ENVIRONMENT)
    os.close(writer)
    status = pathlib.Path(f"/proc/{process.pid}")
    for _ in range(500):
        if "pipe" in (status / "wchan").read_text():
            break
        time.sleep(0.01)
    peak = int(re.search(r"VmHWM:\s+(\d+)", (status / "status").read_text())[1])
    while os.read(reader, 65536):
        pass
    os.close(reader)
    process.wait()
    return peak


def syscalls(program):
    """How many system calls, or None without strace."""
    with tempfile.NamedTemporaryFile(prefix="containerview-bench.") as out:
        try:
            subprocess.run(["strace", "-f", "-c", "-o", out.name, program],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
                           env=ENVIRONMENT)
        except (FileNotFoundError, subprocess.CalledProcessError):
            return None
        total = re.search(r"^100\.00\s+\S+\s+\S*\s+(\d+)\s.*total$",
                          pathlib.Path(out.name).read_text(), re.MULTILINE)
        return int(total[1]) if total else None


def measure_here(tools, batches, runs):
    """All the figures of this place, as what --measure prints."""
    result = {}
    for tool in TARGETS:
        pair = [str(tools / tool), str(CLASSIC / tool)]
        for program in pair:  # warm
            run_once(program)
        result[tool] = {"batches": measure(*pair, batches, runs),
                        "syscalls": [syscalls(p) for p in pair],
                        "peak_kib": [peak_rss_kib(p) for p in pair]}
    return result


def measure_many_threads(tools):
    runs = [run_once(str(tools / "uptime")) for _ in range(11)]
    procps = [run_once(str(CLASSIC / "uptime")) for _ in range(11)]
    return {"cpu_ms": [statistics.median(r[0] for r in side) for side in (runs, procps)],
            "elapsed_ms": [statistics.median(r[1] for r in side) for side in (runs, procps)],
            "worst_ms": [max(r[1] for r in side) for side in (runs, procps)]}


def in_container(arguments, threads=0):
    """This script with --measure, inside: 1 CPU, 256 MiB (with many threads: no memory limit)."""
    cgroup = Cgroup(f"containerview-bench.{os.getpid()}")
    container = None
    try:
        cgroup.create()
        cgroup.set_cpus(1)
        if not threads:
            cgroup.set_memory(256 * MIB)
        container = Container(cgroup)
        if threads:
            load = container.load()
            load.command("threads", threads)
        done = container.run([sys.executable, __file__, *arguments], timeout=900)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout)
    finally:
        if container:
            container.close()
        cgroup.remove()


def first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[0]


def print_tables(places, is_static):
    print("| where | tool | ratio (min .. max) | ours, ms | theirs, ms | target | "
          "system calls, ours / theirs | peak memory, KiB, ours / theirs |")
    print("|---|---|---|---|---|---|---|---|")
    for place, result in places.items():
        for tool, figures in result.items():
            ratios = sorted(ours / procps for ours, procps in figures["batches"])
            median = [statistics.median(side) for side in zip(*figures["batches"])]
            calls = " / ".join("?" if c is None else str(c) for c in figures["syscalls"])
            target = TARGETS[tool][is_static]
            peak = " / ".join(map(str, figures["peak_kib"]))
            print(f"| {place} | {tool} | **{statistics.median(ratios):.2f}** "
                  f"({ratios[0]:.2f} .. {ratios[-1]:.2f}) | {median[0]:.3f} | {median[1]:.3f} "
                  f"| {f'{target:.2f}' if target else ''} | {calls} | {peak} |")


def installed(tools, directory):
    """Copies of the tools: a linker writes here and there, and leaves small pages in the page cache,
    which cost a start 5 %. What was installed, as the classic tools were, is in large ones."""
    for tool in TARGETS:
        source = tools / tool
        if source.is_symlink():  # to the one binary of a static build
            binary = directory / source.resolve().name
            if not binary.exists():
                shutil.copy(source.resolve(), binary)
            (directory / tool).symlink_to(binary.name)
        else:
            shutil.copy(source, directory / tool)
    return directory


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--batches", type=int, default=7)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--measure", choices=("pair", "threads"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    tools = options.tools.resolve(strict=True)
    if options.measure:
        print(json.dumps(measure_here(tools, options.batches, options.runs)
                         if options.measure == "pair" else measure_many_threads(tools)))
        return
    print(f"Linux {platform.release()} {platform.machine()}, {os.cpu_count()} CPUs; "
          f"{first_line(str(CLASSIC / 'free'), '-V')}; {first_line(str(tools / 'free'), '-V')}; "
          f"{options.batches} batches of {options.runs} runs each, interleaved\n")
    with tempfile.TemporaryDirectory(prefix="containerview-bench.") as directory:
        compare(installed(tools, pathlib.Path(directory)), options)


def compare(tools, options):
    arguments = ["--tools", str(tools),
                 "--batches", str(options.batches), "--runs", str(options.runs)]
    places = {}
    reason = why_not()
    if not reason:
        places["container"] = in_container([*arguments, "--measure", "pair"])
    places["host"] = measure_here(tools, options.batches, options.runs)
    # The tools of a static build are links to the one binary.
    print_tables(places, (tools / "nproc").is_symlink())
    if reason:
        print(f"\nNo container measured: {reason}.")
        return
    many = in_container([*arguments, "--measure", "threads"], threads=THREADS)
    print(f"\n`uptime` in a container with {THREADS} sleeping threads, median of 11: "
          f"{many['elapsed_ms'][0]:.1f} ms elapsed (worst {many['worst_ms'][0]:.1f}), "
          f"{many['cpu_ms'][0]:.1f} ms CPU; procps {many['cpu_ms'][1]:.1f} ms CPU.")


if __name__ == "__main__":
    main()
