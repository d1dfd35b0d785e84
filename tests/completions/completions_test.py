#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The generated completions, asked by the shells themselves.

  completions_test.py --bin DIR --completions DIR [CLASS...]

Exit status 77 with the reason if the shell of every class asked for is missing.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import suite  # noqa: E402

bin_dir = pathlib.Path()
completions = pathlib.Path()


class ShellCase(unittest.TestCase):
    shell = None

    def setUp(self):
        if shutil.which(self.shell) is None:
            self.skipTest(f"no {self.shell}")

    def run_shell(self, script, **options):
        environment = {**os.environ, "PATH": f"{bin_dir}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        done = subprocess.run([self.shell, *options.pop("arguments", ["-c"]), script],
                              capture_output=True, text=True, env=environment, timeout=240,
                              stdin=subprocess.DEVNULL, **options)
        self.assertEqual(done.stderr, "")
        return done.stdout.split("\n")

    def complete(self, line):
        raise NotImplementedError

    def check(self, line, wanted, unwanted=()):
        offered = self.complete(line)
        for word in wanted:
            self.assertIn(word, offered, f"{line!r}: {offered}")
        for word in unwanted:
            self.assertNotIn(word, offered, f"{line!r}: {offered}")

    def check_all(self):
        self.check("cv-free --s", ["--seconds", "--si", "--sysroot"], ["--total"])
        self.check("cv-uptime --", ["--since", "--container", "--json"], ["--seconds"])
        self.check("containerview ", ["info", "explain", "capture"], ["free"])
        self.check("containerview explain memory.av", ["memory.available_bytes"],
                   ["memory.total_bytes", "info"])
        self.check("cv-free --pid ", [str(os.getpid())])
        with tempfile.TemporaryDirectory() as directory:
            for name in ("one", "other"):
                (pathlib.Path(directory) / name).mkdir()
            (pathlib.Path(directory) / "outline.txt").touch()
            offered = {word.rstrip("/").rpartition("/")[2]  # zsh leaves out what is typed
                       for word in self.complete(f"cv-free --sysroot {directory}/o")}
            self.assertLessEqual({"one", "other"}, offered)
            self.assertNotIn("outline.txt", offered)


class Bash(ShellCase):
    shell = "bash"

    def complete(self, line):
        words = line.split(" ")
        command = words[0]
        quoted = " ".join(f"'{word}'" for word in words)
        return self.run_shell(f"""
            source '{completions}/bash/{command}'
            COMP_WORDS=({quoted}) COMP_CWORD={len(words) - 1}
            function=$(complete -p '{command}' | sed 's/.*-F \\([^ ]*\\).*/\\1/')
            "$function"
            printf '%s\\n' "${{COMPREPLY[@]}}"
        """)

    def test_completions(self):
        self.check_all()

    def test_option_and_value_joined(self):
        # bash breaks words at '='
        self.assertIn(str(os.getpid()), self.complete("cv-free --pid ="))
        self.assertIn(str(os.getpid()), self.complete(f"cv-free --pid = {os.getpid()}"))

    def test_number_has_nothing_to_offer(self):
        self.assertEqual("".join(self.complete("cv-free -s ")), "")


class Fish(ShellCase):
    shell = "fish"

    def complete(self, line):
        command = line.split(" ")[0]
        lines = self.run_shell(f"source '{completions}/fish/{command}.fish'; complete -C '{line}'",
                               arguments=["--no-config", "-c"])
        return [entry.split("\t")[0] for entry in lines]

    def test_completions(self):
        self.check_all()


class Zsh(ShellCase):
    """zsh completes only on a terminal: it gets one of its own, and a Tab. compadd, through which
    every candidate goes, is wrapped to print them: what zsh draws would be harder to read."""
    shell = "zsh"

    def complete(self, line):
        script = f"""
            zmodload zsh/zpty
            zpty -b shell 'PS1= PS2= TERM=dumb zsh -f -i'
            zpty -w shell 'LISTMAX=99999'
            zpty -w shell "fpath=('{completions}/zsh' $fpath)"
            zpty -w shell 'autoload -Uz compinit && compinit -u -D; bindkey "^I" list-choices'
            zpty -w shell 'compadd () {{ local -a hits; local -i status_; builtin compadd -O hits "$@"; status_=$?; print -rl -- "HIT:"${{^hits}}; (( $@[(I)-[OAD]] )) && return status_; builtin compadd "$@" }}'
            zpty -w shell 'print READY-$((1+1))'
            zpty -r -m shell ignored '*READY-2*'
            zpty -w -n shell '{line}'$'\\t'
            zpty -w -n shell $'\\x15'
            zpty -w shell 'print DONE-$((1+1))'
            zpty -r -m shell text '*DONE-2*'
            print -r -- $text
            zpty -d shell
        """
        lines = self.run_shell(script, arguments=["-f", "-c"])
        # The first may follow the echoed line.
        return re.findall(r"HIT:(\S+)", "\n".join(lines))

    def test_completions(self):
        self.check_all()


def main():
    global bin_dir, completions  # set once, before any test runs
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, type=pathlib.Path)
    parser.add_argument("--completions", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=["Bash", "Fish", "Zsh"])
    options = parser.parse_args()
    bin_dir = options.bin.resolve(strict=True)
    completions = options.completions.resolve(strict=True)
    return suite.run(options.names, sys.modules["__main__"])


if __name__ == "__main__":
    sys.exit(main())
