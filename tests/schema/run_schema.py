#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Validates what the tools print with --json against tools/schemas.

    run_schema.py --bin DIR [--no-live] [--no-layouts]

Every tool runs over every recorded machine, every example layout and this machine. Beside the
schema it is checked that keys come in the documented order, which is that of its `properties`, that
`quality` names figures that exist and says "unavailable" of exactly those that are null, that a
report is one line, and that `explain` gives the figure that the other documents give.
"""
import argparse
import copy
import functools
import json
import pathlib
import sys

import jsonschema

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "fixtures"))
import fixturelib  # noqa: E402

SCHEMAS = TESTS.parent / "tools/schemas"

# The figures of each document: null means unavailable. (Limits are null also if unlimited.)
FREE_FIGURES = [f"memory.{k}_bytes" for k in ("total", "used", "free", "shared", "buffers", "cache",
                                              "buff_cache", "available", "other")]
FREE_FIGURES += [f"swap.{k}_bytes" for k in ("total", "used", "free")]
COMMIT_FIGURES = ["commit.limit_bytes", "commit.committed_bytes"]
UPTIME_FIGURES = ["uptime_seconds", "since", "users", "load.avg_1m", "load.avg_5m", "load.avg_15m",
                  "load.running", "load.total"]
NPROC_FIGURES = ["cpus", "fraction", "installed", "online", "affinity", "cpuset"]
CPU_FIGURES = [f"cpu.{k}_pct" for k in ("user", "system", "nice", "idle", "iowait", "irq",
                                        "softirq", "steal", "throttled")] + ["cpu.effective_cpus"]
VMSTAT_FIGURES = [f"procs.{k}" for k in ("running", "blocked")]
VMSTAT_FIGURES += [f"memory.{k}_bytes" for k in ("swapped", "free", "buffers", "cache", "buff_cache",
                                                 "inactive", "active")]
VMSTAT_FIGURES += [f"{k}_per_sec" for k in ("swap.in_bytes", "swap.out_bytes", "io.read_bytes",
                                            "io.written_bytes", "system.interrupts",
                                            "system.context_switches")]
VMSTAT_FIGURES += CPU_FIGURES + ["cpu.guest_pct"]
INFO_FIGURES = ["cpu.effective_cpus", "cpu.whole_cpus", "memory.total_bytes", "memory.usage_bytes",
                "memory.working_set_bytes", "memory.available_bytes", "memory.oom_kills",
                "pids.current"]
TOP_FIGURES = [k for k in UPTIME_FIGURES if k != "since"]
TOP_FIGURES += CPU_FIGURES
TOP_FIGURES += FREE_FIGURES
TOP_FIGURES += [f"limits.{k}" for k in ("oom_kills", "pids_current", "cpu_some_pct",
                                        "memory_some_pct", "io_some_pct")]
FIGURES = {"free": FREE_FIGURES, "iostat": CPU_FIGURES, "nproc": NPROC_FIGURES,
           "top": TOP_FIGURES, "uptime": UPTIME_FIGURES, "vmstat": VMSTAT_FIGURES,
           "info": INFO_FIGURES}

COMMANDS = [  # (schema, command)
    ("free", ["free", "--json"]),
    ("free", ["free", "-v", "--json"]),
    ("free", ["free", "--json", "--host"]),
    ("free", ["free", "--json", "--container"]),
    ("free", ["free", "-twlhL", "--si", "--json"]),
    ("uptime", ["uptime", "--json"]),
    ("uptime", ["uptime", "--json", "--host"]),
    ("uptime", ["uptime", "--json", "--container"]),
    ("nproc", ["nproc", "--json"]),
    ("nproc", ["nproc", "--json", "--host"]),
    ("nproc", ["nproc", "--all", "--round", "ceil", "--json"]),
    ("iostat", ["iostat", "--json"]),
    ("iostat", ["iostat", "--json", "--host"]),
    ("iostat", ["iostat", "--json", "--container", "--limits", "ALL"]),
    ("vmstat", ["vmstat", "--json"]),
    ("vmstat", ["vmstat", "--json", "--host"]),
    ("vmstat", ["vmstat", "-s", "--json"]),
    ("vmstat", ["vmstat", "-f", "--json", "--host"]),
    ("vmstat", ["vmstat", "-d", "--json"]),
    ("vmstat", ["vmstat", "-D", "--json", "--host"]),
    ("top", ["top", "--json"]),
    ("top", ["top", "--json", "--host"]),
    ("top", ["top", "-b", "-n", "1", "--json", "-c", "-H"]),
    ("info", ["containerview", "info", "--json"]),
    ("info", ["containerview", "info", "--json", "--host"]),
    ("info", ["containerview", "info", "--json", "--container"]),
]
LINES = ["free", "-s", "0.01", "-c", "3", "--json"]


class Problems:
    def __init__(self):
        self.found = []

    def add(self, where, text):
        self.found.append(f"{where}: {text}")
        print(f"FAIL {where}: {text}")


def load_schemas(problems):
    schemas = {}
    for name in ("free", "iostat", "nproc", "top", "uptime", "vmstat", "info", "explain"):
        schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        if schema["$id"] != f"urn:containerview:schema:{name}:1":
            problems.add(name, f"$id is {schema['$id']}")
        schemas[name] = schema
    shared = {}
    # Each file stands alone, so the parts in common are repeated.
    for name, schema in schemas.items():
        for part, definition in schema["$defs"].items():
            if shared.setdefault(part, definition) != definition:
                problems.add(name, f"$defs/{part} differs from that of another schema")
    return schemas


def at(document, key):
    """The value under a dotted key; KeyError if there is none. `a[]` stands for each item of a."""
    for part in key.split("."):
        if part.endswith("[]"):
            items = document[part[:-2]]
            document = items[0] if items else {}
        else:
            document = document[part]
    return document


def has(document, key):
    try:
        at(document, key)
    except (KeyError, TypeError):
        return False
    return True


def resolve(schema, root):
    while isinstance(schema, dict) and "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema if isinstance(schema, dict) else {}


def out_of_order(document, schema, root, path=""):
    """Paths of the objects whose keys do not come in the schema's order."""
    schema = resolve(schema, root)
    found = []
    if isinstance(document, list):
        for item in document:
            found += out_of_order(item, schema.get("items", {}), root, f"{path}[]")
    if not isinstance(document, dict):
        return found
    properties = schema.get("properties", {})
    known = [key for key in document if key in properties]
    if known != [key for key in properties if key in document]:
        found.append(f"{path or 'document'}: {' '.join(document)}")
    for key in known:
        found += out_of_order(document[key], properties[key], root, f"{path}.{key}".lstrip("."))
    return found


def no_duplicate_keys(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError(f"a key comes twice: {' '.join(keys)}")
    return dict(pairs)


def check_quality(document, figures):
    """What `quality` says that is not so."""
    quality = document["quality"]
    listed = [key for keys in quality.values() for key in keys]
    found = [f"quality lists {key} twice" for key in sorted(set(listed)) if listed.count(key) > 1]
    found += [f"quality lists {key}, which the document does not have" for key in listed
              if not has(document, key)]
    for key in figures:
        value = at(document, key)
        if (value is None) != (key in quality["unavailable"]):
            found.append(f"{key} is {value}, quality.unavailable is {quality['unavailable']}")
    if document["scope"]["kind"] == "host" and quality["host"]:
        found.append(f"scope is the host, but quality.host is {quality['host']}")
    return found


class Runner:
    def __init__(self, bin_dir, schemas, problems):
        self.bin_dir = bin_dir
        self.schemas = schemas
        self.problems = problems
        self.count = 0
        self.samples = {}  # a valid document of each kind

    def run(self, words, sysroot):
        command = [self.bin_dir / words[0], *words[1:]]
        if sysroot:
            command += ["--sysroot", sysroot]
        return fixturelib.run(command)

    def documents(self, where, words, sysroot, count):
        """The documents on stdout, one a line; [] if the output is not that."""
        result = self.run(words, sysroot)
        if result.returncode != 0 or result.stderr:
            self.problems.add(where, f"exit {result.returncode}: "
                                     f"{result.stderr.decode(errors='replace').strip()}")
            return []
        lines = result.stdout.decode().splitlines(keepends=True)
        if len(lines) != count or not all(line.endswith("\n") for line in lines):
            self.problems.add(where, f"{len(lines)} lines instead of {count}")
            return []
        try:
            return [json.loads(line, object_pairs_hook=no_duplicate_keys) for line in lines]
        except ValueError as error:
            self.problems.add(where, str(error))
            return []

    def check(self, where, name, document):
        self.count += 1
        validator = jsonschema.Draft202012Validator(self.schemas[name])
        errors = sorted(validator.iter_errors(document), key=lambda e: e.json_path)
        for error in errors:
            self.problems.add(where, f"{error.json_path}: {error.message}")
        if errors:
            return
        self.samples[name] = document
        for path in out_of_order(document, self.schemas[name], self.schemas[name]):
            self.problems.add(where, f"key order: {path}")
        figures = FIGURES.get(name)
        if figures is not None:
            if "commit" in document:
                figures = figures + COMMIT_FIGURES
            for text in check_quality(document, figures):
                self.problems.add(where, text)

    def over(self, place, sysroot):
        for name, words in COMMANDS:
            where = f"{place}: {' '.join(words)}"
            for document in self.documents(where, words, sysroot, 1):
                self.check(where, name, document)
                if name == "free" and ("commit" in document) != ("-v" in words):
                    self.problems.add(where, "commit is for -v, and only for -v")

    def lines(self, place, sysroot):
        where = f"{place}: {' '.join(LINES)}"
        for document in self.documents(where, LINES, sysroot, 3):
            self.check(where, "free", document)

    @functools.cache
    def explain_keys(self):
        """What `explain` lists. All figures must be among it."""
        keys = self.run(["containerview", "explain", "--list"], None).stdout.decode().split()
        figures = FREE_FIGURES + COMMIT_FIGURES + UPTIME_FIGURES + INFO_FIGURES
        for key in sorted(set(figures) - set(keys)):
            self.problems.add("containerview explain --list", f"lacks {key}")
        return keys

    def explain(self, place, sysroot, compare):
        """COMPARE: the figures stand still, so explain must give the very same."""
        documents = []
        for words in (["free", "-v", "--json"], ["uptime", "--json"],
                      ["containerview", "info", "--json"]):
            documents += self.documents(f"{place}: {' '.join(words)}", words, sysroot, 1)
        keys = self.explain_keys()
        words = ["containerview", "explain", *keys, "--json"]
        explained = self.documents(f"{place}: containerview explain", words, sysroot, len(keys))
        for key, document in zip(keys, explained):
            where = f"{place}: containerview explain {key} --json"
            self.check(where, "explain", document)
            if document.get("key") != key:
                self.problems.add(where, f"key is {document.get('key')}")
            holders = [d for d in documents if has(d, key)]
            if not holders:
                self.problems.add(where, "no document has this key")
            for holder in holders if compare else []:
                self.agree(where, key, document, holder)

    def agree(self, where, key, explained, document):
        value = at(document, key)
        # A limit that is not there is null beside its state; alone, it must not look unknown.
        parent = key.rpartition(".")[0]
        limit = at(document, parent) if parent else None
        if isinstance(limit, dict) and limit.get("state") == "unlimited":
            value = "unlimited"
        if explained["value"] != value:
            self.problems.add(where, f"value {explained['value']}, elsewhere {value}")
        # An unknown limit is listed as a whole: cpu.quota stands for cpu.quota.cpus.
        listed = [kind for kind, keys in document["quality"].items()
                  if key in keys or key.rpartition(".")[0] in keys]
        quality = listed or ["exact"]
        if [explained["quality"]] != quality:
            self.problems.add(where, f"quality {explained['quality']}, elsewhere {quality[0]}")


def required_paths(schema, root, path=()):
    schema = resolve(schema, root)
    for key in schema.get("required", []):
        yield path + (key,)
        yield from required_paths(schema.get("properties", {}).get(key, {}), root, path + (key,))


def check_schemas_bite(runner, problems):
    """A document that lacks any one documented key must not pass."""
    for name, schema in runner.schemas.items():
        if name not in runner.samples:
            problems.add(name, "no valid document was seen")
            continue
        validator = jsonschema.Draft202012Validator(schema)
        for path in required_paths(schema, schema):
            document = copy.deepcopy(runner.samples[name])
            holder = document
            for key in path[:-1]:
                holder = holder[key]
            del holder[path[-1]]
            if validator.is_valid(document):
                problems.add(name, f"valid without {'.'.join(path)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="directory of the tools")
    parser.add_argument("--no-live", action="store_true", help="leave this machine alone")
    parser.add_argument("--no-layouts", action="store_true", help="the recorded machines only")
    options = parser.parse_args()
    bin_dir = fixturelib.require_tools(options.bin, "free", "iostat", "nproc", "top", "uptime", "vmstat",
                                       "containerview")
    problems = Problems()
    runner = Runner(bin_dir, load_schemas(problems), problems)

    for scenario in fixturelib.scenarios():
        runner.over(scenario, fixturelib.frame(scenario))
        runner.explain(scenario, fixturelib.frame(scenario), compare=True)
    for case in [] if options.no_layouts else sorted(fixturelib.CASES.iterdir()):
        runner.over(f"cases/{case.name}", case)
    runner.lines("v2-docker", fixturelib.frame("v2-docker"))
    if not options.no_live:
        runner.over("this machine", None)
        runner.lines("this machine", None)
        runner.explain("this machine", None, compare=False)
    check_schemas_bite(runner, problems)

    print(f"{runner.count} documents, {len(problems.found)} problems")
    sys.exit(1 if problems.found or runner.count == 0 else 0)


if __name__ == "__main__":
    main()
