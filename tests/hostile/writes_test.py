#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the tools do to the world: nothing. Under strace, none opens a file to write, makes, removes or
renames one, starts a program or talks to a network; but for containerviewd in its history directory
and top's `W` in its own. What is installed has no bit, capability or script that gives rights.

Usage: writes_test.py --bin DIR --build DIR [unittest arguments]"""

import argparse
import os
import pathlib
import pty
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]
from hostilelib import COMMANDS, TESTS, fixturelib, suite  # noqa: E402

BIN = pathlib.Path()  # set by main()
BUILD = pathlib.Path()
CALLS = ("%file,ftruncate,fchmod,fchown,fsetxattr,fremovexattr,fallocate,mmap,socket,connect,bind,"
         "execve,execveat,fork,vfork,clone,clone3,kill,tkill,tgkill,ptrace,setns,unshare,setuid,setgid,"
         "setresuid,setresgid,setgroups,capset,prctl,init_module,bpf,perf_event_open,clock_settime,"
         "settimeofday,setpriority,sched_setaffinity,sched_setscheduler,prlimit64,reboot")
# Of those, what only looks.
LOOKS = {"access", "faccessat", "faccessat2", "stat", "lstat", "newfstatat", "statx", "readlink",
         "readlinkat", "getcwd", "statfs", "statfs64", "open", "openat", "openat2", "getxattr",
         "listxattr", "mmap", "oldstat", "name_to_handle_at"}
WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE")


class Trace:
    """The system calls of one run, as strace writes them."""

    def __init__(self, text):
        self.calls = re.findall(r"(?m)^\d+ +(?:\d+\.\d+ )?(\w+)\((.*)$", text)

    def changes(self, allowed=()):
        """Those that may change something, the very first execve left out. `allowed`: directories."""
        found = []
        for number, (name, rest) in enumerate(self.calls):
            paths = re.findall(r'"((?:[^"\\]|\\.)*)"', rest)
            if number == 0 and name == "execve":
                continue
            if name in LOOKS and not (name.startswith("open") and WRITING.search(rest)) and not (
                    name == "mmap" and "PROT_WRITE" in rest and "MAP_SHARED" in rest):
                continue
            # The limit of open files is raised to what it may be (top), others are asked for.
            if name == "prlimit64" and re.search(r"\d+, RLIMIT_\w+, NULL|RLIMIT_NOFILE", rest):
                continue
            # The C library asks a name service daemon, if one runs.
            if name in ("socket", "connect") and ("AF_UNIX" in rest):
                continue
            if any(path.startswith(directory) for path in paths for directory in allowed):
                continue
            # Relative to the directory that it holds open, or on files that it has opened there.
            if allowed and (not paths or not paths[0].startswith("/")):
                continue
            found.append(f"{name}({rest[:200]}")
        return found


class Judge(unittest.TestCase):
    def test_what_counts_as_a_change(self):
        def changes(call, *allowed):
            return Trace(f'1 execve("/t", [], 0) = 0\n1 {call} = 0\n').changes(allowed)

        for call in ('openat(AT_FDCWD, "/x", O_WRONLY|O_CREAT, 0644)', 'unlink("/x")',
                     'mkdirat(3, "x", 0700)', 'rename("/x", "/y")', 'execve("/bin/sh", [], 0)',
                     'clone3({flags=0}, 88)', 'socket(AF_INET, SOCK_STREAM, 0)', 'kill(1, 9)',
                     'prlimit64(0, RLIMIT_CORE, {1}, NULL)',
                     'mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 3, 0)'):
            self.assertEqual(len(changes(call)), 1, call)
        for call in ('openat(AT_FDCWD, "/x", O_RDONLY|O_CLOEXEC)', 'statx(3, "/x", 0, 0, {})',
                     'mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE, 3, 0)'):
            self.assertEqual(changes(call), [], call)
        self.assertEqual(changes('unlink("/own/x")', "/own"), [])
        self.assertEqual(len(changes('unlink("/x")', "/own")), 1)


class Writes(unittest.TestCase):
    def setUp(self):
        if shutil.which("strace") is None:
            self.skipTest("needs strace")
        if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode:
            self.skipTest("strace may not trace here")
        scratch = tempfile.TemporaryDirectory(prefix="containerview-test.")
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)
        self.log = self.scratch / "strace"

    def strace(self, words):
        return ["strace", "-f", "-qq", "-e", f"trace={CALLS}", "-e", "signal=none", "-o",
                str(self.log), str(BIN / words[0]), *map(str, words[1:])]

    def trace(self):
        trace = Trace(self.log.read_text(errors="replace"))
        self.assertGreater(len(trace.calls), 10, "strace is to have seen something")
        return trace

    def test_no_tool_changes_anything(self):
        home = self.scratch / "home"
        home.mkdir()
        commands = [[*words, *["--json"] * (number % 2)] for number, words in enumerate(COMMANDS)]
        commands += [["free", "-s", "0.01", "-c", "2"], ["top", "-b", "-n", "2", "-d", "0.1"],
                     ["vmstat", "1", "2"], ["iostat", "1", "2"], ["containerview", "load"],
                     ["containerview", "info", "--pid", str(os.getpid())], ["free", "--cgroup", "/"],
                     ["free", "--help"], ["top", "--version"], ["nproc", "--no-such-option"]]
        for words in commands:
            subprocess.run(self.strace(words), stdin=subprocess.DEVNULL, capture_output=True,
                           env={"HOME": str(home), "PATH": os.environ["PATH"]}, timeout=120)
            with self.subTest(command=words):
                self.assertEqual(self.trace().changes(), [])
        self.assertEqual(list(home.iterdir()), [])

    def test_capture_writes_its_tree_alone(self):
        target = self.scratch / "captured"
        done = subprocess.run(self.strace(["containerview", "capture", target]),
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((target / "proc/meminfo").exists())
        self.assertEqual(self.trace().changes([str(target)]), [])

    def test_the_daemon_writes_its_history_alone(self):
        history = self.scratch / "history"
        daemon = subprocess.Popen(
            self.strace(["containerviewd", "--all", "--interval", "2", "--history", history]),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            deadline = time.monotonic() + 60
            while not history.exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            time.sleep(3)
        finally:
            for pid in children_of(daemon.pid):
                os.kill(pid, signal.SIGTERM)
            _, err = daemon.communicate(timeout=60)
        self.assertTrue(history.exists(), err)
        self.assertEqual(self.trace().changes([str(history)]), [])

    def test_top_writes_its_settings_alone(self):
        home = self.scratch / "home"
        home.mkdir()
        master, slave = pty.openpty()
        top = subprocess.Popen(self.strace(["top", "-d", "1"]), stdin=slave, stdout=slave,
                               stderr=slave, env={"HOME": str(home), "TERM": "xterm"},
                               start_new_session=True)
        os.close(slave)
        try:
            wait_for(master, b"PID")
            os.write(master, b"W")
            wait_for(master, b"rote")
            os.write(master, b"q")
            deadline = time.monotonic() + 30
            while top.poll() is None and time.monotonic() < deadline:
                drain(master)
        finally:
            if top.poll() is None:
                top.kill()
            top.wait()
            os.close(master)
        config = home / ".config"
        written = sorted(str(p.relative_to(home)) for p in home.rglob("*") if p.is_file())
        self.assertIn(".config/procps/toprc", written)
        self.assertTrue(all(name.startswith(".config/procps/toprc") for name in written), written)
        changes = [c for c in self.trace().changes([str(config)])
                   # Directories above that are there already, and the terminal that it is on.
                   if not c.startswith("mkdir(") and "/dev/tty" not in c]
        self.assertEqual(changes, [])


class Installed(unittest.TestCase):
    def test_nothing_gives_rights(self):
        with tempfile.TemporaryDirectory(prefix="containerview-test.") as scratch:
            done = subprocess.run(["cmake", "--install", str(BUILD), "--prefix", f"{scratch}/usr"],
                                  capture_output=True, text=True, timeout=120,
                                  env={**os.environ, "DESTDIR": ""})
            if done.returncode != 0:
                self.skipTest(f"not all is built: {done.stderr.strip().splitlines()[-1]}")
            files = list(pathlib.Path(scratch).rglob("*"))
            self.assertGreater(len(files), 30)
            for file in files:
                if file.is_symlink():
                    continue
                mode = file.stat().st_mode
                self.assertFalse(mode & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX), file)
                self.assertFalse(mode & (stat.S_IWGRP | stat.S_IWOTH), file)
                self.assertNotIn("security.capability", os.listxattr(file))

    def test_no_package_gives_rights(self):
        """Neither by a mode in a file list nor by a command in a script."""
        packaging = TESTS.parent / "packaging"
        giving = re.compile(r"setcap|chmod\s+(\S+\s+)*([ugo]*\+\w*s|[24567]\d{3})|"
                            r"%attr\(\s*[24567]\d{3}|%caps|dpkg-statoverride|install\s.*-m\s*[24567]\d{3}")
        seen = 0
        for file in packaging.rglob("*"):
            if file.is_file():
                seen += 1
                self.assertNotRegex(file.read_text(errors="replace"), giving, file)
        self.assertGreater(seen, 20)
        for wrong in ("chmod 4755 /usr/bin/x", "chmod u+s x", "setcap cap_sys_ptrace+ep x",
                      "%attr(4755,root,root) /x", "install -o root -m 2755 x y"):
            self.assertRegex(wrong, giving)


def children_of(pid):
    return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def drain(master):
    import select
    if select.select([master], [], [], 0.1)[0]:
        try:
            return os.read(master, 65536)
        except OSError:
            return b""
    return b""


def wait_for(master, text):
    seen, deadline = b"", time.monotonic() + 60
    while text not in seen:
        if time.monotonic() > deadline:
            raise AssertionError(f"no {text!r} in {seen[-500:]!r}")
        seen += drain(master)


def main():
    global BIN, BUILD
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=["Judge", "Writes", "Installed"])
    options = parser.parse_args()
    BIN = fixturelib.require_tools(options.bin, "containerviewd", *sorted({c[0] for c in COMMANDS}))
    BUILD = options.build.resolve()
    sys.exit(suite.run(options.names, sys.modules["__main__"]))


if __name__ == "__main__":
    main()
