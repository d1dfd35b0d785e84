#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""That nothing we ship makes a thread: then there is nothing for ThreadSanitizer to find. What could
make one is looked for in the code that the linker left in, not in the sources.

  threads_test.py [--case CLASS] FILE...

FILE is an executable or a shared library. A dynamic one may not ask the C library for what makes
threads, nor reach it behind our back: no dlopen(3), no system call of its own, no library that is
not known to make none. A static one has neither the functions nor the system calls in it.
"""

import argparse
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

# Functions that make a thread, by themselves or for what they are asked to do: SIGEV_THREAD, aio.
MAKERS = re.compile(
    r"_*(pthread_create(_\w+)?|thrd_create|clone3?|clone_internal|timer_create|mq_notify|"
    r"aio_(read|write|fsync)(64)?|lio_listio(64)?|getaddrinfo_a|"
    r"ZNSt6thread\w*_M_start_thread\w*|ZSt5async\w*)(@.*)?")
# What could reach one without its name.
BACKDOORS = re.compile(r"(dlopen|dlmopen|dlsym|syscall)(@.*)?")
# No libm: it is a twentieth of a start (tools/common/whole_numbers.hpp).
LIBRARIES = re.compile(r"(libc|libgcc_s|libstdc\+\+|libcontainerview|ld-linux\S*)\.so\.\d+")
CLONE = {56: "clone", 435: "clone3"}  # x86-64
files = []


def run(*command):
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                          check=True, timeout=300).stdout


def names(*command):
    """Of symbols, as nm prints them."""
    return {line.split()[-1] for line in run("nm", *command).splitlines()}


def clone_calls(disassembly):
    """Where a system call that makes a thread is made: its number is put into eax, then "syscall"
    follows before the number is lost."""
    number, found = None, []
    for line in disassembly.splitlines():
        loaded = re.search(r"\bmov\s+\$0x([0-9a-f]+),%(?:eax|rax)", line)
        if loaded:
            number = int(loaded[1], 16)
        elif re.search(r"\s(ret|jmp)\b", line):
            number = None
        elif re.search(r"\ssyscall\b", line) and number in CLONE:
            found.append(f"{CLONE[number]}: {line.strip()}")
    return found


def what_makes_threads(path):
    """Why this file could make a thread; nothing: it can not."""
    found = []
    dynamic = "INTERP" in run("readelf", "-lW", path) or "DYNAMIC" in run("readelf", "-lW", path)
    disassembly = run("objdump", "-d", "--no-show-raw-insn", path)
    if dynamic:
        asked = names("-D", "--undefined-only", path)
        found += [f"asks for {name}" for name in sorted(asked)
                  if MAKERS.fullmatch(name) or BACKDOORS.fullmatch(name)]
        if re.search(r"\ssyscall\b", disassembly):
            found.append("makes a system call of its own")
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", path))
        found += [f"loads {name}" for name in needed if not LIBRARIES.fullmatch(name)]
    else:
        held = names(path)
        if "main" not in held:
            found.append("has no symbols: nothing can be told")
        found += [f"holds {name}" for name in sorted(held) if MAKERS.fullmatch(name)]
        found += clone_calls(disassembly)
    return found


class Shipped(unittest.TestCase):
    def test_nothing_makes_a_thread(self):
        self.assertTrue(files)
        for path in files:
            with self.subTest(file=path):
                self.assertEqual(what_makes_threads(path), [])


@unittest.skipUnless(shutil.which("c++"), "no compiler")
class Itself(unittest.TestCase):
    """It would be seen."""

    def found(self, text, *options):
        with tempfile.TemporaryDirectory(prefix="containerview-test.") as made:
            program = pathlib.Path(made) / "program"
            subprocess.run(["c++", "-x", "c++", "-std=c++20", "-O1", "-o", program, "-", *options],
                           input=text, text=True, check=True, timeout=300)
            return " ".join(what_makes_threads(program))

    def test_none(self):
        self.assertEqual(self.found("int main() { return 0; }"), "")
        self.assertEqual(self.found("int main() { return 0; }", "-static"), "")

    def test_standard_library(self):
        text = "#include <thread>\nint main() { std::thread([] {}).join(); }"
        self.assertIn("_M_start_thread", self.found(text))
        self.assertIn("pthread_create", self.found(text, "-static-libstdc++"))
        self.assertIn("holds pthread_create", self.found(text, "-static"))
        self.assertIn("clone", self.found(text, "-static"))

    def test_without_its_name(self):
        text = "#include <unistd.h>\nint main() { return (int)syscall(56, 0, 0, 0, 0, 0); }"
        self.assertIn("asks for syscall", self.found(text))
        text = ('long main2() { long a = 56; asm volatile("mov $56, %%eax; syscall" : "+a"(a)); '
                "return a; }\nint main() { return (int)main2(); }")
        self.assertIn("system call of its own", self.found(text))
        self.assertIn("clone: ", self.found(text, "-static"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--case", action="append")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    files.extend(arguments.files)
    return suite.run(arguments.case or ["Shipped", "Itself"], sys.modules[__name__])


if __name__ == "__main__":
    sys.exit(main())
