#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs what the tests need, builds, and runs everything: the ctest suite, the format check,
# clang-tidy, the suite again under AddressSanitizer and UndefinedBehaviorSanitizer, and each fuzz
# target for a minute. Every stage runs, whatever became of the one before; the last line counts them
# all. Usage: tests/run.sh
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
# shellcheck source=packaging/lib/deps.sh
. packaging/lib/deps.sh
export CTEST_OUTPUT_ON_FAILURE=1
jobs=$(nproc)
results=$(mktemp -d) # per stage: NAME.status with "passed" or "failed", and NAME.xml from ctest
ahead='' # the process that builds ahead
trap 'stop_building_ahead; rm -rf "$results"' EXIT

# stage NAME COMMAND...: runs it, tells how long it took and what became of it.
stage() {
  local name=$1 status=passed start=$SECONDS
  shift
  printf '\n==> %s\n' "$name"
  "$@" || status=failed
  printf '==> %s: %s in %d s\n' "$name" "$status" $((SECONDS - start))
  echo "$status" >"$results/$name.status"
}

install_packages() {
  local manager
  manager=$(cv_package_manager /etc/os-release)
  # shellcheck disable=SC2046 # a list of words
  cv_install "$manager" $(cv_build_packages "$manager") $(cv_test_packages "$manager") \
    $(cv_rpm_packages "$manager") $(cv_deb_packages "$manager")
}

# build PRESET [CMAKE OPTION...]
build() {
  local preset=$1
  shift
  if ! cmake --preset "$preset" "$@" >"$results/configure.log"; then
    cat "$results/configure.log"
    return 1
  fi
  cmake --build --preset "$preset"
}

# run_ctest STAGE PRESET [CTEST OPTION...]: the XML gets the outputs in full, for the reasons of
# skips.
run_ctest() {
  local name=$1 preset=$2
  shift 2
  ctest --preset "$preset" -j "$jobs" --no-tests=error --output-junit "$results/$name.xml" \
    --test-output-size-passed 1000000 --test-output-size-failed 1000000 "$@"
}

# What later stages build, begun with the CPU time that the live tests leave: these wait, much of their
# time, for intervals and for emulated machines. The stage itself builds the rest and shows what failed.
build_ahead() {
  # A session of its own is also a scheduling group of its own where the kernel makes such.
  setsid sh -c 'echo 19 >/proc/self/autogroup
    for preset; do
      chrt --idle 0 cmake --preset "$preset" && chrt --idle 0 cmake --build --preset "$preset"
    done' build-ahead "$@" >"$results/ahead.log" 2>&1 &
  ahead=$!
}

stop_building_ahead() {
  [ -n "$ahead" ] || return 0
  kill -- "-$ahead" 2>/dev/null
  wait "$ahead" 2>/dev/null
  ahead=''
}

check_format() {
  find libcontainerview tools tests -path tests/fixtures -prune -o \
    -type f \( -name '*.cpp' -o -name '*.hpp' -o -name '*.h' -o -name '*.c' \) -print0 |
    xargs -0 clang-format --dry-run --Werror
}

started=$SECONDS
stage install install_packages
stage build build dev
stage tests run_ctest tests dev -LE '^(live|package)$'
build_ahead static tidy asan-ubsan
stage live run_ctest live dev -L '^live$'
stop_building_ahead
stage packages run_ctest packages dev -L '^package$'
stage static-build build static
stage static run_ctest static static
stage format check_format
stage tidy build tidy
stage sanitizers-build build asan-ubsan
stage sanitizers run_ctest sanitizers asan-ubsan -L '^(unit|replay)$'

printf '\n==> all stages in %d s\n' $((SECONDS - started))
/usr/bin/python3 tests/support/summary.py "$results"
