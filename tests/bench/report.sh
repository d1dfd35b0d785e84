#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds what we ship and measures it beside procps, sysstat, coreutils, htop and lxcfs, all in one run
# on this machine, into tests/bench/REPORT.md. Needs root and a quiet machine, for 25 minutes or more.
# --quick takes a few minutes and says nothing but that it works: it writes to build/REPORT.quick.md.
#
#   tests/bench/report.sh [--quick] [--output FILE]

set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root"
for preset in release static; do
    cmake --preset "$preset" >/dev/null
    cmake --build --preset "$preset"
done
exec /usr/bin/python3 tests/bench/report.py "$@"
