#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""top and the terminal: sizes, kinds, signals, hostile names, what is written.

  terminal_test.py --bin DIR [CLASS...]

Exit status 77 with the reason without tmux.
"""

import os
import pathlib
import re
import shutil
import signal
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import terminal  # noqa: E402
from terminal import TerminalCase, ended, wait_for, within  # noqa: E402

HEADER = "PID USER"
SEQUENCE_SECONDS = 0.05  # for which top waits for the rest of one
CLEAR = b"\033[2J"


class Signals(TerminalCase):
    def check(self, number):
        self.terminal.start("-d", 60)
        self.terminal.wait(HEADER)
        self.assertFalse(self.terminal.cursor_shown())
        os.kill(self.terminal.top_pid(), number)
        self.terminal.wait_for_shell()

    def test_ending_ones_restore_the_terminal(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT,
                       signal.SIGPIPE, signal.SIGUSR1):
            with self.subTest(number=number):
                self.check(number)
                self.assertIn(HEADER, self.terminal.screen())  # the last frame stays
                self.terminal.type("echo status=$?")
                self.terminal.wait("status=0")
                self.assert_shell()

    def test_a_crash_restores_it_too(self):
        self.check(signal.SIGSEGV)
        self.terminal.type("echo status=$?")
        self.terminal.wait(f"status={128 + signal.SIGSEGV}")
        self.assert_shell()

    def test_q_and_interrupt(self):
        for key in ("q", "C-c"):
            self.terminal.start("-d", 60)
            self.terminal.wait(HEADER)
            self.terminal.press(key)
            self.terminal.wait_for_shell()
            self.terminal.type("echo status=$?")
            self.terminal.wait("status=0")
            self.assert_shell()

    def test_stop_and_continue(self):
        self.terminal.start("-d", 60)
        self.terminal.wait(HEADER)
        for stop in (lambda: self.terminal.press("C-z"),
                     lambda: os.kill(self.terminal.top_pid(), signal.SIGTSTP)):
            stop()
            self.terminal.wait("Stopped")
            self.assert_shell()
            self.terminal.type("clear; fg")
            self.terminal.wait(HEADER)
            self.assertFalse(self.terminal.cursor_shown())
            self.terminal.press("h")
            self.terminal.wait("Keys of top")
            self.terminal.press("q")
            self.terminal.wait(HEADER)

    def test_stopped_from_outside(self):
        self.terminal.start("-d", 60)
        self.terminal.wait(HEADER)
        pid = self.terminal.top_pid()
        os.kill(pid, signal.SIGSTOP)
        self.terminal.wait("Stopped")
        self.terminal.type("clear; stty sane; fg")
        self.terminal.wait(HEADER)
        self.terminal.press("h")
        self.terminal.wait("Keys of top")

    def test_terminal_goes_away(self):
        self.terminal.start("-d", 60)
        self.terminal.wait(HEADER)
        pid = self.terminal.top_pid()
        self.terminal.tmux("kill-server")
        wait_for("top ends", lambda: ended(pid))


class Sizes(TerminalCase):
    def fits(self, columns, rows):
        lines = self.terminal.lines()
        self.assertLessEqual(len(lines), rows + 1)
        self.assertTrue(all(len(line) <= columns for line in lines))

    def test_resize(self):
        self.terminal.start("-d", 60)
        self.terminal.wait(HEADER)
        for columns, rows in ((200, 60), (60, 12), (20, 5), (1, 1), (2, 2), (500, 150), (100, 30)):
            self.terminal.resize(columns, rows)
            time.sleep(0.3)
            self.fits(columns, rows)
        screen = self.terminal.wait(HEADER)
        self.assertIn("COMMAND", screen)
        self.assertEqual(screen.count(HEADER), 1)
        self.assertGreater(len([line for line in screen.split("\n") if line]), 25)

    def test_tiny(self):
        self.terminal.resize(20, 5)
        self.terminal.start("-d", 60)
        self.terminal.wait("top -")
        for key in "hfZktmlp1AVcHxybJjL":
            self.terminal.press(key)
            self.terminal.press("Escape")
            self.fits(20, 5)
        self.terminal.press("q")
        self.terminal.wait_for_shell()

    def test_prompt_on_a_narrow_one(self):
        self.terminal.resize(20, 8)
        self.terminal.start("-d", 60)
        self.terminal.wait("top -")
        self.terminal.press("k")
        self.terminal.type("4711", enter=False)
        self.terminal.wait("] 4711")


class Kinds(TerminalCase):
    def test_unknown_ones_and_none_at_all(self):
        for before in ("TERM=no-such-terminal", "env -u TERM", "TERMINFO=/nonexistent TERM=xterm"):
            with self.subTest(before=before):
                self.terminal.start("-d", 60, before=before)
                self.terminal.wait(HEADER)
                self.terminal.press("k")
                self.terminal.wait("PID to signal/kill")
                self.terminal.press("Escape")
                self.terminal.wait_without("PID to signal/kill")
                self.terminal.press("q")
                self.terminal.wait_for_shell()
                self.assert_shell()

    def test_dumb(self):
        output = pathlib.Path(self.terminal.home.name, "output")
        self.terminal.pipe_to(output)
        self.terminal.start("-d", 60, before="TERM=dumb")
        self.terminal.wait(HEADER)
        self.terminal.press("d")
        self.terminal.wait("Change delay from 60.0 to")
        self.terminal.type("7")
        self.terminal.press("d")
        self.terminal.wait("Change delay from 7.0 to")
        self.terminal.press("Escape", "q")
        self.terminal.wait_for_shell()
        self.terminal.tmux("pipe-pane", "-t", "test")
        wait_for("all of the output", output.exists)
        written = output.read_bytes()
        # Behind the shell's own "clear".
        self.assertNotIn(b"\033", written[written.index(b"top - "):].rpartition(b"\n")[0])
        self.assert_shell()

    def test_colours_need_a_terminal_that_has_them(self):
        self.terminal.start("-d", 60, before="TERM=vt220")
        self.terminal.wait(HEADER)
        self.terminal.press("Z")
        self.terminal.said("No colors to map!")

    def test_not_a_terminal(self):
        self.terminal.start("-d", 60, before="</dev/null")
        self.terminal.wait("top: failed tty get")
        self.terminal.type("echo status=$?")
        self.terminal.wait("status=1")


class Limits(TerminalCase):
    def start(self, *options, before="unshare --cgroup"):
        if os.getuid() != 0:
            self.skipTest("no cgroup namespace without root")
        self.terminal.start("-d", 60, *options, before=before)
        self.terminal.wait(HEADER)

    def quit(self):
        self.terminal.press("q")
        self.terminal.wait_for_shell()

    def test_there_by_itself_in_a_container_only(self):
        self.start()
        self.assertIn("to OOM", self.terminal.screen())
        self.terminal.press("W")
        self.terminal.said("Wrote configuration")
        self.quit()
        self.start(before="")  # the file has not made it the user's wish
        self.assertNotIn("to OOM", self.terminal.screen())
        self.quit()
        self.start("--host")
        self.assertNotIn("to OOM", self.terminal.screen())
        self.quit()

    def test_a_choice_is_remembered(self):
        self.start()
        self.terminal.press("p")
        self.terminal.wait_without("to OOM")
        self.terminal.press("W")
        self.terminal.said("Wrote configuration")
        self.quit()
        self.start()
        self.assertNotIn("to OOM", self.terminal.screen())
        self.quit()


class Input(TerminalCase):
    def test_sequences_in_pieces(self):
        self.terminal.start("-d", 60)
        self.terminal.press("C")
        self.terminal.wait("y = 1/")
        self.down_in_pieces(2, b"\033", b"[", b"B")
        self.down_in_pieces(3, b"\033O", b"B")

    def down_in_pieces(self, row, *pieces):
        """A busy machine may write the next piece when the time for it is over: then, and only then,
        once more."""
        there = f"y = {row}/"
        for _ in range(10):
            in_time = self.terminal.pieces(*pieces) < SEQUENCE_SECONDS
            if in_time or within(10, lambda: there in self.terminal.screen()):
                break
        self.terminal.wait(there)

    def test_escape_alone(self):
        self.terminal.start("-d", 60)
        self.terminal.wait(HEADER)
        self.terminal.press("L")
        self.terminal.wait("Locate string")
        self.terminal.press("Escape")
        self.terminal.wait_without("Locate string")

    def test_keys_come_through_without_a_delay(self):
        self.terminal.start("-d", 0)
        self.terminal.wait(HEADER)
        self.terminal.press("q")
        self.terminal.wait_for_shell()


class Output(TerminalCase):
    def test_hostile_names_and_command_lines(self):
        name = b"\033[2Jx\ny\xff"
        victims = [self.victim(name, "a\033]0;owned\007b\nc\tde\x9b"),
                   self.victim("wide 世界".encode())]
        self.terminal.start("-d", 60, "-p", ",".join(str(victim.pid) for victim in victims))
        screen = self.terminal.wait("?[2Jx?y?")
        self.assertIn("wide 世界", screen)
        self.assertIn("top - ", screen)  # nothing was cleared
        self.terminal.press("c")
        screen = self.terminal.wait("a?]0;owned?b?c?de")
        for key in ("C-k", "L"):
            self.terminal.press(key)
        self.assertNotIn("owned", self.terminal.format("#{pane_title}"))

    def test_only_what_changes_is_written(self):
        victim = self.victim(b"asleep")
        output = pathlib.Path(self.terminal.home.name, "output")
        self.terminal.start("-d", "0.5", "-p", victim.pid)
        self.terminal.wait("asleep")
        begun = time.monotonic()
        self.terminal.pipe_to(output)
        time.sleep(3)
        self.terminal.tmux("pipe-pane", "-t", "test")
        frames = (time.monotonic() - begun) / 0.5
        wait_for("all of the output", output.exists)
        written = output.read_bytes()
        self.assertIn(b"\033[", written)  # the clock goes on
        self.assertNotIn(CLEAR, written)
        # Of a screen of 3000 cells, most of them as before.
        self.assertLess(len(written), 250 * frames, written)
        self.terminal.press("Space")
        self.terminal.wait("asleep")

    def test_messages_go_away(self):
        self.terminal.start("-d", 60)
        self.terminal.wait(HEADER)
        self.terminal.press("K")
        self.terminal.said("Unknown command - try 'h' for help")
        self.terminal.wait_without("Unknown command")


class Resources(TerminalCase):
    def test_neither_fork_nor_thread(self):
        if shutil.which("setpriv") is None or os.getuid() != 0:
            self.skipTest("no setpriv, or not root")
        # As a user who may have no process at all: a fork or a thread would fail.
        self.terminal.start("-d", "0.2", before="setpriv --reuid=65534 --clear-groups "
                            "prlimit --nproc=0")
        self.terminal.wait(HEADER)
        pid = self.terminal.top_pid()
        for key in "hqfqAAVVctm1p":
            self.terminal.press(key)
        time.sleep(1)
        self.terminal.wait(HEADER)
        self.assertEqual(len(os.listdir(f"/proc/{pid}/task")), 1)

    def test_memory(self):
        self.terminal.start("-d", "0.2")
        self.terminal.wait(HEADER)
        pid = self.terminal.top_pid()
        for key in "cVAA1tmp":
            self.terminal.press(key)
        time.sleep(2)
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        peak_kib = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])
        tasks = int(re.search(r"(\d+) total", self.terminal.screen())[1])
        self.assertLessEqual(peak_kib, 8192 + max(0, tasks - 200) * 4)


if __name__ == "__main__":
    sys.exit(terminal.main(sys.modules["__main__"]))
