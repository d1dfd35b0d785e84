# SPDX-License-Identifier: Apache-2.0
"""What must be found in each recorded machine, worked out by hand.

The rules are those of containerview(7), SCOPE; the limits are those the recording was made with
(tests/fixtures/README.md) as the kernel's files show them. Nothing comes from the tools' output.
"""
import dataclasses

MIB = 1024 * 1024

REASONS = {
    1: "cgroup namespace root",
    2: "cgroup mount root",
    3: "cgroup of PID 1",
    4: "engine's cgroup by name",
    5: "no container found",
}

UNLIMITED = ("unlimited", None, None)
UNKNOWN = ("unknown", None, None)
CONTROLLERS = ("cpu", "memory", "cpuset", "io", "pids")


def limited(value, directory):
    return ("limited", value, directory)


@dataclasses.dataclass(frozen=True)
class Expected:
    """One machine. Directories are as the recorded process saw them."""

    rule: int
    version: str  # of the cgroups
    boundary: str | None  # directory; None on the host
    cgroups: dict  # controller: the process's own directory
    engine: str | None = None
    id: str | None = None
    own: str | None = None  # directory of the process's own cgroup; None: memory's in `cgroups`
    in_root: bool = False  # the own cgroup is the machine's root: no container, by whatever option
    # Nothing that we read tells the engine for sure: nothing may be claimed, or else the truth.
    engine_optional: bool = False
    quota: tuple = UNLIMITED
    cpuset: tuple = ("0-1", 2)
    affinity: int = 2
    online: int = 2
    effective_cpus: float | None = 2.0
    whole_cpus: int | None = 2
    memory: tuple = UNLIMITED
    high: tuple = UNLIMITED
    swap: tuple = UNLIMITED
    pids: tuple = UNLIMITED

    @property
    def kind(self):
        return "host" if self.rule == 5 else "container"

    @property
    def reason(self):
        return REASONS[self.rule]

    @property
    def own_directory(self):
        return self.own or self.cgroups["memory"]


def v2(directory, present=CONTROLLERS):
    return {c: directory if c in present else None for c in CONTROLLERS}


def v1(cpu="cpu"):
    """Each controller mounted on its own, the process in the mount's root."""
    return {"cpu": f"/sys/fs/cgroup/{cpu}", "memory": "/sys/fs/cgroup/memory",
            "cpuset": "/sys/fs/cgroup/cpuset", "io": "/sys/fs/cgroup/blkio",
            "pids": "/sys/fs/cgroup/pids"}


def usual_limits(cgroups, swap, cpuset="1"):
    """Half a CPU, one CPU by cpuset, 256 MiB, 64 pids."""
    return {"quota": limited(0.5, cgroups["cpu"]), "cpuset": (cpuset, 1), "affinity": 1,
            "effective_cpus": 0.5, "whole_cpus": 1, "memory": limited(256 * MIB, cgroups["memory"]),
            "swap": swap if swap == UNLIMITED else limited(swap, cgroups["memory"]),
            "pids": limited(64, cgroups["pids"])}


def usual(rule, version, boundary, cgroups, swap, cpuset="1", **more):
    return Expected(rule=rule, version=version, boundary=boundary, cgroups=cgroups,
                    **usual_limits(cgroups, swap, cpuset), **more)


def v2_private(swap, engine, container_id):
    """Private cgroup namespace: membership and mount root are both "/". The engine shows by the files
    that it mounts, such as .../containers/ID/resolv.conf on /etc/resolv.conf."""
    return usual(1, "v2", "/sys/fs/cgroup", v2("/sys/fs/cgroup"), swap, engine=engine,
                 id=container_id)


def v2_shared(directory, swap, engine, container_id):
    """The host's cgroup namespace, the whole tree mounted, but an own PID namespace: rule 3."""
    return usual(3, "v2", directory, v2(directory), swap, engine=engine, id=container_id)


def v1_bound(swap, engine, container_id, cpu="cpu", cpuset="1"):
    """The engine mounts the container's own cgroup, by its name in the host's namespace: rule 2."""
    return usual(2, "v1", "/sys/fs/cgroup/memory", v1(cpu), swap, cpuset, engine=engine,
                 id=container_id)


def raw_shared():
    """The process is in lrtest/ctr/leaf, and so is PID 1. The limits are its ancestors'."""
    leaf, ctr = "/sys/fs/cgroup/lrtest/ctr/leaf", "/sys/fs/cgroup/lrtest/ctr"
    return Expected(rule=3, version="v2", boundary=leaf, cgroups=v2(leaf),
                    quota=limited(0.5, ctr),  # lrtest: 1.5
                    cpuset=("1", 1), affinity=1, effective_cpus=0.5, whole_cpus=1,
                    memory=limited(256 * MIB, ctr),  # lrtest: 1 GiB
                    high=limited(192 * MIB, ctr), swap=limited(0, ctr),
                    pids=limited(64, ctr))  # lrtest: 200


def raw_private():
    """The same leaf in a namespace of its own: the ancestors and their limits are out of sight."""
    return Expected(rule=1, version="v2", boundary="/sys/fs/cgroup", cgroups=v2("/sys/fs/cgroup"),
                    cpuset=("1", 1), affinity=1, effective_cpus=1.0, whole_cpus=1)


SD_DOCKER = "/sys/fs/cgroup/system.slice/docker-" \
            "1fe3794a1c1ff48de42b5c42ec697abd67cdb8fb9ab42720d5a197db573abbff.scope"
SD_PODMAN_ID = "0b750c724640bfe59ccb809f5df2dbd71a73526f2400c2c0dad797e9b62a9097"
PODMAN_ID = "6b63704bb6000102847fb10476070f1d8d6d4c6c408434341c92669fd627a736"
SERVICE = "/sys/fs/cgroup/system.slice/run-u2.service"
JOB = "/sys/fs/cgroup/system.slice/vmjob.service"

SCENARIOS = {
    "sd-v2-docker-systemd-cgns-host": v2_shared(
        SD_DOCKER, 64 * MIB, "docker",
        "1fe3794a1c1ff48de42b5c42ec697abd67cdb8fb9ab42720d5a197db573abbff"),
    "sd-v2-docker-systemd-cgns-private": v2_private(
        64 * MIB, "docker", "dbe6a5138cd3cde8dd6edab107cf73cf5b1103cf4c88c367a5ff3e33e2c4fdc4"),
    # A service with nothing but systemd's default TasksMax is no container. Of the controllers only
    # memory and pids are enabled so far down.
    "sd-v2-guest-host": Expected(
        rule=5, version="v2", boundary=None, cgroups=v2(JOB, present=("memory", "pids")),
        pids=limited(2364, JOB)),
    # nspawn enables no controller in the container's cgroup.
    "sd-v2-nspawn": Expected(
        rule=1, version="v2", boundary="/sys/fs/cgroup", own="/sys/fs/cgroup", cgroups=v2(None),
        cpuset=(None, None), engine="nspawn", id="rootfs", engine_optional=True),
    # Surely in a container, but no mount shows its cgroup: its limits can not be told.
    "sd-v2-nspawn-legacy-view": Expected(
        rule=1, version="none", boundary=None, cgroups=v2(None), cpuset=(None, None),
        engine="nspawn", id="rootfs", engine_optional=True,
        effective_cpus=None, whole_cpus=None,
        quota=UNKNOWN, memory=UNKNOWN, high=UNKNOWN, swap=UNKNOWN, pids=UNKNOWN),
    "sd-v2-podman-crun-cgns-host": v2_shared(
        f"/sys/fs/cgroup/libpod_parent/libpod-{SD_PODMAN_ID}", 256 * MIB, "podman", SD_PODMAN_ID),
    "sd-v2-podman-crun-cgns-private": v2_private(
        256 * MIB, "podman", "e4ef2ade98fd5a11dee8c081356f4350809a0f53a3a66a703a816e2780a86529"),
    "sd-v2-podman-systemd-manager": v2_private(
        256 * MIB, "podman", "663f6852a4c9b2cec22c9e31b61ba5aaad0e4f34a0a0018a0e504f4a30e46ad8"),
    "sd-v2-raw-cgns": raw_private(),
    "sd-v2-raw-hostcgns": raw_shared(),
    # Limited, but not a container: the caller's limits show all the same.
    "sd-v2-systemd-service": usual(5, "v2", None, v2(SERVICE), 64 * MIB),
    "v1-docker": v1_bound(
        0, "docker", "c908cac98e74981a3b60e5e07bb0a9eb28f59e2af418ab463c5b4bce01ad1c28",
        cpuset="0"),
    # memsw is unlimited. /sys/devices/system/cpu/online is lxcfs's too: "0".
    "v1-lxc-lxcfs": usual(
        1, "v1", "/sys/fs/cgroup/memory", v1(), UNLIMITED, online=1, engine="lxc", id="c1",
        engine_optional=True),
    "v1-podman-runc": v1_bound(
        256 * MIB, "podman", "9b0d19a9d655f181903361247541a895bd85fed3be27d3e5f6af0519c01996e7"),
    "v1-raw": usual(1, "v1", "/sys/fs/cgroup/memory", v1(), 0),
    "v1co-docker": v1_bound(
        64 * MIB, "docker", "a68a44cf048c12d7f93ab93ca95f8c9cd52ad0eb5498b01e5733152aa76abe95",
        "cpu,cpuacct"),
    # Controllers differ in how deep the service is. Its own directories were not recorded.
    "v1co-guest-host": Expected(
        rule=5, version="v1", boundary=None,
        cgroups=v1("cpu,cpuacct") | {"memory": "/sys/fs/cgroup/memory/system.slice/vmjob.service",
                                     "pids": "/sys/fs/cgroup/pids/system.slice/vmjob.service"}),
    "v1co-podman-crun": v1_bound(
        64 * MIB, "podman", "d53cabc7b1b8d0d667f1f8dee9c9ea02fc48854ef3d321c1a809c83eb5b0ebe6",
        "cpu,cpuacct"),
    "v1co-podman-runc": v1_bound(
        64 * MIB, "podman", "1c763b7480faf0b6738febeeda67cdcd61b953b12d7dc00224247a30254c1ade",
        "cpu,cpuacct"),
    "v2-docker": v2_private(
        0, "docker", "118dd1a363c2f49e8fd39a164b580b807653bcb8618833e59058d2c8d7a7cf4f"),
    "v2-guest-host": Expected(rule=5, version="v2", boundary=None, cgroups=v2("/sys/fs/cgroup"),
                              in_root=True),
    "v2-podman-crun-cgns-host": v2_shared(
        f"/sys/fs/cgroup/libpod_parent/libpod-{PODMAN_ID}", 256 * MIB, "podman", PODMAN_ID),
    "v2-podman-crun-cgns-private": v2_private(
        256 * MIB, "podman", "0edfba578b5900a16f00792225a944096735f831393408ced58b09fbe0713b4f"),
    "v2-raw-cgns": raw_private(),
    "v2-raw-hostcgns": raw_shared(),
}
