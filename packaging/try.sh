#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# From a fresh clone to the point of it all: installs what the build needs, builds, makes a real
# container limited to half a CPU and 256 MiB, runs some load in it and prints what the installed
# free and uptime say there beside ours. Cleans up after itself. Usage: packaging/try.sh
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=packaging/lib/deps.sh
. "$root/packaging/lib/deps.sh"
# shellcheck source=packaging/lib/container.sh
. "$root/packaging/lib/container.sh"
tools=$root/build/release/tools

manager=$(cv_package_manager /etc/os-release)
# shellcheck disable=SC2046 # a list of words
cv_install "$manager" $(cv_build_packages "$manager")

echo "Building in $root/build/release"
cd "$root"
cmake --preset release -DCV_BUILD_TESTS=OFF >/dev/null
cmake --build --preset release

# show_own_scope WHY: what can be shown without making a container.
show_own_scope() {
  printf '\nNo container made: %s.\nThis is your own scope instead.\n' "$1"
  for command in 'free -h' uptime 'containerview info'; do
    printf '\n-- %s\n' "$command"
    # shellcheck disable=SC2086 # a command and its options
    "$tools"/$command
  done
  exit 0
}

[ "$(id -u)" -eq 0 ] || show_own_scope 'that needs root'
scratch=$(mktemp -d /var/tmp/containerview-try.XXXXXX)
cleanup() {
  cv_remove_container
  rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 1' HUP INT PIPE TERM
cv_make_cgroups 2>"$scratch/why" ||
  show_own_scope "no writable cgroup ($(tail -n 1 "$scratch/why"))"
cv_run_in_container true 2>"$scratch/why" ||
  show_own_scope "no namespaces ($(tail -n 1 "$scratch/why"))"

cat <<END

A container made of cgroup $cv_version and namespaces alone, limited to half a CPU, 256 MiB and 64
processes. Inside: a busy loop, 100 MiB of memory in use, 50 MiB of page cache. A few seconds,
please.
END
cv_run_in_container "$root/packaging/lib/try-inside.sh" "$tools" "$cv_version" "$scratch" <<END
$cv_mounts
END
