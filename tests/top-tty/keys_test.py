#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every core and common key of top, pressed on the built binary.

  keys_test.py --bin DIR [CLASS...]

Exit status 77 with the reason without tmux. What a key does to the model is in the unit tests;
here it is seen on the screen.
"""

import os
import pathlib
import re
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import terminal  # noqa: E402
from terminal import TerminalCase, ended, wait_for  # noqa: E402


class KeysCase(TerminalCase):
    """top shows three processes of ours and nothing else: the screen is known."""
    names = (b"cv-alpha", b"cv-beta", b"cv-gamma")

    def setUp(self):
        super().setUp()
        self.victims = [self.victim(name) for name in self.names]
        while (pids := [victim.pid for victim in self.victims]) != sorted(pids):  # numbers begin anew
            self.victims = [self.victim(name) for name in self.names]
        self.start()

    def start(self, *options):
        pids = ",".join(str(victim.pid) for victim in self.victims)
        self.terminal.start("-d", 60, "-p", pids, *options)
        self.terminal.wait("COMMAND")

    def press(self, *keys):
        self.terminal.press(*keys)
        return self.terminal

    def answer(self, key, prompt, text):
        self.press(key).wait(prompt)
        self.terminal.type(text)
        return self.terminal

    def task_lines(self):
        """The lines below the header."""
        lines = self.terminal.screen().rstrip("\n").split("\n")
        header = next(i for i, line in enumerate(lines) if "COMMAND" in line)
        return lines[header + 1:]

    def commands(self):
        return [line.split()[-1] for line in self.task_lines()]

    def wait_for_commands(self, *names):
        wait_for(lambda: f"{names}: {self.terminal.screen()}",
                 lambda: self.commands() == list(names))

    def toggles(self, key, text):
        """Pressed twice: there or gone, and back."""
        before = text in self.terminal.screen()
        for there in (not before, before):
            self.press(key)
            if there:
                self.terminal.wait(text)
            else:
                self.terminal.wait_without(text)


class Basics(KeysCase):
    def test_help(self):
        for key in "h?":
            self.press(key).wait("Keys of top")
            self.press("Space").wait("Keys of top, 2 of ")
            self.press("q").wait("COMMAND")

    def test_refresh(self):
        for count, key in enumerate(("Space", "Enter")):
            self.victims[count].process.kill()
            wait_for("it has ended", lambda: ended(self.victims[count].pid))
            self.press(key).wait(f"{count + 1} zombie")

    def test_delay(self):
        for key in "ds":
            self.answer(key, "Change delay from", "30")
            self.press(key).wait("Change delay from 30.0 to")
            self.press("Escape")
        self.answer("d", "Change delay", "x").said("Unacceptable floating point")

    def test_kill(self):
        first = self.victims[0]
        self.answer("k", f"PID to signal/kill [default pid = {first.pid}]", "")
        self.terminal.wait(f"Send pid {first.pid} signal [15/sigterm]")
        self.terminal.type("sigusr1")
        self.assertEqual(first.process.wait(30), -signal.SIGUSR1)
        self.answer("k", "PID to signal", str(self.victims[1].pid))
        self.terminal.wait("Send pid")
        self.press("Enter")
        self.assertEqual(self.victims[1].process.wait(30), -signal.SIGTERM)
        self.answer("k", "PID to signal", str(self.victims[1].pid))
        self.terminal.wait("Send pid")
        self.press("Enter").said(f"Failed signal pid '{self.victims[1].pid}' with '15': "
                                 "No such process")

    def test_renice(self):
        pid = self.victims[0].pid
        self.answer("r", f"PID to renice [default pid = {pid}]", "")
        self.terminal.wait(f"Renice PID {pid} to value")
        self.terminal.type("7")
        wait_for("renice", lambda: os.getpriority(os.PRIO_PROCESS, pid) == 7)

    def test_write(self):
        self.press("c", "x")
        screen = self.press("W").said("Wrote configuration to '")
        path = re.search(r"Wrote configuration to '([^']*)", screen)[1]
        self.assertTrue(path.startswith(self.terminal.home.name), path)
        self.press("q").wait_for_shell()
        self.start()
        self.terminal.wait("python3 -c")  # 'c' was remembered


class SecureMode(KeysCase):
    def start(self, *options):
        super().start("-s", *options)

    def test_refuses(self):
        for key in "dskr":
            self.press(key).said("Unavailable in secure mode")
            self.press("c").wait_without("Unavailable")


class Summary(KeysCase):
    def test_lines(self):
        self.toggles("l", "load average")
        self.press("t").wait("[")
        self.press("t", "t").wait_without("%Cpu")
        self.press("t").wait(" us, ")
        self.press("m").wait_without("buff/cache")
        self.press("m", "m").wait_without("Mem ")
        self.press("m").wait("buff/cache")
        self.toggles("1", "%Cpu0")
        self.toggles("p", "PSI")

    def test_units(self):
        self.press("E").wait("GiB Mem")
        for unit in ("TiB", "PiB", "EiB", "KiB", "MiB"):
            self.press("E").wait(f"{unit} Mem")
        self.press("e").wait(re.compile(r"\dm ").search)

    def test_irix(self):
        self.press("I").said("Irix mode Off")
        self.press("I").said("Irix mode On")

    def test_cpus(self):
        self.press("4").wait("%Cpu0")
        if not pathlib.Path("/sys/devices/system/node/node0/cpulist").exists():
            self.press("2").said("sorry, NUMA extensions unavailable")
            return
        self.press("2").wait("%Node0 :")
        self.press("3").wait("expand which node (0-")
        self.press("0", "Enter").wait("%Cpu0  :")
        self.press("3").wait("expand which node")
        self.press("99", "Enter").said("invalid node")


class Tasks(KeysCase):
    def test_sorting(self):
        up = ["cv-alpha", "cv-beta", "cv-gamma"]
        self.press("N")
        self.wait_for_commands(*reversed(up))
        self.press("R")
        self.wait_for_commands(*up)
        self.press("R", "x", "M").wait("COMMAND")
        for key in "PT<>":
            self.press(key)
        self.assertEqual(sorted(self.commands()), up)

    def test_filters(self):
        self.answer("o", "add filter #1 (ignoring case) as: [!]FLD?VAL", "COMMAND=BETA")
        self.wait_for_commands("cv-beta")
        self.press("C-o").wait("<Enter> to resume, filters: 'COMMAND=BETA'")
        self.press("Enter")
        self.answer("o", "add filter #2", "COMMAND=BETA").said("duplicate filter was ignored")
        self.press("=").wait("cv-gamma")
        self.answer("O", "add filter #1 (case sensitive)", "!COMMAND=beta").wait_without("cv-beta")
        self.answer("O", "add filter #2", "COMMAND=ALPHA").wait_without("cv-alpha")
        self.press("=").wait("cv-alpha")
        self.answer("o", "add filter #1", "NONSENSE=1").said(
            "unrecognized field name 'NONSENSE'")

    def test_users(self):
        self.answer("u", "Which user (blank for all)", "daemon").wait_without("cv-alpha")
        self.answer("u", "Which user", "").wait("cv-alpha")
        self.answer("U", "Which user", "!daemon").wait("cv-alpha")
        self.answer("u", "Which user", "no-such-user").said("Invalid user")

    def test_maximum(self):
        for key in "n#":
            self.answer(key, "change to (0 is unlimited)", "2")
            wait_for("two rows", lambda: len(self.task_lines()) == 2)
        self.answer("n", "Maximum tasks = 2", "0").wait("cv-gamma")

    def test_idle(self):
        self.toggles("i", "cv-alpha")

    def test_threads(self):
        self.press("H").wait("Threads:")
        self.press("H").wait("Tasks:")

    def test_locate(self):
        self.press("N", "R")
        self.wait_for_commands("cv-alpha", "cv-beta", "cv-gamma")
        self.answer("L", "Locate string", "beta")
        self.wait_for_commands("cv-beta", "cv-gamma")
        self.press("&").said('another "beta" not found')
        self.answer("L", "Locate string", "cv-")
        self.press("&")
        self.wait_for_commands("cv-gamma")

    def test_scrolling(self):
        self.press("N", "R", "C").wait("y = 1/3 (tasks), x = 1/12 (fields)")
        for key, position in (("Down", "y = 2/3"), ("PgDn", "y = 3/3"), ("Up", "y = 2/3"),
                              ("PgUp", "y = 1/3"), ("Right", "x = 2/12"), ("Left", "x = 1/12"),
                              ("End", "x = 12/12"), ("Home", "x = 1/12"), ("M-j", "y = 2/3"),
                              ("M-k", "y = 1/3"), ("M-l", "x = 2/12"), ("M-h", "x = 1/12")):
            self.press(key).wait(position)
        self.press("C").wait_without("y = ")

    def test_forest(self):
        self.toggles("S", "Cumulative time On")
        self.press("V", "v", "F", "F", "v").wait("cv-alpha")
        self.press("V").wait("cv-alpha")


class Look(KeysCase):
    def test_command_line(self):
        self.toggles("c", "python3 -c")

    def test_fields(self):
        self.press("f").wait("Fields Management for window 1:Def")
        self.press("Down", "d").wait("  USER ")
        self.press("Down", "s").wait("sort field is PR")
        self.press("Right", "Home", "Enter", "q").wait(re.compile(r"^ *PR +PID +NI", re.M).search)

    def test_zeros_and_times(self):
        self.toggles("0", " S   0.0 ")
        self.press("C-e").wait_without("0:00.")

    def test_width_and_justification(self):
        self.answer("X", "width incr is 0, change to (0 default, -1 auto)", "6").wait(
            re.compile(r"USER {8,}").search)
        self.answer("X", "width incr is 6", "0")
        self.press("J").wait(re.compile(r"^PID  ", re.M).search)
        self.press("J", "j").wait(re.compile(r"PID {3,}USER").search)

    def test_colours(self):
        coloured = re.compile("\033\\[[0-9;]*3[0-7]m")
        self.assertIsNone(coloured.search(self.terminal.screen(colours=True)))
        self.press("z")
        wait_for("colours", lambda: coloured.search(self.terminal.screen(colours=True)))
        self.press("z")
        wait_for("none", lambda: not coloured.search(self.terminal.screen(colours=True)))
        self.press("Z").wait("Colours of window 1:Def")
        self.press("H", "2", "Enter").wait("COMMAND")
        wait_for("green", lambda: "\033[32m" in self.terminal.screen(colours=True) or
                 "\033[7m\033[32m" in self.terminal.screen(colours=True))

    def test_highlights(self):
        def seen():
            return self.terminal.screen(colours=True)
        plain = seen()
        for key in "xyxbB":
            self.press(key).wait("COMMAND")
        wait_for("highlights", lambda: seen() != plain)


class Windows(KeysCase):
    def test_four(self):
        self.press("a").said("Command disabled, 'A' mode required")
        self.press("A").wait("1:Def - ")
        for name in ("2:Job", "3:Mem", "4:Usr"):
            self.press("a").wait(f"{name} - ")
        self.press("w").wait("3:Mem - ")
        self.answer("G", "Rename window 'Mem' to (1-3 chars)", "foo").wait("3:foo - ")
        self.press("g").wait("Choose field group (1 - 4)")
        self.press("1").wait("1:Def - ")
        self.press("-").wait_without("1  PID USER")
        self.press("c").said("Command disabled, activate Def with '-' or '_'")
        self.press("_").wait("PID USER")
        self.press("+").wait("nMaj")
        self.press("A").wait("top - ")


class Details(KeysCase):
    def test_bottom_window(self):
        pid = self.victims[-1].pid
        self.press("N").wait("cv-gamma")
        self.press("C-k").wait(f"command line for pid {pid}, cv-gamma")
        self.press("Tab").wait("command line for pid")
        for key, title in (("C-g", "control groups for pid"), ("C-n", "environment for pid"),
                           ("C-p", "namespaces for pid"), ("C-a", "capabilities for pid"),
                           ("C-u", "supplementary groups for pid"),
                           ("C-l", "message log, last 10 messages")):
            self.press(key).wait(title)
        self.press("C-l").wait_without("message log")


if __name__ == "__main__":
    sys.exit(terminal.main(sys.modules["__main__"]))
