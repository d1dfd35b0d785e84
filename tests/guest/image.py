#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The guest's disk and kernel: Debian 12 with systemd, the container engines and the root file
system of their containers; Debian's cloud kernel, which has NVMe and ext4 built in and so needs no
initrd. Made once, and kept beside that root file system under a name made from what it is made
of."""

import fcntl
import hashlib
import pathlib
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE.parent / "support")]

import rootfs  # noqa: E402

FILES = HERE / "files"
KERNEL_SCRIPT = HERE / "kernel.sh"
SUITE = "bookworm"
MKE2FS = "/sbin/mke2fs"
PACKAGES = (
    "systemd", "systemd-sysv", "libpam-systemd", "udev", "dbus", "kmod", "mount", "util-linux",
    "procps", "iproute2", "python3", "systemd-container", "podman", "crun", "runc", "docker.io",
    "lxc", "lxcfs", "fio", "dmsetup")
# Nothing runs in the background that the job did not start: it would be in the figures.
MASKED = (
    "apt-daily.timer", "apt-daily-upgrade.timer", "containerd.service", "docker.service",
    "docker.socket", "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service",
    "fstrim.timer", "getty@tty1.service", "lxc.service", "lxc-monitord.service", "lxc-net.service",
    "lxcfs.service", "podman.service", "podman.socket", "podman-auto-update.timer",
    "podman-restart.service", "serial-getty@ttyS0.service", "systemd-networkd.service",
    "systemd-timesyncd.service")
DISK_BYTES = 4 << 30
NEEDED_BYTES = 5 << 30
BUILD_SECONDS = 900


@dataclass(frozen=True)
class Image:
    disk: pathlib.Path
    kernel: pathlib.Path


class Unavailable(Exception):
    """This machine can not make the image; says why."""


def _recipe_key():
    digest = hashlib.sha256(rootfs.tarball().name.encode())
    parts = [pathlib.Path(__file__), KERNEL_SCRIPT, *sorted(FILES.rglob("*"))]
    for path in filter(pathlib.Path.is_file, parts):
        digest.update(f"{path.name}\0{path.stat().st_mode}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _require():
    """What the image is made with beside mmdebstrap and root, which the containers need too."""
    release = platform.freedesktop_os_release()
    here = f"{release.get('ID')} {release.get('VERSION_CODENAME')} {platform.machine()}"
    if here != f"debian {SUITE} x86_64":
        raise Unavailable(f"the tools of this machine ({here}) need not run in the guest, "
                          f"which is debian {SUITE} x86_64")
    if not shutil.which(MKE2FS):
        raise Unavailable(f"no {MKE2FS}")
    if shutil.disk_usage(rootfs.cache()).free < NEEDED_BYTES:
        raise Unavailable(f"less than {NEEDED_BYTES >> 30} GiB free in {rootfs.cache()}")


def _run(command, log):
    """Runs a command of the build; its output is shown if it fails."""
    with open(log, "ab") as out:
        done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=out,
                              stderr=out, timeout=BUILD_SECONDS, check=False)
    if done.returncode != 0:
        text = log.read_text(errors="replace")
        raise RuntimeError(f"{command[0]} failed with {done.returncode}:\n{text[-4000:]}")


def _install_system(root, log):
    """Unavailable where the packages can not be had, as for the containers' root file system."""
    try:
        _mmdebstrap(root, log)
    except RuntimeError as error:
        raise Unavailable(f"no Debian for the guest: {str(error).splitlines()[-1]}") from error


def _mmdebstrap(root, log):
    _run(["mmdebstrap", "--mode=root", "--variant=minbase", "--format=directory",
          '--aptopt=Acquire::Languages "none"',
          *(f"--dpkgopt=path-exclude=/usr/share/{d}/*" for d in ("doc", "man", "locale")),
          f"--include={','.join(PACKAGES)}",
          f'--customize-hook=chroot "$1" sh -eu <{shlex.quote(str(KERNEL_SCRIPT))}',
          SUITE, root, *rootfs.sources()], log)


def _configure(root, log):
    shutil.copytree(FILES, root, dirs_exist_ok=True)
    units = root / "etc/systemd/system"
    for unit in MASKED:
        link = units / unit
        link.unlink(missing_ok=True)
        link.symlink_to("/dev/null")
    wanted = units / "multi-user.target.wants"
    wanted.mkdir(exist_ok=True)
    (wanted / "containerview-job.service").symlink_to("../containerview-job.service")
    (root / "etc/hostname").write_text("guest\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost guest\n")
    (root / "etc/fstab").write_text("")
    # Where rootfs.py looks for what it made.
    containers = root / "var/cache/containerview"
    containers.mkdir()
    shutil.copy(rootfs.tarball(), containers)
    _run(["cp", "-a", rootfs.directory(), containers], log)


def _build(directory):
    log = directory / "log"
    with tempfile.TemporaryDirectory(prefix="root.", dir=directory) as root:
        root = pathlib.Path(root)
        _install_system(root, log)
        _configure(root, log)
        (kernel,) = root.glob("boot/vmlinuz-*")
        shutil.copy(kernel, directory / "vmlinuz")
        disk = directory / "disk.ext4"
        with open(disk, "wb") as file:
            file.truncate(DISK_BYTES)
        # Without checksums and with its tables written later: the emulated CPU has other work.
        _run([MKE2FS, "-q", "-t", "ext4", "-O", "^metadata_csum",
              "-E", "lazy_itable_init=1,lazy_journal_init=1", "-d", root, disk], log)


def image():
    """The image, made if it is not there yet. Raises Unavailable."""
    reason = rootfs.why_not()
    if reason:
        raise Unavailable(reason)
    cache = rootfs.cache()
    with open(cache / "guest.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one makes it, others wait for it
        final = cache / f"guest-{_recipe_key()}"
        if not final.is_dir():
            _require()
            unfinished = final.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            _build(unfinished)
            unfinished.rename(final)
    return Image(final / "disk.ext4", final / "vmlinuz")


def main():
    """Makes it before a test needs it, which would wait. The tests tell the reason as their own."""
    try:
        print(image().disk)
    except Unavailable as reason:
        print(f"not made: {reason}")


if __name__ == "__main__":
    main()
