#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Computes free's figures of every recorded machine a second time and compares.

    oracle.py --bin DIR [SCENARIO...]

It shares no code with the library: it is written from containerview(7), FIGURES, and reads the
fixture's files itself. Which cgroup is the container it takes from tests/scope/scenarios.py, which
was worked out by hand. So the goldens are more than what the program happened to print.
"""
import argparse
import json
import pathlib
import sys

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "fixtures"), str(TESTS / "scope")]
import fixturelib  # noqa: E402
from scenarios import SCENARIOS  # noqa: E402

V1_UNLIMITED = 0x7FFFFFFFFFFF0000

FIGURES = ([f"memory.{k}_bytes" for k in ("total", "used", "free", "shared", "buffers", "cache",
                                          "buff_cache", "available", "other")] +
           [f"swap.{k}_bytes" for k in ("total", "used", "free")])


def minus(a, b):
    """Counters are read one after the other, so differences saturate."""
    return max(0, a - b)


class Tree:
    """A captured tree."""

    def __init__(self, root):
        self.root = pathlib.Path(root)

    def text(self, path):
        file = self.root / path.lstrip("/")
        return file.read_text() if file.exists() else None

    def number(self, path):
        text = self.text(path)
        return None if text is None else int(text)

    def limit(self, path):
        """None: no limit here."""
        text = self.text(path)
        if text is None or text.strip() in ("max", "-1"):
            return None
        value = int(text)
        return None if value >= V1_UNLIMITED else value

    def table(self, path):
        """`key value` or `key: value kB` lines; in bytes."""
        table = {}
        for line in (self.text(path) or "").splitlines():
            key, value, *unit = line.split()
            table[key.rstrip(":")] = int(value) * (1024 if unit == ["kB"] else 1)
        return table


class Level:
    """A cgroup with a memory controller."""

    def __init__(self, tree, directory, is_v1):
        self.directory = directory
        stat = tree.table(f"{directory}/memory.stat")

        def of(v2_key, v1_key):
            return stat.get(v1_key if is_v1 else v2_key, 0)
        if is_v1:
            self.max = tree.limit(f"{directory}/memory.limit_in_bytes")
            self.high = None
            self.usage = tree.number(f"{directory}/memory.usage_in_bytes")
            memsw = tree.limit(f"{directory}/memory.memsw.limit_in_bytes")
            self.swap_max = None if memsw is None or self.max is None else minus(memsw, self.max)
            both = tree.number(f"{directory}/memory.memsw.usage_in_bytes")
            # memory.stat tells it exactly; two files are read one after the other.
            self.swap_usage = None if both is None else minus(both, self.usage)
            if "total_swap" in stat:
                self.swap_usage = stat["total_swap"]
        else:
            self.max = tree.limit(f"{directory}/memory.max")
            self.high = tree.limit(f"{directory}/memory.high")
            self.usage = tree.number(f"{directory}/memory.current")
            self.swap_max = tree.limit(f"{directory}/memory.swap.max")
            self.swap_usage = tree.number(f"{directory}/memory.swap.current")
        self.shmem = of("shmem", "total_shmem")
        self.cache = of("file", "total_cache")
        self.slab = of("slab_reclaimable", None)
        file = of("active_file", "total_active_file") + of("inactive_file", "total_inactive_file")
        held = of("file_dirty", "total_dirty") + of("file_writeback", "total_writeback")
        self.reclaimable = minus(file, held) + self.slab


def levels_of(tree, expected):
    """The process's cgroup and its ancestors up to the mount's root, where they account memory."""
    own = expected.cgroups["memory"]
    if own is None:
        return []
    is_v1 = expected.version == "v1"
    root = "/sys/fs/cgroup/memory" if is_v1 else "/sys/fs/cgroup"
    directories = []
    while True:
        directories.append(own)
        if own == root:
            break
        own = own.rpartition("/")[0]
    levels = [Level(tree, d, is_v1) for d in directories]
    return [level for level in levels if level.usage is not None]


def host_figures(meminfo):
    total, free = meminfo["MemTotal"], meminfo["MemFree"]
    available = meminfo["MemAvailable"]
    if available == 0 or available > total:
        available = free
    cache = meminfo["Cached"]
    memory = {"total": total, "used": total - available, "free": free, "shared": meminfo["Shmem"],
              "buffers": meminfo["Buffers"], "cache": cache,
              "buff_cache": meminfo["Buffers"] + cache + meminfo["SReclaimable"],
              "available": available, "other": 0}
    swap = {"total": meminfo["SwapTotal"], "used": meminfo["SwapTotal"] - meminfo["SwapFree"],
            "free": meminfo["SwapFree"]}
    return memory, swap


def host_room(tree, meminfo):
    """([total], [free], [available]) of the machine, the outermost level. Where lxcfs covers
    /proc/meminfo that is the container once more and says nothing of the machine."""
    if " /proc/meminfo " in tree.text("/proc/self/mountinfo"):
        return [], [], []
    return [meminfo["MemTotal"]], [meminfo["MemFree"]], [meminfo["MemAvailable"]]


def container_memory(tree, levels, meminfo, boundary):
    totals, frees, availables = host_room(tree, meminfo)
    for level in levels:
        if level.max is not None:
            totals.append(level.max)
            frees.append(minus(level.max, level.usage))
            availables.append(minus(level.max + level.reclaimable, level.usage))
        if level.high is not None:
            availables.append(minus(level.high + level.reclaimable, level.usage))
    total = min(totals)
    # More than the limit is never available, though more than was charged may be reclaimable.
    available = min(availables + [total])
    # The binder's own figures if it lies below the boundary.
    binder = min((l for l in levels if l.max is not None), key=lambda l: l.max, default=boundary)
    shown = boundary
    if len(binder.directory) > len(boundary.directory) and binder.max == total:
        shown = binder
    used = min(minus(shown.usage, shown.reclaimable), minus(total, available))
    return shown, {"total": total, "used": used, "free": min(frees), "shared": shown.shmem,
                   "buffers": 0, "cache": shown.cache, "buff_cache": shown.cache + shown.slab,
                   "available": available, "other": minus(total, used + available)}


def container_swap(levels, shown, meminfo):
    if meminfo["SwapTotal"] == 0:
        return {"total": 0, "used": 0, "free": 0}
    limited = [level for level in levels if level.swap_max is not None]
    total = min([level.swap_max for level in limited] + [meminfo["SwapTotal"]])
    free = min([minus(level.swap_max, level.swap_usage) for level in limited] +
               [minus(total, shown.swap_usage), meminfo["SwapFree"]])
    return {"total": total, "used": shown.swap_usage, "free": free}


def figures_of(scenario):
    tree = Tree(fixturelib.frame(scenario))
    if scenario not in SCENARIOS:
        raise SystemExit(f"{scenario} is not in tests/scope/scenarios.py")
    expected = SCENARIOS[scenario]
    meminfo = tree.table("/proc/meminfo")
    levels = levels_of(tree, expected)
    boundary = next((l for l in levels if l.directory == expected.boundary), None)
    if boundary is None:  # the host, or no memory controller: the machine's figures
        memory, swap = host_figures(meminfo)
    else:
        shown, memory = container_memory(tree, levels, meminfo, boundary)
        swap = container_swap(levels, shown, meminfo)
    return ({f"memory.{key}_bytes": value for key, value in memory.items()} |
            {f"swap.{key}_bytes": value for key, value in swap.items()})


def differences(bin_dir, scenario):
    result = fixturelib.run([bin_dir / "free", "--json", "--bytes", "--sysroot",
                             fixturelib.frame(scenario)])
    if result.returncode != 0:
        return [f"exit {result.returncode}: {result.stderr.decode(errors='replace').strip()}"]
    document = json.loads(result.stdout)
    expected = figures_of(scenario)
    found = []
    for figure in FIGURES:
        group, key = figure.split(".")
        if document[group][key] != expected[figure]:
            found.append(f"{figure}: expected {expected[figure]}, got {document[group][key]}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="directory of the tools")
    parser.add_argument("scenarios", nargs="*")
    options = parser.parse_args()
    bin_dir = fixturelib.require_tools(options.bin, "free")
    failed = 0
    for scenario in options.scenarios or fixturelib.scenarios():
        found = differences(bin_dir, scenario)
        failed += bool(found)
        print(f"{'FAIL' if found else 'ok  '} {scenario}")
        for difference in found:
            print(f"       {difference}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
