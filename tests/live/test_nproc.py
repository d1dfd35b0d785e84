# SPDX-License-Identifier: Apache-2.0
"""nproc: the quota over all ancestors, the cpuset and the affinity of the process that asks."""

import os
import unittest

from harness import MIB, NOBODY, WITHOUT_CGROUP_NAMESPACE, LiveCase

ONLINE = os.sysconf("SC_NPROCESSORS_ONLN")


class Nproc(LiveCase):
    def nproc(self, container, *arguments, before=(), **options):
        done = container.run([*before, self.tool("nproc"), *arguments], **options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.strip()

    def test_quotas(self):
        container = self.container(cpus=0.5)
        for cpus, half_up, ceil, floor in ((0.5, 1, 1, 1), (0.25, 1, 1, 1), (1, 1, 1, 1),
                                           (1.25, 1, 2, 1), (1.5, 2, 2, 1), (1.75, 2, 2, 1)):
            if cpus > ONLINE:
                self.skipTest("one CPU online: a quota above it would not bind")
            container.cgroup.set_cpus(cpus)
            with self.subTest(cpus=cpus):
                self.assertEqual(self.nproc(container), str(half_up))
                self.assertEqual(self.nproc(container, "--round=ceil"), str(ceil))
                self.assertEqual(self.nproc(container, "--round=floor"), str(floor))
                self.assertEqual(self.nproc(container, "--fraction"), f"{cpus:g}")
                self.assertEqual(self.nproc(container, "--host"), str(ONLINE))

    def test_no_quota(self):
        container = self.container(memory=256 * MIB)
        self.assertEqual(self.nproc(container), str(ONLINE))
        self.assertIsNone(self.json(container, "nproc")["quota_cpus"])

    def test_all_is_the_machine(self):
        container = self.container(cpus=0.5)
        self.assertEqual(self.nproc(container, "--all"), str(os.sysconf("SC_NPROCESSORS_CONF")))

    def test_the_ancestor_that_binds(self):
        self.cgroup("pod", cpus=0.75)
        box = self.container(self.cgroup("pod/box"), **WITHOUT_CGROUP_NAMESPACE)
        self.assertEqual(self.nproc(box, "--fraction"), "0.75")

    @unittest.skipIf(ONLINE < 2, "one CPU online: nothing to narrow")
    def test_affinity_and_cpuset(self):
        container = self.container(cpus=1.5)
        self.assertEqual(self.nproc(container, before=("taskset", "1")), "1")
        cgroup = self.cgroup("other")
        try:
            cgroup.dir("cpuset")
        except LookupError:
            self.skipTest("no cpuset controller")
        cgroup.set_cpuset("1")
        document = self.json(self.container(cgroup), "nproc")
        self.assertEqual((document["cpus"], document["affinity"], document["cpuset"]), (1, 1, 1))

    @unittest.skipIf(ONLINE < 2, "one CPU online: a quota can not be told from it")
    def test_real_time_is_exempt(self):
        container = self.container(cpus=1)
        self.assertEqual(self.nproc(container), "1")
        # With CONFIG_RT_GROUP_SCHED a cgroup of v1 must be granted such time first.
        directory = container.cgroup.dir("cpu")
        for cgroup in (directory.parent, directory):
            if (cgroup / "cpu.rt_runtime_us").exists():
                (cgroup / "cpu.rt_runtime_us").write_text("10000")
        real_time = ("chrt", "--fifo", "1")
        if container.run([*real_time, "true"]).returncode != 0:
            self.skipTest("a real-time policy is refused in this cgroup")
        self.assertEqual(self.nproc(container, before=real_time), str(ONLINE))

    def test_from_outside_and_unprivileged(self):
        container = self.container(cpus=0.5)
        self.assertEqual(self.json(container, "nproc", uid=NOBODY)["fraction"], 0.5)
        document = self.json(container, "nproc", "--host")
        self.assertEqual((document["fraction"], document["quota_cpus"]), (ONLINE, 0.5))
