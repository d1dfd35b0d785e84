# SPDX-License-Identifier: Apache-2.0
"""vmstat in a container with known tasks, a known quota and known I/O."""

import json
import subprocess
import sys
import time

from harness import MIB, LiveCase

BUSY = 2
CPUS = 0.25  # a quota that two tasks use up on any machine that others use too
# vfork(2) leaves the parent in uninterruptible sleep until its child ends.
BLOCK = "import ctypes; libc = ctypes.PyDLL(None); print(flush=True); libc.vfork(); libc.pause()"
SLEEPS = 200  # per second, at most
SLEEP = f"import time\nprint(flush=True)\nwhile True: time.sleep({1 / SLEEPS})"
WRITTEN = 16 * MIB
SHARES = ("user", "system", "nice", "idle", "iowait", "steal")


def documents(text):
    return [json.loads(line) for line in text.splitlines()]


class Vmstat(LiveCase):
    def run_inside(self, container, *command):
        done = container.run(command, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def reports(self, container, *arguments):
        return documents(self.run_inside(container, self.tool("vmstat"), "--json", *arguments))

    def script(self, container, text):
        """What a shell prints that knows `vmstat`, and `file`, the name of one on a disk."""
        return self.run_inside(container, "sh", "-c",
                               f"vmstat() {{ {self.tool('vmstat')} \"$@\"; }}\n"
                               f"file={self.scratch_file()}\n{text}")

    def background(self, container, program):
        """Python that prints a line when it is ready."""
        process = container.popen([sys.executable, "-S", "-c", program])

        def end():
            container.close()  # PID 1's end is everybody's
            process.wait(60)
            process.stdout.close()
        self.addCleanup(end)
        self.assertEqual(process.stdout.readline(), "\n")
        time.sleep(0.5)

    # Tasks and CPUs ----------------------------------------------------------------------------

    def busy_container(self):
        """A container that is busy to its quota, as far as the machine lets it (an emulated one
        may not), and a function that checks a report of the time in here against what was used."""
        container = self.container(cpus=CPUS, memory=256 * MIB)
        self.load(container).command("busy", BUSY)
        time.sleep(0.5)
        begin, used = time.monotonic(), container.cgroup.cpu_seconds()

        def check(report):
            share = (container.cgroup.cpu_seconds() - used) / (time.monotonic() - begin) / CPUS
            cpu = report["cpu"]
            self.assert_near(cpu["effective_cpus"], CPUS, 1e-9, "CPUs")
            # Throttled tasks get what is left of a period now and then: 100 % within a few. Where a
            # slow machine lets them overrun a period, they pay for it in others: that is steal.
            busy = cpu["user_pct"] + cpu["system_pct"]
            low, what = min(85, 100 * share - 15), f"{share:.2f} of the quota used: {cpu}"
            self.assert_between(busy + cpu["steal_pct"], low, 100.1, what)
            self.assert_between(busy, low - 35, 100.1, what)
            self.assertEqual(report["procs"]["running"], BUSY)
        return container, check

    def test_busy_to_the_quota(self):
        container, check = self.busy_container()
        first, last = self.reports(container, "2", "2")
        check(last)
        cpu = last["cpu"]
        self.assert_near(sum(cpu[f"{k}_pct"] or 0 for k in SHARES), 100, 0.1, "sum")
        self.assertGreater(cpu["throttled_pct"], 0)
        self.assertIsNone(last["system"]["interrupts_per_sec"])
        self.assertIn("system.interrupts_per_sec", last["quality"]["unavailable"])
        self.assertGreater(last["system"]["context_switches_per_sec"], 0)
        self.assertIsNotNone(first["system"]["context_switches_per_sec"])

    def test_idle(self):
        container = self.container(cpus=1, memory=256 * MIB)
        last = self.reports(container, "-y", "1", "1")[-1]
        self.assertEqual((last["procs"]["running"], last["procs"]["blocked"]), (0, 0))
        self.assertGreater(last["cpu"]["idle_pct"], 90)

    def test_blocked(self):
        container = self.container(memory=256 * MIB)
        self.background(container, BLOCK)
        self.assertEqual(self.reports(container)[0]["procs"], {"running": 0, "blocked": 1})

    def test_context_switches(self):
        container = self.container(memory=256 * MIB)
        idle = self.reports(container, "-y", "1", "1")[-1]["system"]["context_switches_per_sec"]
        self.assert_between(idle, 0, SLEEPS / 10, "switches of none")
        self.background(container, SLEEP)
        busy = self.reports(container, "-y", "2", "1")[-1]["system"]["context_switches_per_sec"]
        # Each sleep is one, and ends late; being preempted is one more.
        self.assert_between(busy, SLEEPS / 4, SLEEPS * 2, "switches")

    def test_forks_since_the_start(self):
        container = self.container(memory=256 * MIB)
        lines = self.script(container, "vmstat -f; for i in 1 2 3 4 5; do (:); done; vmstat -f")
        first, last = (int(line.split()[0]) for line in lines.splitlines())
        self.assertEqual(last - first, 5 + 1, "five and vmstat itself")

    # Memory ------------------------------------------------------------------------------------

    def test_memory_as_free_has_it(self):
        container = self.container(memory=256 * MIB)
        self.load(container).command("anon", 32 * MIB)
        free = self.json(container, "free")["memory"]
        memory = self.reports(container)[0]["memory"]
        self.assert_near(memory["free_bytes"], free["free_bytes"], 3 * MIB, "free")
        self.assert_near(memory["cache_bytes"], free["buff_cache_bytes"], 3 * MIB, "cache")
        self.assert_between(memory["inactive_bytes"] + memory["active_bytes"], 32 * MIB, 64 * MIB,
                            "on lists")
        self.assertEqual(memory["buffers_bytes"], 0)

    # I/O ---------------------------------------------------------------------------------------

    def test_written_and_read_bytes(self):
        """To the byte by counters of the cgroup, and as well where processes must tell, since the
        shell waits for its children."""
        container = self.container(memory=256 * MIB)
        before, between, after = documents(self.script(container, f"""
            dd if=/dev/zero of=$file bs=4k count=1 oflag=direct status=none
            vmstat -s --json
            dd if=/dev/zero of=$file bs=1M count={WRITTEN // MIB} oflag=direct status=none
            vmstat -s --json
            dd if=$file of=/dev/null bs=1M iflag=direct status=none
            vmstat -s --json"""))
        written = between["totals"]["written_bytes"] - before["totals"]["written_bytes"]
        read = after["totals"]["read_bytes"] - between["totals"]["read_bytes"]
        self.assertEqual(written, WRITTEN)
        # Whatever of the programs was not in the page cache any more is read too.
        self.assert_between(read, WRITTEN, WRITTEN + MIB, "read")

    def test_written_per_second(self):
        container = self.container(memory=256 * MIB)
        # Written after the first report: all of it is in the interval of the second.
        write = f"dd if=/dev/zero of=$file bs=1M count={WRITTEN // MIB} oflag=direct status=none"
        report, = documents(self.script(container, f"""
            vmstat --json 4 2 | {{ read -r first; {write}; cat; }}"""))
        written = 4 * report["io"]["written_bytes_per_sec"]
        self.assert_between(written, 0.9 * WRITTEN, 1.05 * WRITTEN, "over four seconds")
        names, cells = map(str.split, self.script(container, f"""
            vmstat -n 4 2 | {{ read -r groups; read -r names; read -r first; {write}
                               echo "$names"; cat; }}""").splitlines())
        written = 4 * int(dict(zip(names, cells))["bo"])
        self.assert_between(written, 0.9 * WRITTEN / 1024, 1.05 * WRITTEN / 1024, "in KiB")

    def test_disks(self):
        container = self.container(memory=256 * MIB)
        lines = self.script(container, f"""
            dd if=/dev/zero of=$file bs=1M count={WRITTEN // MIB} oflag=direct status=none
            vmstat -d; vmstat -D""").splitlines()
        # A disk, or the sum of processes: what else was written to it is the file system's.
        sectors = [int(line.split()[7]) for line in lines[2:-13]]
        self.assertGreaterEqual(max(sectors), WRITTEN // 512, lines)
        written = next(line.split()[0] for line in lines if line.endswith("written sectors"))
        self.assertGreaterEqual(int(written), WRITTEN // 512)

    # Views -------------------------------------------------------------------------------------

    def test_from_outside(self):
        container, check = self.busy_container()
        for where in (["--pid", str(container.init_pid)],
                      ["--cgroup", str(container.cgroup.dir("memory"))]):
            with self.subTest(where=where):
                done = subprocess.run([self.tool("vmstat"), "-y", "--json", *where, "2", "1"],
                                      capture_output=True, text=True, timeout=60, check=True)
                report = json.loads(done.stdout)
                self.assertEqual(report["scope"]["kind"], "container")
                check(report)

    def test_the_machine_from_inside(self):
        container = self.container(cpus=0.5, memory=256 * MIB)
        report = self.reports(container, "--host")[0]
        self.assertEqual((report["scope"]["kind"], report["quality"]["host"]), ("host", []))
        self.assertGreater(report["system"]["interrupts_per_sec"], 0)
        self.assertGreater(report["memory"]["free_bytes"] + report["memory"]["cache_bytes"],
                           256 * MIB)

    def test_slabs_are_the_machines_and_for_root(self):
        container = self.container(memory=256 * MIB)
        rows = self.run_inside(container, self.tool("vmstat"), "-m", "-n").splitlines()[1:]
        outside = subprocess.run([self.tool("vmstat"), "-m", "-n"], capture_output=True, text=True,
                                 timeout=60, check=True).stdout.splitlines()[1:]
        self.assertEqual([row.split()[0] for row in rows], [row.split()[0] for row in outside])
        done = container.run([self.tool("vmstat"), "-m"], uid=65534)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (1, "", "vmstat: /proc/slabinfo: Permission denied\n"))

    def test_text(self):
        container = self.container(cpus=0.5, memory=256 * MIB)
        names, row = (line.split() for line in
                      self.run_inside(container, self.tool("vmstat")).splitlines()[1:])
        self.assertEqual(len(names), len(row), (names, row))
        cells = dict(zip(names, row))
        self.assertEqual((cells["in"], cells["buff"]), ("-", "0"))
        self.assertLess(int(cells["free"]), 256 * 1024)
        self.assertNotIn("-", [cells[name] for name in ("r", "b", "bi", "bo", "cs", "us", "st")])
