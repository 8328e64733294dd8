#!/usr/bin/env bash
# What threads share, under ThreadSanitizer: deciding while the policy is exchanged, rate limits,
# access log and metrics. The same tests are part of `swift test`, without it.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$root"

filter='SnapshotSwapTests|RateLimitConcurrencyTests|AccessLogTests|MetricTests|LogTests'
output=$(mktemp)
trap 'rm -f "$output"' EXIT
# A first report ends the run; suppressions would be a file here, and there are none.
export TSAN_OPTIONS=halt_on_error=1:exitcode=66:second_deadlock_stack=1
# By name: all products would include the compiler that swift-protobuf brings along.
swift build --scratch-path "$build_dir-tsan" --sanitize=thread --product sluicePackageTests
status=0
swift test --scratch-path "$build_dir-tsan" --sanitize=thread --skip-build --disable-xctest \
    --no-parallel --filter "$filter" 2>&1 | tee "$output" || status=$?
grep -q 'WARNING: ThreadSanitizer' "$output" && die "ThreadSanitizer found a race"
[ "$status" -eq 0 ] || die "the tests failed"
grep -Eq 'Test run with [1-9][0-9]* tests.* passed' "$output" || die "no tests ran"
say "tsan: no races in $(grep -Eo 'Test run with [0-9]+ tests' "$output" | tail -n 1 |
    grep -Eo '[0-9]+') tests"
