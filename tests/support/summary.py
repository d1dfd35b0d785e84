#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up what the stages of tests/run.sh left in a directory and prints the count last.

NAME.status holds "passed" or "failed" for a stage, NAME.xml is ctest's JUnit output where the stage
was a ctest run: its tests are counted instead. A Python test of several cases prints a line "SKIP
case: reason" for each case that it skipped: those are counted as skipped as well, so that no skip
hides in a test that passed. Exit status 1 if anything failed or nothing ran.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as ET

SKIP_LINE = re.compile(r"^SKIP (?P<case>\S+): (?P<reason>.+)$", re.MULTILINE)


class Counts:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def gtest_reason(text):
    """The line after 'file:line: Skipped', where GTEST_SKIP() << reason goes."""
    found = re.search(r": Skipped\n(.+)", text)
    return found.group(1).strip() if found else last_line(text)


def add_junit(counts, stage, path):
    for case in ET.parse(path).getroot().iter("testcase"):
        name = f"{stage}: {case.get('name')}"
        output = case.findtext("system-out") or ""
        inner = [(f"{name}: {m['case']}", m["reason"]) for m in SKIP_LINE.finditer(output)]
        counts.skipped += inner
        skip = case.find("skipped")
        if case.get("status") == "run":
            counts.passed += 1
        elif skip is not None and skip.get("message", "").startswith("SKIP_"):
            # A test that named the cases it skipped is not counted once more.
            if not inner:
                counts.skipped.append((name, gtest_reason(output)))
        else:  # failed, or could not be started
            counts.failed.append(name)


def main():
    counts = Counts()
    results = pathlib.Path(sys.argv[1])
    for status in sorted(results.glob("*.status")):
        junit = status.with_suffix(".xml")
        failed_before = len(counts.failed)
        if junit.exists():
            add_junit(counts, status.stem, junit)
        if status.read_text().strip() != "passed":
            if len(counts.failed) == failed_before:
                counts.failed.append(f"{status.stem}: the stage")
        elif not junit.exists():
            counts.passed += 1
    for name, reason in counts.skipped:
        print(f"skipped: {name}: {reason}")
    for name in counts.failed:
        print(f"FAILED: {name}")
    print(f"{counts.passed} passed, {len(counts.failed)} failed, {len(counts.skipped)} skipped")
    return 1 if counts.failed or not counts.passed else 0


if __name__ == "__main__":
    sys.exit(main())
