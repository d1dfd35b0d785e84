# SPDX-License-Identifier: Apache-2.0
"""Real cgroups for tests, under this machine's mounts (v1, v2 or both): made, limited, removed."""

import errno
import os
import pathlib
import re
import signal
import time
from dataclasses import dataclass

MIB = 1 << 20
CONTROLLERS = ("cpu", "cpuacct", "cpuset", "memory", "pids", "blkio")
V2_CONTROLLERS = ("cpu", "cpuset", "memory", "pids", "io")
REQUIRED = ("cpu", "memory", "pids")


@dataclass(frozen=True)
class Hierarchy:
    version: int
    mount: pathlib.Path
    controllers: frozenset
    options: str  # what mounts a v1 hierarchy anew; empty on v2


def hierarchies():
    """The cgroup mounts with at least one controller that tests use, each mount point once."""
    found = {}
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mountinfo:
        for line in mountinfo:
            left, right = line.split(" - ", 1)
            fstype, _, options = right.split()[:3]
            mount = pathlib.Path(left.split()[4])
            if fstype == "cgroup":
                names = [o for o in options.split(",") if o in CONTROLLERS]
                if names:
                    found[mount] = Hierarchy(1, mount, frozenset(names), ",".join(names))
            elif fstype == "cgroup2":
                enabled = (mount / "cgroup.controllers").read_text().split()
                names = frozenset(enabled) & frozenset(V2_CONTROLLERS)
                if names:
                    found[mount] = Hierarchy(2, mount, names, "")
    return list(found.values())


def machine_name():
    """What kind of machine this is, as far as cgroups go."""
    found = hierarchies()
    version = min((h.version for h in found), default=2)
    comounted = any({"cpu", "cpuacct"} <= h.controllers for h in found)
    hybrid = version == 1 and pathlib.Path("/sys/fs/cgroup/unified/cgroup.procs").exists()
    kind = " co-mounted" * comounted + " hybrid" * hybrid
    return f"cgroup v{version}{kind} host"


def why_not():
    """Why no limited cgroup can be made here, or None."""
    if os.geteuid() != 0:
        return "needs root"
    present = set().union(*(h.controllers for h in hierarchies()), set())
    lacking = [c for c in REQUIRED if c not in present]
    if lacking:
        return "no cgroup controller " + ", ".join(lacking)
    probe = Cgroup(f"containerview-probe.{os.getpid()}")
    try:
        probe.create()
        probe.set_memory(64 * MIB)
    except OSError as error:
        return f"no writable cgroup: {error}"
    finally:
        probe.remove()
    return None


def _enable_v2(directory):
    """Switches on what the children of a v2 cgroup need; returns what was off before."""
    control = directory / "cgroup.subtree_control"
    available = (directory / "cgroup.controllers").read_text().split()
    off = [c for c in V2_CONTROLLERS if c in available and c not in control.read_text().split()]
    for controller in off:
        control.write_text(f"+{controller}")
    return off


class CgroupFiles:
    """The files of one cgroup, limits and counters, whichever version it is of."""

    def __init__(self, directories):
        """directories: [(Hierarchy, pathlib.Path)]"""
        self._directories = directories

    def version(self, controller):
        return self._at(controller)[0].version

    def dir(self, controller):
        """Named as on v2: io is blkio on v1."""
        return self._at(controller)[1]

    def directories(self):
        return [directory for _, directory in self._directories]

    def mounts(self):
        return [hierarchy for hierarchy, _ in self._directories]

    def _at(self, controller):
        names = {controller, {"io": "blkio"}.get(controller)}
        for hierarchy, directory in sorted(self._directories, key=lambda d: d[0].version):
            if names & hierarchy.controllers:
                return hierarchy, directory
        raise LookupError(controller)

    # Limits ------------------------------------------------------------------------------------

    def set_memory(self, limit, swap=0):
        """Limits memory, and the swap on top of it."""
        directory = self.dir("memory")
        if self.version("memory") == 2:
            (directory / "memory.max").write_text(str(limit))
            if (directory / "memory.swap.max").exists():
                (directory / "memory.swap.max").write_text(str(swap))
            return
        plain = (directory / "memory.limit_in_bytes", limit)
        both = (directory / "memory.memsw.limit_in_bytes", limit + swap)
        # The kernel wants memory <= memory+swap at every step.
        lower = int(plain[0].read_text()) > limit
        for file, value in (plain, both) if lower else (both, plain):
            if file.exists():
                file.write_text(str(value))

    def set_cpus(self, cpus, period_usec=100000):
        directory = self.dir("cpu")
        quota = round(cpus * period_usec)
        if self.version("cpu") == 2:
            (directory / "cpu.max").write_text(f"{quota} {period_usec}")
        else:
            (directory / "cpu.cfs_period_us").write_text(str(period_usec))
            (directory / "cpu.cfs_quota_us").write_text(str(quota))

    def set_cpuset(self, cpus):
        (self.dir("cpuset") / "cpuset.cpus").write_text(cpus)

    def set_pids(self, count):
        (self.dir("pids") / "pids.max").write_text(str(count))

    # Counters ----------------------------------------------------------------------------------

    def cpu_seconds(self):
        if self.version("cpu") == 2:
            return self._keyed("cpu", "cpu.stat")["usage_usec"] / 1e6
        return int((self.dir("cpuacct") / "cpuacct.usage").read_text()) / 1e9

    def memory_usage(self):
        file = "memory.current" if self.version("memory") == 2 else "memory.usage_in_bytes"
        return int((self.dir("memory") / file).read_text())

    def memory_stat(self, v1_key, v2_key):
        stat = self._keyed("memory", "memory.stat")
        return stat[v2_key if self.version("memory") == 2 else v1_key]

    def _keyed(self, controller, file):
        lines = (self.dir(controller) / file).read_text().splitlines()
        return {key: int(value) for key, value in map(str.split, lines)}

    def memory_reclaimable(self):
        """What the kernel can take back at once, as far as this version tells."""
        stat = self._keyed("memory", "memory.stat")
        v2 = self.version("memory") == 2
        file, prefix = ("file_", "") if v2 else ("", "total_")
        clean = (stat[f"{prefix}active_file"] + stat[f"{prefix}inactive_file"] -
                 stat[f"{prefix}{file}dirty"] - stat[f"{prefix}{file}writeback"])
        return max(clean, 0) + (stat["slab_reclaimable"] if v2 else 0)

    def io_bytes(self, number):
        """(read, written) of the device "MAJOR:MINOR", as the kernel has charged it."""
        if self.version("io") == 2:
            text = (self.dir("io") / "io.stat").read_text()
            found = re.search(rf"^{number} rbytes=(\d+) wbytes=(\d+)", text, re.MULTILINE)
            return (int(found[1]), int(found[2])) if found else (0, 0)
        text = (self.dir("io") / "blkio.throttle.io_service_bytes_recursive").read_text()
        rows = dict(re.findall(rf"^{number} (\w+) (\d+)$", text, re.MULTILINE))
        return int(rows.get("Read", 0)), int(rows.get("Write", 0))

    def pids_current(self):
        return int((self.dir("pids") / "pids.current").read_text())


class Cgroup(CgroupFiles):
    """One cgroup by the same relative name in every hierarchy. Parents are made, and removed, by
    their own Cgroup."""

    def __init__(self, name):
        super().__init__([(h, h.mount / name) for h in hierarchies()])
        self.name = name
        self._made = []
        self._enabled = []  # (directory, controllers) switched on in the v2 parent

    def create(self):
        for hierarchy, directory in self._directories:
            if hierarchy.version == 2:
                self._enabled.append((directory.parent, _enable_v2(directory.parent)))
            directory.mkdir()
            self._made.append(directory)
            if hierarchy.version == 1 and "cpuset" in hierarchy.controllers:
                for file in ("cpuset.cpus", "cpuset.mems"):  # nothing can join an empty cpuset
                    (directory / file).write_text((directory.parent / file).read_text())
        return self

    # Members -----------------------------------------------------------------------------------

    def join(self, pid=0):
        """Moves a process in; 0 is the calling one."""
        for directory in self._made:
            with open(directory / "cgroup.procs", "w", encoding="ascii") as procs:
                procs.write(str(pid))

    def kill(self):
        """Ends every process inside, by its id. Only ever holds what the test put there."""
        for _ in range(50):
            pids = {pid for directory in self._made for pid in _members(directory)}
            if not pids - {0}:
                return
            for pid in pids - {0}:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.05)

    def remove(self):
        self.kill()
        while self._made:
            directory = self._made.pop()
            for attempt in range(50):  # busy for a moment after its last process has ended
                try:
                    directory.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    if attempt == 49:
                        raise
                    time.sleep(0.05)
        while self._enabled:
            directory, controllers = self._enabled.pop()
            for controller in controllers:
                try:
                    (directory / "cgroup.subtree_control").write_text(f"-{controller}")
                except OSError:
                    pass  # in use by someone else meanwhile


def _members(directory):
    """Process ids; of those beyond our PID namespace, 0."""
    try:
        return [int(pid) for pid in (directory / "cgroup.procs").read_text().split()]
    except OSError as error:
        # As the init, systemd removes empty ones on v1 at times.
        if error.errno in (errno.ENOENT, errno.ENODEV):
            return []
        raise


def cgroups_of(pid="self"):
    """The cgroups that a process is in: [(Hierarchy, directory)] below this machine's mounts."""
    paths = {}
    with open(f"/proc/{pid}/cgroup", encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            _, controllers, path = line.rstrip("\n").split(":", 2)
            for controller in controllers.split(","):
                paths[controller] = path
    result = []
    for hierarchy in hierarchies():
        key = "" if hierarchy.version == 2 else next(iter(hierarchy.controllers))
        result.append((hierarchy, pathlib.Path(str(hierarchy.mount) + paths[key])))
    return result
