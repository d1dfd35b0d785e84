# SPDX-License-Identifier: Apache-2.0
"""Containers below a limit that they share with others: Kubernetes-like pods, Docker in Docker. A
full pod beside a half-empty container must not look like free memory, wherever it can be seen."""

import battery
from battery import FUZZ, WITHIN, marked
from cgroups import Cgroup, cgroups_of
from container import Beside, Outside
from engines import existing_cgroups, remove_cgroups
from engines_oci import Docker
from harness import MIB, WITHOUT_CGROUP_NAMESPACE, LiveCase, started
from limits import Limits

PARENT, BOX = 192 * MIB, 224 * MIB
OTHERS, OWN = 96 * MIB, 32 * MIB
PARENT_CPUS = 0.5
HIDDEN = "hidden"
POD = "pod0a1b2c3d_1111_2222_3333_444455556666"
PAUSE_ID, OTHER_ID, BOX_ID = "a" * 64, "b" * 64, "c" * 64


class SharedLimit(LiveCase):
    """A `box` that may use 224 MiB and uses 32, below a `parent` of 192: others use 96 of those."""

    def setUp(self):
        # Docker makes the parents that it is given in every hierarchy, also where we make none.
        # This runs after ours are gone.
        self.addCleanup(lambda: remove_cgroups(existing_cgroups(self._root)))
        super().setUp()

    def cgroups(self, *names):
        """One below the other; the last."""
        for count in range(len(names)):
            made = self.cgroup("/".join(names[:count + 1]))
        return made

    def check(self, name, box, parent, visible=True, inside=None, options=()):
        """visible: the cgroup of the parent is in sight for the tools; inside: where they run."""
        inside = inside or box
        battery.reports(self, inside)  # now its programs are in the page cache
        free, info, uptime, _ = battery.reports(self, inside, options)
        with self.figure(name, "scope", "exact"):
            self.assertEqual(info["scope"]["kind"], "container")
            inode = inside.run(["stat", "-c", "%i", info["scope"]["boundary"]]).stdout
            self.assertEqual(inode.strip(), str(box.cgroup.dir("memory").stat().st_ino))
        self._check_memory(name, box, parent, free, visible)
        self._check_quota(name, info, parent, visible)
        with self.figure(name, "threads", "exact"):
            tasks = box.cgroup.pids_current()
            self.assert_between(uptime["load"]["total"], tasks, tasks + 2, "threads")
        return info["scope"]

    def _check_memory(self, name, box, parent, free, visible):
        memory, own = free["memory"], box.cgroup.memory_usage()
        # v1 tells the limit of a hidden ancestor, though not what others use of it.
        limit_known = visible or box.cgroup.version("memory") == 1
        limit = PARENT if limit_known else BOX
        with self.figure(name, "total", "exact" if limit_known else HIDDEN):
            self.assertEqual(memory["total_bytes"], limit)
        used = parent if visible else box.cgroup
        for key, more in (("free", 0), ("available", used.memory_reclaimable())):
            verdict = marked(free, f"memory.{key}_bytes", WITHIN) if visible else HIDDEN
            with self.figure(name, key, verdict):
                self.assert_near(memory[f"{key}_bytes"], limit - used.memory_usage() + more, FUZZ,
                                 key)
                if limit_known and not visible:
                    self.assertIn(f"memory.{key}_bytes", free["quality"]["estimated"])
        with self.figure(name, "used", marked(free, "memory.used_bytes", WITHIN)):
            self.assert_between(memory["used_bytes"], OWN, own + FUZZ, "used")

    def _check_quota(self, name, info, parent, visible):
        quota, limit = info["cpu"]["quota"], info["memory"]["limit"]
        with self.figure(name, "quota", "exact" if visible else HIDDEN):
            self.assertEqual(quota["cpus"], PARENT_CPUS if visible else None)
            if visible:
                self.assertEqual((quota["source"], limit["source"]),
                                 (str(parent.dir("cpu")), str(parent.dir("memory"))))

    def check_from_host(self, name, box, parent):
        self.check(f"{name}, --cgroup from the host", box, parent, inside=Outside(),
                   options=("--cgroup", str(box.cgroup.dir("memory"))))

    def check_docker(self, name, path, parent, *options):
        """In Docker containers below `path`, with both kinds of namespace."""
        for namespace in ("private", "host"):
            box = self.engine_container(started(Docker), Limits(memory=BOX), *options,
                                        f"--cgroup-parent=/{path}", f"--cgroupns={namespace}")
            self.load(box).command("anon", OWN)
            # On v1 Docker mounts no more than the container's own part of the tree.
            visible = namespace == "host" and box.cgroup.version("memory") == 2
            row = f"{name}, {namespace} cgroup namespace"
            self.check(row, box, parent, visible)
            self.check_from_host(row, box, parent)


class Pods(SharedLimit):
    def test_systemd_names(self):
        """As containerd makes them with the systemd driver. All containers are in the PID namespace
        of the pause container, so PID 1 is in another cgroup; the whole tree is in sight."""
        names = ("kubepods.slice", "kubepods-burstable.slice", f"kubepods-burstable-{POD}.slice")
        pod = self.cgroups(*names)
        pod.set_memory(PARENT)
        pod.set_cpus(PARENT_CPUS)
        pause, other, box = (self.cgroup("/".join([*names, f"cri-containerd-{i}.scope"]))
                             for i in (PAUSE_ID, OTHER_ID, BOX_ID))
        box.set_memory(BOX)
        pause = self.container(pause, **WITHOUT_CGROUP_NAMESPACE)
        other, box = Beside(pause, other), Beside(pause, box)
        self.load(other).command("anon", OTHERS)
        self.load(box).command("anon", OWN)
        name = "pod, systemd names, shared PID namespace"
        scope = self.check(name, box, pod)
        with self.figure(name, "engine", "exact"):
            self.assertEqual((scope["engine"], scope["id"]), ("containerd", BOX_ID))
        self.check_from_host(name, box, pod)

    def test_docker_below_a_pod(self):
        """As with the cgroupfs driver; the PID namespace is the pause container's."""
        pod = self.cgroups("kubepods", "burstable", POD)
        pod.set_memory(PARENT)
        pod.set_cpus(PARENT_CPUS)
        below = f"--cgroup-parent=/{pod.name}"
        pause = self.engine_container(started(Docker), Limits(), below)
        shared = f"--pid=container:{pause.id}"
        other = self.engine_container(started(Docker), Limits(), below, shared)
        self.load(other).command("anon", OTHERS)
        self.check_docker("pod of docker", pod.name, pod, shared)


class DockerInDocker(SharedLimit):
    def test_layout(self):
        """The inner container's cgroup is below the outer one's."""
        outer = self.engine_container(started(Docker), Limits(memory=PARENT, cpus=PARENT_CPUS))
        self.load(outer).command("anon", OTHERS)
        path = f"docker/{outer.id}/docker"
        self._empty(outer)
        inner = Cgroup(path)
        self.addCleanup(inner.remove)
        inner.create()
        self.check_docker("docker in docker", path, outer.cgroup)

    @staticmethod
    def _empty(outer):
        """On v2 only a cgroup without processes can have limited ones below: to a leaf with them,
        where Docker in Docker puts its own too."""
        for hierarchy, directory in cgroups_of(outer.init_pid):
            if hierarchy.version == 2:
                (directory / "init").mkdir()
                for pid in (directory / "cgroup.procs").read_text().split():
                    (directory / "init/cgroup.procs").write_text(pid)
