# SPDX-License-Identifier: Apache-2.0
"""Containers out of cgroups and namespaces alone, as unshare(1) makes them."""

import pathlib

import battery
from battery import LIMITS, View
from container import ALL_NAMESPACES, Entered, Outside
from harness import NOBODY, LiveCase


class HandMade(LiveCase):
    def start(self, *namespaces, mount_cgroups):
        cgroup = self.cgroup("box")
        LIMITS.apply(cgroup)
        box = self.container(cgroup, namespaces, mount_cgroups)
        box.disk, box.shm = pathlib.Path(self.scratch_file()).parent, "/mnt"
        self.assertEqual(box.run(["mount", "-t", "tmpfs", "tmpfs", box.shm]).returncode, 0)
        return box

    def test_all_namespaces(self):
        box = self.start(*ALL_NAMESPACES, mount_cgroups=True)
        name = "unshare, all namespaces"
        battery.check(
            self, box,
            View(name, box),
            View(f"{name}, unprivileged", box, uid=NOBODY),
            View(f"{name}, nsenter from the host", Entered(box), own_tasks=0),
            View.by_pid(f"{name}, --pid from the host", Outside(), box.init_pid))

    def test_host_cgroup_namespace(self):
        box = self.start("mount", "pid", mount_cgroups=False)
        name = "unshare, host cgroup namespace"
        battery.check(
            self, box,
            View(name, box),
            View(f"{name}, nsenter from the host", Entered(box), own_tasks=0),
            View.by_pid(f"{name}, --pid from the host", Outside(), box.init_pid))

    def test_host_pid_namespace(self):
        box = self.start("mount", "cgroup", mount_cgroups=True)
        battery.check(self, box, View("unshare, host PID namespace", box, uptime="estimated"))
