# SPDX-License-Identifier: Apache-2.0
"""A container out of cgroups and namespaces alone, for tests: started, entered, ended."""

import os
import pathlib
import shlex
import subprocess
import sys
import time

from cgroups import cgroups_of

LOAD = pathlib.Path(__file__).with_name("load.py")
ALL_NAMESPACES = ("mount", "pid", "cgroup", "uts")


def _mount_script(hierarchies, bare_v2):
    """Mounts the cgroup file systems anew: what came along from outside shows roots such as
    /../.."""
    if any(h.version == 1 for h in hierarchies):
        lines = ["mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup"]
    else:  # the kernel refuses one file system twice on one mount point
        lines = [f"umount {shlex.quote(str(h.mount))}" for h in hierarchies]
    for hierarchy in hierarchies:
        target = shlex.quote(str(hierarchy.mount))
        if hierarchy.version == 1:
            kind = f"cgroup -o {hierarchy.options} cgroup"
        else:
            kind = "cgroup2 cgroup2"
        lines.append(f"mkdir -p {target} && mount -t {kind} {target}")
    if bare_v2:
        lines.append(f"mkdir -p {bare_v2} && mount -t cgroup2 cgroup2 {bare_v2}")
    return "\n".join(lines)


def become(uid):
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]


def entering(pid, namespaces, directories):
    """What to put before a command so that it runs in these cgroup directories and in the
    namespaces of that process. It joins last, by files opened before: else nsenter, which waits
    outside of a PID namespace, would be in the cgroups too."""
    files = dict(enumerate((shlex.quote(f"{d}/cgroup.procs") for d in directories), start=3))
    opened = " ".join(f"{number}>{path}" for number, path in files.items())
    joined = "".join(f"echo 0 >&{number}; " for number in files)
    closed = " ".join(f"{number}>&-" for number in files)
    return ["sh", "-c", f'exec {opened}; exec "$@"', "open",
            "nsenter", f"--target={pid}", *(f"--{n}" for n in namespaces), "--",
            "sh", "-c", f'{joined}exec {closed}; exec "$@"', "join"]


def read_line(process):
    """The next line that it prints, and nothing of what is after it: communicate() with a timeout
    does not get what readline() has buffered."""
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(process.stdout.fileno(), 1)):
        line += byte
    return line.decode()


class Inside:
    """Runs programs in a container. A derived class knows how to enter() it, and of the container
    its `cgroup` (as the machine sees it), `init_pid` and `started_not_before`, `.._after`."""

    engine = None  # the name of the one that made it
    seconds_run = 0  # for which run() has had something in there, or on its way there

    def enter(self, uid):
        """What to put before a command so that it runs inside, as that user if one is given."""
        raise NotImplementedError

    def popen(self, argv, uid=None, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen([*self.enter(uid), *map(str, argv)], stdout=subprocess.PIPE,
                                text=True, **options)

    def run(self, argv, timeout=60, **options):
        """Runs to the end inside, options as for popen(); a CompletedProcess with text output."""
        begun = time.monotonic()
        process = self.popen(argv, stderr=subprocess.PIPE, **options)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        finally:
            self.seconds_run += time.monotonic() - begun
        return subprocess.CompletedProcess(argv, process.returncode, out, err)

    def load(self):
        return Load(self)

    def age_bounds(self):
        """Seconds since PID 1 was started: (at least, at most)."""
        now = time.clock_gettime(time.CLOCK_BOOTTIME)
        return now - self.started_not_after, now - self.started_not_before


class Outside(Inside):
    """No container: the machine itself."""

    def enter(self, uid):
        return [] if uid is None else become(uid)


class Entered(Inside):
    """By nsenter from the machine: into all namespaces, but not into the cgroup."""

    def __init__(self, container):
        self._pid = container.init_pid

    def enter(self, uid):
        enter = ["nsenter", f"--target={self._pid}", "--all", "--"]
        return enter if uid is None else [*enter, *become(uid)]


class Container(Inside):
    """PID 1 is `sleep`. Everything started through run() or popen() is in the namespaces and in the
    cgroup, as after a container engine's exec."""

    def __init__(self, cgroup, namespaces=ALL_NAMESPACES, mount_cgroups=True, bare_v2=None):
        """bare_v2: where to mount a v2 tree too that no controller is in (a hybrid machine)."""
        self.cgroup = cgroup
        self.namespaces = namespaces
        script = "set -e\n"
        if mount_cgroups:
            script += _mount_script(cgroup.mounts(), bare_v2)
        script += "\necho ready; exec sleep infinity >/dev/null"
        command = ["unshare", *(f"--{n}" for n in namespaces)]
        if "pid" in namespaces:
            command += ["--fork", "--kill-child", "--mount-proc"]
        self.started_not_before = time.clock_gettime(time.CLOCK_BOOTTIME)
        self._process = subprocess.Popen(
            [*command, "sh", "-c", script],
            preexec_fn=cgroup.join, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        if self._process.stdout.readline() != "ready\n":
            self._process.wait()
            raise RuntimeError("the container did not start")
        self.started_not_after = time.clock_gettime(time.CLOCK_BOOTTIME)
        self.init_pid = self._process.pid
        if "pid" in namespaces:
            children = pathlib.Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
            self.init_pid = int(children.read_text().split()[0])
            self._move_out(self._process.pid)

    @staticmethod
    def _move_out(pid):
        """unshare itself waits outside the PID namespace: it is no part of the container."""
        for _, directory in cgroups_of():
            (directory / "cgroup.procs").write_text(str(pid))

    def enter(self, uid, cgroup=None):
        """Into `cgroup` rather than the container's own, if one is given."""
        directories = (cgroup or self.cgroup).directories()
        enter = entering(self.init_pid, self.namespaces, directories)
        return enter if uid is None else [*enter, *become(uid)]

    def close(self):
        self._process.kill()  # --kill-child: PID 1 goes too, and with it the PID namespace
        self._process.wait()
        self._process.stdout.close()
        self.cgroup.kill()


class Beside(Inside):
    """Another container in the namespaces of a first one, as in a pod: only its cgroup is its own.
    It has no process until one is run."""

    def __init__(self, first, cgroup):
        self._first = first
        self.cgroup = cgroup

    def enter(self, uid):
        return self._first.enter(uid, self.cgroup)


class Load:
    """A load.py inside a container, driven line by line."""

    def __init__(self, container):
        self._process = container.popen([sys.executable, "-S", LOAD], stdin=subprocess.PIPE)
        self.command("ping")

    def command(self, *words):
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if answer != "ok\n":
            raise RuntimeError(f"load {words}: {answer!r}")

    def close(self):
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()
