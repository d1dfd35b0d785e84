#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the RPMs, source packages included, into build/packages/rpm, or into $RESULTS. Installs
# what that needs, which is the only thing that needs root. Options are rpmbuild's, such as
# packaging/build-rpm.sh --define 'dist .el9'
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=packaging/lib/deps.sh
. "$root/packaging/lib/deps.sh"
# shellcheck source=packaging/lib/package.sh
. "$root/packaging/lib/package.sh"

manager=$(cv_package_manager /etc/os-release)
# shellcheck disable=SC2046 # a list of words
cv_install "$manager" $(cv_build_packages "$manager") $(cv_rpm_packages "$manager")
# The specs name what they need as Fedora does. Elsewhere nothing provides these names.
if [ "$manager" != dnf ]; then set -- --nodeps "$@"; fi

top=$root/build/packages/building/rpm
results=${RESULTS:-$root/build/packages/rpm}
rm -rf "$results" "$top/RPMS" "$top/SRPMS"
mkdir -p "$results" "$top/SOURCES"
cp "$root/packaging/rpm/macros.fallback" "$top/SOURCES"
cv_source_archive "$root" "$top/SOURCES/containerview-$(cv_version "$root").tar.xz"

for spec in "$root"/packaging/rpm/*.spec; do
  name=$(basename "$spec" .spec)
  log=$top/$name.log
  echo "Building $name, log in $log"
  if ! rpmbuild -ba --define "_topdir $top" "$@" "$spec" >"$log" 2>&1; then
    tail -n 50 "$log" >&2
    exit 1
  fi
done
mv "$top"/SRPMS/*.rpm "$top"/RPMS/*/*.rpm "$results"
echo 'Made:'
ls "$results"/*.rpm
