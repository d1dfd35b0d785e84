#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares `containerview info --json` over every recorded machine with the table in scenarios.py.

    run_scope.py --bin DIR [SCENARIO...]

Each machine is looked at three times: as the rules have it, with --host, and with --container. The
limits are the caller's in all three.
"""
import argparse
import json
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fixtures"))
import fixturelib  # noqa: E402
from scenarios import CONTROLLERS, SCENARIOS  # noqa: E402


def limit(document, unit):
    return (document["state"], document[unit], document["source"])


def same(expected, got):
    if isinstance(expected, float) and isinstance(got, (int, float)):
        return math.isclose(expected, got, rel_tol=1e-9)
    if isinstance(expected, tuple) and isinstance(got, tuple) and len(expected) == len(got):
        return all(same(e, g) for e, g in zip(expected, got))
    return expected == got


def limits_of(expected, info):
    """(name, expected, got) of everything that does not depend on the scope."""
    cpu, memory = info["cpu"], info["memory"]
    return [
        ("cgroup_version", expected.version, info["scope"]["cgroup_version"]),
        ("cgroups", expected.cgroups, {c: info["scope"]["cgroups"][c] for c in CONTROLLERS}),
        ("cpu.quota", expected.quota, limit(cpu["quota"], "cpus")),
        ("cpu.cpuset", expected.cpuset, (cpu["cpuset"]["cpus"], cpu["cpuset"]["count"])),
        ("cpu.affinity_count", expected.affinity, cpu["affinity_count"]),
        ("cpu.online_count", expected.online, cpu["online_count"]),
        ("cpu.effective_cpus", expected.effective_cpus, cpu["effective_cpus"]),
        ("cpu.whole_cpus", expected.whole_cpus, cpu["whole_cpus"]),
        ("memory.limit", expected.memory, limit(memory["limit"], "bytes")),
        ("memory.high", expected.high, limit(memory["high"], "bytes")),
        ("swap.limit", expected.swap, limit(info["swap"]["limit"], "bytes")),
        ("pids.limit", expected.pids, limit(info["pids"]["limit"], "count")),
    ]


def engine_of(expected, scope):
    got = (scope["engine"], scope["id"])
    if expected.engine_optional and got == (None, None):
        return ("engine, id", got, got)
    return ("engine, id", (expected.engine, expected.id), got)


def auto_scope(expected, scope):
    return [
        ("kind", expected.kind, scope["kind"]),
        ("reason", expected.reason, scope["reason"]),
        ("boundary", expected.boundary, scope["boundary"]),
        ("cgroup", expected.boundary, scope["cgroup"]),
        engine_of(expected, scope),
    ]


def host_scope(_, scope):
    return [
        ("kind", "host", scope["kind"]),
        ("reason", "forced by --host", scope["reason"]),
        ("boundary", None, scope["boundary"]),
        ("cgroup", None, scope["cgroup"]),
    ]


def container_scope(expected, scope):
    if expected.in_root:
        return [
            ("kind", "host", scope["kind"]),
            ("reason", "own cgroup is the root: the whole machine", scope["reason"]),
            ("boundary", None, scope["boundary"]),
        ]
    own = expected.own_directory
    return [
        ("kind", "container", scope["kind"]),
        ("reason", "forced by --container", scope["reason"]),
        ("boundary", own, scope["boundary"]),
        ("cgroup", own, scope["cgroup"]),
    ]


VIEWS = {"": auto_scope, "--host": host_scope, "--container": container_scope}


def differences(bin_dir, scenario, expected, option):
    command = [bin_dir / "containerview", "info", "--json", "--sysroot", fixturelib.frame(scenario)]
    result = fixturelib.run(command + ([option] if option else []))
    if result.returncode != 0 or result.stderr:
        return [f"exit {result.returncode}: {result.stderr.decode(errors='replace').strip()}"]
    info = json.loads(result.stdout)
    rows = VIEWS[option](expected, info["scope"]) + limits_of(expected, info)
    return [f"{name}: expected {wanted}, got {got}" for name, wanted, got in rows
            if not same(wanted, got)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="directory of the tools")
    parser.add_argument("scenarios", nargs="*")
    options = parser.parse_args()
    bin_dir = fixturelib.require_tools(options.bin, "containerview")

    recorded = set(fixturelib.scenarios())
    if recorded != set(SCENARIOS):
        sys.exit(f"fixtures and table differ: {', '.join(sorted(recorded ^ set(SCENARIOS)))}")
    failed = 0
    for scenario in options.scenarios or sorted(SCENARIOS):
        expected = SCENARIOS[scenario]
        for option in VIEWS:
            # Without any cgroup to be seen there is nothing that --container could mean.
            if option == "--container" and expected.version == "none":
                continue
            found = differences(bin_dir, scenario, expected, option)
            failed += bool(found)
            print(f"{'FAIL' if found else 'ok  '} {scenario} {option}".rstrip())
            for difference in found:
                print(f"       {difference}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
