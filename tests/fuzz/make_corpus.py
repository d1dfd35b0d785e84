#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the seeds of the fuzz targets, out of the recorded machines in tests/fixtures and of what the
tests ask of the tools. Small files, each once. Usage: make_corpus.py BIN_DIRECTORY CORPUS_DIRECTORY

BIN_DIRECTORY holds the targets: parsers tells the numbers of its parsers.
"""

import fnmatch
import hashlib
import pathlib
import re
import struct
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
LARGEST = 4096
# Which files of a machine a parser reads, by their path below the fixture's root.
FILES = {
    "limit": ["*/memory.max", "*/memory.swap.max", "*/pids.max", "*/memory.limit_in_bytes"],
    "number": ["*/memory.current", "*/cpuacct.usage", "*/pids.current", "*/size"],
    "numbers": ["*/cpuacct.usage_percpu", "*/hugetlb.*.current", "*/cpuacct.usage_percpu_*"],
    "cpu_max": ["*/cpu.max"],
    "cfs_quota": ["*/cpu.cfs_quota_us"],
    "cfs_period": ["*/cpu.cfs_period_us"],
    "cpu_stat": ["*/cpu.stat", "*/cpu.stat.local"],
    "cpuacct_stat": ["*/cpuacct.stat"],
    "memory_stat_v1": ["*/memory/*memory.stat", "*/memory.stat"],
    "memory_stat_v2": ["*/memory.stat"],
    "memory_events": ["*/memory.events"],
    "controllers": ["*/cgroup.controllers"],
    "cpu_list": ["*/cpuset.cpus*", "*/online", "*/possible"],
    "affinity": ["*/status"],
    "decimal": ["*/proc/uptime"],
    "loadavg": ["*/proc/loadavg"],
    "pressure": ["*.pressure", "*/proc/pressure/*"],
    "uptime": ["*/proc/uptime"],
    "proc_stat": ["*/proc/stat"],
    "task_stat": ["*/proc/[0-9s]*/stat", "*/proc/*/task/*/stat"],
    "schedstat": ["*/schedstat"],
    "process_of": ["*/status"],
    "task_status": ["*/status"],
    "statm": ["*/statm"],
    "smaps_rollup": ["*/smaps_rollup"],
    "task_io": ["*/proc/*/io"],
    "autogroup": ["*/autogroup"],
    "meminfo": ["*/proc/meminfo"],
    "vmstat": ["*/proc/vmstat"],
    "slabinfo": ["*/proc/slabinfo"],
    "diskstats": ["*/proc/diskstats"],
    "block_stat": ["*/block/*/stat"],
    "device_number": ["*/dev"],
    "io_stat": ["*/io.stat"],
    "io_max": ["*/io.max"],
    "blkio_rows": ["*/blkio.*serviced*", "*/blkio.*service_bytes*"],
    "blkio_values": ["*/blkio.throttle.*_device"],
    "cgroup": ["*/cgroup"],
    "mountinfo": ["*/mountinfo"],
    "boottime_offset": ["*/timens_offsets"],
}
# Where no machine has recorded one, or not all that there may be.
TEXTS = {
    "numbers": [b"1 2 3 18446744073709551615\n"],
    "memory_stat_v1": [b"total_cache 1\ntotal_swap 2\nhierarchical_memory_limit 3\n"],
    "decimal": [b"0.25", b"12.000000000000000000001"],
    "schedstat": [b"12345 678 90\n"],
    "statm": [b"2469 230 190 30 0 101 0\n"],
    "smaps_rollup": [b"Rss: 920 kB\nPss: 100 kB\nPrivate_Dirty: 4 kB\n"],
    "task_io": [b"rchar: 1\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\n"],
    "autogroup": [b"/autogroup-17 nice 0\n"],
    "namespace_link": [b"net:[4026531840]"],
    "slabinfo": [b"slabinfo - version: 2.1\n# name <active_objs>\ndentry 53214 53676 192 21 1 : "
                 b"tunables 0 0 0 : slabdata 2556 2556 0\n"],
    "blkio_values": [b"8:0 1048576\n"],
    "io_stat": [b"8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n"],
    "io_max": [b"8:16 rbps=2097152 wbps=max riops=max wiops=120\n"],
    "engine": [b"/docker/" + b"0a" * 32, b"/kubepods/burstable/pod1-2/cri-containerd-" + b"1b" * 32,
               b"/kubepods.slice/kubepods-pod1_2.slice/crio-" + b"2c" * 32 + b".scope",
               b"/lxc.payload.web/init.scope", b"/lxc/web", b"/machine.slice/libpod-" + b"3d" * 32,
               b"/machine.slice/machine-a\\x2db.scope/payload",
               b"/machine.slice/systemd-nspawn@web.service/payload"],
    "boottime_offset": [b"monotonic           0         0\nboottime     1000000         0\n"],
    "users": [b"UID=1000\nCLASS=user\n", struct.pack("<hi32s4s32s256s", 7, 1, b"tty1", b"1", b"me",
                                                    b"host").ljust(384, b"\0")],
    "history_name": [b"v2-1234", b"cpu-17"],
    "device_number": [b"254:0"],
}


def main():
    binaries, corpus = (pathlib.Path(argument) for argument in sys.argv[1:])
    for target, seeds in (("parsers", parser_seeds(binaries)), ("toprc", toprc_seeds()),
                          ("history", history_seeds()), ("options", option_seeds()),
                          ("top_keys", key_seeds())):
        directory = corpus / target
        directory.mkdir(parents=True, exist_ok=True)
        names = set()
        for seed in seeds:
            name = hashlib.sha1(seed).hexdigest()
            names.add(name)
            (directory / name).write_bytes(seed)
        print(f"{target}: {len(names)} seeds")


def fixture_files():
    """(path below the root, content), each content once for each name of a file."""
    seen = set()
    for path in sorted((TESTS / "fixtures").rglob("*")):
        if not path.is_file() or path.suffix in (".py", ".md", ".txt"):
            continue
        content = path.read_bytes()[:LARGEST]
        if (path.name, content) not in seen:
            seen.add((path.name, content))
            yield path, content


def parser_seeds(binaries):
    listed = subprocess.run([binaries / "parsers", "--list"], stdout=subprocess.PIPE, text=True,
                            check=True).stdout.split()
    unknown = (set(FILES) | set(TEXTS)) - set(listed)
    if unknown:
        sys.exit(f"no such parsers: {' '.join(sorted(unknown))}")
    number = {name: bytes([at]) for at, name in enumerate(listed)}
    for name, texts in TEXTS.items():
        for text in texts:
            yield number[name] + text
    cgroups, mounts = [], []
    for path, content in fixture_files():
        for name, patterns in FILES.items():
            if any(fnmatch.fnmatch(str(path), pattern) for pattern in patterns):
                yield number[name] + content
        if path.name == "cgroup":
            cgroups.append((path.parent, content))
        if path.name == "mountinfo":
            mounts.append((path.parent, content))
    for place, cgroup in cgroups:
        for other, mountinfo in mounts:
            if place == other:
                yield number["places"] + cgroup + b"\0" + mountinfo
                yield number["places"] + cgroup + b"\0" + mountinfo + b"\0" + cgroups[0][1]


def toprc_seeds():
    """The texts of toprc files that the unit tests have, whole: the string literals behind each
    other."""
    source = (TESTS / "unit/tools/top_rcfile_test.cpp").read_text()
    for literals in re.findall(r'(?:"(?:\\.|[^"\\\n])*"\s*)+', source):
        text = "".join(re.findall(r'"((?:\\.|[^"\\\n])*)"', literals))
        if len(text) > 20:
            yield text.encode().decode("unicode_escape").encode("latin-1")
    fields = " ".join(f"{(at + 37) * 2 + (at < 12):4}" for at in range(100))
    window = (f"Def\tfieldscur={fields}\n\twinflags=193844, sortindx=18, maxtasks=0, graph_cpus=1, "
              "graph_mems=2, double_up=1, combine_cpus=0\n\tsummclr=1, msgsclr=1, headclr=3, "
              "taskclr=-1, task_xy=1, core_types=0, cores_vs_cpus=0\n")
    head = ("top's Config File (Linux processes with windows)\n"
            "Id:{}, Mode_altscr=0, Mode_irixps=1, Delay_time=3.0, Curwin=0\n")
    common = "Fixed_widest=0, Summ_mscale=1, Task_mscale=0, Zero_suppress=0, Tics_scaled=0\n"
    filters = ("\nbegin: saved other filter data -------------------\nwindow #0, osel_tot=1\n"
               "\ttype=o,\tfilter=COMMAND=a\nend  : saved other filter data -------------------\n")
    own = "limits=1\nwait0=3\nsort0=1\nwait1=-4\nsort1=0\n"
    whole = head.format("n") + window * 4 + common + filters + "\npipe\tOpen\tlsof -p %d\n"
    yield whole.encode()
    yield (whole + "\0" + own).encode()
    yield ("\0" + own).encode()
    letters = bytes(0x25 + at | (0x80 if at < 12 else 0) for at in range(60))
    rest = b"\n\twinflags=30009, sortindx=18, maxtasks=0\n\tsummclr=1, msgsclr=1, headclr=3, taskclr=1\n"
    yield head.format("j").encode() + (b"Def\tfieldscur=" + letters + rest) * 4 + common.encode()
    yield (head.format("a") + ("Def\tfieldscur=AEHIOQTWKNMbcdfgjplrsuvyzX\n\twinflags=62905, "
                               "sortindx=10, maxtasks=0\n") * 4).encode()


def history_seeds():
    numbers = struct.pack("<q", 10**12)
    yield b"\0" + numbers
    yield b"\0" + numbers + bytes(4096)
    boot = b"0b5fcd3c-8f3c-4b1a-9d2e-5a1f00d00001\0"
    keys = bytes([1, 7, 2, 9, 0, 0, 0, 0])  # cgroups by hierarchy and id
    for intervals in (0, 1, 2, 3, 40, 451, 452):
        for patch in (b"", struct.pack("<HQ", 128, 2), struct.pack("<HQ", 152, 451),
                      struct.pack("<HQ", 144, 451), struct.pack("<HQ", 176, 5)):
            yield b"\1" + boot + keys + struct.pack("<H", intervals) + numbers + b"\0" + patch
    head = struct.pack("<qqq5d", 1, 10**12, 5 * 10**9, .5, .25, .125, 900., 0.) + bytes([1, 2])
    yield b"\1" + boot + keys + b"\2\0" + numbers + b"\1" + head + struct.pack("<If", 5000, .5)
    for first in (0, 1, 2, 3, 8, 450, 451):
        for lengths in ((128, 1, 176, 1), (136, 1, 344, 2), (480, 1), (4000, 3), (300, 2, 10, 1)):
            yield b"\2" + boot + keys + struct.pack("<H", first) + b"".join(
                struct.pack("<HB", length, step)
                for length, step in zip(lengths[::2], lengths[1::2]))


# By the order of kTools in options.cpp.
LINES = {
    0: ["", "info --json", "explain memory.used_bytes", "load", "capture /tmp/x --pid 1", "--help"],
    1: ["--all --interval 2", "--per-container --history /run/x", "--subsample 50", "--bogus"],
    2: ["-h -s 1 -c 2", "--kilo --total --wide", "-lvt", "--si --gibi", "-V", "--cgroup /a --json"],
    3: ["-xz -p sda 1 2", "-d -k -t", "-g all sda sdb -H", "-j ID", "+f /x", "-o JSON", "--dec=1",
        "-y --human --pretty 2", "-c --limits --sysroot /a,/b 1 2"],
    4: ["--all --ignore=1", "--fraction", "--round ceil", "--ign 2", "x", "--version"],
    5: ["-bn1", "-b -n 2 -d 0.5 -w 120", "-o +%MEM", "-p 1,2,3", "-u root", "-U!0", "-O", "-1ciSs",
        "--limits --all --json -b", "-e m -E g", "-w", "-A", "--sec"],
    6: ["-p", "-s", "-r", "--pre", "-c", "--container --json", "-V"],
    7: ["-a -n 1 2", "-w -t -S M", "-d", "-D", "-p sda1", "-m", "-s", "-f", "-y 1 2", "-S k 1 0"],
}


def option_seeds():
    for tool, lines in LINES.items():
        for line in lines:
            for world in (0, 63):
                yield bytes([tool, world]) + b"\0".join(line.encode().split())


KEYS = [
    b"q", b"h h q", b"k1\r9\r", b"r\r5\r", b"d1.5\r", b"o%CPU>1\ro!COMMAND=a\r\x0f=", b"Oroot\r",
    b"L" + "é".encode() + b"\r&", b"f\x1b[B\x1b[B d\x1b[C\x1b[A\r s a w q", b"Z 1 h 2 B q \r", b"AwaGx\r",
    b"1234", b"1tttmmm", b"E e e e", b"VvVF", b"uroot\rUx\r", b"n5\r", b"X10\r", b"C\x1b[6~\x1b[C\x1b[C>",
    b"xyzb<>R", b"HIWis0", b"\x0b\x0e\x15\x07\x05\x0c", b"Y", b"^!^!5", b"g2\rG\x1b[5~", b"jJ-_=+",
    b"\x1b[1;5A\x1bOA\x1bh\x1bj\x1bk\x1bl", b"x\x08\x7f\x1b[3~\x1b[2~\x1b[H\x1b[F", b"ccS\x1b[F\x1b[H",
    b"Acccc\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C", b"\x10\x02\xc3\xa9",
]


def key_seeds():
    for keys in KEYS:
        for size in (b"\x50\x18", b"\x05\x03", b"\x28\xc8"):
            for how in (0, 32 + 8 + 16, 4 + 2 + 64 + 1):
                yield size + bytes([how]) + keys


if __name__ == "__main__":
    main()
