# SPDX-License-Identifier: Apache-2.0
"""Root file systems to install packages into, and limited Docker containers made of them."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import rootfs
from engines import checked
from engines_oci import Docker, limit_options
from limits import Limits

# What the engines give a process without a login shell, `docker exec` too.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MEMORY = 256 << 20
LIMITS = Limits(memory=MEMORY, cpus=0.5)


def run_ok(argv, timeout=300, **options):
    """Its standard output; anything but success is an error that shows all of the output."""
    done = subprocess.run([*map(str, argv)], capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        raise AssertionError(f"{[*map(str, argv)]}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def need(case, *programs):
    for program in programs:
        if shutil.which(program) is None:
            case.skipTest(f"{program} is not installed")


def need_root(case):
    if os.geteuid() != 0:
        case.skipTest("needs root")


class Root:
    def __init__(self, path):
        self.path = pathlib.Path(path)

    def try_run(self, *argv):
        return subprocess.run(["chroot", self.path, *map(str, argv)], capture_output=True,
                              text=True, timeout=300, stdin=subprocess.DEVNULL,
                              env={"PATH": PATH, "HOME": "/", "LC_ALL": "C",
                                   "DEBIAN_FRONTEND": "noninteractive"})

    def run(self, *argv):
        """chroot looks the command up in PATH after it has changed the root."""
        done = self.try_run(*argv)
        if done.returncode != 0:
            raise AssertionError(f"{argv}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def put(self, files):
        """Copies the files into /packages, and returns their paths inside."""
        (self.path / "packages").mkdir(exist_ok=True)
        return [pathlib.Path("/packages", pathlib.Path(shutil.copy(f, self.path / "packages")).name)
                for f in files]

    def files(self):
        """All but directories, relative, without the data bases of the package managers. (Debian's
        rpm has its own in the home directory.)"""
        ours = set()
        for directory, names, files in os.walk(self.path):
            below = pathlib.Path(directory).relative_to(self.path)
            names[:] = [n for n in names if str(below / n) not in
                        ("root/.rpmdb", "var/lib/rpm", "var/lib/dnf", "var/lib/dpkg", "var/cache",
                         "var/log", "packages", "tmp", "dev", "proc")]
            links = [n for n in names if (self.path / below / n).is_symlink()]
            ours |= {str(below / name) for name in [*files, *links]}
        return ours


def empty_root(case):
    made = tempfile.TemporaryDirectory(prefix="containerview-test.", dir="/var/tmp")
    case.addCleanup(made.cleanup)
    return Root(made.name)


def debian_root(case):
    """An overlay over the shared one, with procps in it."""
    reason = rootfs.why_not()
    if reason:
        case.skipTest(reason)
    top = empty_root(case).path
    for name in ("upper", "work", "root"):
        (top / name).mkdir()
    run_ok(["mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir={rootfs.directory()},upperdir={top}/upper,workdir={top}/work", top / "root"])
    case.addCleanup(run_ok, ["umount", "--recursive", top / "root"])
    # ps wants it even to tell its version.
    run_ok(["mount", "-t", "proc", "proc", top / "root" / "proc"])
    return Root(top / "root")


def changed_files(root, package):
    """Files of a Debian package that are not as packaged, without what the root leaves out."""
    lines = root.run("dpkg", "--verify", package).splitlines()
    return [line for line in lines if not re.match(r"missing +/usr/share/(doc|locale|man)/", line)]


class Engine:
    """A private dockerd for one class of cases."""

    def __init__(self, case_class):
        self._docker = Docker([])
        reason = self._docker.why_not()
        if reason:
            case_class.skipTest(case_class, reason)
        self._docker.start()
        case_class.addClassCleanup(self._docker.stop)

    def _docker_ok(self, *argv):
        return checked([*self._docker.command(), *argv])

    def container(self, case, root, *command):
        """A limited container made of the root, running the command: a function that does what
        `docker exec` does."""
        with tempfile.TemporaryDirectory(prefix="containerview-test.", dir="/var/tmp") as scratch:
            run_ok(["tar", "-C", root.path, "--one-file-system", "-cf", f"{scratch}/root.tar", "."])
            image = self._docker_ok("import", f"{scratch}/root.tar")
        started = self._docker_ok("run", "--detach", "--network=none", "--stop-timeout=0",
                                  *limit_options(LIMITS), image, *command).splitlines()[-1]
        case.addCleanup(self._docker_ok, "rm", "--force", started)
        return lambda *argv: self._docker_ok("exec", started, *argv)


def check_limited(case, execute):
    """The tools under the names that a user types show the container."""
    for name in ("free", "cv-free"):
        document = json.loads(execute(name, "--json"))
        case.assertEqual(document["memory"]["total_bytes"], MEMORY, name)
    for name in ("uptime", "cv-uptime"):
        document = json.loads(execute(name, "--json"))
        case.assertEqual(document["scope"]["kind"], "container", name)
    case.assertEqual(int(execute("nproc")), 1)  # half a CPU
    case.assertIn("containerview", execute("containerviewd", "--version"))
    info = json.loads(execute("containerview", "info", "--json"))
    case.assertEqual((info["memory"]["limit"]["bytes"], info["cpu"]["effective_cpus"]),
                     (MEMORY, 0.5))
