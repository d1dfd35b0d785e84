# SPDX-License-Identifier: Apache-2.0
"""Docker and Podman, each private: own storage, own sockets, no network."""

import fcntl
import json
import pathlib
import shutil
import subprocess

import rootfs
from cgroups import hierarchies
from engines import (DISK, SHM, EngineContainer, EngineError, Workplace, checked, existing_cgroups,
                     remove_cgroups, start_daemon, stop_daemon, wait_for)
from limits import disk_device

IMAGE = "containerview-test:latest"
# Root itself may lack the right to raise limits where the tests run.
OPEN_FILES = "nofile=1024:4096"


def limit_options(limits):
    options = []
    if limits.memory is not None:
        options += [f"--memory={limits.memory}", f"--memory-swap={limits.memory + limits.swap}"]
    if limits.cpus is not None:
        options.append(f"--cpus={limits.cpus}")
    if limits.cpuset is not None:
        options.append(f"--cpuset-cpus={limits.cpuset}")
    if limits.pids is not None:
        options.append(f"--pids-limit={limits.pids}")
    if limits.read_bps is not None and disk_device():
        options.append(f"--device-read-bps={disk_device()[0]}:{limits.read_bps}")
    return options


class OciEngine:
    """The command lines of both are the same in what the tests use."""

    name = None
    cgroup_left_behind = None  # a pattern

    def __init__(self, shared):
        """shared: directories that every container sees, read-only and by the same path."""
        self._shared = shared
        self._place = None
        self._cgroups_before = set()

    def start(self):
        self._cgroups_before = existing_cgroups(self.cgroup_left_behind)
        self._place = Workplace()
        try:
            self._start()
            checked([*self.command(), "import", rootfs.tarball(), IMAGE])
        except BaseException:
            self.stop()
            raise

    def stop(self):
        self._stop()
        if self._place:
            self._place.remove()
            self._place = None
        remove_cgroups(existing_cgroups(self.cgroup_left_behind) - self._cgroups_before)

    def run(self, limits, *options, uid=None):
        """Starts a container that sleeps; options are those of `docker run`."""
        volumes = [f"--volume={path}:{path}:ro" for path in self._shared]
        user = [f"--user={uid}:{uid}"] if uid is not None else []
        container = checked([
            *self.command(), "run", "--detach", "--network=none",
            "--stop-timeout=0", *self.run_options(), *volumes,
            f"--volume={self._place.disk}:{DISK}", f"--tmpfs={SHM}:mode=1777",
            *limit_options(limits), *user, *options, IMAGE, "sleep", "infinity"]).splitlines()[-1]
        inspected = json.loads(checked([*self.command(), "inspect", container]))[0]
        return EngineContainer(self.name, inspected["State"]["Pid"], container,
                               lambda user: self._exec(container, user),
                               lambda: checked([*self.command(), "rm", "--force", container]))

    def _exec(self, container, uid):
        user = [f"--user={uid}:{uid}"] if uid is not None else []
        return [*self.command(), "exec", "--interactive", *user, container]

    def run_options(self):
        return []


class Docker(OciEngine):
    name = "docker"
    cgroup_left_behind = "docker"
    CLIENT = "/usr/bin/docker"  # of the package; there may be others in PATH

    def __init__(self, shared):
        super().__init__(shared)
        self._daemon = None
        self._lock = None

    def why_not(self):
        for program in (self.CLIENT, "/usr/sbin/dockerd"):
            if not pathlib.Path(program).exists():
                return f"{program} is not installed"
        return rootfs.why_not()

    def start(self):
        # One test after the other: the containers of all engines are in one cgroup, and who stops
        # removes it with what is empty in it, which may be of another's that is just being made.
        self._lock = open(rootfs.cache() / "docker.lock", "w", encoding="ascii")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        super().start()

    def stop(self):
        super().stop()
        self._lock.close()

    def command(self):
        return [self.CLIENT, "--host", f"unix://{self._place.path}/docker.sock"]

    def _start(self):
        place = self._place.path
        self._daemon = start_daemon(
            ["/usr/sbin/dockerd", "--data-root", place / "data", "--exec-root", place / "exec",
             "--pidfile", place / "docker.pid", "--host", f"unix://{place}/docker.sock",
             "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false",
             "--bridge=none", "--exec-opt", "native.cgroupdriver=cgroupfs",
             "--oom-score-adjust=0", f"--default-ulimit={OPEN_FILES}"], place / "dockerd.log")
        wait_for(self._daemon, place / "dockerd.log", self._answers)

    def _answers(self):
        return subprocess.run([*self.command(), "version"], capture_output=True,
                              check=False).returncode == 0

    def _stop(self):
        if self._daemon is None:
            return
        if self._daemon.poll() is None:
            for container in checked([*self.command(), "ps", "--all", "--quiet"]).split():
                checked([*self.command(), "rm", "--force", container])
        stop_daemon(self._daemon)
        self._daemon = None


class Podman(OciEngine):
    """Runs in a mount namespace of its own, which takes its mounts along at the end. crun refuses
    a machine with a controller in the v2 tree of a hybrid layout: that tree is hidden there."""

    name = "podman"
    cgroup_left_behind = r"libpod_parent|libpod-.*|conmon"

    def __init__(self, shared, runtime):
        super().__init__(shared)
        self.runtime = runtime
        self._namespace = None

    def why_not(self):
        for program in ("podman", self.runtime):
            if shutil.which(program) is None:
                return f"{program} is not installed"
        return rootfs.why_not()

    def command(self):
        place = self._place.path
        return ["nsenter", f"--mount=/proc/{self._namespace.pid}/ns/mnt", "podman",
                "--root", place / "root", "--runroot", place / "run", "--tmpdir", place / "tmp",
                "--runtime", self.runtime, "--cgroup-manager=cgroupfs", "--events-backend=none"]

    def run_options(self):
        return [f"--ulimit={OPEN_FILES}", "--ulimit=nproc=4096:4096"]

    def _start(self):
        hide = ""
        if self.runtime == "crun" and any(h.version == 1 for h in hierarchies()):
            unified = pathlib.Path("/sys/fs/cgroup/unified")
            if unified.is_dir():
                hide = f"mount -t tmpfs tmpfs {unified} && "
        self._namespace = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", "unshare", "--mount", "sh", "-c", f"{hide}echo ready && exec sleep infinity"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            start_new_session=True)
        if self._namespace.stdout.readline() != "ready\n":
            raise EngineError("podman: no mount namespace")

    def _stop(self):
        if self._namespace is None:
            return
        if self._namespace.poll() is None:
            subprocess.run([*map(str, self.command()), "rm", "--all", "--force", "--time=0"],
                           capture_output=True, check=False)
            self._namespace.kill()
        self._namespace.wait()
        self._namespace.stdout.close()
        self._namespace = None
