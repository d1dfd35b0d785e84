#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs what the tests need, builds, and runs everything: the ctest suite, the packages, the format
# check, clang-tidy, the suite again on the static binary and under AddressSanitizer and
# UndefinedBehaviorSanitizer, and a minute of each fuzz target. Every stage runs, whatever became of the
# one before; the last line counts them all. Usage: tests/run.sh
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
# shellcheck source=packaging/lib/deps.sh
. packaging/lib/deps.sh
export CTEST_OUTPUT_ON_FAILURE=1
jobs=$(nproc)

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
  if ! cmake --preset "$preset" "$@" >"$results/configure-$preset.log"; then
    cat "$results/configure-$preset.log"
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

check_format() {
  find libcontainerview tools tests -path tests/fixtures -prune -o \
    -type f \( -name '*.cpp' -o -name '*.hpp' -o -name '*.h' -o -name '*.c' \) -print0 |
    xargs -0 clang-format --dry-run --Werror
}

# What needs neither root nor a quiet machine takes the CPU time that the live tests leave: those wait,
# much of their time, for intervals and for emulated machines.
run_beside() {
  stage images /usr/bin/python3 tests/guest/image.py
  stage rpm cmake --build --preset dev --target cv_build_rpm
  stage rpm-newer cmake --build --preset dev --target cv_build_rpm-newer
  if [ "$(cv_package_manager /etc/os-release)" = apt ]; then
    stage deb cmake --build --preset dev --target cv_build_deb
  fi
  touch "$results/packages-made"
  stage static-build build static
  # What is linked otherwise: the figures, not once more every document and hostile tree.
  stage static run_ctest static static -E '^(replay\.(schema|consistency)|hostile\.trees)$'
  # One run of clang over the sources is for all three: sanitizers, clang-tidy, fuzzing.
  stage sanitizers-and-tidy build asan-ubsan -DCMAKE_CXX_CLANG_TIDY=clang-tidy
  stage sanitizers run_ctest sanitizers asan-ubsan -L '^(unit|replay)$'
  stage format check_format
  # A seed of its own: what fails is the change, not a lucky input. At idle priority one may take long.
  FUZZ_SEED=1 FUZZ_TIMEOUT=600 stage fuzz tests/fuzz/run.sh 60
}

# "tests/run.sh beside RESULTS" is us, below.
if [ "${1-}" = beside ]; then
  results=$2
  run_beside
  exit
fi

results=$(mktemp -d) # per stage: NAME.status with "passed" or "failed", and NAME.xml from ctest
beside='' # the process that runs the stages beside
stop_beside() {
  [ -n "$beside" ] || return 0
  kill -- "-$beside" 2>/dev/null
  wait "$beside" 2>/dev/null
}
trap 'stop_beside; rm -rf "$results"' EXIT

started=$SECONDS
stage install install_packages
# All at once, in a third of the time; a missing include shows to whoever builds the preset as it is.
stage build build dev -DCMAKE_UNITY_BUILD=ON
stage parity run_ctest parity dev -L '^parity$' # what the classic tools say of a machine at rest
# A session of its own is also a scheduling group of its own where the kernel makes such.
# shellcheck disable=SC2016 # for that shell
setsid sh -c 'echo 19 >/proc/self/autogroup 2>/dev/null; exec chrt --idle 0 tests/run.sh beside "$1"' beside \
  "$results" >"$results/beside.log" 2>&1 &
beside=$!
stage tests run_ctest tests dev -LE '^(live|package|parity)$'
stage live run_ctest live dev -L '^live$'
until [ -e "$results/packages-made" ] || ! kill -0 "$beside" 2>/dev/null; do sleep 1; done
stage packages run_ctest packages dev -L '^package$' -E '^package\.build' -FS '.*'
wait "$beside" || echo failed >"$results/beside.status"
beside=''
cat "$results/beside.log"

printf '\n==> all stages in %d s\n' $((SECONDS - started))
/usr/bin/python3 tests/support/summary.py "$results"
