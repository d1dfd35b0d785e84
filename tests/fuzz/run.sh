#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the fuzz targets, makes their seeds, and runs each target for SECONDS, as many at a time as
# there are CPUs. Prints what each has done; a find fails, and the input is kept. Usage:
#
#   tests/fuzz/run.sh [SECONDS [TARGET...]]      # 60 seconds, all targets
#
# FUZZ_JOBS: how many at a time. FUZZ_CORPUS: where inputs are kept from one run to the next
# (build/fuzz/corpus). FUZZ_NICE: what to run them with ("nice -n 19 chrt -i 0"). FUZZ_SEED: the same number
# makes the same inputs, until the code changes what is worth keeping. FUZZ_TIMEOUT: the seconds after which
# an input hangs (60).
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(parsers toprc history options top_keys)
jobs=${FUZZ_JOBS:-$(nproc)}
binaries=$root/build/asan-ubsan/tests/fuzz
corpus=${FUZZ_CORPUS:-$root/build/fuzz/corpus}
finds=$root/build/fuzz/finds
logs=$root/build/fuzz/logs
read -r -a nice <<<"${FUZZ_NICE:-}"

build() {
  local log
  log=$(mktemp)
  if ! cmake --preset asan-ubsan >"$log"; then
    cat "$log"
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
  cmake --build --preset asan-ubsan --target cv_fuzz -j "$(nproc)"
}

# run TARGET: its seeds, its regressions and what earlier runs have found worth keeping. An input is
# larger than any file that the kernel makes for these parsers, or a page of history, needs to be; a
# single one may take a minute, on a busy machine and under both sanitizers, and 2 GiB.
run() {
  local target=$1 options=(-max_len=8192) inputs
  mkdir -p "$corpus/$target" "$finds/$target" "$logs"
  inputs=("$corpus/$target" "$root/build/fuzz/seeds/$target")
  [ ! -d "$root/tests/fuzz/regressions/$target" ] ||
    inputs+=("$root/tests/fuzz/regressions/$target")
  [ "$target" != top_keys ] || options=(-max_len=160)
  [ "$target" != options ] || options=(-max_len=400)
  [ ! -f "$root/tests/fuzz/dictionaries/$target.dict" ] ||
    options+=(-dict="$root/tests/fuzz/dictionaries/$target.dict")
  "${nice[@]}" "$binaries/$target" "${options[@]}" -max_total_time="$seconds" -timeout="${FUZZ_TIMEOUT:-60}" \
    -rss_limit_mb=2048 -seed="${FUZZ_SEED:-0}" -print_final_stats=1 -artifact_prefix="$finds/$target/" \
    "${inputs[@]}" >"$logs/$target.log" 2>&1
}

# report TARGET STATUS: one line, and all that libFuzzer says of a find.
report() {
  local target=$1 status=$2 log=$logs/$1.log
  local executions coverage features
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  coverage=$(sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\) .*/\1 \2/p' "$log" | tail -n 1)
  features=${coverage#* }
  printf '%-9s %s executions, %s edges covered, %s features, %s new inputs kept\n' "$target" \
    "${executions:-?}" "${coverage% *}" "$features" \
    "$(sed -n 's/^stat::new_units_added: *//p' "$log")"
  # What did not run is no pass: the seeds alone are some executions.
  if [ "$status" -eq 0 ] && [ "${executions:-0}" -gt 100 ]; then
    return 0
  fi
  tail -n 80 "$log"
  echo "$target: FOUND SOMETHING (exit status $status), see build/fuzz/finds/$target"
  return 1
}

build || exit 1
rm -rf "$root/build/fuzz/seeds"
python3 tests/fuzz/make_corpus.py "$binaries" "$root/build/fuzz/seeds" || exit 1
failed=0
declare -A running=() # pid -> target
# reap: waits for one of those that run.
reap() {
  local pid status
  wait -n -p pid "${!running[@]}"
  status=$?
  report "${running[$pid]}" "$status" || failed=1
  unset "running[$pid]"
}
for target in "${targets[@]}"; do
  [ ${#running[@]} -lt "$jobs" ] || reap
  run "$target" &
  running[$!]=$target
done
while [ ${#running[@]} -gt 0 ]; do reap; done
exit "$failed"
