# SPDX-License-Identifier: Apache-2.0
"""Podman containers, by both runtimes that it comes with."""

import battery
from battery import LIMITS, View
from container import Entered, Outside
from engines_oci import Podman
from harness import NOBODY, LiveCase, started


class PodmanContainers(LiveCase):
    def start(self, runtime, *options, **more):
        return self.engine_container(started(Podman, runtime), LIMITS, *options, **more)

    def check(self, runtime, namespace):
        box = self.start(runtime, f"--cgroupns={namespace}")
        name, engine = f"podman, {runtime}, {namespace} cgroup namespace", ("podman", box.id)
        battery.check(
            self, box,
            View(name, box, engine=engine),
            View.by_pid(f"{name}, --pid from the host", Outside(), box.init_pid, engine))

    def test_runc_private_cgroup_namespace(self):
        self.check("runc", "private")

    def test_runc_host_cgroup_namespace(self):
        self.check("runc", "host")

    def test_crun_private_cgroup_namespace(self):
        self.check("crun", "private")

    def test_crun_host_cgroup_namespace(self):
        self.check("crun", "host")

    def test_user_namespace(self):
        box = self.start("runc", "--cgroupns=private", "--uidmap=0:100000:65536")
        name, engine = "podman, users remapped", ("podman", box.id)
        battery.check(
            self, box,
            View(name, box, engine=engine),
            View(f"{name}, unprivileged", box, uid=NOBODY, engine=engine),
            View(f"{name}, nsenter from the host", Entered(box), engine=engine, own_tasks=0),
            View.by_pid(f"{name}, --pid from the host", Outside(), box.init_pid, engine))
