#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Records the ABI of a build with debug information as the baseline that abi_test.py compares with.
# To be run when a change of the ABI is meant. Usage: tests/abi/record_baseline.sh BUILD_DIRECTORY
set -eu
build=$1
source=$(cd "$(dirname "$0")/../../libcontainerview" && pwd)
baseline=$source/abi/libcontainerview-$(uname -m).abi
mkdir -p "${baseline%/*}"
abidw --headers-dir "$source/include" --drop-private-types --exported-interfaces-only \
  --no-corpus-path --no-comp-dir-path --no-show-locs --no-elf-needed \
  "$build/libcontainerview/libcontainerview.so.0" |
  sed "s|path='[^']*/libcontainerview/src/|path='libcontainerview/src/|" >"$baseline"
echo "$baseline"
