# SPDX-License-Identifier: Apache-2.0
"""LXC containers, as they are and with lxcfs mounted over files of their /proc."""

import battery
import harness
from battery import LIMITS, View
from container import Entered, Outside
from engines_lxc import Lxc
from harness import NOBODY, LiveCase, started


class LxcContainers(LiveCase):
    def start(self, with_lxcfs):
        return self.engine_container(started(Lxc, with_lxcfs), LIMITS)

    def test_plain(self):
        box = self.start(with_lxcfs=False)
        self.check(box, "lxc")

    def test_lxcfs(self):
        """Its files are what a container-aware tool must not take for the machine's."""
        box = self.start(with_lxcfs=True)
        meminfo = box.run(["cat", "/proc/meminfo"]).stdout
        self.assertIn(f"MemTotal: {LIMITS.memory >> 10}", " ".join(meminfo.split()),
                      "lxcfs is not in effect")
        machine = self.json(box, "free", "--host")["memory"]
        self.assertEqual(machine["total_bytes"], harness.host_meminfo("MemTotal"))
        self.check(box, "lxc under lxcfs")

    def check(self, box, name):
        battery.check(
            self, box,
            View(name, box, entering=1),  # nothing tells inside whose container it is
            View(f"{name}, unprivileged", box, uid=NOBODY, entering=1),
            View(f"{name}, nsenter from the host", Entered(box), own_tasks=0),
            View.by_pid(f"{name}, --pid from the host", Outside(), box.init_pid, ("lxc", box.id)))
