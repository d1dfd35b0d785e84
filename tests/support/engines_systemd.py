# SPDX-License-Identifier: Apache-2.0
"""systemd where it is the init: units with limits, and containers of systemd-nspawn."""

import contextlib
import itertools
import os
import pathlib
import shutil
import subprocess
import time

import rootfs
from cgroups import cgroups_of
from container import become, entering
from engines import DISK, SHM, EngineContainer, EngineError, Workplace, checked
from limits import disk_device

NAMESPACES = ("mount", "uts", "ipc", "pid", "cgroup")
_numbers = itertools.count(1)


def why_not():
    if not pathlib.Path("/run/systemd/system").is_dir():
        return "systemd is not the init here"
    return None


def properties(limits):
    found = []
    if limits.memory is not None:
        found += [f"MemoryMax={limits.memory}", f"MemorySwapMax={limits.swap}"]
    if limits.cpus is not None:
        found.append(f"CPUQuota={limits.cpus * 100:g}%")
    if limits.cpuset is not None:
        found.append(f"AllowedCPUs={limits.cpuset}")
    if limits.pids is not None:
        found.append(f"TasksMax={limits.pids}")
    if limits.read_bps is not None and disk_device():
        found.append(f"IOReadBandwidthMax={disk_device()[0]} {limits.read_bps}")
    return [f"--property={p}" for p in found]


def sleeping(find_pid):
    """The PID that find_pid() tells, once that process is the `sleep` that was asked for."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        pid = find_pid()
        with contextlib.suppress(OSError):  # what is asked for can end between
            if pid and pathlib.Path(f"/proc/{pid}/comm").read_text() == "sleep\n":
                return int(pid)
        time.sleep(0.1)
    raise EngineError("what was to run did not start")


class Systemd:
    """What both have in common: a place on the machine's disk, and where to run more programs."""

    def __init__(self, shared):
        self._shared = shared
        self._place = None

    def start(self):
        self._place = Workplace()

    def stop(self):
        self._place.remove()

    def container(self, pid, name, namespaces, remove):
        enter = entering(pid, namespaces, [directory for _, directory in cgroups_of(pid)])
        return EngineContainer(self.name, pid, name,
                               lambda uid: enter + (become(uid) if uid is not None else []),
                               remove)


class Service(Systemd):
    """A transient unit that sleeps: a cgroup with limits, and no namespace but for its mounts."""

    name = "systemd"

    @staticmethod
    def why_not():
        return why_not()

    def run(self, limits, *options):
        """options are those of systemd-run."""
        unit = f"containerview-test-{os.getpid()}-{next(_numbers)}.service"
        checked(["systemd-run", "--quiet", f"--unit={unit}", *properties(limits),
                 f"--property=BindPaths={self._place.disk}:{DISK}",
                 f"--property=TemporaryFileSystem={SHM}:mode=1777", *options, "sleep", "infinity"])
        pid = sleeping(lambda: checked(["systemctl", "show", "--property=MainPID", "--value",
                                        unit]))
        return self.container(pid, unit, ["mount"], lambda: checked(["systemctl", "stop", unit]))


class Nspawn(Systemd):
    """What is asked for is set on the machine's scope, which on v2 is above the cgroup that the
    container has for its root."""

    name = "nspawn"

    @staticmethod
    def why_not():
        if not shutil.which("systemd-nspawn"):
            return "systemd-nspawn is not installed"
        return why_not() or rootfs.why_not()

    def run(self, limits, *options, environment=None):
        """options are those of systemd-nspawn, and so is what `environment` adds to ours."""
        machine = f"containerview-test-{os.getpid()}-{next(_numbers)}"
        process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", f"--machine={machine}",
             f"--directory={rootfs.directory()}", "--volatile=overlay", "--register=yes",
             "--console=pipe", *(f"--bind-ro={path}" for path in self._shared),
             f"--bind={self._place.disk}:{DISK}", f"--tmpfs={SHM}:mode=1777", *properties(limits),
             *options, "sleep", "infinity"],
            env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

        def leader():
            if process.poll() is not None:
                raise EngineError(f"systemd-nspawn: {process.stderr.read().strip()}")
            shown = subprocess.run(["machinectl", "show", "--property=Leader", "--value", machine],
                                   capture_output=True, text=True, check=False)
            return shown.stdout.strip()

        def remove():
            process.terminate()
            process.communicate(timeout=60)

        try:
            return self.container(sleeping(leader), machine, NAMESPACES, remove)
        except BaseException:
            remove()
            raise
