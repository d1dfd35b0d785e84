#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the tools agree with each other, and each with itself.

    run_consistency.py --bin DIR [--seed N]... [TREE...]

All tools run over the same tree: every recorded machine, every example layout, and trees that
trees.py makes, nasty ones among them. What is compared: text with JSON, tool with tool, to the last
unit; used + available + other with the total; the CPU shares, as computed and as printed, with 100;
every figure with its limit; sizes for people with the value, which they never exceed. For rates
some trees move on while vmstat, iostat and top run. A failure names the tree and the seed.
"""
import argparse
import concurrent.futures
import decimal
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "fixtures")]
import fixturelib  # noqa: E402
from trees import Tree  # noqa: E402

SEEDS = range(12)
SHARES = ("user", "system", "nice", "idle", "iowait", "irq", "softirq", "steal")
UNITS = {"B": 0, "Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
MIB = decimal.Decimal(1 << 20)


class Machine:
    """What all the tools say of one tree."""

    def __init__(self, bin_dir, name, sysroot):
        self.bin_dir, self.name, self.sysroot = bin_dir, name, sysroot
        self.problems = []
        self.free = self.json("free", "-v")
        self.is_container = self.free["scope"]["kind"] == "container"

    def has(self, path):
        return (pathlib.Path(self.sysroot) / path.lstrip("/")).exists()

    def text(self, tool, *words):
        done = fixturelib.run([self.bin_dir / tool, *words, "--sysroot", self.sysroot])
        if done.returncode != 0:
            raise RuntimeError(f"{tool} {' '.join(words)}: {done.stderr.decode().strip()}")
        return done.stdout.decode()

    def json(self, tool, *words):
        return json.loads(self.text(tool, *words, "--json"))

    def expect(self, holds, what, *values):
        if not holds:
            self.problems.append(f"{self.name}: {what}: {', '.join(map(str, values))}")

    def same(self, what, one, other):
        """Floating point may add up in another order."""
        if isinstance(one, float) and isinstance(other, float):
            self.expect(abs(one - other) <= 1e-9 * max(1, abs(one)), what, one, other)
        else:
            self.expect(one == other, what, one, other)


def cut(value, unit):
    """Sizes of 8 EiB and more, which only nonsense can be, are shown as just below that."""
    return "-" if value is None else str(min(value, 2**63 - 1) // unit)


def at_most(machine, group, part, whole):
    values = machine.free[group]
    if values[part] is not None and values[whole] is not None:
        machine.expect(values[part] <= values[whole], f"{group}.{part} above {whole}",
                       values[part], values[whole])


def check_sums(machine):
    memory = machine.free["memory"]
    for part in ("used_bytes", "free_bytes", "available_bytes", "other_bytes"):
        at_most(machine, "memory", part, "total_bytes")
    at_most(machine, "memory", "cache_bytes", "buff_cache_bytes")
    for part in ("used_bytes", "free_bytes"):
        at_most(machine, "swap", part, "total_bytes")
    parts = [memory[f"{key}_bytes"] for key in ("used", "available", "other")]
    if None not in parts and memory["total_bytes"] is not None:
        machine.expect(sum(parts) == memory["total_bytes"], "used + available + other is not total",
                       *parts, memory["total_bytes"])
    for group in ("memory", "swap"):
        machine.expect(all(v is None or v >= 0 for v in machine.free[group].values()),
                       f"{group} is negative", machine.free[group])


def rows(text):
    return {line.split(":")[0]: line.split(":")[1].split()
            for line in text.splitlines() if re.match(r"\w+:", line)}


def check_free(machine):
    """Its text, in every unit, is its JSON."""
    memory, swap = machine.free["memory"], machine.free["swap"]
    columns = [memory[f"{key}_bytes"] for key in ("total", "used", "free", "shared", "buff_cache",
                                                  "available")]
    swaps = [swap[f"{key}_bytes"] for key in ("total", "used", "free")]
    for option, unit in (("-b", 1), ("-k", 1024), ("-m", 1 << 20), ("--mega", 10**6)):
        shown = rows(machine.text("free", option))
        machine.same(f"free {option}", shown["Mem"], [cut(v, unit) for v in columns])
        machine.same(f"free {option}, swap", shown["Swap"], [cut(v, unit) for v in swaps])
    shown = rows(machine.text("free", "-h"))
    for text, value in zip(shown["Mem"] + shown["Swap"], columns + swaps):
        check_human(machine, "free -h", text, value)


def check_human(machine, what, text, value):
    """Cut off in a container: never more than there is, and less than one last digit below it."""
    if value is None:
        machine.expect(text in ("-", "unknown"), f"{what} of nothing", text)
        return
    value = min(value, 2**63 - 1)
    number, unit = re.fullmatch(r"([\d.]+)(\D+)", text).groups()
    scale = decimal.Decimal(1024) ** UNITS[unit]
    shown = decimal.Decimal(number) * scale
    digit = scale / (10 if "." in number else 1)
    if machine.is_container or what.startswith("info"):
        machine.expect(shown <= value < shown + digit, f"{what} of {value}", text)


def check_top(machine, top):
    machine.same("top's memory", top["memory"], machine.free["memory"])
    machine.same("top's swap", top["swap"], machine.free["swap"])
    text = machine.text("top", "-b", "-n1")
    memory = re.search(r"MiB Mem : +(\S+) +total, +(\S+) +free, +(\S+) +used, +(\S+) +buff/cache", text)
    swap = re.search(r"MiB Swap: +(\S+) +total, +(\S+) +free, +(\S+) +used\. +(\S+) +avail Mem", text)
    restricted = top["memory"]["total_bytes"] is None
    machine.expect(bool(memory and swap) != restricted, "top's memory lines", text)
    if not memory or not swap:
        return
    pairs = [*zip(memory.groups(), ("total", "free", "used", "buff_cache"), ["memory"] * 4),
             *zip(swap.groups(), ("total", "free", "used"), ["swap"] * 3),
             (swap[4], "available", "memory")]
    for shown, key, group in pairs:
        value = top[group][f"{key}_bytes"]
        if shown.endswith("+"):  # too wide for its column
            continue
        if value is None or shown == "-":
            machine.expect(value is None and shown == "-", f"top's {group} {key}", shown, value)
            continue
        exact = value / MIB
        low = 0 if machine.is_container else decimal.Decimal("-0.0501")
        machine.expect(low <= exact - decimal.Decimal(shown) < decimal.Decimal("0.1"),
                       f"top's {group} {key}", shown, exact)
    check_top_shares(machine, text, top["cpu"])


def check_top_shares(machine, text, cpu):
    line = next(l for l in text.splitlines() if l.startswith("%Cpu(s):"))
    shown = re.findall(r"([\d.]+|-) (?:us|sy|ni|id|wa|hi|si|st)", line)
    machine.expect(len(shown) == 8, "top's shares", line)
    check_printed(machine, "top", shown, cpu)


def check_printed(machine, what, shown, cpu):
    """As printed they are 100 in all; the classic tools, so on the host, round each on its own."""
    if cpu["user_pct"] is None:
        machine.expect(not machine.is_container or set(shown) <= {"-"}, f"{what} knows", shown)
    elif machine.is_container:
        total = sum(decimal.Decimal(s) for s in shown if s != "-")
        machine.expect(total == 100, f"{what}'s shares as printed", total, shown)


def check_shares(machine, what, cpu):
    shares = [cpu[f"{key}_pct"] for key in SHARES]
    machine.expect(all(s is None or 0 <= s <= 100 for s in [*shares, cpu["throttled_pct"]]),
                   f"{what}: a share outside of 0 to 100", shares)
    if cpu["user_pct"] is not None:
        total = sum(s for s in shares if s is not None)
        machine.expect(abs(total - 100) < 1e-9, f"{what}: shares", total, shares)


def check_cpu(machine, top, iostat, vmstat):
    for tool, document in (("top", top), ("iostat", iostat), ("vmstat", vmstat)):
        check_shares(machine, tool, document["cpu"])
        for key, value in iostat["cpu"].items():
            machine.same(f"{tool}'s and iostat's cpu.{key}", document["cpu"][key], value)


def iostat_shares(text):
    lines = text.splitlines()
    return lines[max(i for i, l in enumerate(lines) if l.startswith("avg-cpu")) + 1].split()


def check_iostat(machine, iostat, vmstat):
    # Of a host without it the classic tool, and so ours, prints an error.
    for option in ("--dec=2", "--dec=1", "--dec=0") if machine.has("/proc/stat") else ():
        shown = iostat_shares(machine.text("iostat", option))
        check_printed(machine, f"iostat {option}", shown, iostat["cpu"])
    devices = iostat["devices"]
    plain = all(d["source"] == "io.stat" and not d["stacked_on"] for d in devices)
    if machine.is_container and devices and plain:
        for key in ("read_bytes_per_sec", "written_bytes_per_sec"):
            rates = [d[key] for d in devices]
            if None not in rates:
                machine.same(f"vmstat's io.{key}", float(sum(rates)), vmstat["io"][key])


def check_vmstat(machine, vmstat):
    memory, swap = machine.free["memory"], machine.free["swap"]
    for key in ("free_bytes", "buffers_bytes", "cache_bytes", "buff_cache_bytes"):
        machine.same(f"vmstat's memory.{key}", vmstat["memory"][key], memory[key])
    machine.same("vmstat's swap", vmstat["memory"]["swapped_bytes"], swap["used_bytes"])
    cache = None
    if None not in (memory["buff_cache_bytes"], memory["buffers_bytes"]):
        cache = memory["buff_cache_bytes"] - memory["buffers_bytes"]
    row = machine.text("vmstat", "-w").splitlines()[-1].split()
    expected = [swap["used_bytes"], memory["free_bytes"], memory["buffers_bytes"], cache]
    machine.same("vmstat's row", row[2:6], [cut(v, 1024) for v in expected])
    check_printed(machine, "vmstat", row[12:17], vmstat["cpu"])
    lines = {what: value for value, what in
             (line.split(None, 1) for line in machine.text("vmstat", "-s").splitlines())}
    for what, value in (("K total memory", memory["total_bytes"]), ("K swap cache", cache),
                        ("K used memory", memory["used_bytes"]),
                        ("K free memory", memory["free_bytes"]),
                        ("K total swap", swap["total_bytes"]),
                        ("K free swap", swap["free_bytes"])):
        machine.same(f"vmstat -s, {what}", lines[what], cut(value, 1024))


def check_info(machine, top):
    info = machine.json("containerview", "info")
    for key in ("total_bytes", "available_bytes"):
        machine.same(f"info's memory.{key}", info["memory"][key], machine.free["memory"][key])
    limits = top["limits"]
    machine.same("pids", info["pids"]["current"], limits["pids_current"])
    machine.same("pids limit", info["pids"]["limit"]["count"], limits["pids_limit"])
    machine.same("memory limit", info["memory"]["limit"]["bytes"], limits["memory_bytes"])
    machine.same("OOM kills", info["memory"]["oom_kills"], limits["oom_kills"])
    if machine.is_container:
        machine.same("effective CPUs", info["cpu"]["effective_cpus"], top["cpu"]["effective_cpus"])
    nproc = machine.json("nproc")
    machine.same("online CPUs", nproc["online"], info["cpu"]["online_count"])
    machine.same("affinity", nproc["affinity"], info["cpu"]["affinity_count"])
    machine.same("quota", nproc["quota_cpus"], info["cpu"]["quota"]["cpus"])

    text = machine.text("containerview", "info")
    memory = re.search(r"^memory +(\S+) total, (\S+) available; usage (\S+), working set (\S+), "
                       r"peak (\S+)$", text, re.M)
    for shown, key in zip(memory.groups(), ("total", "available", "usage", "working_set", "peak")):
        check_human(machine, "info", shown, info["memory"][f"{key}_bytes"])
    for number, shown in re.findall(r"^(?:memory|swap)[a-z ]* +(\d+) \((\S+)\)", text, re.M):
        check_human(machine, "info's limit", shown, int(number))


def check_uptime(machine, top):
    uptime = machine.json("uptime")
    for key in ("uptime_seconds", "users", "load"):
        machine.same(f"top's {key}", top[key], uptime[key])


def check(bin_dir, name, sysroot):
    try:
        machine = Machine(bin_dir, name, sysroot)
        top = machine.json("top", "-b", "-n1", "--limits")
        iostat, vmstat = machine.json("iostat"), machine.json("vmstat")
        check_sums(machine)
        check_free(machine)
        check_top(machine, top)
        check_cpu(machine, top, iostat, vmstat)
        check_iostat(machine, iostat, vmstat)
        check_vmstat(machine, vmstat)
        check_info(machine, top)
        check_uptime(machine, top)
        return machine.problems
    except Exception as error:  # names the tree, and the other trees are still looked at
        return [f"{name}: {type(error).__name__}: {error}"]


# Two looks -----------------------------------------------------------------------------------------

INTERVAL_SECONDS = 1
MOVING = {"vmstat": ["vmstat", "1", "2", "--json"], "iostat": ["iostat", "1", "2", "--json"],
          "top": ["top", "-b", "-d1", "-n2", "--json"], "vmstat text": ["vmstat", "1", "2", "-w"],
          "iostat text": ["iostat", "1", "2"], "top text": ["top", "-b", "-d1", "-n2"]}
FIRST = {"vmstat text": 3, "iostat text": 7, "top text": 7}  # lines of a first report, at least


class Watcher:
    """A tool that has made its first report and is stopped before it can make the second."""

    def __init__(self, name, command):
        begun = time.monotonic()
        self.process = subprocess.Popen([str(w) for w in command], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, env=fixturelib.environment())
        self.shown = b""
        while self.shown.count(b"\n") < FIRST.get(name, 1):
            if not select.select([self.process.stdout], [], [], fixturelib.TIMEOUT_SECONDS)[0]:
                raise RuntimeError(f"no first report of {name}")
            some = os.read(self.process.stdout.fileno(), 65536)
            if not some:
                raise RuntimeError(f"{name} ended")
            self.shown += some
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        self.stopped_in_time = time.monotonic() - begun < INTERVAL_SECONDS

    @classmethod
    def stopped(cls, name, command):
        """On a busy machine we may be too late: then once more."""
        for _ in range(10):
            watcher = cls(name, command)
            if watcher.stopped_in_time:
                return watcher
            watcher.close()
        raise RuntimeError(f"{name} was never stopped in time")

    def rest(self):
        self.process.send_signal(signal.SIGCONT)
        rest, _ = self.process.communicate(timeout=fixturelib.TIMEOUT_SECONDS)
        return (self.shown + rest).decode()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def check_moving(bin_dir, seed, version):
    name = f"{version}, seed {seed}, in motion"
    try:
        with tempfile.TemporaryDirectory(prefix="containerview-consistency.") as directory:
            tree = Tree(seed, version, is_nasty=False)
            root, *frames = (f"{directory}/{name}" for name in ("moving", "0", "1"))
            tree.write(root)
            tree.write(frames[0])
            machine = Machine(bin_dir, name, root)
            watchers = {}
            try:
                for what, words in MOVING.items():
                    watchers[what] = Watcher.stopped(what, [bin_dir / words[0], *words[1:],
                                                            "--sysroot", root])
                tree.write(root, tree.later(3.0))
                shown = {what: watcher.rest() for what, watcher in watchers.items()}
                tree.write(frames[1])
                still = fixturelib.run([bin_dir / "iostat", "--json", "--sysroot", ",".join(frames),
                                        "1", "2"])
            finally:
                for watcher in watchers.values():
                    watcher.close()
        documents = {what: json.loads(shown[what].splitlines()[1])
                     for what in ("top", "iostat", "vmstat")}
        check_cpu(machine, *documents.values())
        cpu = documents["iostat"]["cpu"]
        machine.same("iostat's cpu of two trees", json.loads(still.stdout.splitlines()[-1])["cpu"], cpu)
        machine.expect(cpu["user_pct"] is not None, "nothing is known", cpu)
        machine.same("length of the interval", documents["iostat"]["interval_seconds"], 3.0)
        check_top_shares(machine, shown["top text"][shown["top text"].rindex("%Cpu(s)"):], cpu)
        check_printed(machine, "iostat", iostat_shares(shown["iostat text"]), cpu)
        check_printed(machine, "vmstat", shown["vmstat text"].splitlines()[-1].split()[12:17], cpu)
        for key in ("read_bytes_per_sec", "written_bytes_per_sec") if version == "v2" else ():
            machine.same(f"vmstat's io.{key}", documents["iostat"]["devices"][0][key],
                         documents["vmstat"]["io"][key])
        return machine.problems
    except Exception as error:
        return [f"{name}: {type(error).__name__}: {error}"]


def check_generated(bin_dir, seed, version):
    with tempfile.TemporaryDirectory(prefix="containerview-consistency.") as root:
        Tree(seed, version, is_nasty=seed % 2 == 1).write(root)
        return check(bin_dir, f"{version}, seed {seed}", root)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="directory of the tools")
    parser.add_argument("--seed", type=int, action="append", help="this one alone")
    parser.add_argument("trees", nargs="*", metavar="TREE", help="these alone")
    options = parser.parse_args()
    bin_dir = fixturelib.require_tools(options.bin, "free", "iostat", "nproc", "top", "uptime",
                                       "vmstat", "containerview")
    jobs = [(check, bin_dir, tree, tree) for tree in options.trees]
    if not options.trees:
        seeds = options.seed or SEEDS
        versions = ("v1", "v2", "hybrid")
        jobs += [(check_generated, bin_dir, s, v) for s in seeds for v in versions]
        jobs += [(check_moving, bin_dir, s, v) for s in list(seeds)[:3] for v in versions]
    if not options.trees and not options.seed:
        jobs += [(check, bin_dir, s, fixturelib.frame(s)) for s in fixturelib.scenarios()]
        jobs += [(check, bin_dir, f"cases/{case.name}", case)
                 for case in sorted(fixturelib.CASES.iterdir())]
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        found = [p for future in [pool.submit(*job) for job in jobs] for p in future.result()]
    for problem in found:
        print(f"FAIL {problem}")
    print(f"{len(jobs)} trees, {len(found)} problems")
    sys.exit(1 if found or not jobs else 0)


if __name__ == "__main__":
    main()
