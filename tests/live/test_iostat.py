# SPDX-License-Identifier: Apache-2.0
"""Block I/O and CPU shares as `iostat` reports them, beside what fio says that it did. The disks
are loop devices, so that nobody else's I/O is in the figures."""

import errno
import fcntl
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import threading
import time

from container import Outside, read_line
from harness import MIB, NOBODY, LiveCase
from limits import disk_device

LOOP_CTL_ADD, LOOP_CTL_REMOVE = 0x4C80, 0x4C81
KEPT = ("user_pct", "system_pct", "nice_pct", "idle_pct", "iowait_pct", "steal_pct")


class Iostat(LiveCase):
    def setUp(self):
        super().setUp()
        for program in ("fio", "losetup", "blkdiscard"):
            if not shutil.which(program):
                self.skipTest(f"no {program}")

    # Making ------------------------------------------------------------------------------------

    def new_loop_device(self):
        """The path of one that no rule was ever set for: from then on the kernel counts."""
        with open("/dev/loop-control", "rb") as control:
            number = next(n for n in range(200, 300) if not os.path.exists(f"/sys/block/loop{n}"))
            fcntl.ioctl(control, LOOP_CTL_ADD, number)

            def remove():
                self.settle()
                deadline = time.monotonic() + 30
                with open("/dev/loop-control", "rb") as again:
                    while True:
                        try:
                            return fcntl.ioctl(again, LOOP_CTL_REMOVE, number)
                        except OSError as error:  # somebody looks at what was just detached
                            if error.errno != errno.EBUSY or time.monotonic() > deadline:
                                raise
                        time.sleep(0.05)
        self.addCleanup(remove)
        return f"/dev/loop{number}"

    def loop_device(self, directory="/var/tmp", size=64 * MIB, device=None, begin=b""):
        """The path of a loop device, the one given or any, on a new file in DIRECTORY that begins
        with these bytes, which are on its disk and not in memory."""
        made = tempfile.NamedTemporaryFile(prefix="containerview-test.", dir=directory)
        self.addCleanup(made.close)
        os.posix_fallocate(made.fileno(), 0, size)
        made.write(begin)
        made.flush()
        os.fsync(made.fileno())
        os.posix_fadvise(made.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        which = [device] if device else ["--find", "--show"]
        done = subprocess.run(["losetup", "--partscan", *which, made.name], capture_output=True,
                              text=True)
        if done.returncode != 0:
            self.skipTest(f"no loop device: {done.stderr.strip()}")
        device = device or done.stdout.strip()
        self.addCleanup(subprocess.run, ["losetup", "--detach", device], check=True)
        self.settle()
        return device

    @staticmethod
    def settle():
        """Waits for udev, which reads what is new."""
        if shutil.which("udevadm"):
            subprocess.run(["udevadm", "settle"], check=False)

    def mapped_device(self, device, more=""):
        """A device mapper device that is all of another: its name, to which MORE belongs, and its
        path."""
        if not shutil.which("dmsetup"):
            self.skipTest("no dmsetup")
        name = f"containerview-test-{os.getpid()}{more}"
        sectors = int(pathlib.Path("/sys/class/block", pathlib.Path(device).name,
                                   "size").read_text())
        dmsetup = ["dmsetup", "--manglename", "none"]
        done = subprocess.run([*dmsetup, "create", name, "--table",
                               f"0 {sectors} linear {device} 0"], capture_output=True, text=True)
        if done.returncode != 0:
            self.skipTest(f"no device mapper: {done.stderr.splitlines()[0]}")
        self.addCleanup(subprocess.run, [*dmsetup, "remove", "--retry", name], check=True)
        self.settle()
        minor = subprocess.run([*dmsetup, "info", "--columns", "--noheadings", "-o", "minor", name],
                               capture_output=True, text=True, check=True).stdout.strip()
        return name, f"/dev/dm-{minor}"

    @staticmethod
    def number(device):
        at = os.stat(device).st_rdev
        return f"{os.major(at)}:{os.minor(at)}"

    def limit(self, cgroup, device, read, write):
        """Limits a device in bytes per second; on v1 that is also what makes the kernel count."""
        number = self.number(device)
        try:
            directory = cgroup.dir("blkio")
        except LookupError:
            (cgroup.dir("io") / "io.max").write_text(f"{number} rbps={read} wbps={write}")
            return
        for name, value in (("read", read), ("write", write)):
            file = directory / f"blkio.throttle.{name}_bps_device"
            file.write_text(f"{number} {value}")
            self.addCleanup(file.write_text, f"{number} 0")

    def counted_container(self, *devices, name="box", read=1 << 40, write=1 << 40):
        cgroup = self.cgroup(name)
        for device in devices:
            try:
                self.limit(cgroup, device, read, write)
            except OSError as error:
                self.skipTest(f"no I/O limit on {device}: {error}")
        return self.container(cgroup)

    # Running -----------------------------------------------------------------------------------

    def fio_job(self, container, device, *options):
        """What fio reports of its only job."""
        done = container.run(["fio", "--name=test", f"--filename={device}", "--bs=64k",
                              "--allow_file_create=0", "--output-format=json", *options],
                             timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout[done.stdout.index("{"):])["jobs"][0]

    def fio(self, container, device, *options):
        """Bytes that fio says it read and wrote."""
        job = self.fio_job(container, device, *options)
        return job["read"]["io_bytes"], job["write"]["io_bytes"]

    def rows(self, container, *arguments, **options):
        """By name."""
        document = self.json(container, "iostat", *arguments, **options)
        return {row["name"]: row for row in document["devices"]}

    def device(self, container, device, *arguments, **options):
        """The row of this device; None: there is none."""
        return self.rows(container, *arguments, **options).get(pathlib.Path(device).name)

    def outside(self, *arguments):
        """As rows(), in no container."""
        done = subprocess.run([self.tool("iostat"), "--json", *arguments], capture_output=True,
                              text=True, check=True)
        return {row["name"]: row for row in json.loads(done.stdout)["devices"]}

    def wait_for(self, condition, seconds=30):
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline, "it does not come")
            time.sleep(0.1)

    # Cases -------------------------------------------------------------------------------------

    def test_direct_io_is_exact(self):
        device = self.loop_device()
        container = self.counted_container(device)
        read, _ = self.fio(container, device, "--direct=1", "--rw=read", "--size=16m")
        _, written = self.fio(container, device, "--direct=1", "--rw=randwrite", "--size=8m")
        self.assertEqual((read, written), (16 * MIB, 8 * MIB))
        row = self.device(container, device)
        self.assertEqual((row["read_bytes"], row["written_bytes"]), (read, written))
        self.assertIsNone(row["read_merges_per_sec"])
        self.assertIsNone(row["f_await_ms"])

    def test_buffered_reads_are_exact(self):
        """Of all of it, so that reading ahead has nothing more to read."""
        device = self.loop_device("/dev/shm", size=16 * MIB)
        container = self.counted_container(device)
        before = (self.device(container, device) or {"read_bytes": 0})["read_bytes"]
        read, _ = self.fio(container, device, "--rw=read", "--size=16m", "--invalidate=1")
        self.assertEqual(read, 16 * MIB)
        self.assertEqual(self.device(container, device)["read_bytes"] - before, read)

    def test_what_is_synced_is_charged(self):
        device = self.loop_device()
        container = self.counted_container(device)
        _, written = self.fio(container, device, "--rw=write", "--size=8m", "--end_fsync=1")
        row = self.device(container, device)
        self.assertEqual(row["written_bytes"], written)

    def test_what_is_written_back_later(self):
        """v1 charges it to the root cgroup: there it is a lower bound, and told to be one."""
        # A new one: the kernel charges whoever was the first to write to what it still remembers.
        device = self.loop_device("/dev/shm", device=self.new_loop_device())
        container = self.counted_container(device)
        # The last one who closes a block device writes its cache back.
        self.addCleanup(os.close, os.open(device, os.O_RDONLY))
        done = container.run(["dd", "if=/dev/zero", f"of={device}", "bs=64k", "count=64",
                              "conv=notrunc"])
        self.assertEqual(done.returncode, 0, done.stderr)
        os.sync()
        document = self.json(container, "iostat", "ALL")
        row = next(d for d in document["devices"] if d["name"] == pathlib.Path(device).name)
        is_bound = "devices[].written_bytes" in document["quality"]["estimated"]
        self.assertEqual(is_bound, container.cgroup.version("io") == 1)
        if is_bound:
            self.assertLessEqual(row["written_bytes"], 4 * MIB)
        else:
            self.assertEqual(row["written_bytes"], 4 * MIB)

    def test_containers_and_the_rest_are_the_host(self):
        device = self.loop_device()
        name = pathlib.Path(device).name
        boxes = [self.counted_container(device, name=n) for n in ("one", "two")]
        before = self.outside("--host", name)[name]["read_bytes"]
        read = [self.fio(box, device, "--direct=1", "--rw=read", f"--size={size}m")[0]
                for box, size in zip(boxes, (8, 4))]
        subprocess.run(["dd", f"if={device}", "of=/dev/null", "bs=64k", "count=16", "iflag=direct"],
                       check=True, capture_output=True)
        after = self.outside("--host", name)[name]["read_bytes"]
        self.assertEqual([self.device(box, device)["read_bytes"] for box in boxes], read)
        self.assertEqual(after - before, sum(read) + MIB)

    def test_views_from_outside_and_without_privileges(self):
        device = self.loop_device()
        container = self.counted_container(device)
        read, _ = self.fio(container, device, "--direct=1", "--rw=read", "--size=4m")
        name = pathlib.Path(device).name
        for rows in (self.rows(container, uid=NOBODY),
                     self.outside("--pid", str(container.init_pid)),
                     self.outside("--cgroup", str(container.cgroup.dir("io")))):
            self.assertEqual(rows[name]["read_bytes"], read)

    def test_a_partition_is_charged_to_its_disk(self):
        # An MBR with one Linux partition from sector 2048 on, of 32 MiB.
        entry = struct.pack("<B3xB3xII", 0, 0x83, 2048, 32 * MIB // 512)
        device = self.loop_device(begin=bytes(446) + entry + bytes(48) + b"\x55\xaa")
        part = f"{device}p1"
        if not os.path.exists(part):
            self.skipTest("no partitions on loop devices")
        container = self.counted_container(device)
        read, _ = self.fio(container, part, "--direct=1", "--rw=read", "--size=4m")
        rows = self.rows(container, part)
        self.assertEqual({name: row["read_bytes"] for name, row in rows.items()},
                         {pathlib.Path(device).name: read})

    def check_stacked(self, container, top, below, read):
        """The total has the I/O of the device on top only, both have their rows. (ALL would have the
        disk that fio itself was read from.)"""
        rows = self.rows(container, "-g", "sum", top, below)
        self.assertEqual(rows[top]["stacked_on"], [below])
        self.assertEqual(rows[top]["read_bytes"], read)
        self.assertGreater(rows[below]["read_bytes"], 0)
        self.assertEqual(rows["sum"]["read_bytes"], read)

    def test_loop_device_on_a_disk(self):
        disk = disk_device()
        if disk is None:
            self.skipTest("/var/tmp is on no disk")
        device = self.loop_device(size=16 * MIB, begin=os.urandom(16 * MIB))
        container = self.counted_container(device, disk[0])
        read, _ = self.fio(container, device, "--direct=1", "--rw=read", "--size=8m")
        if container.cgroup.io_bytes(disk[1])[0] == 0:
            self.skipTest("this kernel does not charge the disk below a loop device")
        self.check_stacked(container, pathlib.Path(device).name, pathlib.Path(disk[0]).name, read)

    def test_device_mapper(self):
        device = self.loop_device("/dev/shm")
        name, mapped = self.mapped_device(device)
        container = self.counted_container(device, mapped)
        read, _ = self.fio(container, mapped, "--direct=1", "--rw=read", "--size=8m")
        self.check_stacked(container, pathlib.Path(mapped).name, pathlib.Path(device).name, read)
        self.assertEqual(self.rows(container, "-N")[name]["read_bytes"], read)

    def test_a_mapped_device_with_a_hostile_name(self):
        """It may be anything but a slash: no row of its own, nothing that a terminal obeys."""
        name, mapped = self.mapped_device(self.loop_device("/dev/shm"),
                                          "\x1b[2J\n\tvda 1 1 1 \"\\ \u202e\x9b31m漢字")
        container = self.counted_container(mapped)
        read, _ = self.fio(container, mapped, "--direct=1", "--rw=read", "--size=8m")
        self.assertEqual(self.rows(container, "-N")[name]["read_bytes"], read)
        shown = re.sub("[\x00-\x1f\x7f-\x9f\u202e]", "?", name)  # JSON escapes it
        for where, command in ((container, [self.tool("iostat"), "-N"]),
                               (Outside(), [self.tool("iostat"), "-N", "--host"])):
            done = where.run([*command, "-d"])
            self.assertEqual(done.returncode, 0, done.stderr)
            rows = [line for line in done.stdout.split("\n") if shown in line]
            self.assertEqual(len(rows), 1, done.stdout)
            self.assertTrue(rows[0].startswith(shown), rows)
            done = where.run([*command, "-o", "JSON"])
            self.assertIn(name, [row["disk_device"] for row in json.loads(
                done.stdout)["sysstat"]["hosts"][0]["statistics"][0]["disk"]])

    def test_reads_of_the_cache_are_none(self):
        device = self.loop_device()
        container = self.counted_container(device)
        # The last one who closes a block device empties its cache.
        self.addCleanup(os.close, os.open(device, os.O_RDONLY))
        container.run(["dd", f"if={device}", "of=/dev/null", "bs=64k", "count=64"])
        first = self.device(container, device)["read_bytes"]
        self.assertGreaterEqual(first, 4 * MIB)
        container.run(["dd", f"if={device}", "of=/dev/null", "bs=64k", "count=32"])
        self.assertEqual(self.device(container, device)["read_bytes"], first)

    def test_discards(self):
        device = self.loop_device()
        container = self.counted_container(device)
        done = container.run(["blkdiscard", "--length", "4096", device])
        if done.returncode != 0:
            self.skipTest(f"no discard on {device}: {done.stderr.strip()}")
        job = self.fio_job(container, device, "--direct=1", "--rw=trim", "--size=8m")
        row = self.device(container, device)
        # None: Linux before 4.19
        self.assertIn(row["discarded_bytes"], (job["trim"]["io_bytes"] + 4096, None))
        self.assertEqual(job["trim"]["io_bytes"], 8 * MIB)
        self.assertEqual(row["written_bytes"], 0)

    def test_throttled_waiting_shows(self):
        device = self.loop_device()
        container = self.counted_container(device, read=4 * MIB)
        reader = threading.Thread(target=self.fio, args=(
            container, device, "--direct=1", "--rw=read", "--size=32m"))
        reader.start()
        try:
            self.wait_for(lambda: container.cgroup.io_bytes(self.number(device))[0])
            document = self.json(container, "iostat", "-y", "--limits", "2", "1")
        finally:
            reader.join()
        row = next(d for d in document["devices"] if d["name"] == pathlib.Path(device).name)
        self.assertEqual(row["limits"]["read_bytes_per_sec"], 4 * MIB)
        self.assert_between(row["limits"]["used_pct"], 60, 140, "share of the limit")
        self.assert_near(row["read_bytes_per_sec"], 4 * MIB, 1.7 * MIB, "rate")
        self.assertEqual(row["util_pct"], row["limits"]["used_pct"])
        if row["await_source"] == "pressure":  # the kernel tells it
            # 64 KiB at 4 MiB/s are 15.6 ms each.
            self.assert_between(row["r_await_ms"], 4, 32, "await")
        self.assert_near(sum(document["cpu"][key] or 0 for key in KEPT), 100, 1e-6, "CPU shares")

    def test_not_counted_is_not_zero(self):
        container = self.container(self.cgroup("box"))
        try:
            container.cgroup.dir("blkio")
        except LookupError:
            self.skipTest("cgroup v2 counts always")
        device = self.loop_device("/dev/shm", device=self.new_loop_device())
        name = pathlib.Path(device).name
        script = (f"dd if={device} of=/dev/null bs=64k count=64 iflag=direct 2>&1 && "
                  f"dd if=/dev/zero of={device} bs=64k count=32 oflag=direct 2>&1 && "
                  f"LC_ALL=C {self.tool('iostat')} --json && "
                  f"LC_ALL=C {self.tool('iostat')} -d {name}")
        done = container.run(["sh", "-c", script])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        text = done.stdout[done.stdout.index("{"):]
        document = json.loads(text.splitlines()[0])
        rows = {row["name"]: row for row in document["devices"]}
        if rows.get(name, {}).get("source") == "blkio.throttle" and rows[name]["read_bytes"]:
            self.skipTest("this kernel counts without a rule")
        self.assertEqual(rows["total"]["source"], "processes")
        self.assertGreaterEqual(rows["total"]["read_bytes"], 4 * MIB)
        self.assertGreaterEqual(rows["total"]["written_bytes"], 2 * MIB)
        self.assertIn("devices[].read_bytes", document["quality"]["estimated"])
        if name in rows:
            self.assertIsNone(rows[name]["read_bytes"])

    def test_a_device_that_is_left_out_beside_one_that_counts(self):
        """Since 6.10 a device without any rule has no line: its I/O is in the sum of processes."""
        counted = self.loop_device("/dev/shm", device=self.new_loop_device())
        container = self.counted_container(counted)
        if container.cgroup.version("io") == 2:
            self.skipTest("cgroup v2 counts always")
        other = self.loop_device("/dev/shm", device=self.new_loop_device())
        iostat, vmstat = (f"LC_ALL=C {self.tool(name)}" for name in ("iostat", "vmstat"))
        read = "dd if={} of=/dev/null bs=64k count={} iflag=direct status=none"
        for name in ("iostat", "vmstat"):  # from now on their files are in memory
            subprocess.run([self.tool(name)], stdout=subprocess.DEVNULL, check=True)
        # One shell: what its ended children did is in its own file.
        done = container.run(["sh", "-c", f"""
            {read.format(counted, 64)} && {read.format(other, 128)} &&
            dd if=/dev/zero of={counted} bs=64k count=16 oflag=direct status=none &&
            {iostat} --json -g sum ALL && {vmstat} --json -s"""])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        disks, totals = map(json.loads, done.stdout.splitlines())
        rows = {row["name"]: row for row in disks["devices"]}
        self.assertEqual(rows[pathlib.Path(counted).name]["read_bytes"], 4 * MIB)
        if pathlib.Path(other).name in rows:
            self.skipTest("this kernel leaves no device out")
        for name, bytes_read in (("total", rows["total"]["read_bytes"]),
                                 ("sum", rows["sum"]["read_bytes"]),
                                 ("vmstat", totals["totals"]["read_bytes"])):
            # The programs themselves may have been read from a disk; nothing is counted twice.
            self.assert_between(bytes_read, 12 * MIB, 15 * MIB, name)
        self.assertIn("totals.read_bytes", totals["quality"]["estimated"])

    def test_busy_to_the_quota_is_no_idle_time(self):
        container = self.container(self.cgroup("box", cpus=0.5))
        self.load(container).command("busy", 1)
        before = time.monotonic(), container.cgroup.cpu_seconds()
        document = self.json(container, "iostat", "-y", "2", "1")
        cpu = document["cpu"]
        seconds, used = time.monotonic() - before[0], container.cgroup.cpu_seconds() - before[1]
        self.assertEqual(cpu["effective_cpus"], 0.5)
        busy = cpu["user_pct"] + cpu["nice_pct"] + cpu["system_pct"]
        # A busy machine may not give it all that it may have, and not evenly.
        self.assert_near(busy, min(100, 100 * used / (0.5 * seconds)), 30, "busy")
        if busy > 99:
            self.assert_between(cpu["throttled_pct"], 50, 100, "throttled periods")
            self.assert_near(cpu["idle_pct"], 0, 1, "idle")
        self.assert_near(sum(cpu[key] or 0 for key in KEPT), 100, 1e-6, "CPU shares")

    def test_first_report_is_since_the_container_began(self):
        container = self.container(self.cgroup("box", memory=256 * MIB))
        document = self.json(container, "iostat")
        low, high = container.age_bounds()
        self.assert_between(document["interval_seconds"], low - 1, high + 1, "interval")

    def test_interrupted_document_is_whole(self):
        container = self.container(self.cgroup("box", memory=256 * MIB))
        process = container.popen([self.tool("iostat"), "-o", "JSON", "60"])
        text = ""
        while "avg-cpu" not in text:  # it has begun
            line = read_line(process)
            self.assertTrue(line, text)
            text += line
        self.assertEqual(container.run(["pkill", "-INT", "-x", "iostat"]).returncode, 0)
        rest, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        statistics = json.loads(text + rest)["sysstat"]["hosts"][0]["statistics"]
        self.assertEqual(len(statistics), 1)
