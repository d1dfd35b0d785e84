# SPDX-License-Identifier: Apache-2.0
"""Docker containers, from a private dockerd, seen from all the places people look from."""

import battery
from battery import LIMITS, View
from container import Entered, Outside
from engines_oci import Docker
from harness import NOBODY, LiveCase, started
from limits import Limits


class DockerContainers(LiveCase):
    def start(self, *options, **more):
        return self.engine_container(started(Docker), LIMITS, *options, **more)

    def test_private_cgroup_namespace(self):
        box = self.start("--cgroupns=private")
        name, engine = "docker, private cgroup namespace", ("docker", box.id)
        battery.check(
            self, box,
            View(name, box, engine=engine),
            View.by_pid(f"{name}, --pid from the host", Outside(), box.init_pid, engine))

    def test_private_cgroup_namespace_from_elsewhere(self):
        box = self.start("--cgroupns=private")
        debug = self.engine_container(started(Docker), Limits(), "--cgroupns=private",
                                      f"--pid=container:{box.id}")
        name, engine = "docker, private cgroup namespace", ("docker", box.id)
        battery.check(
            self, box,
            View(f"{name}, unprivileged", box, uid=NOBODY, engine=engine),
            View(f"{name}, nsenter from the host", Entered(box), engine=engine, own_tasks=0),
            View.by_pid(f"{name}, --pid 1 from a debug container", debug, 1, engine))

    def test_host_cgroup_namespace(self):
        box = self.start("--cgroupns=host")
        name, engine = "docker, host cgroup namespace", ("docker", box.id)
        battery.check(
            self, box,
            View(name, box, engine=engine),
            View(f"{name}, nsenter from the host", Entered(box), engine=engine, own_tasks=0),
            View.by_pid(f"{name}, --pid from the host", Outside(), box.init_pid, engine))

    def test_host_pid_namespace(self):
        box = self.start("--cgroupns=private", "--pid=host")
        battery.check(self, box, View("docker, host PID namespace", box, uptime="estimated",
                                      engine=("docker", box.id)))

    def test_host_cgroup_and_pid_namespaces(self):
        box = self.start("--cgroupns=host", "--pid=host")
        battery.check(self, box, View("docker, host cgroup and PID namespaces", box,
                                      uptime="estimated", engine=("docker", box.id)))

    def test_read_only_root(self):
        box = self.start("--read-only", uid=NOBODY)
        battery.check(self, box, View("docker, read-only root, unprivileged from the start", box,
                                      engine=("docker", box.id)))
