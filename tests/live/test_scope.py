# SPDX-License-Identifier: Apache-2.0
"""Which cgroup is "the container": namespaces, other processes, named cgroups, the bare host."""

import json
import os
import pathlib
import re
import subprocess
import unittest

from container import Beside
from harness import MIB, NOBODY, WITHOUT_CGROUP_NAMESPACE, LiveCase

INITIAL_NAMESPACES = {"cgroup": 4026531835, "pid": 4026531836}


def in_initial_namespaces():
    return all(os.readlink(f"/proc/self/ns/{name}") == f"{name}:[{inode}]"
               for name, inode in INITIAL_NAMESPACES.items())


def outside(tool, *arguments, prefix=()):
    """Runs a tool out here, in no container."""
    return subprocess.run([*prefix, tool, *arguments], capture_output=True, text=True, timeout=30)


class Boundary(LiveCase):
    def test_own_cgroup_namespace(self):
        container = self.container(memory=256 * MIB)
        scope = self.json(container, "containerview", "info")["scope"]
        memory_mount = next(h.mount for h in container.cgroup.mounts() if "memory" in h.controllers)
        self.assertEqual(scope["kind"], "container")
        self.assertEqual(scope["boundary"], str(memory_mount))
        self.assertIn("namespace", scope["reason"])

    def test_own_pid_namespace_alone(self):
        container = self.container(memory=256 * MIB, **WITHOUT_CGROUP_NAMESPACE)
        document = self.json(container, "containerview", "info")
        self.assertEqual(document["scope"]["kind"], "container")
        self.assertEqual(document["scope"]["boundary"], str(container.cgroup.dir("memory")))
        self.assertEqual(document["memory"]["limit"]["source"], str(container.cgroup.dir("memory")))
        self.assertEqual(self.json(container, "free")["memory"]["total_bytes"], 256 * MIB)

    def test_boundary_is_pid_1s_cgroup_when_the_caller_is_deeper(self):
        container = self.container(memory=256 * MIB, **WITHOUT_CGROUP_NAMESPACE)
        if container.cgroup.version("memory") == 2:
            self.skipTest("v2 allows no child cgroup beside processes")
        inner = self.cgroup("box/inner", memory=64 * MIB)
        deeper = Beside(container, inner)
        document = self.json(deeper, "containerview", "info")
        self.assertEqual(document["scope"]["boundary"], str(inner.dir("memory").parent))
        self.assertEqual(document["scope"]["cgroups"]["memory"], str(inner.dir("memory")))
        self.assertEqual(document["memory"]["limit"]["bytes"], 64 * MIB)
        free = self.json(deeper, "free")
        self.assertEqual(free["memory"]["total_bytes"], 64 * MIB)

    def test_cgroup_namespace_without_its_mounts_knows_no_limit_and_says_so(self):
        # The mounts that came along show the tree from above, without the namespace's root.
        container = self.container(memory=256 * MIB, cpus=0.5, mount_cgroups=False)
        document = self.json(container, "containerview", "info")
        self.assertEqual(document["scope"]["kind"], "container")
        self.assertEqual(document["memory"]["limit"]["state"], "unknown")
        self.assertIsNone(document["memory"]["limit"]["bytes"])
        self.assertEqual(document["cpu"]["quota"]["state"], "unknown")
        self.assertTrue(document["problems"], "nothing says why the limits are unknown")
        free = self.json(container, "free")
        not_exact = free["quality"]["host"] + free["quality"]["unavailable"]
        self.assertIn("memory.total_bytes", not_exact)
        # The machine's age and load are not the container's.
        self.assertLess(self.json(container, "uptime")["uptime_seconds"], 60)

    def test_container_option_on_a_limited_cgroup(self):
        """As a systemd unit with a limit: no namespace, forced with --container."""
        cgroup = self.cgroup("unit", memory=128 * MIB)
        done = subprocess.run([self.tool("free"), "--container", "--json"], capture_output=True,
                              text=True, preexec_fn=cgroup.join, timeout=30)
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual(document["memory"]["total_bytes"], 128 * MIB)
        self.assertEqual(document["scope"]["cgroup"], str(cgroup.dir("memory")))

    @unittest.skipUnless(in_initial_namespaces(), "the tests run in a container themselves")
    def test_limited_cgroup_alone_is_no_container(self):
        cgroup = self.cgroup("unit", memory=128 * MIB)
        done = subprocess.run([self.tool("containerview"), "info", "--json"], capture_output=True,
                              text=True, preexec_fn=cgroup.join, timeout=30)
        document = json.loads(done.stdout)
        self.assertEqual(document["scope"]["kind"], "host")
        # info reports the caller's limits whatever the scope
        self.assertEqual(document["memory"]["limit"]["bytes"], 128 * MIB)


class OtherProcess(LiveCase):
    def setUp(self):
        super().setUp()
        self.box = self.container(memory=96 * MIB, cpus=0.5, pids=50)
        self.load(self.box).command("anon", 20 * MIB)

    def test_pid_from_outside_equals_inside(self):
        inside = self.json(self.box, "free")["memory"]
        done = outside(self.tool("free"), "--json", "--pid", str(self.box.init_pid))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        document = json.loads(done.stdout)
        self.assertEqual(document["scope"]["kind"], "container")
        self.assertEqual(document["memory"]["total_bytes"], 96 * MIB)
        for key, value in inside.items():
            self.assert_near(document["memory"][key], value, 2 * MIB, key)

    def test_pid_gives_cpu_pids_and_age_too(self):
        pid = str(self.box.init_pid)
        done = outside(self.tool("containerview"), "info", "--json", "--pid", pid)
        info = json.loads(done.stdout)
        self.assertEqual(info["cpu"]["effective_cpus"], 0.5)
        self.assertEqual(info["pids"]["limit"]["count"], 50)
        at_least, _ = self.box.age_bounds()
        uptime = json.loads(outside(self.tool("uptime"), "--json", "--pid", pid).stdout)
        _, at_most = self.box.age_bounds()
        self.assert_between(uptime["uptime_seconds"], at_least - 0.01, at_most + 0.01, "uptime")

    def test_pid_without_privilege_is_refused(self):
        prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        for tool in ("free", "uptime"):
            done = outside(self.tool(tool), "--pid", str(self.box.init_pid), prefix=prefix)
            self.assertEqual((done.returncode, done.stdout), (1, ""), tool)
            self.assertRegex(done.stderr, rf"^{tool}: .*{self.box.init_pid}.*[Pp]ermission")

    def test_pid_that_does_not_exist(self):
        gone = subprocess.Popen(["true"])
        gone.wait()
        done = outside(self.tool("free"), "--pid", str(gone.pid))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertTrue(done.stderr.startswith("free: "), done.stderr)

    def test_cgroup_by_directory_and_by_path(self):
        directory = self.box.cgroup.dir("memory")
        for argument in (str(directory), "/" + self.box.cgroup.name):
            done = outside(self.tool("free"), "--json", "--cgroup", argument)
            self.assertEqual((done.returncode, done.stderr), (0, ""), argument)
            memory = json.loads(done.stdout)["memory"]
            self.assertEqual(memory["total_bytes"], 96 * MIB, argument)
            self.assert_between(memory["used_bytes"], 20 * MIB, 40 * MIB, "used")

    def test_cgroup_that_does_not_exist(self):
        done = outside(self.tool("free"), "--cgroup", "/no/such/cgroup")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("/no/such/cgroup", done.stderr)


@unittest.skipUnless(in_initial_namespaces(), "the tests run in a container themselves")
class Host(unittest.TestCase):
    """Needs no root: this machine, seen from outside every container."""

    @staticmethod
    def document(tool, *arguments):
        return json.loads(outside(LiveCase.tool(tool), *arguments, "--json").stdout)

    def test_scope_is_host(self):
        scope = self.document("containerview", "info")["scope"]
        self.assertEqual(scope["kind"], "host")
        self.assertIsNone(scope["cgroup"])

    def test_figures_are_the_machines(self):
        text = pathlib.Path("/proc/meminfo").read_text()
        total = int(re.search(r"^MemTotal:\s+(\d+)", text).group(1)) * 1024
        self.assertEqual(self.document("free")["memory"]["total_bytes"], total)
        uptime = float(pathlib.Path("/proc/uptime").read_text().split()[0])
        self.assertLess(abs(self.document("uptime")["uptime_seconds"] - uptime), 1)
