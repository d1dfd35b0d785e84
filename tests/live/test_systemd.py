# SPDX-License-Identifier: Apache-2.0
"""Units of systemd with limits: cgroups without a namespace. They are no containers, and
--container asks for theirs all the same."""

import os

import battery
from battery import LIMITS, View
from container import Outside
from engines import checked
from engines_systemd import Service
from harness import MIB, LiveCase, host_meminfo, started
from limits import Limits


class SystemdUnits(LiveCase):
    def start(self, limits, *options):
        return self.engine_container(started(Service), limits, *options)

    def test_battery(self):
        box = self.start(LIMITS)
        if box.cgroup.version("memory") == 1:
            self.skipTest("systemd sets neither cpuset nor swap limits on cgroup v1")
        battery.check(
            self, box,
            View("systemd unit, --container", box, options=("--container",), uptime="estimated"),
            View.by_pid("systemd unit, --pid from the host", Outside(), box.init_pid,
                        (None, None)))

    def test_limits_on_either_version(self):
        name = "systemd unit with MemoryMax, CPUQuota and TasksMax"
        box = self.start(Limits(memory=128 * MIB, cpus=0.5, pids=64))
        memory = self.json(box, "free", "--container")["memory"]
        info = self.json(box, "containerview", "info", "--container")
        with self.figure(name, "scope", "exact"):
            self.assertEqual(info["scope"]["reason"], "forced by --container")
            self.assertEqual(info["scope"]["boundary"], str(box.cgroup.dir("memory")))
            self.assertFalse(info["scope"]["limits_above_hidden"])
        with self.figure(name, "total", "exact"):
            self.assertEqual(memory["total_bytes"], 128 * MIB)
        with self.figure(name, "quota", "exact"):
            self.assertEqual(info["cpu"]["quota"],
                             {"state": "limited", "cpus": 0.5,
                              "source": str(box.cgroup.dir("cpu"))})
        with self.figure(name, "pids limit", "exact"):
            self.assertEqual(info["pids"]["limit"]["count"], 64)

    def test_a_unit_is_no_container(self):
        box = self.start(Limits(memory=128 * MIB, cpus=0.5))
        document = self.json(box, "free")
        self.assertEqual(document["scope"]["kind"], "host")
        self.assertEqual(document["memory"]["total_bytes"], host_meminfo("MemTotal"))
        # info tells the caller's own limits, whatever the scope.
        info = self.json(box, "containerview", "info")
        self.assertEqual(info["scope"]["kind"], "host")
        self.assertEqual(info["memory"]["limit"]["bytes"], 128 * MIB)
        self.assertEqual(info["cpu"]["effective_cpus"], 0.5)

    def test_a_tighter_slice_above_binds(self):
        started(Service)  # or skips
        slice_name = f"containerview{os.getpid()}.slice"
        self.addCleanup(checked, ["systemctl", "stop", slice_name])
        checked(["systemctl", "set-property", "--runtime", slice_name,
                 f"MemoryMax={96 * MIB}", "CPUQuota=25%"])
        self.addCleanup(checked, ["systemctl", "revert", slice_name])
        box = self.start(Limits(memory=128 * MIB, cpus=0.5), f"--slice={slice_name}")
        info = self.json(box, "containerview", "info", "--container")
        self.assertEqual(info["memory"]["limit"]["bytes"], 96 * MIB)
        self.assertEqual(info["memory"]["limit"]["source"],
                         str(box.cgroup.dir("memory").parent))
        self.assertEqual(info["cpu"]["effective_cpus"], 0.25)
        self.assertEqual(info["cpu"]["quota"]["source"], str(box.cgroup.dir("cpu").parent))
        self.assertEqual(self.json(box, "free", "--container")["memory"]["total_bytes"], 96 * MIB)

    def test_memory_high_alone_is_an_estimated_total(self):
        box = self.start(Limits(), f"--property=MemoryHigh={96 * MIB}")
        if box.cgroup.version("memory") == 1:
            self.skipTest("cgroup v1 has no memory.high")
        document = self.json(box, "free", "--container")
        self.assertEqual(document["memory"]["total_bytes"], 96 * MIB)
        self.assertIn("memory.total_bytes", document["quality"]["estimated"])

    def test_a_login_session_is_no_container(self):
        box = self.start(Limits(), "--property=PAMName=login", "--property=User=root")
        own = self.json(box, "containerview", "info")
        self.assertIn("/user.slice/user-0.slice/session-", own["scope"]["cgroups"]["memory"])
        self.assertEqual(own["scope"]["kind"], "host")
        self.assertEqual(self.json(box, "free")["memory"]["total_bytes"], host_meminfo("MemTotal"))
