# SPDX-License-Identifier: Apache-2.0
"""CPU and process limits as `containerview info` and `explain` report them."""

import os
import unittest

from harness import MIB, NOBODY, WITHOUT_CGROUP_NAMESPACE, LiveCase

ONLINE = os.sysconf("SC_NPROCESSORS_ONLN")


class Cpu(LiveCase):
    def info(self, container, *arguments, **options):
        return self.json(container, "containerview", "info", *arguments, **options)

    def test_half_a_cpu(self):
        info = self.info(self.container(cpus=0.5))
        self.assertEqual(info["cpu"]["quota"]["state"], "limited")
        self.assertEqual(info["cpu"]["quota"]["cpus"], 0.5)
        self.assertEqual(info["cpu"]["effective_cpus"], 0.5)
        self.assertEqual(info["cpu"]["whole_cpus"], 1)
        self.assertEqual(info["runtimes"]["java"], 1)

    @unittest.skipIf(ONLINE < 2, "one CPU online: a quota above it would not bind")
    def test_one_and_a_half_cpus(self):
        info = self.info(self.container(cpus=1.5))
        self.assertEqual(info["cpu"]["quota"]["cpus"], 1.5)
        self.assertEqual(info["cpu"]["effective_cpus"], 1.5)
        self.assertEqual(info["cpu"]["whole_cpus"], 2)
        self.assertEqual((info["runtimes"]["go"], info["runtimes"]["rust"]), (2, 1))

    def test_no_quota_is_unlimited(self):
        info = self.info(self.container(memory=256 * MIB))
        self.assertEqual(info["cpu"]["quota"], {"state": "unlimited", "cpus": None, "source": None})
        self.assertEqual(info["cpu"]["effective_cpus"], ONLINE)

    def test_cpuset_of_one(self):
        cgroup = self.cgroup("box")
        try:
            cgroup.dir("cpuset")
        except LookupError:
            self.skipTest("no cpuset controller")
        cgroup.set_cpuset("0")
        info = self.info(self.container(cgroup))
        self.assertEqual(info["cpu"]["cpuset"], {"cpus": "0", "count": 1})
        self.assertEqual(info["cpu"]["effective_cpus"], 1)
        self.assertEqual(info["cpu"]["affinity_count"], 1)

    def test_affinity_narrows_whole_cpus_only(self):
        container = self.container(memory=256 * MIB)
        done = container.run(["taskset", "1", self.tool("containerview"), "info", "--json"])
        self.assertIn('"affinity_count":1', done.stdout)
        self.assertIn('"whole_cpus":1', done.stdout)
        self.assertIn(f'"effective_cpus":{ONLINE}', done.stdout)

    def test_the_ancestor_that_binds_is_named(self):
        self.cgroup("pod", cpus=0.25)
        box = self.container(self.cgroup("pod/box"), **WITHOUT_CGROUP_NAMESPACE)
        quota = self.info(box)["cpu"]["quota"]
        self.assertEqual(quota["cpus"], 0.25)
        self.assertEqual(quota["source"], str(box.cgroup.dir("cpu").parent))

    def test_changed_quota_is_seen(self):
        container = self.container(cpus=0.5)
        self.assertEqual(self.info(container)["cpu"]["effective_cpus"], 0.5)
        container.cgroup.set_cpus(0.75)
        self.assertEqual(self.info(container)["cpu"]["effective_cpus"], 0.75)

    def test_pids(self):
        container = self.container(pids=64)
        self.load(container).command("threads", 10)
        info = self.info(container)
        self.assertEqual(info["pids"]["limit"]["state"], "limited")
        self.assertEqual(info["pids"]["limit"]["count"], 64)
        # The tool itself is in the cgroup while it looks.
        self.assertEqual(info["pids"]["current"], container.cgroup.pids_current() + 1)

    def test_unprivileged_user_sees_the_same(self):
        container = self.container(cpus=0.5, memory=128 * MIB, pids=64)
        root = self.info(container)
        nobody = self.info(container, uid=NOBODY)
        self.assertEqual(nobody["cpu"], root["cpu"])
        self.assertEqual(nobody["memory"]["limit"], root["memory"]["limit"])
        self.assertEqual(nobody["pids"]["limit"], root["pids"]["limit"])
        self.assertEqual(nobody["scope"], root["scope"])

    def test_explain_shows_the_file_and_the_number(self):
        container = self.container(memory=256 * MIB)
        explained = self.json(container, "containerview", "explain", "memory.total_bytes")
        self.assertEqual(explained["key"], "memory.total_bytes")
        self.assertEqual(explained["value"], 256 * MIB)
        self.assertEqual(explained["quality"], "exact")
        text = str(explained["inputs"])
        self.assertIn(str(256 * MIB), text)
        self.assertRegex(text, r"memory\.(max|limit_in_bytes|stat)")
