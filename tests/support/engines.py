# SPDX-License-Identifier: Apache-2.0
"""What the container engines of the tests have in common: daemons and what they leave behind, and
the container that comes out, with the same surface as the hand-made one of container.py.

An engine is a class with `name`, why_not(), start(), stop() and run(limits, ...). It keeps all it
needs in a directory of its own, talks to no network and leaves nothing behind.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import time

from cgroups import CgroupFiles, cgroups_of
from container import Inside, become, entering

# Where every engine mounts a directory of the machine's disk and a tmpfs.
DISK = "/disk"
SHM = "/shm"


class EngineError(RuntimeError):
    pass


def checked(argv, timeout=240, **options):
    """Runs a command of an engine; its last words are the error."""
    done = subprocess.run([*map(str, argv)], capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        raise EngineError(f"{argv[0]}: {(done.stderr or done.stdout).strip()}")
    return done.stdout.strip()


def start_daemon(argv, log):
    """Ends with us, but not by a signal that a terminal or timeout(1) sends to all of us: it is
    stopped when its containers are gone."""
    with open(log, "wb") as out:
        return subprocess.Popen(["setpriv", "--pdeathsig=TERM", *map(str, argv)],
                                stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                start_new_session=True)


def stop_daemon(process):
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for(daemon, log, ready):
    """Until it is ready; if it ends or takes too long, its last words are the error."""
    deadline = time.monotonic() + 120
    while not ready():
        if daemon.poll() is not None or time.monotonic() > deadline:
            lines = log.read_text().strip().splitlines()
            raise EngineError(f"{log.stem}: {lines[-1] if lines else 'did not start'}")
        time.sleep(0.1)


class Workplace:
    """A directory of an engine on the machine's disk, gone with all its mounts at the end."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="containerview-test.", dir="/var/tmp"))
        self.disk = self.path / "disk"
        self.disk.mkdir()
        self.disk.chmod(0o1777)

    def remove(self):
        mounted = [point for point, _ in mounts() if str(point).startswith(f"{self.path}/")]
        for point in sorted(mounted, reverse=True):
            subprocess.run(["umount", "--lazy", point], check=False)
        shutil.rmtree(self.path, ignore_errors=True)


def directories_of(pid):
    """Those of its cgroups in all hierarchies that are mounted, also without a controller."""
    points = {}
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        left, right = line.split(" - ", 1)
        kind, _, options = right.split()[:3]
        if kind in ("cgroup", "cgroup2"):
            for name in options.split(",") if kind == "cgroup" else [""]:
                points.setdefault(name, pathlib.Path(left.split()[4]))
    directories = []
    for line in pathlib.Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        point = points.get(names.split(",")[0])
        if point:
            directories.append(point / path.lstrip("/"))
    return directories


class EngineContainer(Inside):
    disk, shm = DISK, SHM

    def __init__(self, engine, init_pid, container_id, enter, remove):
        """enter(uid): the command that runs another inside; remove(): ends the container."""
        self.engine = engine
        self.id = container_id
        self.init_pid = init_pid
        self.cgroup = CgroupFiles(cgroups_of(init_pid))
        self._enter = enter
        self._remove = remove
        stat = pathlib.Path(f"/proc/{init_pid}/stat").read_text()
        ticks = os.sysconf("SC_CLK_TCK")
        self.started_not_before = int(stat.rpartition(")")[2].split()[19]) / ticks
        self.started_not_after = self.started_not_before + 1 / ticks

    def enter(self, uid):
        return self._enter(uid)

    def enter_directly(self):
        """From now on what the engine's exec comes to, without the engine: on an emulated CPU it takes
        seconds for each program."""
        counted = self.cgroup.directories()
        others = set(directories_of(self.init_pid)) - set(counted)
        join = "".join(f"echo 0 >{shlex.quote(f'{path}/cgroup.procs')}; " for path in others)
        enter = ["sh", "-c", f'{join}exec "$@"', "join", *entering(self.init_pid, ("all",), counted)]
        self._enter = lambda uid: enter if uid is None else [*enter, *become(uid)]

    def close(self):
        """Again, if need be: what was just ended may not have let go of its mounts yet."""
        for pause in (0.5, 2, 0):
            try:
                return self._remove()
            except EngineError:
                if not pause:
                    raise
                time.sleep(pause)


def existing_cgroups(pattern):
    """Directories right below the hierarchies whose name fits: what an engine may leave behind."""
    # All hierarchies, also those without a controller.
    points = [point for point, kind in mounts() if kind in ("cgroup", "cgroup2")]
    return {path for point in points for path in point.iterdir()
            if path.is_dir() and re.fullmatch(pattern, path.name)}


def mounts():
    """[(mount point, type)]"""
    lines = pathlib.Path("/proc/mounts").read_text().splitlines()
    return [(pathlib.Path(point), kind) for _, point, kind, *_ in map(str.split, lines)]


def remove_cgroups(tops):
    """Removes cgroups with all below them, which must be empty of processes by now."""
    for top in tops:
        for directory, _, _ in os.walk(top, topdown=False):
            for _ in range(20):
                try:
                    os.rmdir(directory)
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.05)
