#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The matrix of environment and figure in tests/live/MATRIX.md, from what the live tests recorded.

  matrix.py check MATRIX.md RESULTS...     exit status 1 and the differences, if there are any
  matrix.py update MATRIX.md RESULTS...    writes what was recorded into the file

RESULTS are files, or directories of files, of JSON lines that harness.py --results wrote. What did
not run keeps its row. Exit status 77: there is nothing to compare.
"""

import argparse
import json
import pathlib
import sys

# The columns.
FIGURES = ("scope", "engine", "total", "free", "used", "available", "shared", "cache", "swap",
           "quota", "cpus", "cpuset", "pids limit", "pids", "uptime", "load", "sampled load",
           "containerview load", "threads", "nproc", "iostat", "vmstat", "top", "text",
           "changed limit")
GENERATED = "<!-- What follows is generated: tests/support/matrix.py -->\n"
FAILED = "FAILED"


class Recorder:
    """Appends what was seen to hold, and where."""

    def __init__(self, machine, file):
        self._machine = machine
        self._file = file

    def record(self, environment, figure, verdict):
        if figure not in FIGURES:
            raise ValueError(f"no such column: {figure}")
        line = {"machine": self._machine, "environment": environment, "figure": figure,
                "verdict": verdict}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()


def collect(paths):
    """{machine: {environment: {figure: verdict}}}; what failed once has failed."""
    rows = {}
    files = [f for p in paths for f in (sorted(p.glob("*.jsonl")) if p.is_dir() else [p])]
    for line in (line for file in files for line in file.read_text().splitlines()):
        seen = json.loads(line)
        row = rows.setdefault(seen["machine"], {}).setdefault(seen["environment"], {})
        before = row.setdefault(seen["figure"], seen["verdict"])
        if seen["verdict"] != before:
            if FAILED not in (before, seen["verdict"]):
                raise ValueError(f"{seen}: it was {before!r} before")
            row[seen["figure"]] = FAILED
    return rows


def parse(text):
    """The rows of a MATRIX.md, as of collect()."""
    rows = {}
    machine = columns = None
    for line in text.partition(GENERATED)[2].splitlines():
        if line.startswith("## "):
            machine, columns = rows.setdefault(line[3:], {}), None
        elif line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if columns is None:
                columns = cells[1:]
            elif not cells[0].startswith("-"):
                machine[cells[0]] = {f: v for f, v in zip(columns, cells[1:]) if v}
    return rows


def render(rows):
    lines = []
    for machine, environments in sorted(rows.items()):
        lines += ["", f"## {machine}", ""]
        lines.append(f"| environment | {' | '.join(FIGURES)} |")
        lines.append("|---" * (len(FIGURES) + 1) + "|")
        for environment, row in sorted(environments.items()):
            cells = " | ".join(row.get(figure, "") for figure in FIGURES)
            lines.append(f"| {environment} | {cells} |")
    return "\n".join(lines) + "\n"


def differences(committed, seen):
    for machine, environments in seen.items():
        for environment, row in environments.items():
            before = committed[machine].get(environment)
            if before is None:
                yield f"{machine}: {environment}: MATRIX.md has no such row"
                continue
            for figure in FIGURES:
                old, new = before.get(figure, ""), row.get(figure, "")
                if old != new:
                    yield f"{machine}: {environment}: {figure}: {new!r}, MATRIX.md has {old!r}"


def check(path, seen, results):
    committed = parse(path.read_text())
    unknown = sorted(set(seen) - set(committed))
    for machine in unknown:
        print(f"SKIP {machine}: no machine of this kind is in {path.name}")
        del seen[machine]
    if not seen:
        if not unknown:
            print("no environment has run")
        return 77
    found = list(differences(committed, seen))
    if not found:
        return 0
    print(*found, sep="\n")
    print("If this is right:", sys.executable, sys.argv[0], "update", path, *results)
    return 1


def update(path, seen):
    failed = [f"{machine}: {environment}: {figure} {FAILED}"
              for machine, environments in seen.items() for environment, row in environments.items()
              for figure, verdict in row.items() if verdict == FAILED]
    if failed:
        print(*failed, sep="\n")
        return 1
    text = path.read_text()
    rows = parse(text)
    for machine, environments in seen.items():
        rows.setdefault(machine, {}).update(environments)
    path.write_text(text.partition(GENERATED)[0] + GENERATED + render(rows))
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("check", "update"))
    parser.add_argument("matrix", type=pathlib.Path)
    parser.add_argument("results", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    seen = collect([path for path in options.results if path.exists()])
    if options.what == "update":
        return update(options.matrix, seen)
    return check(options.matrix, seen, options.results)


if __name__ == "__main__":
    sys.exit(main())
