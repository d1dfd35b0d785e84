#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How we stand beside the others: runs every benchmark of this directory and writes one report.

  report.py [--quick] [--output FILE]

report.sh builds what this measures, build/release and build/static, and is what to run. Each
benchmark prints its own tables, which go into the report as they are; the ratios are taken out of
them for the summary. What a benchmark makes (cgroups, processes, mounts) it removes itself, also
when it is ended; what is interrupted leaves no report behind.
"""
import argparse
import datetime
import os
import pathlib
import platform
import re
import signal
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGES = ROOT / "build/packages"


class Range:
    """Some measurements of one thing."""

    def __init__(self, values):
        self.values = sorted(values)

    def __str__(self):
        low, high = self.values[0], self.values[-1]
        return f"**{statistics.median(self.values):.2f}** ({low:.2f} .. {high:.2f})"


def heed_interrupts():
    """What a shell starts in the background ignores them, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(*command):
    """The output of a benchmark. When this is ended, so is that, and it is waited for."""
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                          cwd=ROOT, preexec_fn=heed_interrupts) as process:
        try:
            out, _ = process.communicate()
        except BaseException:
            process.send_signal(signal.SIGINT)  # all of them clean up then
            process.wait()
            raise
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: status {process.returncode}")
    return out


def bench(name, *options):
    return run(sys.executable, HERE / name, *options)


def summary_row(what, beside, ratios):
    return f"| {what} | {beside} | {ratios} |"


# The benchmarks: each gives rows of the summary and a section -------------------------------------

CLASSIC_OF = {"iostat": "sysstat", "nproc": "coreutils"}


def startup(options):
    rows, text = [], ""
    counts = ["--batches", 3, "--runs", 20] if options.quick else ["--batches", 7, "--runs", 100]
    for build, name in ((options.release, "release preset"), (options.static, "static binary")):
        out = bench("startup.py", "--tools", build / "tools", *counts)
        found = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \| (\*\*[\d.]+\*\* \([\d.]+ \.\. [\d.]+\)) \|",
                           out, re.M)
        if not found:
            raise SystemExit(f"startup.py has no ratios:\n{out}")
        rows += [summary_row(f"`{tool}` from start to exit, CPU time, {place}, {name}",
                             CLASSIC_OF.get(tool, "procps"), ratio) for place, tool, ratio in found]
        text += f"### {name.capitalize()}\n\n{out}\n"
    return rows, ("Both run in turn, A B A B; a ratio is that of the means of a batch. "
                  "Peak memory is VmHWM.\n\n" + text)


# Frames for each number of processes.
TOP_FRAMES = {100: 12, 4000: 8, 20000: 6}


def top_costs(options, count, frames):
    """What top_bench.py printed, and the costs in it by (processes, load, mode, program)."""
    out = bench("top/top_bench.py", "--tools", options.release / "tools", "--crowd",
                options.release / "tests/bench/top/crowd", "--frames", frames, count)
    rows = re.findall(r"^ *(\d+) (\w+) +(screen|batch|first)(?: frame)? +(ours|procps|htop) +([\d.]+)",
                      out, re.M)
    return out, {tuple(key): float(cost) for *key, cost in rows}


def top(options):
    rounds, plan = (1, {100: 4}) if options.quick else (2, TOP_FRAMES)
    ratios, text = {}, ""
    for number in range(rounds):
        text += f"Round {number + 1}:\n\n```\n"
        for count, frames in plan.items():
            out, costs = top_costs(options, count, frames)
            text += out
            for (*what, program), cost in costs.items():
                ours = costs[(*what, "ours")]
                if program != "ours":
                    ratios.setdefault((*what, program), []).append(ours / cost)
        text += "```\n\n"
    if not ratios:
        raise SystemExit(f"top_bench.py has no figures:\n{text}")
    what = {"screen": "`top`, a refresh on a terminal", "batch": "`top -b`, a refresh",
            "first": "`top -bn1` from start to exit"}
    rows = [summary_row(f"{what[mode]}, CPU time, {count} processes, {load}", program, Range(values))
            for (count, load, mode, program), values in ratios.items()]
    return rows, ("CPU time from the end of the second frame to that of the last, by frame. "
                  "Of each round a ratio.\n\n" + text)


def load(options):
    seconds = 30 if options.quick else 200
    cases = ["3 loops, 0.5", "500 sleepers"] if options.quick else []
    error = bench("load/battery.py", "--build", options.release, "--seconds", seconds, *cases)
    rows = []
    for name, true, ours, lxcfs in re.findall(
            r"^\| ([^|]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", error, re.M):
        errors = [abs(float(shown) - float(true)) for shown in (ours, lxcfs)]
        rows.append(summary_row(f"load average, error: {name}", "lxcfs",
                                f"{errors[0]:.3f} beside {errors[1]:.3f}"))
    if not rows:
        raise SystemExit(f"battery.py has no figures:\n{error}")
    few = ["--containers", 50, "--seconds", 10] if options.quick else []
    cost = bench("load/cost.py", "--build", options.release, *few)
    for name, ratio in re.findall(r"^\| ([^|]+) \|.*\*\*([\d.]+)\*\*", cost, re.M):
        rows.append(summary_row(f"load average, CPU time of the sampler: {name}", "lxcfs",
                                f"**{ratio}**"))
    return rows, f"### Error\n\n{error}\n### Cost\n\n{cost}"


def container_free(options):
    batches = [3, 20] if options.quick else [7, 200]
    # Mounts are made in a name space of its own.
    out = run("unshare", "--mount", "--propagation", "private", sys.executable,
              HERE / "lxcfs_free.py", "--release", options.release / "tools/free", "--static",
              options.static / "tools/free", "--batches", batches[0], "--runs", batches[1])
    found = re.findall(r"^\| ([^|]+) \| (\*\*[\d.]+\*\* \([\d.]+ \.\. [\d.]+\)) \|", out, re.M)
    if not found:
        raise SystemExit(f"lxcfs_free.py has no ratios:\n{out}")
    return [summary_row("one `free` in a container, CPU time", name, ratio)
            for name, ratio in found if not name.startswith("our ")], out


# Sizes ---------------------------------------------------------------------------------------------

def installed_kib(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version} ${Installed-Size}", package],
                          capture_output=True, text=True, check=False)
    return done.stdout.split() if done.returncode == 0 else ["not installed", "-"]


def sizes(options):
    lines = ["| file | KiB |", "|---|---|"]
    tools = sorted((options.release / "tools").glob("*"))
    programs = [t for t in tools if t.is_file() and not t.is_symlink() and os.access(t, os.X_OK)
                and t.name != "cv_completions"]
    for program in programs:
        lines.append(f"| release preset, `{program.name}`, stripped | {stripped_kib(program)} |")
    lines.append("| static binary, every tool, stripped | "
                 f"{stripped_kib((options.static / 'tools/free').resolve())} |")
    packages = [f for kind in ("deb", "rpm", "static") for f in sorted((PACKAGES / kind).glob("*"))
                if f.is_file() and "dbg" not in f.name and "debug" not in f.name]
    lines += [f"| {f.relative_to(PACKAGES)} | {f.stat().st_size // 1024} |" for f in packages]
    text = "\n".join(lines) + "\n"
    for kind in ("deb", "rpm", "static"):
        if not any((PACKAGES / kind).glob("*")):
            text += f"\nNot built when this was measured: packaging/build-{kind}.sh.\n"
    text += "\n| package of the others | version | installed, KiB |\n|---|---|---|\n"
    for package in ("procps", "sysstat", "coreutils", "htop", "lxcfs"):
        version, size = installed_kib(package)
        text += f"| {package} | {version} | {size} |\n"
    return [], text


def stripped_kib(program):
    copy = ROOT / "build/report.stripped"
    try:
        subprocess.run(["strip", "-o", copy, program], check=True)
        return copy.stat().st_size // 1024
    finally:
        copy.unlink(missing_ok=True)


# The report ----------------------------------------------------------------------------------------

PARTS = {"Start-up": startup, "top": top, "free beside lxcfs": container_free, "Load average": load,
         "Sizes": sizes}


def first_line(*command):
    try:
        done = subprocess.run([str(w) for w in command], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return f"{command[0]}: not installed"
    return (done.stdout + done.stderr).splitlines()[0]


def head(options, busy):
    model = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    versions = [first_line(options.release / "tools/free", "-V"), first_line("/usr/bin/free", "-V"),
                first_line("/usr/bin/iostat", "-V"), first_line("/usr/bin/nproc", "--version"),
                first_line("htop", "--version"), f"lxcfs {first_line('lxcfs', '--version')}"]
    title = "A trial of the report: no figure here means anything" if options.quick else "Side by side"
    return (f"# {title}\n\n"
            "Written by `tests/bench/report.sh`; nothing in it is edited. All was measured in one run, "
            "one thing after the other.\nA ratio is ours / theirs, below 1 we cost less: "
            "**median** (minimum .. maximum).\n\n"
            f"{datetime.date.today()}, Linux {platform.release()} {platform.machine()}, "
            f"{os.cpu_count()} CPUs ({model[1] if model else 'unknown'}), "
            f"load average of the machine before it began {busy}.\n\n"
            + "".join(f"- {version}\n" for version in versions))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a trial: its figures mean nothing")
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("--release", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--static", type=pathlib.Path, default=ROOT / "build/static")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone")
    options = parser.parse_args()
    if os.geteuid() != 0:
        raise SystemExit("needs root: it makes containers")
    output = options.output or (ROOT / "build/REPORT.quick.md" if options.quick
                                else HERE / "REPORT.md")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    busy = os.getloadavg()[0]
    rows, sections = [], []
    for title in options.only or PARTS:
        begin = time.monotonic()
        print(f"{title} ...", end="", flush=True)
        more, text = PARTS[title](options)
        print(f" {time.monotonic() - begin:.0f} s", flush=True)
        rows += more
        sections.append(f"## {title}\n\n{text.strip()}\n")
    table = "| what | beside | ratio |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    output.write_text("\n".join([head(options, busy), table, *sections]))
    print(f"written: {output}")


if __name__ == "__main__":
    main()
