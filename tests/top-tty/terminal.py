# SPDX-License-Identifier: Apache-2.0
"""The built top on a terminal: a private tmux that presses keys and reads the screen."""

import argparse
import ctypes
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import suite  # noqa: E402

PATIENCE = 30  # seconds: the machine may be busy
PROMPT = "ready>"
PR_SET_NAME = 15
PR_SET_PDEATHSIG = 1

top = pathlib.Path()


def within(seconds, true):
    """What true() gives as soon as it gives something; None if that takes longer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = true()
        if result:
            return result
        time.sleep(0.02)
    return None


def wait_for(what, true):
    """Until true() gives something: that. Fails with `what`, which may be a function."""
    if result := within(PATIENCE, true):
        return result
    raise AssertionError(f"not in time: {what() if callable(what) else what}")


def ended(pid):
    """Also if nobody has asked for its status yet."""
    try:
        return ") Z " in pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


class Victim:
    """A process that sleeps, under a name and with a command line."""

    def __init__(self, name, command="python3"):
        def prepare():
            libc = ctypes.CDLL(None)
            libc.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0)

        code = (f"import ctypes, time; ctypes.CDLL(None).prctl({PR_SET_NAME}, {name!r}, 0, 0, 0)\n"
                "print(flush=True); time.sleep(1000)")
        self.process = subprocess.Popen([command, "-c", code], executable="/usr/bin/python3",
                                        stdout=subprocess.PIPE, preexec_fn=prepare)
        self.process.stdout.readline()
        self.pid = self.process.pid

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Terminal:
    """One tmux server with one window, in which a shell runs: what a program leaves is seen."""

    def __init__(self, columns=100, rows=30, **environment):
        self.home = tempfile.TemporaryDirectory(prefix="containerview-test.")
        self.server = ["tmux", "-S", f"{self.home.name}/socket", "-f", "/dev/null"]
        self.environment = {"PATH": os.environ["PATH"], "HOME": self.home.name,
                            "LC_ALL": "C.UTF-8", **environment}
        self.asked = 0
        self.pids = []
        self.tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), "-s", "test",
                  f"exec env 'PS1={PROMPT}' bash --norc --noprofile -i")
        self.tmux("set-option", "-g", "status", "off")
        self.pids = [self.shell_pid(), int(self.format("#{pid}"))]
        self.tmux("resize-window", "-t", "test", "-x", str(columns), "-y", str(rows))

    def tmux(self, *words):
        done = subprocess.run([*self.server, *words],
                              capture_output=True, text=True, env=self.environment, timeout=30)
        if done.returncode != 0:
            raise AssertionError(f"tmux {words}: {done.stderr}")
        return done.stdout

    def close(self):
        subprocess.run([*self.server, "kill-server"], capture_output=True, timeout=30)
        # They may write there until they end.
        wait_for("tmux and the shell end",
                 lambda: not any(pathlib.Path(f"/proc/{pid}").exists() for pid in self.pids))
        self.home.cleanup()

    def screen(self, colours=False):
        return self.tmux("capture-pane", "-p", "-t", "test", *(["-e"] if colours else []))

    def lines(self):
        return self.screen().split("\n")

    def wait(self, text):
        """The screen, as soon as `text` (or one that true(screen) accepts) is on it."""
        return wait_for(lambda: f"{text!r} in\n{self.screen()}", lambda: self.screen_with(text))

    def screen_with(self, text):
        """The screen if that is on it, as for wait()."""
        screen = self.screen()
        return screen if (text(screen) if callable(text) else text in screen) else None

    def wait_for_shell(self):
        return self.wait(lambda screen: screen.rstrip("\n").endswith("\n" + PROMPT) or
                         screen.strip() == PROMPT)

    def wait_without(self, text):
        return self.wait(lambda screen: text not in screen)

    def press(self, *keys):
        """Names as tmux knows them: "q", "Enter", "C-o", "M-j"."""
        self.tmux("send-keys", "-t", "test", *keys)

    def type(self, text, enter=True):
        self.tmux("send-keys", "-t", "test", "-l", text)
        if enter:
            self.press("Enter")

    def pieces(self, *pieces):
        """Each by itself, some milliseconds apart, in one command: tmux takes long to start. Gives the
        seconds from before the first to after the last."""
        words = []
        for piece in pieces:
            words += ["send-keys", "-t", "test", "-H", *(f"{byte:02x}" for byte in piece), ";",
                      "run-shell", "sleep 0.005", ";"]
        begun = time.monotonic()
        self.tmux(*words[:-1])
        return time.monotonic() - begun

    def pipe_to(self, path):
        """From now on to the next `pipe-pane`, what is written to the terminal: the file is there when
        it is whole."""
        self.tmux("pipe-pane", "-t", "test", f"cat >'{path}.part'; mv '{path}.part' '{path}'")

    def resize(self, columns, rows):
        self.tmux("resize-window", "-t", "test", "-x", str(columns), "-y", str(rows))

    def format(self, what):
        return self.tmux("display-message", "-p", "-t", "test", what).strip()

    def shell_pid(self):
        return int(self.format("#{pane_pid}"))

    def top_pid(self):
        """The shell's only child."""
        def find():
            pid = self.shell_pid()
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            return int(children[0]) if children else None
        return wait_for("top runs", find)

    def cursor_shown(self):
        return self.format("#{cursor_flag}") == "1"

    def modes(self):
        """As a command sees them."""
        self.asked += 1
        self.type(f"clear; echo modes{self.asked}=$(stty -g)=")
        seen = self.wait(lambda screen: re.search(rf"modes{self.asked}=[0-9a-f:]+=", screen))
        return re.search(r"=([0-9a-f:]+)=", seen)[1]

    def said(self, text):
        """A message of top's, which goes away after a second: where we came too late, it is in the
        log that C-l shows. Gives the screen."""
        if screen := within(1, lambda: self.screen_with(text)):
            return screen
        self.press("C-l")
        self.wait("message log, last 10 messages")
        screen = self.wait(text)
        self.press("C-l")
        self.wait_without("message log")
        return screen

    def start(self, *options, before=""):
        self.type("clear")  # what an earlier one left would be taken for this one's
        self.wait(lambda screen: screen.strip() == PROMPT)
        self.type(f"clear; {before} {shlex.join([str(top), *map(str, options)])}")


class TerminalCase(unittest.TestCase):
    columns, rows = 100, 30

    @classmethod
    def setUpClass(cls):
        if shutil.which("tmux") is None:
            raise unittest.SkipTest("no tmux")

    def setUp(self):
        self.terminal = Terminal(self.columns, self.rows)
        self.addCleanup(self.terminal.close)
        self.terminal.wait_for_shell()
        self.modes = self.terminal.modes()

    def victim(self, *arguments):
        victim = Victim(*arguments)
        self.addCleanup(victim.close)
        return victim

    def assert_shell(self):
        """The shell has its terminal back as it was."""
        self.assertEqual(self.terminal.modes(), self.modes)
        self.assertTrue(self.terminal.cursor_shown())


def main(module):
    global top  # set once, before any test runs
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    top = options.bin.resolve(strict=True) / "top"
    cases = [name for name, value in vars(module).items()
             if isinstance(value, type) and issubclass(value, TerminalCase)
             and value is not TerminalCase]
    return suite.run(options.names or cases, module)
