#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the Debian packages, source package included, into build/packages/deb. Installs what that
# needs, which is the only thing that needs root. Options are dpkg-buildpackage's.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=packaging/lib/deps.sh
. "$root/packaging/lib/deps.sh"
# shellcheck source=packaging/lib/package.sh
. "$root/packaging/lib/package.sh"

manager=$(cv_package_manager /etc/os-release)
if [ "$manager" != apt ]; then
  echo 'This needs Debian or Ubuntu.' >&2
  exit 1
fi
# shellcheck disable=SC2046 # a list of words
cv_install "$manager" $(cv_build_packages "$manager") $(cv_deb_packages "$manager")

version=$(cv_version "$root")
work=$root/build/packages/building/deb
results=$root/build/packages/deb
archive=$work/containerview_$version.orig.tar.xz
log=$work/build.log
rm -rf "$results" "$work"
mkdir -p "$results" "$work"
cv_source_archive "$root" "$archive"
tar -C "$work" -xf "$archive"
cp -a "$root/packaging/debian" "$work/containerview-$version/debian"

echo "Building, log in $log"
if ! (cd "$work/containerview-$version" && dpkg-buildpackage -us -uc "$@") >"$log" 2>&1; then
  tail -n 50 "$log" >&2
  exit 1
fi
find "$work" -maxdepth 1 -type f ! -name build.log -exec mv {} "$results" \;
echo 'Made:'
ls "$results"/*
