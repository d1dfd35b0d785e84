# SPDX-License-Identifier: Apache-2.0
"""free in real containers: known memory in, known figures out."""

import json
import subprocess

from container import read_line
from harness import MIB, NOBODY, WITHOUT_CGROUP_NAMESPACE, LiveCase, host_meminfo

# The kernel charges in batches per CPU and flushes its statistics lazily: figures of a loaded
# cgroup are that fuzzy. Small against the loads used here.
FUZZ = 2 * MIB


class Figures(LiveCase):
    def free(self, container, *arguments, **options):
        document = self.json(container, "free", *arguments, **options)
        memory = document["memory"]
        if document["scope"]["kind"] == "container":
            self.assertEqual(
                memory["total_bytes"],
                memory["used_bytes"] + memory["available_bytes"] + memory["other_bytes"])
        return memory

    @staticmethod
    def kernels_cache(container):
        return container.cgroup.memory_stat("total_cache", "file")

    def test_total_is_the_limit(self):
        document = self.json(self.container(memory=256 * MIB), "free")
        self.assertEqual(document["scope"]["kind"], "container")
        self.assertEqual(document["memory"]["total_bytes"], 256 * MIB)
        self.assertEqual(document["memory"]["other_bytes"], 0)
        self.assertNotIn("memory.total_bytes", document["quality"]["host"])
        self.assertNotIn("memory.total_bytes", document["quality"]["estimated"])

    def test_no_swap_allowed_reads_zero(self):
        swap = self.json(self.container(memory=256 * MIB), "free")["swap"]
        self.assertEqual((swap["total_bytes"], swap["used_bytes"], swap["free_bytes"]), (0, 0, 0))

    def test_free_is_limit_less_usage(self):
        container = self.container(memory=256 * MIB)
        self.load(container).command("anon", 50 * MIB)
        free = self.free(container)["free_bytes"]
        self.assert_near(free, 256 * MIB - container.cgroup.memory_usage(), FUZZ, "free")

    def test_anonymous_memory_is_used(self):
        container = self.container(memory=256 * MIB)
        load = self.load(container)
        before = self.free(container)
        load.command("anon", 64 * MIB)
        after = self.free(container)
        self.assert_near(after["used_bytes"] - before["used_bytes"], 64 * MIB, FUZZ, "used")
        self.assert_near(after["available_bytes"] - before["available_bytes"], -64 * MIB, FUZZ,
                         "available")
        self.assert_near(after["shared_bytes"], before["shared_bytes"], FUZZ, "shared")

    def test_tmpfs_is_used_and_shared(self):
        container = self.container(memory=256 * MIB)
        load = self.load(container)
        self.assertEqual(container.run(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]).returncode, 0)
        before = self.free(container)
        load.command("file", "/mnt/file", 32 * MIB)
        after = self.free(container)
        for figure in ("used", "shared", "cache", "buff_cache"):
            key = f"{figure}_bytes"
            self.assert_near(after[key] - before[key], 32 * MIB, FUZZ, figure)
        self.assert_near(after["available_bytes"] - before["available_bytes"], -32 * MIB, FUZZ,
                         "available")

    def test_clean_page_cache_is_available(self):
        container = self.container(memory=256 * MIB)
        load = self.load(container)
        path = self.scratch_file()
        before, cache_before = self.free(container), self.kernels_cache(container)
        load.command("file", path, 48 * MIB)
        load.command("sync", path)
        after, cache = self.free(container), self.kernels_cache(container) - cache_before
        # A kernel that looks for what is cold (DAMON) may have found some of it.
        self.assert_between(cache, 36 * MIB, 48 * MIB + FUZZ, "cache, the kernel's own")
        self.assert_near(after["cache_bytes"] - before["cache_bytes"], cache, FUZZ, "cache")
        self.assert_near(after["free_bytes"] - before["free_bytes"], -cache, 2 * FUZZ, "free")
        self.assert_near(after["available_bytes"], before["available_bytes"], 2 * FUZZ, "available")
        self.assert_near(after["shared_bytes"], before["shared_bytes"], FUZZ, "shared")

    def test_dirty_page_cache_is_used_until_written(self):
        container = self.container(memory=256 * MIB)
        load = self.load(container)
        path = self.scratch_file()
        before, cache_before = self.free(container), self.kernels_cache(container)
        load.command("file", path, 12 * MIB)
        after = self.free(container)
        dirty = container.cgroup.memory_stat("total_dirty", "file_dirty")
        if dirty < 11 * MIB:
            self.skipTest(f"the kernel wrote the pages at once ({dirty} bytes left dirty)")
        self.assert_near(after["used_bytes"] - before["used_bytes"], 12 * MIB, FUZZ, "used, dirty")
        load.command("sync", path)
        written = self.free(container)
        self.assert_near(written["used_bytes"], before["used_bytes"], FUZZ, "used, written")
        self.assert_near(written["cache_bytes"] - before["cache_bytes"],
                         self.kernels_cache(container) - cache_before, FUZZ, "cache")

    def test_cache_used_option_counts_its_share(self):
        container = self.container(memory=256 * MIB)
        load = self.load(container)
        path = self.scratch_file()
        load.command("file", path, 40 * MIB)
        load.command("sync", path)
        cache = self.kernels_cache(container)
        plain = self.free(container)
        half = self.free(container, "--cache-used", "50")
        self.assert_near(half["used_bytes"] - plain["used_bytes"], cache / 2, FUZZ, "used")

    def test_nearly_full(self):
        container = self.container(memory=64 * MIB)
        load = self.load(container)
        load.command("anon", 50 * MIB)
        memory = self.free(container)
        self.assertEqual(memory["total_bytes"], 64 * MIB)
        self.assert_between(memory["used_bytes"], 50 * MIB, 64 * MIB, "used")
        self.assert_between(memory["available_bytes"], 0, 14 * MIB, "available")

    def test_works_at_the_pids_limit(self):
        container = self.container(memory=256 * MIB, pids=16)
        process = container.popen(
            ["sh", "-c", f"echo ready; read go; exec {self.tool('free')} --json"],
            stdin=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), "ready\n")
        container.cgroup.set_pids(1)  # no fork and no thread from here on
        out, _ = process.communicate("go\n", timeout=30)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(json.loads(out)["memory"]["total_bytes"], 256 * MIB)

    def test_changed_limit_is_seen_at_the_next_reading(self):
        container = self.container(memory=256 * MIB)
        process = container.popen([self.tool("free"), "--json", "-s", "1", "-c", "3"])
        first = json.loads(read_line(process))
        container.cgroup.set_memory(192 * MIB)
        second, third = map(json.loads, process.communicate(timeout=30)[0].splitlines())
        self.assertEqual(process.returncode, 0)
        self.assertEqual([d["memory"]["total_bytes"] // MIB for d in (first, second, third)],
                         [256, 192, 192])

    def test_unprivileged_user_sees_the_same(self):
        container = self.container(memory=256 * MIB)
        self.load(container).command("anon", 40 * MIB)
        root = self.free(container)
        nobody = self.free(container, uid=NOBODY)
        self.assertEqual(nobody["total_bytes"], 256 * MIB)
        for key, value in root.items():
            self.assert_near(nobody[key], value, FUZZ, key)

    def test_host_option_shows_the_machine(self):
        container = self.container(memory=256 * MIB)
        before = host_meminfo("MemAvailable")
        memory = self.free(container, "--host")
        low, high = sorted((before, host_meminfo("MemAvailable")))
        self.assertEqual(memory["total_bytes"], host_meminfo("MemTotal"))
        self.assert_between(memory["available_bytes"], low - 512 * MIB, high + 512 * MIB,
                            "available")


class OtherMembers(LiveCase):
    """The parent holds the limit, and a sibling holds memory under it. Seen from a container
    without a cgroup namespace: one with its own would hide the parent."""

    def test_sibling_is_subtracted(self):
        self.cgroup("pod", memory=200 * MIB)
        sibling = self.container(self.cgroup("pod/sibling"))
        self.load(sibling).command("anon", 64 * MIB)
        box = self.container(self.cgroup("pod/box"), **WITHOUT_CGROUP_NAMESPACE)
        load = self.load(box)
        load.command("anon", 32 * MIB)
        document = self.json(box, "free")
        memory = document["memory"]
        self.assertEqual(memory["total_bytes"], 200 * MIB)
        own = box.cgroup.memory_usage()
        others = sibling.cgroup.memory_usage()
        self.assert_near(memory["free_bytes"], 200 * MIB - own - others, FUZZ, "free")
        # Both loads keep a few MiB of clean page cache or slab beside the memory asked for.
        self.assert_between(memory["used_bytes"], 32 * MIB, own + FUZZ, "used")
        self.assert_between(memory["other_bytes"], 64 * MIB, others + FUZZ, "other")
        self.assertEqual(memory["total_bytes"], memory["used_bytes"] + memory["available_bytes"] +
                         memory["other_bytes"])
        self.assertEqual(self.json(box, "containerview", "info")["memory"]["limit"]["source"],
                         str(box.cgroup.dir("memory").parent))
