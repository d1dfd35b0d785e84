# SPDX-License-Identifier: Apache-2.0
"""The root file system of the containers that engines run: a small Debian (or Ubuntu) of the
machine's own release, so that the tools built here run in it. Made once by mmdebstrap and kept in
${XDG_CACHE_HOME:-/var/cache}/containerview, under a name made from what it is made of."""

import fcntl
import functools
import hashlib
import os
import pathlib
import platform
import shutil
import subprocess

# What the tests run inside: load.py, and the classic tools to compare with.
PACKAGES = ("libstdc++6", "mount", "procps", "python3-minimal", "util-linux")
LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/zoneinfo/*",
            "/usr/lib/*/gconv/*")
# Needed to install packages, then no more.
REMOVED = ("usr/share/perl", "usr/lib/*/perl")
# Mount points of the tests: a read-only root cannot be given them later, and a tmpfs that is
# mounted there takes on their mode.
DIRECTORIES = ("disk", "shm")
SOURCES = ("sources.list", "sources.list.d/debian.sources", "sources.list.d/ubuntu.sources")


def cache():
    """Where what takes long to make is kept."""
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or "/var/cache") / "containerview"


def _release():
    release = platform.freedesktop_os_release()
    return release.get("ID", "linux"), release.get("VERSION_CODENAME")


def _options():
    return [*(f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT),
            *(f'--customize-hook=rm -rf "$1"/{path}' for path in REMOVED),
            *(f'--customize-hook=mkdir -m 1777 "$1/{name}"' for name in DIRECTORIES),
            '--aptopt=Acquire::Languages "none"', "--variant=essential",
            "--include=" + ",".join(PACKAGES)]


@functools.cache
def _name():
    made_from = repr((_release(), platform.machine(), _options()))
    return "rootfs-" + hashlib.sha256(made_from.encode()).hexdigest()[:12]


def sources():
    """The machine's own package sources, as mmdebstrap takes them."""
    return [str(path) for name in SOURCES if (path := pathlib.Path("/etc/apt", name)).exists()]


def _make():
    unfinished = tarball().with_suffix(".unfinished.tar")
    try:
        subprocess.run(
            ["mmdebstrap", "--quiet", "--mode=root", *_options(), _release()[1], unfinished,
             *sources()],
            check=True, capture_output=True, text=True, timeout=500)
        unfinished.rename(tarball())
    finally:
        unfinished.unlink(missing_ok=True)


@functools.cache
def why_not():
    """Why there is no root file system here, or None: then tarball() and directory() are there."""
    if os.geteuid() != 0:
        return "needs root"
    if not tarball().exists():
        if shutil.which("mmdebstrap") is None:
            return "no root file system for containers: mmdebstrap is not installed"
        if _release()[1] is None:
            return "no root file system for containers: the distribution's release has no name"
    cache().mkdir(parents=True, exist_ok=True)
    with open(cache() / (_name() + ".lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            if not tarball().exists():
                _make()
        except subprocess.SubprocessError as error:
            last = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1]
            return f"no root file system for containers: mmdebstrap: {last}"
        if not directory().exists():
            unfinished = directory().with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            subprocess.run(["tar", "-C", unfinished, "-xpf", tarball()], check=True)
            unfinished.rename(directory())
    return None


def tarball():
    return cache() / (_name() + ".tar")


def directory():
    """Unpacked, and shared by all who use it: to be mounted read-only or under an overlay."""
    return cache() / _name()
