#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""That nothing is left out of the fuzz targets: each parser of kernel text, each tool's options, and
a seed for each parser. Reads the sources alone: what it is about is built with clang only."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FUZZ = ROOT / "tests/fuzz"
sys.path.insert(0, str(FUZZ))

import make_corpus  # noqa: E402

# Parts of others, which are called with the fields of a line.
PARTS = {"parse_flat_keyed", "parse_meminfo_lines"}


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def headers(directory):
    return "".join(path.read_text(encoding="utf-8")
                   for path in sorted((ROOT / directory).glob("*.hpp")))


class Targets(unittest.TestCase):
    def test_every_parser_is_in_the_table(self):
        declared = set(re.findall(r"\b(parse_\w+)\(", headers("libcontainerview/src/kernel")))
        self.assertGreater(len(declared), 40)
        called = set(re.findall(r"\bparse_\w+", text("tests/fuzz/parsers.cpp")))
        self.assertEqual(declared - called - PARTS, set())

    def test_names_of_cgroups_are_looked_at(self):
        declared = set(re.findall(r"\b(engine_of_\w+)\(", headers("libcontainerview/src/cgroup")))
        self.assertEqual(declared, {"engine_of_path", "engine_of_mounts"})
        for name in declared:
            self.assertIn(name, text("tests/fuzz/parsers.cpp"))

    def test_every_parser_has_seeds(self):
        named = set(re.findall(r'^    \{"(\w+)", ', text("tests/fuzz/parsers.cpp"), re.M))
        self.assertGreater(len(named), 40)
        self.assertEqual(named - {"places"}, set(make_corpus.FILES) | set(make_corpus.TEXTS))

    def test_every_tool_has_a_line(self):
        tools = re.findall(r"\{(\w+)_option_table, run", text("tools/multicall/all_tools.cpp"))
        fuzzed = re.findall(r"\{(\w+)_option_table, parses", text("tests/fuzz/options.cpp"))
        self.assertEqual(tools, fuzzed)
        self.assertEqual(sorted(make_corpus.LINES), list(range(len(tools))))

    def test_run_runs_all_targets(self):
        built = re.search(r"foreach\(name ([a-z_ ]+)\)\n  add_executable",
                          text("tests/fuzz/CMakeLists.txt"))[1].split()
        run = re.search(r"targets=\(([a-z_ ]+)\)", text("tests/fuzz/run.sh"))[1].split()
        self.assertEqual(sorted(built), sorted(run))
        for directory in (FUZZ / "regressions").iterdir():
            self.assertIn(directory.name, built)


if __name__ == "__main__":
    unittest.main()
