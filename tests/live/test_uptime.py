# SPDX-License-Identifier: Apache-2.0
"""uptime in real containers: age, start and the load of known busy loops."""

import datetime
import os
import pathlib
import time

from harness import NOBODY, LiveCase

TICK = 1 / os.sysconf("SC_CLK_TCK")


class Age(LiveCase):
    def test_age_of_the_container(self):
        container = self.container()
        time.sleep(1.2)
        at_least, _ = container.age_bounds()
        document = self.json(container, "uptime")
        _, at_most = container.age_bounds()
        self.assertEqual(document["scope"]["kind"], "container")
        self.assert_between(document["uptime_seconds"], at_least - TICK, at_most + TICK, "uptime")

    def test_since_agrees_with_the_age(self):
        container = self.container()
        time.sleep(1.2)
        since = container.run([self.tool("uptime"), "-s"]).stdout.strip()
        shown = datetime.datetime.strptime(since, "%Y-%m-%d %H:%M:%S").timestamp()
        at_least, at_most = container.age_bounds()
        now = time.time()
        # It is printed in whole seconds.
        self.assert_between(shown, now - at_most - 1.1, now - at_least + 0.1, "since")

    def test_age_without_a_pid_namespace_is_that_of_the_oldest_process(self):
        container = self.container(namespaces=("mount", "cgroup"))
        time.sleep(1.2)
        at_least, _ = container.age_bounds()
        uptime = self.json(container, "uptime")["uptime_seconds"]
        _, at_most = container.age_bounds()
        self.assert_between(uptime, at_least - TICK, at_most + TICK, "uptime")

    def test_the_machines_v2_tree_in_sight_is_not_the_container(self):
        """Hybrid: the limits are in v1 hierarchies, and the process is in the real root of v2."""
        if not pathlib.Path("/sys/fs/cgroup/unified/cgroup.procs").exists():
            self.skipTest("no hybrid machine")
        container = self.container(namespaces=("mount", "cgroup"),
                                   bare_v2="/sys/fs/cgroup/unified")
        time.sleep(0.5)
        document = self.json(container, "uptime")
        self.assert_between(document["uptime_seconds"], 0.4, container.age_bounds()[1] + TICK,
                            "uptime")
        self.assert_between(document["load"]["total"], 1, 3, "threads")

    def test_unprivileged_user_sees_the_same(self):
        container = self.container()
        time.sleep(0.5)
        at_least, _ = container.age_bounds()
        uptime = self.json(container, "uptime", uid=NOBODY)["uptime_seconds"]
        _, at_most = container.age_bounds()
        self.assert_between(uptime, at_least - TICK, at_most + TICK, "uptime")

    @staticmethod
    def machine():
        """Its uptime and its loads."""
        uptime, loads = (pathlib.Path("/proc", name).read_text().split()
                         for name in ("uptime", "loadavg"))
        return float(uptime[0]), [float(load) for load in loads[:3]]

    def test_host_option_shows_the_machine(self):
        container = self.container()
        for _ in range(20):  # the kernel changes the loads every five seconds
            begun, loads = self.machine()
            document = self.json(container, "uptime", "--host")
            ended, after = self.machine()
            if loads == after:
                break
        self.assert_between(document["uptime_seconds"], begun - TICK, ended + TICK, "uptime")
        for key, load in zip(("avg_1m", "avg_5m", "avg_15m"), loads):
            self.assert_near(document["load"][key], load, 0.011, key)
        self.assertEqual(document["load"]["source"], "host")


class LoadEstimate(LiveCase):
    """A container younger than the window shows the mean of its life: N loops that ran for all of
    it but the first moments read N, whatever the quota lets through."""

    def check(self, loops, cpus, seconds, **options):
        container = self.container(cpus=cpus)
        load = self.load(container)
        # Its start ran, or waited for the quota: a lot of load on an emulated CPU.
        earlier = container.cgroup.cpu_seconds() / cpus
        load.command("busy", loops)
        busy_since = time.clock_gettime(time.CLOCK_BOOTTIME)
        time.sleep(seconds)
        document = self.json(container, "uptime", **options)
        age = container.age_bounds()[1]
        expected = loops * (age - (busy_since - container.started_not_before)) / age
        figures = document["load"]
        highest = expected * 1.1 + earlier / age + 0.2
        for key in ("avg_1m", "avg_5m", "avg_15m"):
            self.assert_between(figures[key], expected * 0.85, highest, key)
            self.assertIn(f"load.{key}", document["quality"]["estimated"])
        self.assertEqual(figures["source"], "estimate")
        # init, load.py, the loops and the tool
        self.assert_between(figures["total"], loops + 2, loops + 4, "threads")

    def test_three_loops_in_one_cpu(self):
        self.check(loops=3, cpus=1, seconds=2)

    def test_throttled_loops_count(self):
        self.check(loops=2, cpus=0.2, seconds=2)

    def test_unprivileged(self):
        self.check(loops=2, cpus=0.5, seconds=1.5, uid=NOBODY)

    def test_idle(self):
        container = self.container()
        time.sleep(1)
        load = self.json(container, "uptime")["load"]["avg_1m"]
        # Its start was work too, and the tool's: a lot on an emulated CPU.
        worked = container.cgroup.cpu_seconds() / container.age_bounds()[0]
        self.assert_between(load, 0, worked + 0.1, "load")
