# SPDX-License-Identifier: Apache-2.0
"""A container out of cgroups and namespaces alone, for tests: started, entered, ended."""

import pathlib
import shlex
import subprocess
import sys
import time

from cgroups import own_cgroups

LOAD = pathlib.Path(__file__).with_name("load.py")
ALL_NAMESPACES = ("mount", "pid", "cgroup", "uts")


def _mount_script(hierarchies, bare_v2):
    """Mounts the cgroup file systems anew: what came along from outside shows roots such as
    /../.."""
    lines = []
    if any(h.version == 1 for h in hierarchies):
        lines.append("mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup")
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


class Container:
    """PID 1 is `sleep`. Everything started through run() or popen() joins the cgroup, then the
    namespaces, as a container engine's exec does."""

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
        for directory in own_cgroups():
            (directory / "cgroup.procs").write_text(str(pid))

    def age_bounds(self):
        """Seconds since PID 1 was started: (at least, at most)."""
        now = time.clock_gettime(time.CLOCK_BOOTTIME)
        return now - self.started_not_after, now - self.started_not_before

    def popen(self, argv, uid=None, cgroup=None, **options):
        """Starts a process inside: as `uid`, and in `cgroup` rather than the container's own."""
        enter = ["nsenter", f"--target={self.init_pid}", *(f"--{n}" for n in self.namespaces), "--"]
        if uid is not None:
            enter += ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen([*enter, *map(str, argv)], preexec_fn=(cgroup or self.cgroup).join,
                                stdout=subprocess.PIPE, text=True, **options)

    def run(self, argv, timeout=30, **options):
        """Runs to the end inside, options as for popen(); a CompletedProcess with text output."""
        process = self.popen(argv, stderr=subprocess.PIPE, **options)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        return subprocess.CompletedProcess(argv, process.returncode, out, err)

    def load(self):
        return Load(self)

    def close(self):
        self._process.kill()  # --kill-child: PID 1 goes too, and with it the PID namespace
        self._process.wait()
        self._process.stdout.close()
        self.cgroup.kill()


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
        self._process.wait()
        self._process.stdout.close()
