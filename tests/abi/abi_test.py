#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The ABI: which symbols the library exports, that its headers compile for any caller, that nothing
changed against the recorded baseline, and that an installed tree can be built against.

  abi_test.py --build DIR [CASE...]

DIR is a build directory with the library and the tools in it. Exit status 77 if every case was
skipped.
"""

import argparse
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import suite  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
LIBRARY_SOURCE = HERE.parents[1] / "libcontainerview"
INCLUDE = LIBRARY_SOURCE / "include"
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", "-fsyntax-only"]
build = pathlib.Path()


class AbiCase(unittest.TestCase):
    maxDiff = None

    def run_ok(self, command, **options):
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                              timeout=300, **options)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout

    def temporary_directory(self):
        made = tempfile.TemporaryDirectory(prefix="containerview-abi.")
        self.addCleanup(made.cleanup)
        return pathlib.Path(made.name)

    @staticmethod
    def library():
        return build / "libcontainerview" / "libcontainerview.so.0"


class Symbols(AbiCase):
    def exported(self):
        """NAME@@VERSION of each defined dynamic symbol."""
        text = self.run_ok(["nm", "-D", "--defined-only", "--with-symbol-versions", self.library()])
        names = {line.split()[2] for line in text.splitlines()}
        return sorted(name for name in names if not re.match(r"CV_[\d.]+", name))  # the versions

    def test_exported_symbols_are_the_listed_ones(self):
        self.assertEqual(self.exported(), (HERE / "symbols.txt").read_text().split())

    def test_every_function_of_the_header_is_exported(self):
        header = (INCLUDE / "containerview" / "containerview.h").read_text()
        declared = re.findall(r"^CV_API\s[^;(]*?\b(cv_\w+)\(", header, re.MULTILINE)
        self.assertEqual(sorted(declared), [name.partition("@")[0] for name in self.exported()])

    def test_soname(self):
        text = self.run_ok(["readelf", "-d", self.library()])
        self.assertIn("Library soname: [libcontainerview.so.0]", text)


class Headers(AbiCase):
    def compile(self, compilers, language, standard, text):
        found = [c for c in compilers if shutil.which(c)]
        self.assertTrue(found, f"none of {compilers} is installed")
        for compiler in found:
            with self.subTest(compiler=compiler, standard=standard):
                self.run_ok([compiler, "-x", language, f"-std={standard}", *STRICT,
                             f"-I{INCLUDE}", "-"], input=text)

    def test_c11(self):
        use = "int use(void); int use(void) { CV_INIT(cv_memory, m); return (int)m.valid; }"
        self.compile(["gcc", "clang"], "c", "c11",
                     f"#include <containerview/containerview.h>\n{use}\n")

    def test_c_header_as_cpp20(self):
        use = "int use(); int use() { CV_INIT(cv_memory, m); return static_cast<int>(m.valid); }"
        self.compile(["g++", "clang++"], "c++", "c++20",
                     f"#include <containerview/containerview.h>\n{use}\n")

    def test_cpp_header(self):
        self.compile(["g++", "clang++"], "c++", "c++20",
                     "#include <containerview/containerview.hpp>\n")


class Baseline(AbiCase):
    """Against what record_baseline.sh recorded when the ABI was last changed on purpose."""

    def setUp(self):
        self.baseline = LIBRARY_SOURCE / "abi" / f"libcontainerview-{platform.machine()}.abi"
        if not shutil.which("abidiff"):
            self.skipTest("abidiff is not installed")
        if not self.baseline.exists():
            self.skipTest(f"no baseline for {platform.machine()}")

    def abidiff(self, baseline):
        return subprocess.run(["abidiff", "--no-added-syms", baseline, self.library()],
                              capture_output=True, text=True, timeout=300)

    def test_nothing_changed_but_additions(self):
        done = self.abidiff(self.baseline)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_changed_struct_would_be_noticed(self):
        text = self.baseline.read_text()
        size = re.search(r"name='cv_memory' size-in-bits='(\d+)'", text)
        other = self.temporary_directory() / "other.abi"
        other.write_text(text[:size.start(1)] + str(int(size[1]) + 64) + text[size.end(1):])
        done = self.abidiff(other)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("cv_memory", done.stdout)


class Consumers(AbiCase):
    """Staged as a package is: DESTDIR and the configured prefix."""

    def setUp(self):
        self.root = self.temporary_directory()
        stage = self.root / "stage"
        self.run_ok(["cmake", "--install", build], env={**os.environ, "DESTDIR": str(stage)})
        self.libdir = next(stage.rglob("libcontainerview.so.0")).parent
        self.stage = stage

    def check_runs(self, program):
        environment = {**os.environ, "LD_LIBRARY_PATH": str(self.libdir)}
        # Only the staged library will do: the programs carry no path into the build directory.
        self.assertIn(str(self.libdir), self.run_ok(["ldd", program], env=environment))
        self.assertRegex(self.run_ok([program], env=environment),
                         r"^libcontainerview 0\.1\.\d+: \d+ bytes\n$")

    def test_through_cmake(self):
        output = self.root / "build"
        prefix = self.libdir.parent
        while not (prefix / "include").is_dir():  # lib/ or lib/ARCH/
            prefix = prefix.parent
        self.run_ok(["cmake", "-S", HERE / "consumer", "-B", output, "-G", "Ninja",
                     f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_SKIP_RPATH=ON"])
        self.run_ok(["cmake", "--build", output])
        for program in ("consumer_c", "consumer_cpp"):
            self.check_runs(output / program)

    def test_through_pkg_config(self):
        environment = {**os.environ, "PKG_CONFIG_PATH": str(self.libdir / "pkgconfig"),
                       "PKG_CONFIG_SYSROOT_DIR": str(self.stage)}
        query = ["pkg-config", "--cflags", "--libs", "containerview"]
        flags = self.run_ok(query, env=environment).split()
        for compiler, source in (("gcc -std=c11", "consumer.c"),
                                 ("g++ -std=c++20", "consumer.cpp")):
            program = self.root / source.replace(".", "_")
            self.run_ok([*compiler.split(), "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                         HERE / "consumer" / source, "-o", program, *flags])
            self.check_runs(program)


def main():
    global build
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=["Symbols", "Headers", "Baseline", "Consumers"])
    options = parser.parse_args()
    build = options.build.resolve(strict=True)
    return suite.run(options.names, sys.modules[__name__])


if __name__ == "__main__":
    sys.exit(main())
