#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the live tests in a QEMU guest: the same harness.py, the same tools, at the same paths as
here, on a kernel that has cgroup v2 alone or v1 alone with cpu and cpuacct mounted together.

  guest.py --boot v2|v1 --tools DIR --library DIR [--results FILE] MODULE...

What the inner tests printed, "SKIP case: reason" lines included, is printed; their exit status is
ours. Exit status 77 with the reason where this machine can not run the guest; a guest that does not
come up, or does not end, is a failure that shows its console.
"""

import argparse
import contextlib
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE)]

from image import Unavailable, image  # noqa: E402

CHECKOUT = HERE.parents[1]
BOOTS = {
    "v2": "systemd.unified_cgroup_hierarchy=1",
    "v1": "systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=1",
}
MACHINES = {"v2": "cgroup v2 guest", "v1": "cgroup v1 co-mounted guest"}
KERNEL_OPTIONS = ("root=/dev/nvme0n1 rw console=ttyS0 quiet panic=-1 mitigations=off apparmor=0 "
                  "net.ifnames=0 systemd.show_status=0 init=/lib/systemd/systemd")
CPUS = 2
MEMORY_MIB = 2048
OUT_BYTES = 64 << 20
SWAP_BYTES = 256 << 20
SCRATCH = "/var/tmp"
SCRATCH_BYTES = 2 << 30  # what the guest may write, to its disk too
BOOT_SECONDS = 120  # on top of what the job may take


def virtualisation():
    """/dev/kvm alone tells nothing: a virtual machine may have it and not be able to use it."""
    flags = re.search(r"^flags\s*:(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    able = flags and {"vmx", "svm"} & set(flags.group(1).split())
    return "kvm" if able and os.access("/dev/kvm", os.R_OK | os.W_OK) else "tcg,thread=multi"


def require_machine():
    if not shutil.which("qemu-system-x86_64"):
        raise Unavailable("no qemu-system-x86_64")
    available = re.search(r"^MemAvailable:\s+(\d+) kB$",
                          pathlib.Path("/proc/meminfo").read_text(), re.MULTILINE)
    if int(available.group(1)) < MEMORY_MIB * 1024:
        raise Unavailable(f"less than {MEMORY_MIB} MiB of memory available")
    if shutil.disk_usage(SCRATCH).free < SCRATCH_BYTES:
        raise Unavailable(f"less than {SCRATCH_BYTES >> 30} GiB free in {SCRATCH}")


def write_job(path, options, seconds):
    """The tar that the guest's containerview-job runs: /job/run, and the tests, the tools and the
    library where they are here."""
    inner = ["timeout", str(seconds), "/usr/bin/python3", CHECKOUT / "tests/live/harness.py",
             "--tools", options.tools, "--machine", MACHINES[options.boot], "--disposable",
             "--results", "/job/out/results", *options.modules]
    tools = (path for path in options.tools.iterdir()
             if path.is_file() and os.access(path, os.X_OK))
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as script:
        script.write(f"exec {shlex.join(map(str, inner))}\n")
        script.flush()
        with tarfile.open(path, "w") as tar:
            tar.add(script.name, "job/run")
            for part in (CHECKOUT / "tests/live", CHECKOUT / "tests/support",
                         *options.library.glob("*.so*"), *tools):
                tar.add(part, part.relative_to("/"))


def qemu(made, job, out, swap, boot):
    drives = ((made.disk, "snapshot=on,cache=unsafe"), (job, "readonly=on"), (out, "cache=unsafe"),
              (swap, "cache=unsafe"))
    command = ["qemu-system-x86_64", "-accel", virtualisation(), "-cpu", "max", "-smp", str(CPUS),
               "-m", str(MEMORY_MIB), "-nodefaults", "-no-user-config", "-nographic", "-no-reboot",
               "-kernel", made.kernel, "-append", f"{KERNEL_OPTIONS} {BOOTS[boot]}",
               # One controller: the order of the disks is that of the namespaces.
               "-device", "nvme,id=nvme,serial=containerview"]
    for number, (file, how) in enumerate(drives, start=1):
        command += ["-drive", f"if=none,id=disk{number},file={file},format=raw,{how}",
                    "-device", f"nvme-ns,drive=disk{number},bus=nvme,nsid={number}"]
    return [*map(str, command), "-serial", "stdio"]


def run(options, made, scratch):
    """Boots, runs the job, and returns the directory with what it left, None if it left nothing."""
    job, out, swap, console = (scratch / name for name in ("job", "out", "swap", "console"))
    write_job(job, options, options.seconds)
    with open(job, "ab") as file:
        file.truncate(-(-file.tell() // 512) * 512)  # whole blocks
    for name, size in ((out, OUT_BYTES), (swap, SWAP_BYTES)):
        with open(name, "wb") as file:
            file.truncate(size)
    with open(console, "wb") as text:
        try:
            subprocess.run(qemu(made, job, out, swap, options.boot), stdin=subprocess.DEVNULL,
                           stdout=text, stderr=text, timeout=options.seconds + BOOT_SECONDS,
                           check=False)
            ended = "ended"
        except subprocess.TimeoutExpired:
            ended = f"was still running after {options.seconds + BOOT_SECONDS} s and was ended"
    results = scratch / "results"
    with contextlib.suppress(tarfile.TarError), tarfile.open(out) as tar:
        tar.extractall(results)
    if (results / "status").exists():
        return results
    print(f"The guest {ended} without results. Its console:")
    print(console.read_text(errors="replace"))
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--boot", required=True, choices=BOOTS)
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--library", required=True, type=pathlib.Path)
    parser.add_argument("--results", type=pathlib.Path, help="as of harness.py")
    parser.add_argument("--seconds", type=int, default=1800, help="what the tests may take")
    parser.add_argument("modules", nargs="+", metavar="MODULE")
    options = parser.parse_args()

    # So that no emulator stays behind when somebody ends us.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda signum, _: sys.exit(128 + signum))
    if options.results:
        options.results.unlink(missing_ok=True)
    started = time.monotonic()
    try:
        require_machine()
        made = image()
    except Unavailable as reason:
        print(f"SKIP guest.{options.boot}: {reason}")
        return 77
    print(f"image after {time.monotonic() - started:.0f} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="containerview-guest.", dir=SCRATCH) as scratch:
        results = run(options, made, pathlib.Path(scratch))
        print(f"guest ended after {time.monotonic() - started:.0f} s", flush=True)
        if results is None:
            return 1
        print((results / "log").read_text(errors="replace"))
        if options.results and (results / "results").exists():
            options.results.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(results / "results", options.results)
        return int((results / "status").read_text())


if __name__ == "__main__":
    sys.exit(main())
