# SPDX-License-Identifier: Apache-2.0
"""LXC, and lxcfs mounted over files of its /proc."""

import shutil

import rootfs
from cgroups import hierarchies
from engines import (DISK, SHM, EngineContainer, EngineError, Workplace, checked, existing_cgroups,
                     remove_cgroups, start_daemon, stop_daemon, wait_for)
from limits import disk_device

LXCFS_FILES = ("cpuinfo", "diskstats", "loadavg", "meminfo", "slabinfo", "stat", "swaps", "uptime")
PERIOD_USEC = 100000


def limit_settings(limits):
    """(file, value) for the controllers as this machine has them."""
    version = {c: h.version for h in hierarchies() for c in h.controllers}
    settings = []
    if limits.memory is not None:
        if version["memory"] == 2:
            settings += [("memory.max", limits.memory), ("memory.swap.max", limits.swap)]
        else:
            settings += [("memory.limit_in_bytes", limits.memory),
                         ("memory.memsw.limit_in_bytes", limits.memory + limits.swap)]
    if limits.cpus is not None:
        quota = round(limits.cpus * PERIOD_USEC)
        if version["cpu"] == 2:
            settings += [("cpu.max", f"{quota} {PERIOD_USEC}")]
        else:
            settings += [("cpu.cfs_period_us", PERIOD_USEC), ("cpu.cfs_quota_us", quota)]
    if limits.cpuset is not None:
        settings += [("cpuset.cpus", limits.cpuset)]
    if limits.pids is not None:
        settings += [("pids.max", limits.pids)]
    if limits.read_bps is not None and disk_device():
        device = disk_device()[1]
        if "io" in version:
            settings += [("io.max", f"{device} rbps={limits.read_bps}")]
        elif "blkio" in version:
            settings += [("blkio.throttle.read_bps_device", f"{device} {limits.read_bps}")]
    key = {1: "lxc.cgroup", 2: "lxc.cgroup2"}[version["memory"]]
    return [(f"{key}.{name}", value) for name, value in settings]


class Lxc:
    name = "lxc"
    NEEDED = ("lxc-start", "lxc-attach", "lxc-stop", "lxc-info")
    CGROUPS = r"lxc\..*containerview-test.*|lxc\.pivot"

    def __init__(self, shared, with_lxcfs):
        self._shared = shared
        self._with_lxcfs = with_lxcfs
        self._place = None
        self._lxcfs = None
        self._count = 0
        self._cgroups_before = set()

    def why_not(self):
        for program in self.NEEDED + ("lxcfs",) * self._with_lxcfs:
            if shutil.which(program) is None:
                return f"{program} is not installed"
        return rootfs.why_not()

    def start(self):
        self._cgroups_before = existing_cgroups(self.CGROUPS)
        self._place = Workplace()
        try:
            if self._with_lxcfs:
                self._start_lxcfs()
        except BaseException:
            self.stop()
            raise

    def _start_lxcfs(self):
        mount = self._place.path / "lxcfs"
        mount.mkdir()
        log = self._place.path / "lxcfs.log"
        # It shall keep a load average of its own for each container.
        self._lxcfs = start_daemon(
            ["lxcfs", "--foreground", "--enable-loadavg", "--enable-cfs", "--enable-pidfd",
             "--pidfile", self._place.path / "lxcfs.pid", mount], log)
        wait_for(self._lxcfs, log, (mount / "proc/meminfo").exists)

    def stop(self):
        if self._lxcfs:
            stop_daemon(self._lxcfs)
            self._lxcfs = None
        if self._place:
            self._place.remove()
            self._place = None
        remove_cgroups(existing_cgroups(self.CGROUPS) - self._cgroups_before)

    def run(self, limits, *settings):
        """Starts a container that sleeps; settings are further lines of its configuration."""
        self._count += 1
        name = f"containerview-test-{self._place.path.name.rpartition('.')[2]}-{self._count}"
        box = self._place.path / "containers" / name
        self._make_root(box)
        self._write_configuration(box, limits, settings)
        at = ["-P", box.parent, "-n", name]
        log = box / "log"
        try:
            checked(["lxc-start", *at, "--logfile", log, "--logpriority", "WARN"])
        except EngineError as error:
            raise EngineError(f"{error}\n{log.read_text()}") from None
        pid = int(checked(["lxc-info", *at, "-p", "-H"]))

        def enter(uid):
            user = ["-u", str(uid), "-g", str(uid)] if uid is not None else []
            return ["lxc-attach", *map(str, at), *user, "--"]

        return EngineContainer(self.name, pid, name, enter,
                               lambda: checked(["lxc-stop", *at, "--kill"]))

    def _make_root(self, box):
        for name in ("upper", "work", "rootfs"):
            (box / name).mkdir(parents=True)
        checked(["mount", "-t", "overlay", "-o",
                 f"lowerdir={rootfs.directory()},upperdir={box}/upper,workdir={box}/work",
                 "overlay", box / "rootfs"])

    def _write_configuration(self, box, limits, settings):
        lines = [f"lxc.rootfs.path = dir:{box}/rootfs", f"lxc.uts.name = {box.name}",
                 "lxc.net.0.type = empty", "lxc.apparmor.profile = unconfined",
                 "lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed:force",
                 "lxc.init.cmd = /bin/sleep infinity",
                 f"lxc.mount.entry = {self._place.disk} {DISK[1:]} none bind 0 0",
                 f"lxc.mount.entry = tmpfs {SHM[1:]} tmpfs mode=1777 0 0"]
        lines += [f"lxc.mount.entry = {path} {str(path)[1:]} none bind,ro,create=dir 0 0"
                  for path in self._shared]
        if self._with_lxcfs:
            lines += [f"lxc.mount.entry = {self._place.path}/lxcfs/proc/{name} proc/{name} "
                      "none bind,optional 0 0" for name in LXCFS_FILES]
        lines += [f"{key} = {value}" for key, value in limit_settings(limits)]
        (box / "config").write_text("\n".join([*lines, *settings]) + "\n")
