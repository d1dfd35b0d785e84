# SPDX-License-Identifier: Apache-2.0
"""systemd-nspawn. On cgroup v2 it sets limits on the machine's scope and makes the cgroup below it,
`payload`, the root of the container's namespace: the container can not see its own limits."""

import battery
from battery import LIMITS, View
from container import Outside
from engines_systemd import Nspawn
from harness import LiveCase, host_meminfo, started

UNIFIED = {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}


class NspawnContainers(LiveCase):
    def start(self, limits=LIMITS, environment=UNIFIED):
        return self.engine_container(started(Nspawn), limits, environment=environment)

    def skip_on_v1(self, box, reason):
        if box.cgroup.version("memory") == 1:
            self.skipTest(reason)

    def check_hidden(self, name, box, quota_state, text):
        """All that the tools say of limits that they can not see."""
        free = self.json(box, "free")
        info = self.json(box, "containerview", "info")
        with self.figure(name, "scope", "exact"):
            self.assertEqual(info["scope"]["kind"], "container")
            self.assertTrue(info["scope"]["limits_above_hidden"])
        with self.figure(name, "engine", "exact"):
            self.assertEqual(info["scope"]["engine"], "nspawn")
        with self.figure(name, "total", "host"):
            self.assertEqual(free["memory"]["total_bytes"], host_meminfo("MemTotal"))
            self.assertIn("memory.total_bytes", free["quality"]["host"])
        for key, figure in (("cpu.quota.cpus", "quota"), ("pids.limit.count", "pids limit"),
                            ("memory.limit.bytes", None)):
            explained = self.json(box, "containerview", "explain", key)
            self.assertIn("can not be seen", " ".join(explained["notes"]), key)
            if figure:
                with self.figure(name, figure, "unknown"):
                    document, limit = key.split(".")[:2]
                    self.assertEqual(info[document][limit]["state"], quota_state)
        with self.figure(name, "text", "as JSON"):
            self.assertIn(text, box.run([self.tool("containerview"), "info"]).stdout)

    def check_from_the_host(self, name, box):
        """Root there sees what limits the container."""
        scope = box.cgroup.dir("memory").parent
        pid = ("--pid", str(box.init_pid))
        info = self.json(Outside(), "containerview", "info", *pid)
        memory = self.json(Outside(), "free", *pid)["memory"]
        with self.figure(name, "scope", "exact"):
            self.assertEqual(info["scope"]["kind"], "container")
            self.assertFalse(info["scope"]["limits_above_hidden"])
        with self.figure(name, "engine", "exact"):
            self.assertEqual((info["scope"]["engine"], info["scope"]["id"]), ("nspawn", box.id))
        with self.figure(name, "total", "exact"):
            self.assertEqual(memory["total_bytes"], LIMITS.memory)
            self.assertEqual(info["memory"]["limit"]["source"], str(scope))
        with self.figure(name, "quota", "exact"):
            self.assertEqual(info["cpu"]["quota"],
                             {"state": "limited", "cpus": LIMITS.cpus, "source": str(scope)})
        with self.figure(name, "cpus", "exact"):
            self.assertEqual(info["cpu"]["effective_cpus"], LIMITS.cpus)
        with self.figure(name, "pids limit", "exact"):
            self.assertEqual(info["pids"]["limit"]["count"], LIMITS.pids)

    def test_limits_above_the_payload(self):
        box = self.start()
        self.skip_on_v1(box, "on cgroup v1 the scope itself is the container's root")
        name = "systemd-nspawn, limits above its payload"
        self.check_hidden(name, box, "unlimited", "hidden    limits above the root")
        self.check_from_the_host(f"{name}, --pid from the host", box)

    def test_a_system_without_systemd(self):
        """Gets a v1 layout without controllers, whatever the machine has."""
        box = self.start(environment={})
        self.skip_on_v1(box, "the machine's own layout is v1")
        name = "systemd-nspawn, a system without systemd"
        self.check_hidden(name, box, "unknown", "its limits can not be seen")
        self.check_from_the_host(f"{name}, --pid from the host", box)

    def test_limits_on_the_payload(self):
        box = self.start()
        self.skip_on_v1(box, "systemd sets neither cpuset nor swap limits on cgroup v1")
        LIMITS.apply(box.cgroup)
        name = "systemd-nspawn, limits on its payload"
        battery.check(
            self, box,
            View(name, box, engine=("nspawn", None)),
            View.by_pid(f"{name}, --pid from the host", Outside(), box.init_pid,
                        ("nspawn", box.id)))

    def test_limits_on_cgroup_v1(self):
        box = self.start(environment={})
        if box.cgroup.version("memory") == 2:
            self.skipTest("no cgroup v1")
        name = "systemd-nspawn"
        info = self.json(box, "containerview", "info")
        with self.figure(name, "scope", "exact"):
            self.assertEqual(info["scope"]["kind"], "container")
        with self.figure(name, "total", "exact"):
            memory = self.json(box, "free")["memory"]
            self.assertEqual(memory["total_bytes"], LIMITS.memory)
        with self.figure(name, "quota", "exact"):
            self.assertEqual(info["cpu"]["quota"]["cpus"], LIMITS.cpus)
        with self.figure(name, "pids limit", "exact"):
            self.assertEqual(info["pids"]["limit"]["count"], LIMITS.pids)
