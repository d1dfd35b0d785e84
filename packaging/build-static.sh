#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the one static binary that holds every tool, in build/packages/static/containerview, and
# beside it in root/ the tree of an image that has nothing else. Usage: packaging/build-static.sh
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=packaging/lib/deps.sh
. "$root/packaging/lib/deps.sh"
result=$root/build/packages/static

manager=$(cv_package_manager /etc/os-release)
# shellcheck disable=SC2046 # a list of words
cv_install "$manager" $(cv_build_packages "$manager")
cd "$root"
cmake --preset static -DCV_BUILD_TESTS=OFF >/dev/null
cmake --build --preset static

rm -rf "$result"
mkdir -p "$result/root/usr/bin"
strip -o "$result/containerview" build/static/tools/containerview
cp "$result/containerview" "$result/root/usr/bin/"
for link in build/static/tools/*; do
  [ ! -L "$link" ] || ln -s containerview "$result/root/usr/bin/${link##*/}"
done
printf '%s: %s bytes\n' "$result/containerview" "$(wc -c <"$result/containerview")"
