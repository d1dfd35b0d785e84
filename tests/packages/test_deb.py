#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Debian packages that packaging/build-deb.sh made: what is in them, and that the diversions of
containerview-replace hold and end in every way that dpkg can go.

  test_deb.py [CASE...]

Without a CASE, all but those in Docker. Exit status 77: all skipped.
"""

import functools
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import roots  # noqa: E402
import suite  # noqa: E402
from roots import run_ok  # noqa: E402

PROJECT = HERE.parents[1]
BUILT = PROJECT / "build" / "packages" / "deb"
NAMES = {"containerview", "containerview-replace", "containerview-static", "libcontainerview0",
         "libcontainerview-dev", "containerview-dbgsym", "containerview-static-dbgsym",
         "libcontainerview0-dbgsym"}
TOOLS = "usr/libexec/containerview"
DYNAMIC = ("containerview", "libcontainerview0", "containerview-replace")
STATIC = ("containerview-static", "containerview-replace")
# Rules for uploads to Debian's archive, which these packages are not for.
FOR_THE_ARCHIVE = "initial-upload-closes-no-bugs,debian-watch-file-is-missing"
NEWER = "9-1"
NEW_TOOL = "slabtop"  # one of procps's that the newer package replaces too


def field(package, name):
    return run_ok(["dpkg-deb", "--field", package, name]).strip()


@functools.cache
def built():
    return {field(path, "Package"): path for path in BUILT.glob("*.deb")}


def contents(package):
    """Path to link target, or None: all but directories."""
    lines = run_ok(["dpkg-deb", "--contents", package]).splitlines()
    names = [line.split(None, 5)[5] for line in lines if not line.startswith("d")]
    return {name.partition(" -> ")[0][2:]: name.partition(" -> ")[2] or None for name in names}


def repacked(case, name, edit):
    """The package as edit(directory) leaves its unpacked tree."""
    directory = roots.empty_root(case).path
    tree = directory / "tree"
    run_ok(["dpkg-deb", "--raw-extract", built()[name], tree])
    edit(tree)
    return run_ok(["dpkg-deb", "--root-owner-group", "--build", tree, directory]) and \
        next(directory.glob("*.deb"))


def replace_in(path, old, new):
    text = path.read_text()
    assert old in text, f"{path}: no {old!r}"
    path.write_text(text.replace(old, new))


def newer_version(tree):
    control = tree / "DEBIAN" / "control"
    control.write_text(re.sub(r"(?m)^Version: .*", f"Version: {NEWER}", control.read_text()))


def newer_replace(tree):
    """A later version with one tool more."""
    newer_version(tree)
    for script, before in (("preinst", "for tool in "), ("postinst", 'case " ')):
        replace_in(tree / "DEBIAN" / script, before, f"{before}{NEW_TOOL} ")
    tool = tree / "usr/bin" / NEW_TOOL
    tool.write_text("#!/bin/sh\necho containerview\n")
    tool.chmod(0o755)


def setUpModule():
    if not shutil.which("dpkg-buildpackage"):
        raise unittest.SkipTest("no Debian packages without dpkg-dev")


class Contents(unittest.TestCase):
    maxDiff = None

    def test_all_packages_were_made(self):
        self.assertEqual(set(built()), NAMES)

    def test_version(self):
        version = re.search(r"^project\(containerview VERSION ([\d.]+)",
                            (PROJECT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]
        self.assertEqual({field(path, "Version") for path in built().values()}, {f"{version}-1"})

    def test_lintian(self):
        roots.need(self, "lintian")
        changes, = BUILT.glob("*.changes")
        user = ["--allow-root"] if run_ok(["id", "-u"]).strip() == "0" else []
        output = run_ok(["lintian", *user, "--fail-on", "error,warning,info", "--display-info",
                         "--tag-display-limit", "0", "--suppress-tags", FOR_THE_ARCHIVE, changes])
        self.assertEqual(output, "")

    def test_static_depends_on_nothing(self):
        self.assertEqual(field(built()["containerview-static"], "Depends"), "")
        made = roots.empty_root(self).path
        run_ok(["dpkg-deb", "--extract", built()["containerview-static"], made])
        binary = made / "usr/bin/containerview"
        self.assertIn("There is no dynamic section", run_ok(["readelf", "--dynamic", binary]))

    def test_an_old_dpkg_can_read_them(self):
        for path in built().values():
            self.assertEqual(run_ok(["ar", "t", path]).split(),
                             ["debian-binary", "control.tar.xz", "data.tar.xz"])

    def test_both_kinds_have_the_same_files(self):
        def names(package):
            return {n for n in contents(built()[package]) if not n.startswith("usr/share/doc/")
                    and "lintian" not in n}
        self.assertEqual(names("containerview"), names("containerview-static"))

    def test_replace_links_to_every_tool_and_nothing_else(self):
        links = {n: target for n, target in contents(built()["containerview-replace"]).items()
                 if not n.startswith("usr/share/")}
        tools = {pathlib.Path(n).name for n in contents(built()["containerview"])
                 if n.startswith(f"{TOOLS}/")}
        self.assertLessEqual({"free", "uptime"}, tools)
        self.assertEqual(links, {f"usr/bin/{t}": f"../libexec/containerview/{t}" for t in tools})


class Installed(unittest.TestCase):
    """In a Debian root with procps."""
    maxDiff = None

    def setUp(self):
        self.root = roots.debian_root(self)
        self.before = self.root.files()
        self.check(classics=("free", "uptime", NEW_TOOL))

    def dpkg(self, *argv, ok=True):
        """--path-include: the root leaves out manual pages otherwise. The root is thrown away:
        nothing has to reach the disk."""
        run = self.root.run if ok else self.root.try_run
        return run("dpkg", "--path-include=/usr/share/*", "--force-unsafe-io", *argv)

    def install(self, *packages, ok=True):
        return self.dpkg("--install", *self.root.put(packages), ok=ok)

    def install_built(self, names):
        self.install(*(built()[name] for name in names))
        for name in names:
            self.assertEqual(self.root.run("dpkg", "--verify", name), "", name)
        self.check(ours=("free", "uptime"))

    def check(self, ours=(), classics=()):
        """Whose tools answer to which names, and the rest of procps is as it was."""
        for name in ours:
            version = self.root.run(name, "--version")
            self.assertIn("containerview", version, name)
        for name in (*classics, "ps", "sysctl", "watch"):
            version = self.root.run(name, "--version")
            self.assertTrue("procps" in version and "containerview" not in version, version)
        self.assertEqual(roots.changed_files(self.root, "procps"), [])

    def check_nothing_left(self):
        self.check(classics=("free", "uptime", NEW_TOOL))
        self.assertNotIn("containerview", self.root.run("dpkg-divert", "--list"))
        self.assertEqual(self.root.files() - self.before, set())

    def test_remove_gives_the_classics_back(self):
        self.install_built(DYNAMIC)
        self.check(classics=("free.distrib", "uptime.distrib"))
        self.dpkg("--remove", "containerview-replace")
        self.check(ours=("cv-free",), classics=("free", "uptime"))
        self.dpkg("--purge", *DYNAMIC)
        self.check_nothing_left()

    def test_purge_in_one_go(self):
        self.install_built(STATIC)
        self.dpkg("--purge", *STATIC)
        self.check_nothing_left()

    def test_procps_installed_again(self):
        """Whatever upgrades procps writes to the diverted names."""
        directory = roots.empty_root(self).path
        directory.chmod(0o755)  # apt downloads as another user
        done = subprocess.run(["timeout", "120", "apt-get", "download", "--quiet", "procps"],
                              cwd=directory, capture_output=True, text=True)
        if done.returncode != 0:
            reason = (done.stderr.strip() or f"exit status {done.returncode}").splitlines()[-1]
            self.skipTest(f"apt-get download procps: {reason}")
        self.install_built(STATIC)
        self.install(*directory.glob("procps_*.deb"))
        self.check(ours=("free", "uptime"))
        self.dpkg("--purge", *STATIC)
        self.check(classics=("free", "uptime"))

    def test_upgrade_with_a_new_tool_and_back(self):
        self.install_built(STATIC)
        newer = [repacked(self, "containerview-static", newer_version),
                 repacked(self, "containerview-replace", newer_replace)]
        self.install(*newer)
        self.check(ours=("free", "uptime", NEW_TOOL))
        self.install_built(STATIC)
        self.check(classics=(NEW_TOOL,))
        self.install(*newer)
        self.dpkg("--purge", *STATIC)
        self.check_nothing_left()

    def test_upgrade_of_the_dynamic_ones_and_back(self):
        self.install_built(DYNAMIC)
        self.install(*(repacked(self, name, newer_version) for name in DYNAMIC))
        self.check(ours=("free", "uptime"))
        self.install_built(DYNAMIC)

    def test_from_one_kind_to_the_other(self):
        """dpkg alone does it, as containerview-replace is satisfied at every moment."""
        self.install_built(DYNAMIC)
        self.install_built(("containerview-static",))
        self.install_built(("containerview",))

    def check_fails(self, edit):
        package = repacked(self, "containerview-replace", edit)
        done = self.install(built()["containerview-static"], package, ok=False)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr

    def test_failed_installation(self):
        """The preinst after its work, and the unpacking of a file of another package."""
        def failing(tree):
            replace_in(tree / "DEBIAN" / "preinst", "done\nfi\n", "done\nexit 1\nfi\n")
        self.check_fails(failing)
        self.check(ours=("cv-free",), classics=("free", "uptime"))
        self.assertIn("trying to overwrite", self.check_fails(
            lambda tree: (tree / "usr/bin/watch").symlink_to("free")))
        self.check(ours=("cv-free",), classics=("free", "uptime"))
        self.dpkg("--purge", *STATIC)
        self.check_nothing_left()

    def test_failed_upgrade(self):
        """The version that stays keeps its diversions, and those only."""
        self.install_built(STATIC)

        def failing(tree):
            newer_replace(tree)
            replace_in(tree / "DEBIAN" / "preinst", "done\nfi\n", "done\nexit 1\nfi\n")

        def overwriting(tree):
            newer_replace(tree)
            (tree / "usr/bin/watch").symlink_to("free")
        for edit in (failing, overwriting):
            self.check_fails(edit)
            self.check(ours=("free", "uptime"), classics=(NEW_TOOL,))
        self.assertNotIn(NEW_TOOL, self.root.run("dpkg-divert", "--list"))

    def test_scripts_may_run_again(self):
        self.install_built(STATIC)
        for script, argument in (("preinst", "install"), ("preinst", "upgrade"),
                                 ("postinst", "configure")) * 2:
            self.root.run(f"/var/lib/dpkg/info/containerview-replace.{script}", argument)
        self.check(ours=("free", "uptime"))

    def test_without_procps(self):
        """Nothing to divert yet: procps comes later."""
        self.root.run("dpkg", "--force-depends", "--purge", "procps")
        self.install(*(built()[name] for name in STATIC))
        self.assertIn("containerview", self.root.run("free", "--version"))
        self.dpkg("--purge", *STATIC)
        self.assertFalse((self.root.path / "usr/bin/free").exists())


class InDocker(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.engine = roots.Engine(cls)

    def check(self, names):
        root = roots.debian_root(self)
        root.run("dpkg", "--install", *root.put(built()[name] for name in names))
        roots.check_limited(self, self.engine.container(self, root, "sleep", "infinity"))

    def test_dynamic(self):
        self.check(DYNAMIC)

    def test_static(self):
        self.check(STATIC)


if __name__ == "__main__":
    sys.exit(suite.run(sys.argv[1:] or ["Contents", "Installed"], sys.modules["__main__"]))
