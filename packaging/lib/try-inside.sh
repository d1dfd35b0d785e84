#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The part of packaging/try.sh that runs inside the container, as its PID 1:
#   try-inside.sh TOOLS VERSION SCRATCH <"MOUNTPOINT CONTROLLERS" lines
# Mounts the cgroup file systems anew, so that the container's cgroup is their root (the mounts that
# came along from outside show paths such as /../..), runs some load and prints both views.
set -eu
tools=$1
version=$2
scratch=$3

echo containerview-try >/proc/sys/kernel/hostname
if [ "$version" = v1 ]; then mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup; fi
while read -r mount controllers; do
  if [ "$version" = v1 ]; then
    mkdir -p "$mount"
    mount -t cgroup -o "$controllers" cgroup "$mount"
  else
    umount "$mount" # the kernel refuses one file system twice on one mount point
    mount -t cgroup2 cgroup2 "$mount"
  fi
done

# A busy loop; 100 MiB of anonymous memory (a line without an end, which tail has to keep); 50 MiB
# of written-back page cache.
while :; do :; done &
{ head -c 104857600 /dev/zero && sleep 60; } | tail >/dev/null &
head -c 52428800 /dev/zero >"$scratch/page-cache"
sync "$scratch/page-cache"
sleep 4

# both TITLE TOOL [OPTION...]: the installed tool's view, then ours.
both() {
  title=$1
  tool=$2
  shift 2
  printf '\n== %s\n' "$title"
  if [ -x "/usr/bin/$tool" ]; then
    echo "-- /usr/bin/$tool${*:+ $*} ($("/usr/bin/$tool" -V)): the machine"
    "/usr/bin/$tool" "$@"
  else
    echo "-- /usr/bin/$tool is not installed"
  fi
  echo "-- containerview's $tool${*:+ $*}: the container"
  "$tools/$tool" "$@"
}
both 'Memory' free -h
both 'Uptime and load' uptime
printf '\n== What was found and why: containerview info\n'
"$tools/containerview" info
