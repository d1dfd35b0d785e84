#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what the tools print over the fixtures with tests/golden/expected, byte for byte.

    run_golden.py --bin DIR [--update] [FIXTURE...]

One file per fixture holds all commands with their output: `$ command`, then stdout, then any stderr
with `stderr| ` before each line, then `exit N` if that is not 0. Only the version is replaced, by
VERSION. --update writes the files anew: read the diff before you commit it.
"""
import argparse
import difflib
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fixtures"))
import fixturelib  # noqa: E402

EXPECTED = pathlib.Path(__file__).resolve().parent / "expected"

SHORT = [
    "free",
    "free -w",
    "free --json",
    "iostat",
    "iostat -x --limits",
    "iostat --json",
    "nproc --json",
    "top -b -n1 --limits",
    "uptime",
    "uptime --json",
    "vmstat --json",
    "containerview info",
    "containerview info --json",
]
FULL = [
    "free",
    "free -h",
    "free -w",
    "free -t",
    "free -v",
    "free -l",
    "free -L",
    "free -b",
    "free -m",
    "free -h --si",
    "free -twvl",
    "free -c 2 -s 0.01",
    "free --cache-used 50",
    "free --host",
    "free --container",
    "free --json",
    "free -v --json",
    "free --json --host",
    "free --json --container",
    "iostat",
    "iostat -x --limits",
    "iostat -xs",
    "iostat -s",
    "iostat -h",
    "iostat -h -x",
    "iostat -dm --dec=1",
    "iostat -t ALL",
    "iostat -g all ALL",
    "iostat -o JSON -x",
    "iostat --host",
    "iostat --container",
    "iostat --json",
    "iostat --json --limits",
    "iostat --json --host",
    "nproc",
    "nproc --all",
    "nproc --ignore 1",
    "nproc --round ceil",
    "nproc --fraction",
    "nproc --host",
    "nproc --json",
    "nproc --json --host",
    "top -b -n1",
    "top -b -n1 --limits -1",
    "top -b -n1 --host",
    "top --json",
    "uptime",
    "uptime -p",
    "uptime -s",
    "uptime -r",
    "uptime --container",
    "uptime --host",
    "uptime --json",
    "uptime --json --host",
    "vmstat",
    "vmstat -a -w",
    "vmstat -t -S M",
    "vmstat -s",
    "vmstat -f",
    "vmstat -d",
    "vmstat -d -w -t",
    "vmstat -D",
    "vmstat -p vda",
    "vmstat -p /dev/none",
    "vmstat -m",
    "vmstat --host",
    "vmstat -s --host",
    "vmstat -d --host",
    "vmstat -D --host",
    "vmstat -p vda --host",
    "vmstat --json",
    "vmstat -s --json",
    "vmstat -d --json",
    "containerview info",
    "containerview info --host",
    "containerview info --json",
    "containerview explain memory.available_bytes",
    "containerview explain memory.available_bytes --json",
    "containerview explain memory.total_bytes",
    "containerview explain swap.total_bytes",
    "containerview explain cpu.effective_cpus",
    "containerview explain load.avg_1m",
    "containerview explain uptime_seconds",
]

# Every way to be limited and to be found has a full set; the other machines a short one.
FULL_FIXTURES = {
    "sd-v2-docker-systemd-cgns-host",  # v2 by PID 1, own swap limit
    "sd-v2-guest-host",                # v2 host
    "sd-v2-nspawn",                    # container without controllers
    "sd-v2-raw-hostcgns",              # limits on ancestors, memory.high
    "v1-docker",                       # v1 by the mount's root
    "v1-lxc-lxcfs",                    # v1 under lxcfs
    "v1co-docker",                     # v1 with swap
    "v1co-guest-host",                 # v1 host
}

# Example layouts that show what an unknown figure and a problem look like. They hold no clock, so
# what prints the time is left out.
CASE_COMMANDS = ["free", "free -w", "free -h", "containerview info"]
CASES = [
    "a13-v2-path-but-no-cgroup2-mount",
    "c04-cpumax-invalid-period",
    "c49-lxcfs-7-levels-from-inside",
    "d14-nested-two-limits",
    "d23-v1-no-swap-accounting",
    "d43-k8s-host-view-pod-limit",
    "e06-mountinfo-missing",
    "e09-cgroup-dir-deleted",
]


def fixtures():
    """name: (tree, commands)"""
    table = {name: (fixturelib.frame(name), FULL if name in FULL_FIXTURES else SHORT)
             for name in fixturelib.scenarios()}
    table |= {f"case-{name}": (fixturelib.CASES / name, CASE_COMMANDS) for name in CASES}
    return table


def without_version(text, version):
    """The version of `containerview`, where it stands as one: in JSON documents."""
    return re.sub(r'("version": ?)"' + re.escape(version) + '"', r'\1"VERSION"', text)


def transcript(bin_dir, tree, commands, version):
    parts = []
    for command in commands:
        tool, *words = command.split()
        result = fixturelib.run([bin_dir / tool, *words, "--sysroot", tree])
        text = without_version(result.stdout.decode(errors="backslashreplace"), version)
        if text and not text.endswith("\n"):
            text += "\\ no line end\n"
        for line in result.stderr.decode(errors="backslashreplace").splitlines():
            text += f"stderr| {line}\n"
        if result.returncode != 0:
            text += f"exit {result.returncode}\n"
        parts.append(f"$ {command}\n{text}")
    return "\n".join(parts)


def tool_version(bin_dir):
    output = fixturelib.run([bin_dir / "containerview", "--version"]).stdout.decode()
    found = re.search(r"\d+\.\d+\.\d+", output)
    if not found:
        sys.exit(f"containerview --version printed {output!r}")
    return found[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="directory of the tools")
    parser.add_argument("--update", action="store_true", help="write the expected files")
    parser.add_argument("fixtures", nargs="*")
    options = parser.parse_args()
    bin_dir = fixturelib.require_tools(options.bin, "free", "iostat", "nproc", "top", "uptime", "vmstat",
                                       "containerview")
    version = tool_version(bin_dir)
    table = fixtures()
    for name in options.fixtures:
        if name not in table:
            sys.exit(f"no such fixture: {name}")
    EXPECTED.mkdir(exist_ok=True)
    failed = 0
    for name in options.fixtures or sorted(table):
        tree, commands = table[name]
        got = transcript(bin_dir, tree, commands, version)
        file = EXPECTED / f"{name}.txt"
        expected = file.read_text() if file.exists() else ""
        if options.update and got != expected:
            file.write_text(got)
            print(f"wrote {file.name}")
        elif got != expected:
            failed += 1
            print(f"FAIL {name}")
            sys.stdout.writelines(difflib.unified_diff(
                expected.splitlines(True), got.splitlines(True), f"expected/{file.name}",
                "printed"))
        else:
            print(f"ok   {name} ({len(commands)} commands)")
    for file in sorted(EXPECTED.iterdir()):
        if file.stem not in table:
            failed += 1
            print(f"FAIL {file.name}: no such fixture any more; remove the file")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
