#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The helpers that decide what is installed (packaging/lib/deps.sh) and what counts as passed
(summary.py)."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
DEPS = HERE.parents[1] / "packaging" / "lib" / "deps.sh"

# Stand-ins for the package managers: they log how they were called; "there" alone is installed.
STUBS = {
    "dpkg-query": 'case $* in *there*) printf installed ;; *) exit 1 ;; esac',
    "rpm": 'case $* in *there*) exit 0 ;; *) exit 1 ;; esac',
    "apt-get": 'echo "apt-get $*" >>"$LOG"',
    "dnf": 'echo "dnf $*" >>"$LOG"',
    "sudo": 'echo "sudo" >>"$LOG"; exec "$@"',
    "id": 'echo "$FAKE_UID"',
}


class TemporaryDirectoryCase(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory(prefix="containerview-support.")
        self.addCleanup(made.cleanup)
        self.directory = pathlib.Path(made.name)


class Deps(TemporaryDirectoryCase):
    def setUp(self):
        super().setUp()
        self.log = self.directory / "log"
        self.log.write_text("")
        for name, body in STUBS.items():
            stub = self.directory / name
            stub.write_text(f"#!/bin/sh\n{body}\n")
            stub.chmod(0o755)

    def shell(self, script, uid=0):
        environment = {"PATH": f"{self.directory}:/usr/bin:/bin", "LOG": str(self.log),
                       "FAKE_UID": str(uid)}
        return subprocess.run(["sh", "-eu", "-c", f". {DEPS}\n{script}"], env=environment,
                              capture_output=True, text=True, timeout=30)

    def installed_by(self, script, uid=0):
        done = self.shell(script, uid)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.log.read_text().splitlines()

    def test_nothing_missing_touches_nothing(self):
        for manager in ("apt", "dnf"):
            self.assertEqual(self.installed_by(f"cv_install {manager} there there-too"), [])

    def test_apt_installs_what_is_missing(self):
        self.assertEqual(self.installed_by("cv_install apt there absent lost"),
                         ["apt-get update -qq",
                          "apt-get install -y -qq --no-install-recommends absent lost"])

    def test_dnf_installs_what_is_missing(self):
        self.assertEqual(self.installed_by("cv_install dnf absent there"),
                         ["dnf install -y -q absent"])

    def test_others_use_sudo(self):
        self.assertEqual(self.installed_by("cv_install dnf absent", uid=1000),
                         ["sudo", "dnf install -y -q absent"])

    def test_unknown_distribution_says_where_the_names_are(self):
        done = self.shell("cv_install none $(cv_build_packages none)")
        self.assertEqual(done.returncode, 0)
        self.assertIn("packaging/lib/deps.sh", done.stdout)
        self.assertEqual(self.log.read_text(), "")

    def test_distributions(self):
        for text, manager in (("ID=debian", "apt"), ("ID=ubuntu\nID_LIKE=debian", "apt"),
                              ('ID="linuxmint"\nID_LIKE="ubuntu debian"', "apt"),
                              ("ID=fedora", "dnf"),
                              ('ID="rocky"\nID_LIKE="rhel centos fedora"', "dnf"),
                              ("ID=arch", "none"), ("", "none")):
            release = self.directory / "os-release"
            release.write_text(text)
            found = self.shell(f"cv_package_manager {release}").stdout
            self.assertEqual(found, manager + "\n", text)
        self.assertEqual(self.shell("cv_package_manager /no/such/file").stdout, "none\n")

    def test_every_manager_has_a_compiler_and_a_test_framework(self):
        for manager in ("apt", "dnf"):
            build = self.shell(f"cv_build_packages {manager}").stdout.split()
            tests = self.shell(f"cv_test_packages {manager}").stdout.split()
            self.assertTrue({"cmake", "ninja-build"} <= set(build))
            self.assertTrue({"clang", "python3-jsonschema"} <= set(tests))
            self.assertEqual(set(build) & set(tests), set())


JUNIT = """<testsuite name="x">
<testcase name="good" status="run"><system-out>fine</system-out></testcase>
<testcase name="partly" status="run"><system-out>SKIP live.Case.one: no cgroup
done</system-out></testcase>
<testcase name="all" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/>
<system-out>SKIP live.Case.two: not root</system-out></testcase>
<testcase name="gtest" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
<system-out>a_test.cpp:7: Skipped
needs v2

[  SKIPPED ] A.B (0 ms)</system-out></testcase>
%s</testsuite>"""
BAD = """<testcase name="bad" status="fail"><failure message=""/>
<system-out>no</system-out></testcase>\n"""
MISSING = """<testcase name="missing" status="notrun"><skipped message="Unable to find executable"/>
<system-out>Unable to find executable: x</system-out></testcase>\n"""


class Summary(TemporaryDirectoryCase):
    def stage(self, name, status, junit=None):
        (self.directory / f"{name}.status").write_text(status + "\n")
        if junit is not None:
            (self.directory / f"{name}.xml").write_text(JUNIT % junit)

    def summary(self):
        done = subprocess.run([sys.executable, HERE / "summary.py", self.directory],
                              capture_output=True, text=True, timeout=30)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout.splitlines()

    def test_all_good(self):
        self.stage("tests", "passed", "")
        self.stage("format", "passed")
        code, lines = self.summary()
        self.assertEqual((code, lines[-1]), (0, "3 passed, 0 failed, 3 skipped"))
        self.assertEqual(lines[:-1], ["skipped: tests: partly: live.Case.one: no cgroup",
                                      "skipped: tests: all: live.Case.two: not root",
                                      "skipped: tests: gtest: needs v2"])

    def test_failed_and_missing_tests_fail(self):
        self.stage("tests", "failed", BAD + MISSING)
        code, lines = self.summary()
        self.assertEqual((code, lines[-1]), (1, "2 passed, 2 failed, 3 skipped"))
        self.assertIn("FAILED: tests: bad", lines)
        self.assertIn("FAILED: tests: missing", lines)

    def test_failed_stage_without_tests(self):
        self.stage("build", "failed")
        self.stage("format", "passed")
        code, lines = self.summary()
        self.assertEqual((code, lines), (1, ["FAILED: build: the stage",
                                             "1 passed, 1 failed, 0 skipped"]))

    def test_ctest_that_failed_although_no_test_did(self):
        self.stage("tests", "failed", "")
        code, lines = self.summary()
        self.assertEqual((code, lines[-1]), (1, "2 passed, 1 failed, 3 skipped"))

    def test_nothing_ran(self):
        self.assertEqual(self.summary(), (1, ["0 passed, 0 failed, 0 skipped"]))


if __name__ == "__main__":
    unittest.main()
