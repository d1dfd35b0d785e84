# SPDX-License-Identifier: Apache-2.0
"""Standard output is closed, full, slow, or read by somebody who goes away; the clock is stepped."""

import json
import os
import signal
import subprocess
import time

from container import Outside, read_line
from trouble.situation import TOOLS, TroubleCase, meanwhile, validate

# What goes on printing, as JSON Lines where there are such.
REPEATED = {"free": ("free", "-s", "0.05"), "iostat": ("iostat", "1"), "vmstat": ("vmstat", "1"),
            "top": ("top", "-b", "-d", "0.1")}


class Output(TroubleCase):
    def refused(self, redirection, reason):
        box = self.box()
        for name, as_json, words in self.commands():
            with self.subTest(tool=name, json=as_json):
                done = box.run(["sh", "-c", f'exec "$@" {redirection}', "sh", *words])
                self.assertIn(done.returncode, (1, *self.error_statuses.get(name, ())))
                self.assertIn(f": write error: {reason}\n", done.stderr)

    def test_closed(self):
        self.refused(">&-", "Bad file descriptor")

    def test_a_full_disk(self):
        self.refused(">/dev/full", "No space left on device")

    def test_nobody_can_be_told_why(self):
        """Standard error is closed too, or is full: the exit status tells."""
        box = self.box()
        for redirection in (">/dev/full 2>&-", ">&- 2>&-", ">&- 2>/dev/full", "<&- >&- 2>&-"):
            for name, as_json, words in self.commands(("free", "top", "info")):
                done = box.run(["sh", "-c", f'exec "$@" {redirection}', "sh", *words])
                self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", ""),
                                 (name, redirection))

    def test_the_reader_goes_away(self):
        """A report comes that nobody reads: the end, at once and without a word, by SIGPIPE or not."""
        box = self.box()
        for name, words in REPEATED.items():
            for before in ([], ["env", "--ignore-signal=PIPE"]):
                with self.subTest(tool=name, ignored=bool(before)):
                    process = box.popen([*before, self.tool(words[0]), *words[1:]],
                                        stderr=subprocess.PIPE)
                    self.assertNotEqual(process.stdout.readline(), "")
                    process.stdout.close()
                    status = process.wait(15)
                    err = process.stderr.read()
                    process.stderr.close()
                    self.assertIn(status, (0, -signal.SIGPIPE, 128 + signal.SIGPIPE))
                    self.assertEqual(err, "")

    def test_a_slow_reader_gets_everything(self):
        """A pipe of one page that is emptied 100 bytes at a time."""
        box = self.box()
        self.load(box).command("busy", 1)
        crowd = [box.popen(["sleep", "infinity"]) for _ in range(60)]
        try:
            for name in ("top", "info"):
                tool, *arguments = TOOLS[name]
                read, write = os.pipe()
                fcntl_set_pipe_size(write, 4096)
                process = subprocess.Popen(
                    [*box.enter(None), self.tool(tool), *arguments, "--json"],
                    stdout=write, stdin=subprocess.DEVNULL)
                os.close(write)
                text = b""
                while part := os.read(read, 100):
                    text += part
                    time.sleep(0.0005)
                os.close(read)
                self.assertEqual(process.wait(30), 0)
                document = json.loads(text)
                validate(name, document)
                if name == "top":
                    self.assertGreaterEqual(len(document["processes"]), len(crowd) + 3)
        finally:
            for process in crowd:
                process.kill()
                process.wait()
                process.stdout.close()

    def test_ended_by_a_signal(self):
        """What was printed is whole lines of whole documents."""
        box = self.box()
        for number in (signal.SIGINT, signal.SIGTERM):
            for name, words in REPEATED.items():
                with self.subTest(tool=name, signal=number):
                    process = subprocess.Popen(
                        [self.tool(words[0]), *words[1:], "--json", "--pid", str(box.init_pid)],
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                        stdin=subprocess.DEVNULL)
                    first = read_line(process)
                    time.sleep(0.2)
                    process.send_signal(number)
                    out, err = self._finish(process, 15)
                    self.assertEqual(err, "")
                    for line in [first, *out.splitlines(keepends=True)]:
                        self.assertTrue(line.endswith("\n"))
                        json.loads(line)


class Clock(TroubleCase):
    STEPS = (3600, -7200, 3600)

    def test_the_clock_is_stepped(self):
        """An hour ahead and two back, under tools that measure intervals: these are of another clock,
        and so is a container's age."""
        self.need_disposable()
        box = self.box()
        self.load(box).command("busy", 1)
        steps = 0

        def step(stop):
            nonlocal steps
            while not stop.wait(0.5):
                offset = self.STEPS[steps % len(self.STEPS)]
                time.clock_settime(time.CLOCK_REALTIME, time.time() + offset)
                steps += 1

        before = box.age_bounds()[0]
        with meanwhile(step):
            running = [box.popen([self.tool(w), *a, "--json"]) for w, *a in (
                ("vmstat", "1", "5"), ("iostat", "1", "5"), ("top", "-b", "-d", "1", "-n", "5"))]
            documents = [json.loads(line) for process in running
                         for line in self._finish(process, 60)[0].splitlines()]
            uptimes = [self.json(box, "uptime") for _ in range(3)]
        self.assertGreaterEqual(steps, 4)
        time.clock_settime(time.CLOCK_REALTIME, time.time() - sum(
            self.STEPS[n % len(self.STEPS)] for n in range(steps)))
        self.assertEqual(len(documents), 15)
        for document in documents:
            if "interval_seconds" in document:
                self.assert_between(document["interval_seconds"], 0, 60, "seconds of an interval")
            for key, share in document["cpu"].items():
                if key.endswith("_pct") and share is not None:
                    self.assert_between(share, 0, 100, key)
        for uptime in uptimes:
            self.assert_between(uptime["uptime_seconds"], before, box.age_bounds()[1], "age")
        for process in documents[-1]["processes"]:
            self.assert_between(process["time_seconds"], 0, 60, "CPU time")
        self.assertEqual(Outside().run([self.tool("uptime")]).returncode, 0)


def fcntl_set_pipe_size(descriptor, size):
    import fcntl
    fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, size)
