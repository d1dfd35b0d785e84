#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""On a host iostat prints what sysstat 12.7 prints, byte for byte, and in a container what its
cgroup was charged with.

    iostat.py --bin DIR

The host's text is made here from /proc and /sys of the recorded hosts, by the documented layout and
formulas, for the time since boot and for an interval between two trees. A container's bytes are
compared with io.stat and blkio.throttle.*, read here once more.
"""
import argparse
import json
import pathlib
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fixtures"))
import fixturelib  # noqa: E402

HOSTS = ("sd-v2-guest-host", "v1co-guest-host", "v2-guest-host")
V2_CONTAINERS = ("v2-docker", "sd-v2-docker-systemd-cgns-private", "v2-podman-crun-cgns-private")
V1_CONTAINERS = ("v1-docker", "v1-raw", "v1co-docker")
DIRECTIONS = (("r", 0), ("w", 4), ("d", 11))


class Machine:
    def __init__(self, tree):
        self.uptime = round(float((tree / "proc/uptime").read_text().split()[0]) * 100)
        cpu = (tree / "proc/stat").read_text().splitlines()[0].split()[1:9]
        self.cpu = [int(value) for value in cpu]
        self.disks = {}
        for stat in sorted((tree / "sys/block").glob("*/stat")):
            values = [int(value) for value in stat.read_text().split()]
            self.disks[stat.parent.name] = values + [0] * (17 - len(values))

    def used(self):
        return [n for n in sorted(self.disks) if any(self.disks[n][i] for i in (0, 4, 11, 15))]


class Interval:
    def __init__(self, begin, end):
        self.hundredths = max(1, end.uptime - (begin.uptime if begin else 0))
        self.cpu = [b - a for a, b in zip(begin.cpu if begin else [0] * 8, end.cpu)]
        self.names = end.used()
        zero = [0] * 17
        self.disks = {n: [b - a for a, b in zip(begin.disks[n] if begin else zero, end.disks[n])]
                      for n in self.names}

    def rate(self, value):
        return value / self.hundredths * 100

    def shares(self):
        user, nice, system, idle, iowait, irq, softirq, steal = self.cpu
        total = max(1, sum(self.cpu))
        return [value / total * 100 for value in
                (user, nice, system + irq + softirq, iowait, steal, idle)]


def cpu_text(interval):
    row = "".join(f" {share:7.2f}" for share in interval.shares())
    return f"avg-cpu:  %user   %nice %system %iowait  %steal   %idle\n       {row}\n\n"


def basic_text(interval, unit, sectors):
    text = (f"Device             tps    {unit}_read/s    {unit}_wrtn/s    {unit}_dscd/s    "
            f"{unit}_read    {unit}_wrtn    {unit}_dscd\n")
    if unit == "Blk":
        text = ("Device             tps   Blk_read/s   Blk_wrtn/s   Blk_dscd/s   Blk_read   "
                "Blk_wrtn   Blk_dscd\n")
    for name in interval.names:
        d = interval.disks[name]
        moved = [d[2], d[6], d[13]]
        text += f"{name:<13} {interval.rate(d[0] + d[4] + d[11]):8.2f}"
        text += "".join(f" {interval.rate(value) / sectors:12.2f}" for value in moved)
        text += "".join(f" {value // sectors:10d}" for value in moved) + "\n"
    return text + "\n"


def short_text(interval):
    text = "Device             tps    kB_read/s     kB_w+d/s    kB_read     kB_w+d\n"
    for name in interval.names:
        d = interval.disks[name]
        text += (f"{name:<13} {interval.rate(d[0] + d[4] + d[11]):8.2f}"
                 f" {interval.rate(d[2]) / 2:12.2f} {interval.rate(d[6] + d[13]) / 2:12.2f}"
                 f" {d[2] // 2:10d} {(d[6] + d[13]) // 2:10d}\n")
    return text + "\n"


def direction(interval, d, at):
    ios, merges, sectors, msec = d[at:at + 4]
    return {"/s": interval.rate(ios), "kB/s": interval.rate(sectors) / 2,
            "rqm/s": interval.rate(merges),
            "rqm": 100 * merges / (merges + ios) if merges + ios else 0,
            "await": msec / ios if ios else 0, "areq": sectors / ios / 2 if ios else 0}


def extended_text(interval):
    text = ("Device            r/s     rkB/s   rrqm/s  %rrqm r_await rareq-sz"
            "     w/s     wkB/s   wrqm/s  %wrqm w_await wareq-sz"
            "     d/s     dkB/s   drqm/s  %drqm d_await dareq-sz"
            "     f/s f_await  aqu-sz  %util\n")
    for name in interval.names:
        d = interval.disks[name]
        text += f"{name:<13}"
        for _, at in DIRECTIONS:
            v = direction(interval, d, at)
            text += (f" {v['/s']:7.2f} {v['kB/s']:9.2f} {v['rqm/s']:8.2f} {v['rqm']:6.2f}"
                     f" {v['await']:7.2f} {v['areq']:8.2f}")
        flush = d[16] / d[15] if d[15] else 0
        text += (f" {interval.rate(d[15]):7.2f} {flush:7.2f} {interval.rate(d[10]) / 1000:7.2f}"
                 f" {interval.rate(d[9]) / 10:6.2f}\n")
    return text + "\n"


def short_extended_text(interval):
    text = "Device             tps      kB/s    rqm/s   await  areq-sz  aqu-sz  %util\n"
    for name in interval.names:
        d = interval.disks[name]
        ios, merges, sectors, msec = (sum(d[at + i] for _, at in DIRECTIONS) for i in range(4))
        text += (f"{name:<13} {interval.rate(ios):8.2f} {interval.rate(sectors) / 2:9.2f}"
                 f" {interval.rate(merges):8.2f} {msec / ios if ios else 0:7.2f}"
                 f" {sectors / ios / 2 if ios else 0:8.2f} {interval.rate(d[10]) / 1000:7.2f}"
                 f" {interval.rate(d[9]) / 10:6.2f}\n")
    return text + "\n"


def extended_json(interval):
    """The disk items of -x -o JSON: figure by figure, each for the directions."""
    items = []
    for name in interval.names:
        d = interval.disks[name]
        by = {letter: direction(interval, d, at) for letter, at in DIRECTIONS}
        flush = d[16] / d[15] if d[15] else 0
        pairs = [(f"{c}/s", by[c]["/s"]) for c in "rwd"] + [("f/s", interval.rate(d[15]))]
        for key, figure in (("kB/s", "kB/s"), ("rqm/s", "rqm/s"), ("rqm", "rqm")):
            pairs += [(f"{c}{key}", by[c][figure]) for c in "rwd"]
        pairs += [(f"{c}_await", by[c]["await"]) for c in "rwd"] + [("f_await", flush)]
        pairs += [(f"{c}areq-sz", by[c]["areq"]) for c in "rwd"]
        pairs += [("aqu-sz", interval.rate(d[10]) / 1000), ("util", interval.rate(d[9]) / 10)]
        items.append(f'\t\t\t\t\t\t{{"disk_device": "{name}", '
                     + ", ".join(f'"{key}": {value:.2f}' for key, value in pairs) + "}")
    return ",\n".join(items)


TEXTS = {  # options: the parts of a report
    "": lambda i: cpu_text(i) + basic_text(i, "kB", 2),
    "-c": lambda i: cpu_text(i) + "\n",
    "-d": lambda i: basic_text(i, "kB", 2),
    "-k": lambda i: cpu_text(i) + basic_text(i, "kB", 2),
    "-dm": lambda i: basic_text(i, "MB", 2048),
    "-d -G": lambda i: basic_text(i, "GB", 2097152),
    "-ds": short_text,
    "-x": lambda i: cpu_text(i) + extended_text(i),
    "-dx": extended_text,
    "-xs": lambda i: cpu_text(i) + short_extended_text(i),
    "-cx": lambda i: cpu_text(i) + extended_text(i),
}


class Checker:
    def __init__(self, bin_dir):
        self.bin = bin_dir
        self.failed = 0
        self.count = 0

    def run(self, tree, *words):
        done = fixturelib.run([self.bin / "iostat", *words, "--sysroot", tree])
        if done.returncode != 0:
            self.fail(f"iostat {' '.join(words)}", f"exit {done.returncode}: {done.stderr}")
        return done.stdout.decode()

    def fail(self, where, text):
        self.failed += 1
        print(f"FAIL {where}: {text}")

    def same(self, where, got, expected):
        self.count += 1
        if got != expected:
            self.fail(where, f"printed\n{got}\nexpected\n{expected}")

    @staticmethod
    def reports(text):
        """Without the banner, which names the machine that this runs on."""
        return text.partition("\n")[2]

    def host(self, name):
        tree = fixturelib.frame(name)
        since_boot = Interval(None, Machine(tree))
        for options, make in TEXTS.items():
            got = self.run(tree, "--host", *options.split())
            self.same(f"{name}: iostat {options}", self.reports(got), f"\n{make(since_boot)}\n")
        banner = self.run(tree, "--host").splitlines()[0]
        if not re.fullmatch(r"Linux \S+ \(\S+\) \t\d\d/\d\d/\d\d \t_\w+_\t\(2 CPU\)", banner):
            self.fail(name, f"banner {banner!r}")
        document = self.run(tree, "--host", "-x", "-o", "JSON")
        json.loads(document)
        items = document.partition('"disk": [\n')[2].partition("\n\t\t\t\t\t]")[0]
        self.same(f"{name}: -x -o JSON", items, extended_json(since_boot))

    def frames(self, name):
        """Two trees, 2.01 s apart: one report since boot, one of the interval."""
        first = fixturelib.frame(name)
        with tempfile.TemporaryDirectory(prefix="containerview-test.") as directory:
            second = pathlib.Path(directory, "1")
            shutil.copytree(first, second, symlinks=True)
            begin = Machine(first)
            (second / "proc/uptime").write_text(f"{(begin.uptime + 201) / 100:.2f} 1.00\n")
            stat = (second / "proc/stat").read_text()
            grown = " ".join(str(v + 7 * i) for i, v in enumerate(begin.cpu))
            (second / "proc/stat").write_text(re.sub(r"^cpu .*", f"cpu  {grown} 0 0", stat, 1))
            for number, disk in enumerate(sorted(begin.disks)):
                values = [v + (number + 1) * i for i, v in enumerate(begin.disks[disk], 3)]
                (second / f"sys/block/{disk}/stat").write_text(" ".join(map(str, values)) + "\n")
            end = Machine(second)
            for options, make in TEXTS.items():
                got = self.run(f"{first},{second}", "--host", *options.split(), "1")
                expected = "".join(f"{make(Interval(*ends))}\n"
                                   for ends in ((None, begin), (begin, end)))
                self.same(f"{name}, two frames: iostat {options} 1", self.reports(got),
                          f"\n{expected}")
                got = self.run(f"{first},{second}", "--host", "-y", *options.split(), "1")
                self.same(f"{name}, two frames: iostat -y {options} 1", self.reports(got),
                          f"\n\n{make(Interval(begin, end))}\n")

    def container(self, name, charged):
        """`charged`: what the cgroup's file says, {device number: (read, written)}."""
        tree = fixturelib.frame(name)
        document = json.loads(self.run(tree, "--json"))
        self.count += 1
        got = {f"{d['major']}:{d['minor']}": (d["read_bytes"], d["written_bytes"])
               for d in document["devices"]}
        expected = {n: v for n, v in charged(tree).items() if any(v)}
        if document["scope"]["kind"] != "container" or not expected or got != expected:
            self.fail(name, f"{got}, expected {expected}")
        for device in document["devices"]:
            if device["read_merges_per_sec"] is not None or device["f_await_ms"] is not None:
                self.fail(name, "merges and flushes of a cgroup are not known")
        cpu = document["cpu"]
        shares = [cpu[f"{k}_pct"] for k in ("user", "nice", "system", "iowait", "steal", "idle")]
        if None not in shares[:3] and abs(sum(s or 0 for s in shares) - 100) > 1e-6:
            self.fail(name, f"the shares sum to {sum(s or 0 for s in shares)}")
        text = self.run(tree, "-x")
        row = text.splitlines()[-3].split()
        if row[3] != "-" or row[-4] != "-":
            self.fail(name, f"unknown cells in {row}")


def io_stat(tree):
    lines = (tree / "sys/fs/cgroup/io.stat").read_text().splitlines()
    found = {}
    for line in lines:
        number, *pairs = line.split()
        values = dict(pair.split("=") for pair in pairs)
        found[number] = int(values.get("rbytes", 0)), int(values.get("wbytes", 0))
    return found


def throttle(tree):
    path = tree / "sys/fs/cgroup/blkio/blkio.throttle.io_service_bytes_recursive"
    found = {}
    rows = re.findall(r"^(\d+:\d+) (Read|Write) (\d+)$", path.read_text(), re.M)
    for number, kind, value in rows:
        read, written = found.get(number, (0, 0))
        found[number] = (int(value), written) if kind == "Read" else (read, int(value))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="directory of the tools")
    options = parser.parse_args()
    checker = Checker(fixturelib.require_tools(options.bin, "iostat"))
    for name in HOSTS:
        checker.host(name)
        checker.frames(name)
    for name in V2_CONTAINERS:
        checker.container(name, io_stat)
    for name in V1_CONTAINERS:
        checker.container(name, throttle)
    print(f"{checker.count} compared, {checker.failed} failed")
    sys.exit(1 if checker.failed else 0)


if __name__ == "__main__":
    main()
