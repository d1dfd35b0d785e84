#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""On a host free and uptime print what procps-ng 4.0.7 prints, byte for byte.

    classic.py --bin DIR

For the recorded hosts that text is made here from /proc, by the documented layout, and compared for
every layout and unit option. What procps 4.0.2 printed on those machines was recorded too, a moment
later: its fixed parts must be the same, and its moving figures near.
"""
import argparse
import pathlib
import re
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fixtures"))
import fixturelib  # noqa: E402

HOSTS = ("sd-v2-guest-host", "v1co-guest-host", "v2-guest-host")

UNITS = {"": 1024, "-k": 1024, "-b": 1, "-m": 1024**2, "-g": 1024**3, "--tebi": 1024**4,
         "--pebi": 1024**5, "--kilo": 1000, "--mega": 1000**2, "--giga": 1000**3, "--tera": 1000**4,
         "--peta": 1000**5, "--si": 1000, "-m --si": 1000**2, "-g --si": 1000**3}
LAYOUTS = ("", "-w", "-t", "-v", "-l", "-L", "-wt", "-twvl", "-lvL")


def human(value, si):
    """The first unit in which the number fits: five characters, or four without the i."""
    base, width, suffix = (1000, 4, "") if si else (1024, 5, "i")
    text = f"{value}B"
    power = base
    for unit in "KMGTPE":
        if len(text) <= width:
            break
        for text in (f"{value / power:.1f}{unit}{suffix}", f"{value // power}{unit}{suffix}"):
            if len(text) <= width:
                break
        power *= base
    return text


def formatter(options):
    if "-h" in options:
        return lambda value: human(value, "--si" in options)
    unit = UNITS[" ".join(options)]
    return lambda value: str(int(value / unit))


def row(label, values, number):
    return f"{label:<9}{' '.join(f'{number(value):>11}' for value in values)}\n"


def free_text(meminfo, layout, units):
    number = formatter(units)
    flags = set(layout.lstrip("-"))
    total, free, available = meminfo["MemTotal"], meminfo["MemFree"], meminfo["MemAvailable"]
    buffers, cache = meminfo["Buffers"], meminfo["Cached"] + meminfo["SReclaimable"]
    swap = (meminfo["SwapTotal"], meminfo["SwapTotal"] - meminfo["SwapFree"], meminfo["SwapFree"])
    used = total - available
    if "L" in flags:
        return (f"SwapUse {number(swap[1]):>11} CachUse {number(buffers + cache):>11} "
                f" MemUse {number(used):>11} MemFree {number(free):>11} \n")
    columns = ["total", "used", "free", "shared"]
    columns += ["buffers", "cache"] if "w" in flags else ["buff/cache"]
    values = [total, used, free, meminfo["Shmem"]]
    values += [buffers, cache] if "w" in flags else [buffers + cache]
    text = " " * 9 + " ".join(f"{name:>11}" for name in columns + ["available"]) + "\n"
    text += row("Mem:", values + [available], number)
    if "l" in flags:  # 64-bit kernels have no high memory
        text += row("Low:", (total, total - free, free), number)
        text += row("High:", (0, 0, 0), number)
    text += row("Swap:", swap, number)
    if "t" in flags:
        text += row("Total:", (total + swap[0], used + swap[1], free + swap[2]), number)
    if "v" in flags:
        limit, committed = meminfo["CommitLimit"], meminfo["Committed_AS"]
        text += row("Comm:", (limit, committed, limit - committed), number)
    return text


def read_meminfo(frame):
    table = {}
    for line in (frame / "proc/meminfo").read_text().splitlines():
        key, value = line.split()[:2]
        table[key.rstrip(":")] = int(value) * 1024
    return table


def uptime_text(frame):
    """All three machines had been up for less than an hour, with nobody logged in."""
    up = float((frame / "proc/uptime").read_text().split()[0])
    boot = int(re.search(r"^btime (\d+)$", (frame / "proc/stat").read_text(), re.M)[1])
    clock = time.strftime("%H:%M:%S", time.gmtime(boot + up))
    load = ", ".join((frame / "proc/loadavg").read_text().split()[:3])
    return f" {clock} up {int(up / 60)} min,  0 users,  load average: {load}\n"


def seconds(clock):
    hours, minutes, secs = map(int, clock.split(":"))
    return hours * 3600 + minutes * 60 + secs


class Checker:
    def __init__(self, bin_dir):
        self.bin_dir = bin_dir
        self.checks = 0
        self.failed = 0

    def check(self, what, good, *details):
        self.checks += 1
        if not good:
            self.failed += 1
            print(f"FAIL {what}")
            for detail in details:
                print("".join(f"       {line}\n" for line in str(detail).splitlines()), end="")

    def output(self, *words, frame):
        result = fixturelib.run([self.bin_dir / words[0], *words[1:], "--sysroot", frame])
        return (result.stdout + result.stderr).decode()

    def against_layout(self, host):
        frame = fixturelib.frame(host)
        meminfo = read_meminfo(frame)
        unit_options = [unit.split() for unit in UNITS] + [["-h"], ["-h", "--si"]]
        for layout in LAYOUTS:
            for units in unit_options:
                words = ["free", *units, *([layout] if layout else [])]
                expected = free_text(meminfo, layout, units)
                got = self.output(*words, frame=frame)
                self.check(f"{host}: {' '.join(words)}", got == expected, "expected", expected,
                           "got", got)
        expected, got = uptime_text(frame), self.output("uptime", frame=frame)
        self.check(f"{host}: uptime", got == expected, "expected", expected, "got", got)

    def against_recorded_free(self, host):
        """4.0.2 prints the same table; total and swap do not move."""
        recorded = (fixturelib.FIXTURES / host / "cmd/free_-k.txt").read_text()
        got = self.output("free", "-k", frame=fixturelib.frame(host))
        what = f"{host}: free -k beside the recorded one"

        def shape(text):
            return re.sub(r"\d", " ", re.sub(r" *\d+", lambda m: "#" * len(m[0]), text))
        self.check(f"{what}: layout", shape(recorded) == shape(got), recorded, got)
        old, new = recorded.splitlines(), got.splitlines()
        self.check(f"{what}: swap", old[2] == new[2], old[2], new[2])
        old, new = old[1].split(), new[1].split()
        self.check(f"{what}: total", old[1] == new[1], old[1], new[1])
        near = int(old[1]) / 100
        for before, after in zip(old[2:], new[2:]):
            self.check(f"{what}: figures", abs(int(before) - int(after)) <= near, old, new)

    def against_recorded_uptime(self, host):
        line = re.compile(r" (\d\d:\d\d:\d\d) (up .*),  (\?|\d+) users?,  load average: "
                          r"(\d+\.\d\d), (\d+\.\d\d), (\d+\.\d\d)\n")
        recorded = (fixturelib.FIXTURES / host / "cmd/uptime.txt").read_text()
        got = self.output("uptime", frame=fixturelib.frame(host))
        what = f"{host}: uptime beside the recorded one"
        old, new = line.fullmatch(recorded), line.fullmatch(got)
        self.check(f"{what}: layout", old and new, recorded, got)
        if not old or not new:
            return
        self.check(f"{what}: clock", 0 <= seconds(old[1]) - seconds(new[1]) <= 10, recorded, got)
        self.check(f"{what}: up", old[2] == new[2], recorded, got)
        for group in (4, 5, 6):
            difference = abs(float(old[group]) - float(new[group]))
            self.check(f"{what}: load", difference <= 0.3, recorded, got)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="directory of the tools")
    options = parser.parse_args()
    checker = Checker(fixturelib.require_tools(options.bin, "free", "uptime"))
    for host in HOSTS:
        checker.against_layout(host)
        checker.against_recorded_free(host)
        checker.against_recorded_uptime(host)
    print(f"{checker.checks} checks, {checker.failed} failed")
    sys.exit(1 if checker.failed else 0)


if __name__ == "__main__":
    main()
