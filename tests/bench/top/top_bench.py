#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a refresh of top costs, beside the installed top and htop, with many processes.

  top_bench.py --tools DIR --crowd PROGRAM [--frames N] [COUNT...]

For each COUNT of processes, mostly idle and all busy, each program runs on a terminal of 24 x 80 and
(the tops) in batch mode. CPU time of a refresh is that of a run of N frames less that of a run of two,
over N - 2: what starting costs is in both. It is read by a person and is no test.
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
import struct
import subprocess
import sys
import tempfile
import termios
import time

BUSY_USEC = 300  # each second, of each process


@contextlib.contextmanager
def crowd(program, count, busy):
    with subprocess.Popen([program, str(count), *([str(BUSY_USEC)] if busy else [])],
                          stdout=subprocess.PIPE) as made:
        try:
            if made.stdout.readline() != b"ready\n":
                raise SystemExit("the crowd did not come")
            time.sleep(2)
            yield
        finally:
            made.kill()


def peak_of(pid):
    """VmHWM in KiB; 0 once it has ended. (ru_maxrss counts what this program had at the fork.)"""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def usage_of(pid, peak=0):
    """(CPU seconds, peak resident KiB) of a child, when it has ended."""
    while True:
        peak = max(peak, peak_of(pid))
        ended, _, used = os.wait4(pid, os.WNOHANG)
        if ended:
            return used.ru_utime + used.ru_stime, peak
        time.sleep(0.1)


def run_batch(program, frames, env):
    child = subprocess.Popen([program, "-b", "-d1", f"-n{frames}"], stdout=subprocess.DEVNULL, env=env)
    return usage_of(child.pid)


def run_screen(program, seconds_or_frames, env, is_htop):
    pid, terminal = pty.fork()
    if pid == 0:
        words = [program, "-d", "10"] if is_htop else [program, "-d1", f"-n{seconds_or_frames}"]
        os.execve(program, words, env)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    end = time.monotonic() + seconds_or_frames if is_htop else None
    peak = 0
    while True:
        peak = max(peak, peak_of(pid))
        ready, _, _ = select.select([terminal], [], [], 0.1)
        try:
            if ready and not os.read(terminal, 1 << 16):
                break
        except OSError:  # its other end is closed
            break
        if end and time.monotonic() > end:
            os.write(terminal, b"q")
            end = None
    used = usage_of(pid, peak)
    os.close(terminal)
    return used


def first_frame(program, env):
    """Seconds of CPU until one frame is out."""
    return run_batch(program, 1, env)[0]


def measure(run, frames):
    short, _ = run(2)
    long, peak = run(frames)
    return (long - short) / (frames - 2) * 1000, peak


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--crowd", required=True, type=pathlib.Path)
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("counts", nargs="*", type=int, default=[100, 4000, 20000])
    options = parser.parse_args()
    programs = {"ours": options.tools.resolve() / "top", "procps": pathlib.Path("/usr/bin/top")}
    if shutil.which("htop"):
        programs["htop"] = pathlib.Path(shutil.which("htop"))
    else:
        print("SKIP htop: not installed")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the crowd must not outlive this
    with tempfile.TemporaryDirectory() as home:
        env = {"PATH": "/usr/bin:/bin", "HOME": home, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        print(f"{'processes':>9} {'':5} {'mode':6} {'program':8} {'ms/refresh':>10} {'peak KiB':>9}"
              f" {'of procps':>9}")
        for count in options.counts:
            for busy in (False, True):
                with crowd(options.crowd, count, busy):
                    report(programs, count, busy, options.frames, env)


def report(programs, count, busy, frames, env):
    for mode in ("screen", "batch"):
        reference = None
        for name in ("procps", "ours", "htop"):
            if name not in programs or (name, mode) == ("htop", "batch"):
                continue
            program = programs[name]
            if mode == "batch":
                cost, peak = measure(lambda n, p=program: run_batch(p, n, env), frames)
            else:
                cost, peak = measure(
                    lambda n, p=program, h=name == "htop": run_screen(p, n, env, h), frames)
            reference = reference or cost
            print(f"{count:9} {'busy' if busy else 'idle':5} {mode:6} {name:8} {cost:10.2f} "
                  f"{peak:9} {cost / reference:9.2f}", flush=True)
    for name in ("procps", "ours"):
        print(f"{count:9} {'busy' if busy else 'idle':5} first  {name:8} "
              f"{first_frame(programs[name], env) * 1000:10.2f}", flush=True)


if __name__ == "__main__":
    main()
