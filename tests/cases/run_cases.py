#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the shipped binaries over every example layout in tests/fixtures/cases.

    run_cases.py --bin DIR [--cases DIR] [NAME...]

NAME is a case or a glob such as 'd*'. Each case's expected.txt says what must come out; every key
in it is either asserted, or listed below as one that no tool prints. Any other key fails the test.
"""
import argparse
import fnmatch
import json
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fixtures"))
import fixturelib  # noqa: E402

# Keys that are asserted nowhere, and why.
NOT_ASSERTED = {
    "source": "where the case comes from",
    "note": "remark",
    "given.*": "input; the case's files say it too",
    "*_leaf": "limit of the own cgroup alone: no tool prints it",
    "*_leaf_bytes": "limit of the own cgroup alone: no tool prints it",
    "peer_*": "another program's answer",
    "container_*": "answer of a program that looks from PID 1's cgroup",
    "memory_low_bytes": "not in `info --json`",
    "cpu_shares_from_weight": "not in `info --json`",
}

INFO_DIRECTORIES = {"cpu_cgroup_dir": "cpu", "memory_cgroup_dir": "memory",
                    "cpuset_cgroup_dir": "cpuset"}
INFO_LIMITS = {  # key: path in the document, name of the value
    "cpu_quota_cpus": ("cpu.quota", "cpus"),
    "memory_limit_bytes": ("memory.limit", "bytes"),
    "memory_high_bytes": ("memory.high", "bytes"),
    "swap_limit_bytes": ("swap.limit", "bytes"),
    "pids_max": ("pids.limit", "count"),
}
INFO_SOURCES = {"cpu_quota_source": "cpu.quota", "memory_limit_source": "memory.limit"}
INFO_NUMBERS = {
    "cpus_ceil": "cpu.whole_cpus",
    "cpus_go": "runtimes.go",
    "cpus_java": "runtimes.java",
    "cpus_dotnet": "runtimes.dotnet",
    "cpus_rust": "runtimes.rust",
    "cpus_nproc_coreutils98": "runtimes.nproc",
    "cpus_automaxprocs_default": "runtimes.automaxprocs",
    "cpuset_count": "cpu.cpuset.count",
    "memory_usage_bytes": "memory.usage_bytes",
    "working_set_bytes": "memory.working_set_bytes",
}
FREE_NUMBERS = {
    "memory_total_bytes": "memory.total_bytes",
    "memory_available_bytes": "memory.available_bytes",
}


def read_expected(file):
    expected = {}
    for line in file.read_text().splitlines():
        key, separator, value = line.partition("=")
        if not separator or key in expected:
            raise SystemExit(f"{file}: bad line: {line}")
        expected[key] = value
    return expected


def at(document, path):
    for key in path.split("."):
        document = document[key]
    return document


class Case:
    """One layout: runs the tools and collects what differs."""

    def __init__(self, bin_dir, directory):
        self.bin_dir = bin_dir
        self.directory = directory
        self.expected = read_expected(directory / "expected.txt")
        self.asserted = 0
        self.left = []  # keys that could not be asserted in this case
        self.differences = []
        self.documents = {}

    def differ(self, key, expected, got):
        self.differences.append(f"{key}: expected {expected}, got {got}")

    def document(self, *command):
        if command not in self.documents:
            result = fixturelib.run([self.bin_dir / command[0], *command[1:], "--json",
                                     "--sysroot", self.directory])
            if result.returncode != 0 or result.stderr:
                raise ValueError(f"`{' '.join(command)} --json`: exit {result.returncode}, "
                                 f"stderr {result.stderr.decode(errors='replace').strip()!r}")
            self.documents[command] = json.loads(result.stdout)
        return self.documents[command]

    def info(self):
        return self.document("containerview", "info")

    def check_equal(self, key, expected, got):
        self.asserted += 1
        if isinstance(expected, float) and isinstance(got, (int, float)):
            if math.isclose(expected, got, rel_tol=1e-9):
                return
        elif expected == got:
            return
        self.differ(key, expected, got)

    def check_limit(self, key, text):
        path, unit = INFO_LIMITS[key]
        limit = at(self.info(), path)
        number = float if unit == "cpus" else int
        if text in ("unlimited", "unknown", "error"):
            state = "unlimited" if text == "unlimited" else "unknown"
            self.check_equal(key, {"state": state, unit: None, "source": None},
                             {k: limit[k] for k in ("state", unit, "source")})
            if text == "error" and not self.info()["problems"]:
                self.differ("problems", "an entry about the malformed file", "none")
        else:
            self.check_equal(f"{key} (state)", "limited", limit["state"])
            self.check_equal(key, number(text), limit[unit])

    def check_nproc(self, quota):
        """The quota again, and what is left of the affinity under it."""
        document = self.document("nproc")
        limited = quota not in ("unlimited", "unknown", "error")
        expected = float(quota) if limited else None
        self.check_equal("cpu_quota_cpus (nproc)", expected, document["quota_cpus"])
        self.check_equal("quota_cpus in quality", quota in ("unknown", "error"),
                         "quota_cpus" in document["quality"]["unavailable"])
        if document["affinity"] is not None:
            usable = min(filter(None, (expected, float(document["affinity"]))))
            self.check_equal("fraction (nproc)", usable, document["fraction"])
            self.check_equal("cpus (nproc)", max(1, int(usable + 0.5)), document["cpus"])

    def check_memsw(self, key, text):
        """Memory and swap together are printed apart; the sum is there only if both are limited."""
        memory, swap = at(self.info(), "memory.limit"), at(self.info(), "swap.limit")
        if memory["state"] == swap["state"] == "limited":
            self.check_equal(key, int(text), memory["bytes"] + swap["bytes"])
        else:
            self.left.append(f"{key} (no sum: swap is {swap['state']})")

    def check_quota_parts(self, key):
        """Quota and period are printed as their quotient."""
        quota, period = int(self.expected["cpu_quota_us"]), int(self.expected["cpu_period_us"])
        self.check_equal(key, quota / period, at(self.info(), "cpu.quota.cpus"))

    def check_key(self, key, text):
        if key == "cgroup_version":
            self.check_equal(key, text, at(self.info(), "scope.cgroup_version"))
        elif key in INFO_DIRECTORIES:
            directory = at(self.info(), "scope.cgroups")[INFO_DIRECTORIES[key]]
            self.check_equal(key, text.replace("<TAB>", "\t"), directory)
        elif key in INFO_LIMITS:
            self.check_limit(key, text)
            if key == "cpu_quota_cpus":
                self.check_nproc(text)
        elif key in INFO_SOURCES:
            self.check_equal(key, text, at(self.info(), INFO_SOURCES[key])["source"])
        elif key in INFO_NUMBERS:
            self.check_equal(key, int(text), at(self.info(), INFO_NUMBERS[key]))
            if key == "cpus_nproc_coreutils98" and self.info()["scope"]["cgroup_version"] == "v2":
                self.check_equal(f"{key} (nproc)", int(text), self.document("nproc")["cpus"])
        elif key in FREE_NUMBERS:
            # The cases ask what holds for the process: --container shows it in any scope.
            self.check_equal(key, int(text),
                             at(self.document("free", "--container"), FREE_NUMBERS[key]))
            self.check_equal(f"{key} (info)", int(text), at(self.info(), FREE_NUMBERS[key]))
        elif key == "cpuset_cpus":
            self.check_equal(key, text, at(self.info(), "cpu.cpuset.cpus"))
        elif key == "memsw_limit_bytes":
            self.check_memsw(key, text)
        elif key in ("cpu_quota_us", "cpu_period_us"):
            self.check_quota_parts(key)
        elif any(fnmatch.fnmatchcase(key, pattern) for pattern in NOT_ASSERTED):
            if not key.startswith(("given.", "source", "note")):
                self.left.append(key)
        else:
            self.differ(key, "a key that this test knows", "one that it does not")

    def check(self):
        for key, text in self.expected.items():
            try:
                self.check_key(key, text)
            except (ValueError, KeyError, TypeError) as error:
                self.differ(key, text, f"{type(error).__name__}: {error}")
        if self.asserted == 0 and not self.differences:
            self.differ("expected.txt", "at least one key to assert", "none")
        return not self.differences


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="directory of the tools")
    parser.add_argument("--cases", type=pathlib.Path, default=fixturelib.CASES)
    parser.add_argument("names", nargs="*", default=["*"], help="cases, or globs")
    options = parser.parse_args()
    bin_dir = fixturelib.require_tools(options.bin, "containerview", "free", "nproc")
    directories = [d for d in sorted(options.cases.iterdir())
                   if (d / "expected.txt").exists()
                   and any(fnmatch.fnmatchcase(d.name, pattern) for pattern in options.names)]
    if not directories:
        sys.exit("no such case")

    failed = 0
    for directory in directories:
        case = Case(bin_dir, directory)
        good = case.check()
        failed += not good
        left = f"; not asserted: {', '.join(case.left)}" if case.left else ""
        print(f"{'ok  ' if good else 'FAIL'} {directory.name} ({case.asserted} checks{left})")
        for difference in case.differences:
            print(f"       {difference}")
    print(f"{len(directories) - failed} of {len(directories)} cases pass")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
