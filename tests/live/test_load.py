# SPDX-License-Identifier: Apache-2.0
"""The library's load integrator over loads of a known size: short versions of tests/bench/load, all
at the same time. What is compared does not depend on how busy the machine is: load_maker writes down
for how long its threads were runnable, not how much CPU they got."""

import subprocess
import time

import harness
from harness import LiveCase
from known_load import Probe, Truth, cgroup_places, error_allowed, makers_of

SECONDS = 18
# A busy machine credits long waits late: more room than in the bench, which takes three minutes.
TOLERANCE = (0.15, 0.08)


class Integrator(LiveCase):
    # name: (load_maker's arguments, quota, absolute and relative tolerance)
    LOADS = {
        "throttled loops": (("busy", 3), 0.4, TOLERANCE),
        "in step with the interval": (("duty", 4, 3_000_000, 300_000), None, TOLERANCE),
        "short duty": (("duty", 1, 1000, 100), None, TOLERANCE),
        "sleepers": (("sleepers", 100), None, TOLERANCE),
        "processes that end": (("make", 4, 50, 200), 0.4, (0.3, 0.15)),
    }

    def test_known_loads(self):
        maker, probe_program = makers_of(harness.tools_dir)
        cgroups, truths = {}, {}
        for number, (name, (words, cpus, _)) in enumerate(self.LOADS.items()):
            cgroups[name] = self.cgroup(f"load{number}", **({"cpus": cpus} if cpus else {}))
            truths[name] = Truth(SECONDS + 60)
            self.addCleanup(truths[name].close)
            made = subprocess.Popen([maker, *truths[name].arguments(), *map(str, words)],
                                    preexec_fn=cgroups[name].join)
            self.addCleanup(made.wait)
            self.addCleanup(made.kill)
        time.sleep(2)  # what starting them cost is in nobody's truth
        probe = Probe(probe_program, {name: cgroup_places(cgroup)
                                      for name, cgroup in cgroups.items()}, interval=3)
        self.addCleanup(probe.kill)
        time.sleep(SECONDS)
        reports = probe.close()
        time.sleep(1)  # a thread writes down what it did when it goes to sleep
        for name, (_, _, tolerance) in self.LOADS.items():
            with self.subTest(name):
                self.check(reports[name], truths[name], tolerance)

    def check(self, reports, truth, tolerance):
        self.assertGreaterEqual(len(reports), 4)
        begin = reports[0]["end"] - reports[0]["seconds"]
        end = reports[-1]["end"]
        seen = sum(r["mean"] * r["seconds"] for r in reports) / (end - begin)
        true = truth.mean(begin, end)
        self.assert_near(seen, true, error_allowed(true, *tolerance), "mean load")
        # The averages are of these means, as the definition has it.
        average = truth.averages(begin, end)[0]
        self.assert_near(reports[-1]["avg"][0], average, error_allowed(average, *tolerance),
                         "1-minute average")
        self.assertEqual({r["method"] for r in reports}, {1}, "counted by schedstat")
