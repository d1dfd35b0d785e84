# SPDX-License-Identifier: Apache-2.0
"""The limits that tests ask for: of an engine, or of a cgroup of their own."""

import os
import pathlib
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """None is no limit. `swap` is on top of memory."""
    memory: int = None
    swap: int = 0
    cpus: float = None
    cpuset: str = None
    pids: int = None
    read_bps: int = None

    def apply(self, cgroup):
        if self.memory is not None:
            cgroup.set_memory(self.memory, self.swap)
        for name in ("cpus", "cpuset", "pids"):
            value = getattr(self, name)
            if value is not None:
                getattr(cgroup, f"set_{name}")(value)
        if self.read_bps is not None and disk_device():
            directory, number = cgroup.dir("io"), disk_device()[1]
            if cgroup.version("io") == 2:
                (directory / "io.max").write_text(f"{number} rbps={self.read_bps}")
            else:
                file = directory / "blkio.throttle.read_bps_device"
                file.write_text(f"{number} {self.read_bps}")


def disk_device(path="/var/tmp"):
    """(node, "major:minor") of the whole disk that a path is on, or None."""
    number = os.stat(path).st_dev
    device = pathlib.Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}")
    if not device.exists():
        return None
    device = device.resolve()
    if (device / "partition").exists():  # limits are set on whole disks
        device = device.parent
    node = pathlib.Path("/dev", device.name.replace("!", "/"))
    return (str(node), (device / "dev").read_text().strip()) if node.exists() else None


def read_bps_of(cgroup):
    """What the kernel has as the limit of reads from that disk, or None."""
    v2 = cgroup.version("io") == 2
    file = "io.max" if v2 else "blkio.throttle.read_bps_device"
    pattern = rf"^{disk_device()[1]} {'rbps=' if v2 else ''}(\d+)"
    found = re.search(pattern, (cgroup.dir("io") / file).read_text(), re.MULTILINE)
    return int(found[1]) if found else None
