# SPDX-License-Identifier: Apache-2.0
"""containerviewd, in a container and on the host: what readers get of it, and what happens to them
when it is killed, finds no room, or loses its container."""

import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import tempfile
import time

from container import Outside
from harness import NOBODY, LiveCase

INTERVAL = 2  # the shortest that there is
LOOPS = 3
ID = "0123456789abcdef" * 4
SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "tools" / "schemas"
MOUNT = """mount -t tmpfs tmpfs /run && mkdir /run/containerview &&
mount --bind {0} /run/containerview && mount -o remount,bind,{1} /run/containerview"""


class SamplerCase(LiveCase):
    def setUp(self):
        super().setUp()
        directory = tempfile.TemporaryDirectory(prefix="containerview-test.", dir="/var/tmp")
        self.addCleanup(directory.cleanup)
        os.chmod(directory.name, 0o755)
        self.directory = pathlib.Path(directory.name)
        self.history = self.directory / "history"

    def docker_like(self, **limits):
        """A container in a cgroup that is named as Docker names them."""
        self.cgroup("docker")
        return self.container(self.cgroup(f"docker/{ID}", **limits))

    def busy(self, container):
        """Loops that run as long as the container has, but for the first moments. On an emulated
        CPU those are long, and whatever else runs in there then or later is load too."""
        load = self.load(container)
        load.command("busy", LOOPS)
        before = container.age_bounds()[1]

        def bounds():
            age = container.age_bounds()[1]
            return (LOOPS * 0.8 * (age - before) / age,
                    LOOPS * 1.1 + (before + container.seconds_run) / age)
        self.load_bounds = bounds
        return load

    def daemon(self, *options, inside=None, **more):
        """containerviewd, until it says that it is ready."""
        path = self.directory / f"notify.{time.monotonic_ns()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind(str(path))
            ready.settimeout(30)
            started = (inside or Outside()).popen(
                [self.tool("containerviewd"), "--history", self.history,
                 "--interval", INTERVAL, *options],
                env={**os.environ, "NOTIFY_SOCKET": str(path)}, stderr=subprocess.PIPE, **more)
            self.addCleanup(self.end, started)
            message = ready.recv(4096).decode()
        self.assertEqual(message.splitlines()[0], "READY=1")
        self.assertRegex(message, r"STATUS=sampling \d+ containers?$")
        return started

    @staticmethod
    def end(process, number=signal.SIGTERM):
        """Its status and what it complained about. nsenter waits for a child, which is to get it."""
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        for pid in (children.read_text().split() if process.poll() is None else []):
            os.kill(int(pid), number)
        process.send_signal(number)
        _, complaints = process.communicate(timeout=30)
        return process.returncode, complaints

    @staticmethod
    def status_kib(process, key):
        for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1])
        raise LookupError(key)

    def uptime(self, container, *options, history=True, **more):
        place = ("--history", self.history) if history else ()
        return self.json(container, "uptime", *place, *options, **more)

    def after_samples(self, count=2):
        time.sleep(count * INTERVAL + 0.7)

    def check_busy(self, document, what="sampled"):
        self.assertEqual(document["load"]["source"], "sampler", what)
        self.assert_between(document["load"]["avg_1m"], *self.load_bounds(), what)
        # A tool may have been looking just when the sample was taken.
        self.assert_between(document["load"]["running"], LOOPS, LOOPS + 1, what)

    def check_estimate(self, document, why):
        self.assertEqual(document["load"]["source"], "estimate", why)
        self.assertEqual(document["load"]["history_seconds"], 0, why)


class Reading(SamplerCase):
    def test_sampler_in_the_container(self):
        box = self.container(cpus=1)
        self.busy(box)
        self.daemon(inside=box)
        self.after_samples()
        with self.figure("containerviewd in the container", "sampled load", "±20 %"):
            document = self.uptime(box)
            self.check_busy(document)
            self.assertGreater(document["load"]["history_seconds"], INTERVAL)
        self.check_busy(self.uptime(box, uid=NOBODY), "as another user")
        shifted = box.run(["unshare", "--time", "--boottime", "1000000", "--fork",
                           self.tool("uptime"), "--json", "--history", self.history])
        self.check_busy(json.loads(shifted.stdout), "in another time namespace")

    def test_sampler_on_the_host(self):
        box = self.docker_like(cpus=1)
        self.busy(box)
        self.daemon("--all")
        box.run(["sh", "-c", MOUNT.format(self.history, "ro")])
        self.after_samples()
        with self.figure("containerviewd --all on the host", "sampled load", "±20 %"):
            self.check_busy(self.uptime(box, history=False))
        # The machine's root has no id in there: its files are taken for the mount is read-only.
        remapped = ["unshare", "--user", "--map-root-user", self.tool("uptime"), "--json"]
        done = box.run(remapped, uid=NOBODY)
        with self.figure("containerviewd --all on the host, user namespace", "sampled load",
                         "±20 %"):
            self.check_busy(json.loads(done.stdout))
        box.run(["mount", "-o", "remount,bind,rw", "/run/containerview"])
        self.check_estimate(json.loads(box.run(remapped, uid=NOBODY).stdout), "writable mount")

    def test_a_directory_for_each_container(self):
        box = self.docker_like(cpus=1)
        self.busy(box)
        daemon = self.daemon("--all", "--per-container")
        self.after_samples()
        self.assertLess(self.status_kib(daemon, "VmRSS"), self.status_kib(daemon, "VmHWM") - 500,
                        "code that only the start needed is let go of")
        own = self.history / f"docker-{ID}"
        self.check_busy(self.json(box, "uptime", "--history", own))
        self.assertFalse([path for path in self.history.iterdir() if path.is_file()])

    def test_who_makes_the_load(self):
        import jsonschema  # is not in the guest, where this does not run
        box = self.container(cpus=1)
        self.busy(box)
        document = self.json(box, "containerview", "load")
        jsonschema.validate(document, json.loads((SCHEMAS / "load.schema.json").read_text()))
        # A wait counts when it ends: over 2 s it may be late, for one thread more than for all.
        self.assert_near(document["load"]["mean"], LOOPS, 0.6, "mean")
        self.assertEqual(len(document["processes"]), LOOPS, document["processes"])
        for process in document["processes"]:
            self.assert_near(process["runnable_mean"], 1, 0.4, "of one loop")
            self.assert_near(process["share_pct"], 100 / LOOPS, 15, "share of one loop")
        text = box.run([self.tool("containerview"), "load"]).stdout
        self.assertRegex(text, r"\Anow      \d\.\d\d, mean of 2\.\d s\naverage .*\nthreads ")


class Faults(SamplerCase):
    def test_killed_and_started_again(self):
        box = self.docker_like(cpus=1)
        self.busy(box)
        first = self.daemon("--all")
        self.after_samples()
        before = self.uptime(box)
        self.end(first, signal.SIGKILL)
        time.sleep(3 * INTERVAL + 0.5)
        self.check_estimate(self.uptime(box), "nobody samples any more")
        self.daemon("--all")
        after = self.uptime(box)
        self.check_busy(after, "across the gap")
        self.assertGreater(after["load"]["history_seconds"],
                           before["load"]["history_seconds"] + 3 * INTERVAL)

    def test_killed_at_200_points(self):
        """Readers get what they would without a sampler, or a whole state. Nothing else."""
        box = self.docker_like(cpus=1)
        self.busy(box)
        begun = time.monotonic()
        first = self.daemon("--all")
        start_up = time.monotonic() - begun  # however busy the machine is
        self.after_samples()
        self.end(first, signal.SIGKILL)  # from here on each one bridges a gap, and writes at once
        chance = random.Random(20261123)
        sampled, seen = 0, 0.0
        for kill in range(200):
            with subprocess.Popen([self.tool("containerviewd"), "--all", "--history",
                                   self.history]) as daemon:
                time.sleep(chance.uniform(0, 1.5 * start_up))
                load = self.uptime(box)["load"]
                daemon.kill()
            # The mean of a short life, in which they have not always run.
            averages = [load[key] for key in ("avg_1m", "avg_5m", "avg_15m")]
            self.assert_between(min(averages), LOOPS * 0.3, LOOPS * 1.2, f"kill {kill}")
            self.assert_between(max(averages), min(averages), min(averages) * 1.3, f"kill {kill}")
            if load["source"] == "sampler":
                sampled += 1
                self.assertGreaterEqual(load["history_seconds"], seen, f"kill {kill}")
                seen = load["history_seconds"]
        self.assertGreater(sampled, 100, "a state that was there once must not be lost")

    def test_the_clock_is_stepped(self):
        """A day ahead and back, under a running sampler and its readers."""
        self.need_disposable()
        box = self.docker_like(cpus=1)
        self.busy(box)
        self.daemon("--all")
        self.after_samples()
        before = self.uptime(box)
        for step in (86400, -86400):
            time.clock_settime(time.CLOCK_REALTIME, time.time() + step)
            self.check_busy(self.uptime(box), f"just after {step} s")
            self.after_samples()
            after = self.uptime(box)
            self.check_busy(after, f"sampled across {step} s")
            self.assert_between(after["load"]["history_seconds"] - before["load"]["history_seconds"],
                                INTERVAL, 60, "seconds of history")
            self.assert_near(after["uptime_seconds"] - before["uptime_seconds"], 5, 55, "uptime")

    def test_the_container_ends_while_it_is_sampled(self):
        box = self.docker_like()
        busy = self.busy(box)
        daemon = self.daemon("--all")
        inode = box.cgroup.dir("cpu").stat().st_ino
        name = f"v2-{inode}" if box.cgroup.version("cpu") == 2 else f"cpu-{inode}"
        self.assertTrue((self.history / name).exists())
        busy.close()
        box.close()
        box.cgroup.remove()
        self.after_samples()
        self.assertFalse((self.history / name).exists())
        self.assertEqual(self.end(daemon), (0, ""))

    def test_ten_thousand_threads(self):
        box = self.docker_like()
        crowd = self.load(box)
        crowd.command("threads", 10_000)
        daemon = self.daemon("--all")
        self.after_samples()
        document = self.uptime(box)
        self.assertEqual(document["load"]["source"], "sampler")
        self.assert_between(document["load"]["total"], 10_000, 10_010, "threads")
        self.assert_between(document["load"]["avg_1m"], 0, 1.5, "asleep")
        self.assertLess(self.status_kib(daemon, "VmRSS"), 6 * 1024 + 1000 + 3000,
                        "KiB; the dev build's library is larger")

    def test_no_place_to_write(self):
        where = Outside()
        refused = {"read-only": "Read-only file system", "absent/below": "No such file"}
        readonly = self.directory / "read-only"
        readonly.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", readonly], check=True)
        self.addCleanup(subprocess.run, ["umount", readonly], check=True)
        for place, why in refused.items():
            target = self.directory / place / ("new" if place == "read-only" else "")
            done = where.run([self.tool("containerviewd"), "--all", "--history", target])
            self.assertEqual((done.returncode, done.stdout), (1, ""), place)
            self.assertIn(why, done.stderr)

    def test_a_full_disk(self):
        self.history.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs", self.history],
                       check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.history], check=True)
        box = self.docker_like(cpus=1)  # after the mount: its mount namespace is a copy
        self.busy(box)
        filler = self.history / "filler"
        with filler.open("wb", buffering=0) as out:
            try:
                while True:
                    out.write(bytes(4096))
            except OSError:
                pass
        daemon = self.daemon("--all")
        self.check_estimate(self.uptime(box), "no room")
        status, complaints = self.end(daemon)
        self.assertEqual(status, 0)
        self.assertIn("No space left on device", complaints)
        filler.unlink()
        self.daemon("--all")
        self.after_samples()
        self.check_busy(self.uptime(box), "there is room now")
