#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The RPMs that packaging/build-rpm.sh made: what is in them, and that they can be installed,
upgraded and erased, with nothing but their own dependencies resolved.

  test_rpm.py [CASE...]

build/packages/rpm-newer has the same sources as a newer release, for the upgrades. There is no RPM
distribution's image here: -static goes into an empty root, the dynamic packages into a Debian root
whose libraries a stub package stands for. Without a CASE, all but those in Docker. Exit status 77:
all skipped.
"""

import functools
import pathlib
import re
import shutil
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import roots  # noqa: E402
import suite  # noqa: E402
from roots import run_ok  # noqa: E402

PROJECT = HERE.parents[1]
PACKAGING = PROJECT / "packaging" / "rpm"
BUILT = PROJECT / "build" / "packages" / "rpm"
NEWER = PROJECT / "build" / "packages" / "rpm-newer"
NAMES = {"containerview", "containerview-debuginfo", "containerview-devel", "containerview-libs",
         "containerview-replace", "containerview-static", "containerview-static-debuginfo"}
TOOLS = "/usr/libexec/containerview"
NEVER_REPLACED = {"ps", "sysctl", "watch", "kill", "pkill", "pgrep"}
# What rpm 4.11, that of EL 7, knows.
RPMLIB_OF_EL7 = {"rpmlib(CompressedFileNames) <= 3.0.4-1", "rpmlib(FileDigests) <= 4.6.0-1",
                 "rpmlib(PayloadFilesHavePrefix) <= 4.0-1"}

# Debian's rpm does not install without being told that this is meant.
DEBIAN = ["--force-debian"] if pathlib.Path("/etc/debian_version").exists() else []


def query(package, *options):
    return run_ok(["rpm", "-qp", *options, package]).splitlines()


def by_name(directory):
    return {query(path, "--qf", "%{NAME}\n")[0]: path for path in directory.rglob("*.rpm")
            if not path.name.endswith(".src.rpm")}


@functools.cache
def older():
    return by_name(BUILT)


@functools.cache
def newer():
    return by_name(NEWER)


def unpacked(case, package):
    made = roots.empty_root(case)
    run_ok(["sh", "-c", f"rpm2cpio '{package}' | cpio --extract --make-directories --quiet"],
           cwd=made.path)
    return made


def file_names(package):
    """Without what differs from build to build."""
    return {name for name in query(package, "--list")
            if not re.match(r"/usr/(lib/\.build-id|share/(doc|licenses)/)", name)}


def setUpModule():
    if not shutil.which("rpmbuild"):
        raise unittest.SkipTest("no RPMs without rpmbuild")


class Contents(unittest.TestCase):
    maxDiff = None

    def test_all_packages_were_made(self):
        self.assertEqual(set(older()), NAMES)

    def test_versions_agree(self):
        version = re.search(r"^project\(containerview VERSION ([\d.]+)",
                            (PROJECT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]
        for spec in PACKAGING.glob("*.spec"):
            self.assertIn(f"\nVersion:        {version}\n", spec.read_text(), spec)
        self.assertEqual({query(path, "--qf", "%{EVR}\n")[0] for path in older().values()},
                         {f"{version}-1"})

    def test_rpmlint(self):
        """One spec at a time: it takes the specs of all source packages for one's."""
        roots.need(self, "rpmlint")
        static = set(BUILT.rglob("containerview-static-*.rpm"))
        for packages, spec in ((static, "containerview-static.spec"),
                               (set(BUILT.rglob("*.rpm")) - static, "containerview.spec")):
            run_ok(["rpmlint", "-c", PACKAGING / "rpmlint.toml", *packages, PACKAGING / spec])

    def test_what_an_old_rpm_must_be_able_to_read(self):
        for name in ("containerview-static", "containerview-replace"):
            package = older()[name]
            requires = set(query(package, "--requires"))
            self.assertLessEqual({r for r in requires if r.startswith("rpmlib(")}, RPMLIB_OF_EL7)
            tags = query(package, "--qf", "%{PAYLOADCOMPRESSOR} %{FILEDIGESTALGO} %{SIGMD5} "
                         "%{SHA1HEADER}\n")[0]
            self.assertRegex(tags, r"^gzip 8 [0-9a-f]{32} [0-9a-f]{40}$", name)

    def test_static_depends_on_nothing(self):
        package = older()["containerview-static"]
        self.assertLessEqual(set(query(package, "--requires")), RPMLIB_OF_EL7)
        binary = unpacked(self, package).path / "usr/bin/containerview"
        self.assertIn("There is no dynamic section", run_ok(["readelf", "--dynamic", binary]))
        self.assertNotIn("INTERP", run_ok(["readelf", "--program-headers", binary]))

    def test_scripts(self):
        """Only for a service manager, and none where nothing might be there to run them."""
        for name, package in older().items():
            scripts = "\n".join(query(package, "--scripts", "--triggers"))
            if name == "containerview":
                self.assertEqual(set(re.findall(r"\S+\.service", scripts)),
                                 {"containerviewd.service"})
            else:
                self.assertEqual(scripts, "", package)

    def test_both_kinds_have_the_same_files(self):
        self.assertEqual(file_names(older()["containerview"]),
                         file_names(older()["containerview-static"]))

    def test_replace_links_to_every_tool_and_nothing_else(self):
        links = {line.split(" -> ")[0]: line.split(" -> ")[1] for line in query(
            older()["containerview-replace"], "--qf",
            "[%{FILENAMES} -> %{FILELINKTOS}\n]") if line.startswith("/usr/local/")}
        tools = {pathlib.Path(n).name for n in query(older()["containerview"], "--list")
                 if n.startswith(f"{TOOLS}/")}
        self.assertLessEqual({"free", "uptime"}, tools)
        self.assertEqual(links, {f"/usr/local/bin/{t}": f"{TOOLS}/{t}" for t in tools})
        self.assertFalse(tools & NEVER_REPLACED)

    def test_every_program_has_a_manual_page(self):
        names = query(older()["containerview"], "--list")
        pages = {pathlib.Path(n).name for n in names if n.startswith("/usr/share/man/")}
        programs = {pathlib.Path(n).name for n in names if n.startswith("/usr/bin/")}
        self.assertLessEqual({f"{p}.{8 if p.endswith('d') else 1}.gz" for p in programs}, pages)

    def test_library_and_development_files(self):
        libs = query(older()["containerview-libs"], "--list")
        devel = query(older()["containerview-devel"], "--list")
        self.assertIn("/usr/lib64/libcontainerview.so.0", libs)
        self.assertNotIn("/usr/lib64/libcontainerview.so", libs)
        self.assertLessEqual(
            {"/usr/lib64/libcontainerview.so", "/usr/lib64/pkgconfig/containerview.pc",
             "/usr/include/containerview/containerview.h"}, set(devel))

    def test_debuginfo_belongs_to_the_binaries(self):
        for name in ("containerview", "containerview-static"):
            debug = query(older()[f"{name}-debuginfo"], "--list")
            self.assertTrue(any(re.match(r"/usr/lib/debug/usr/bin/containerview.*\.debug", d)
                                for d in debug), name)


class Rpm:
    """rpm on a root."""

    def __init__(self, case, root):
        self.case = case
        self.root = root
        run_ok(["rpm", "--root", root.path, "--initdb"])

    def __call__(self, *argv):
        return run_ok(["rpm", "--root", self.root.path, *DEBIAN, *argv])

    def install(self, packages, *options):
        """Installs or upgrades; every file is then as it was packaged."""
        self("-U", *options, *packages)
        self.verify(packages)

    def verify(self, packages):
        for package in packages:
            name, evr = query(package, "--qf", "%{NAME} %{EVR}\n")[0].split()
            self.case.assertEqual(self("-q", "--qf", "%{EVR}", name), evr)
            self.case.assertEqual(self("-V", name), "")


def some(packages, *names):
    return [packages[f"containerview{name}"] for name in names]


def stub(case, root):
    """A package without files that provides the libraries that the root has, so that rpm resolves
    the dependencies of ours against what is really there."""
    directory = roots.empty_root(case).path
    provides = run_ok(["sh", "-c", f"find '{root.path}'/usr/lib* '{root.path}'/lib* -name '*.so*' "
                       "| /usr/lib/rpm/find-provides | sort -u"]).split("\n")
    spec = directory / "stub.spec"
    # Not by files: rtld(GNU_HASH) is what Fedora's glibc provides by hand, and nothing here runs
    # the pkg-config that -devel asks for.
    spec.write_text("Name: stub\nVersion: 1\nRelease: 1\nSummary: Stub\nLicense: MIT\n"
                    "Provides: rtld(GNU_HASH), /usr/bin/pkg-config, /bin/sh\n"
                    + "".join(f"Provides: {line}\n" for line in provides if line)
                    + "%description\nStub.\n%files\n")
    run_ok(["rpmbuild", "-bb", "--define", f"_topdir {directory}", spec])
    return next(directory.rglob("stub-1-1.*.rpm"))


def debian_with_stub(case):
    """The library is where an RPM distribution has it, which Debian's loader has to be told."""
    root = roots.debian_root(case)
    (root.path / "etc/ld.so.conf.d/lib64.conf").write_text("/usr/lib64\n")
    rpm = Rpm(case, root)
    rpm("-U", stub(case, root))
    return root, rpm


class EmptyRoot(unittest.TestCase):
    """rpm --root and containerview-static."""
    maxDiff = None

    def setUp(self):
        roots.need_root(self)
        self.root = roots.empty_root(self)
        self.rpm = Rpm(self, self.root)

    def test_upgrade_and_back(self):
        for packages in (older(), newer()):
            self.rpm.install(some(packages, "-static", "-replace"))
            self.assertIn("containerview", self.root.run("free", "--version"))
        self.rpm.install(some(older(), "-static", "-replace"), "--oldpackage")
        self.assertIn("containerview", self.root.run("uptime", "--version"))

    def test_erase_leaves_nothing(self):
        self.rpm.install(some(older(), "-static", "-replace"))
        self.rpm("-e", "containerview-replace")
        self.assertEqual([f for f in self.root.files() if f.startswith("usr/local/")], [])
        self.assertIn("containerview", self.root.run("cv-free", "--version"))
        self.rpm("-e", "containerview-static")
        self.assertEqual(self.root.files(), set())

    def test_dependencies_are_checked(self):
        for names, message in ((("", "-libs"), "libc.so.6"), (("-replace",), "containerview-tools"),
                               (("-static", ""), "conflicts with containerview")):
            with self.assertRaisesRegex(AssertionError, re.escape(message)):
                self.rpm("-U", *some(older(), *names))


class OverDebian(unittest.TestCase):
    """The dynamic packages."""
    maxDiff = None

    def setUp(self):
        self.root, self.rpm = debian_with_stub(self)

    def install(self, packages, *options):
        self.rpm.install(some(packages, "", "-libs", "-devel", "-replace"), *options)
        self.root.run("ldconfig")
        for name in ("free", "uptime", "cv-free", "cv-uptime"):
            self.assertIn("containerview", self.root.run(name, "--version"), name)

    def test_upgrade_and_back(self):
        self.install(older())
        self.install(newer())
        self.install(older(), "--oldpackage")

    def test_erase_leaves_the_classics_as_they_were(self):
        before = self.root.files()
        classic = self.root.run("free", "--version")
        self.install(older())
        self.assertEqual(self.root.run("/usr/bin/free", "--version"), classic)
        for name in ("ps", "sysctl", "watch"):
            self.assertIn("procps-ng", self.root.run(name, "--version"))
        self.rpm("-e", "containerview-replace")
        self.assertEqual(self.root.run("free", "--version"), classic)
        self.rpm("-e", "containerview", "containerview-libs", "containerview-devel")
        self.assertEqual(self.root.files() - before, {"etc/ld.so.cache~"} & self.root.files())
        self.assertEqual(roots.changed_files(self.root, "procps"), [])

    def test_static_instead(self):
        self.install(older())
        self.rpm("-e", "--nodeps", "containerview", "containerview-libs", "containerview-devel")
        self.rpm.install(some(older(), "-static"))
        self.assertIn("containerview", self.root.run("free", "--version"))


class Dnf(unittest.TestCase):
    """dnf --installroot from a local repository."""
    maxDiff = None

    def setUp(self):
        roots.need_root(self)
        roots.need(self, "dnf", "createrepo_c")
        self.repository = roots.empty_root(self).path

    def publish(self, *packages):
        for package in packages:
            shutil.copy(package, self.repository)
        run_ok(["createrepo_c", "--quiet", "--update", self.repository])

    def dnf(self, root, *argv):
        return run_ok(["dnf", "--assumeyes", "--quiet", f"--installroot={root.path}",
                       "--releasever=1", "--setopt=reposdir=/nonexistent",
                       "--setopt=cachedir=/packages",
                       f"--repofrompath=local,file://{self.repository}", "--refresh",
                       "--nogpgcheck", *argv])

    def test_empty_root(self):
        """What can be installed there is -static alone, and it is enough to ask for -replace."""
        root = roots.empty_root(self)
        self.publish(*older().values())
        self.dnf(root, "install", "containerview-replace")
        rpm = Rpm(self, root)
        rpm.verify(some(older(), "-static", "-replace"))
        self.publish(*newer().values())
        self.dnf(root, "upgrade")
        rpm.verify(some(newer(), "-static", "-replace"))
        self.assertIn("containerview", root.run("free", "--version"))
        self.dnf(root, "downgrade", "containerview-static", "containerview-replace")
        rpm.verify(some(older(), "-static", "-replace"))
        self.dnf(root, "remove", "containerview-static")
        self.assertEqual(rpm("-qa"), "")

    def test_over_debian(self):
        """The dynamic ones are preferred, and dnf swap goes from one kind to the other."""
        root, rpm = debian_with_stub(self)
        self.publish(*older().values())
        self.dnf(root, "install", "containerview-replace")
        rpm.verify(some(older(), "", "-libs", "-replace"))
        self.dnf(root, "swap", "containerview", "containerview-static")
        rpm.verify(some(older(), "-static", "-replace"))
        self.assertIn("containerview", root.run("free", "--version"))


class InDocker(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.engine = roots.Engine(cls)

    def test_static_in_an_empty_image(self):
        root = roots.empty_root(self)
        Rpm(self, root).install(some(older(), "-static", "-replace"))
        roots.check_limited(self, self.engine.container(self, root, "free", "--seconds=600"))

    def test_dynamic_over_debian(self):
        root, rpm = debian_with_stub(self)
        rpm.install(some(older(), "", "-libs", "-replace"))
        root.run("ldconfig")
        roots.check_limited(self, self.engine.container(self, root, "sleep", "infinity"))


if __name__ == "__main__":
    sys.exit(suite.run(sys.argv[1:] or ["Contents", "EmptyRoot", "OverDebian", "Dnf"],
                       sys.modules["__main__"]))
