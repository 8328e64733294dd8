#!/usr/bin/env bash
# Looks for bytes that break what FuzzTargets says must hold, with libFuzzer.
#   scripts/fuzz.sh                 every target, 60 s each
#   scripts/fuzz.sh json 300        one target, so many seconds
#   scripts/fuzz.sh list            the targets
# Seeds and former findings are in Tests/Corpus/fuzz/TARGET, and `swift test` replays them. What a
# run learns stays in SLUICE_FUZZ_DIR (default ~/.cache/sluice-fuzz); a finding is copied to the
# corpus, and the run fails. SLUICE_FUZZ_SANITIZE=address adds AddressSanitizer; more arguments go
# to libFuzzer.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$root"

target=${1:-all}
seconds=${2:-60}
shift $(($# < 2 ? $# : 2))
sanitize=fuzzer${SLUICE_FUZZ_SANITIZE:+,$SLUICE_FUZZ_SANITIZE}
work=${SLUICE_FUZZ_DIR:-$HOME/.cache/sluice-fuzz}

# The library without a main function: the one of the program stays.
library=$(find "$(dirname "$(realpath "$(command -v swiftc)")")/.." \
    -name "libclang_rt.fuzzer_no_main-$(uname -m).a" -print -quit)
[ -n "$library" ] || die "this Swift comes without libFuzzer (clang_rt.fuzzer_no_main)"

fuzzer=${SLUICE_FUZZER:-}
if [ -z "$fuzzer" ]; then
    SLUICE_FUZZING=1 swift build -c release --scratch-path "$build_dir-fuzz" --product sluice-fuzz \
        -Xswiftc "-sanitize=$sanitize" -Xswiftc -use-ld=lld \
        -Xlinker "$library" -Xlinker -lstdc++ -Xlinker -lm
    fuzzer=$build_dir-fuzz/release/sluice-fuzz
fi

targets=$(ls Tests/Corpus/fuzz)
case $target in
list)
    say "$targets"
    exit 0
    ;;
all) ;;
*)
    [ -d "Tests/Corpus/fuzz/$target" ] || die "no target $target; there are: ${targets//$'\n'/ }"
    targets=$target
    ;;
esac

# So that libFuzzer hears of every way to end, and keeps what led there.
export UBSAN_OPTIONS=handle_abort=1:handle_sigill=1:handle_sigtrap=1
export ASAN_OPTIONS=$UBSAN_OPTIONS:detect_leaks=0
export SWIFT_BACKTRACE=enable=no

failed=0
for name in $targets; do
    step "$name, $seconds s"
    learnt=$work/$name
    found=$work/found/$name
    mkdir -p "$learnt" "$found"
    dictionary=()
    [ -e "Tests/Fuzz/Dictionaries/$name" ] && dictionary=("-dict=Tests/Fuzz/Dictionaries/$name")
    status=0
    "$fuzzer" "$name" "$learnt" "Tests/Corpus/fuzz/$name" "${dictionary[@]}" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -verbosity=1 -artifact_prefix="$found/" "$@" >"$work/$name.log" 2>&1 || status=$?
    grep -E 'stat::number_of_executed_units|stat::peak_rss_mb' "$work/$name.log" || true
    [ "$status" -eq 0 ] && continue
    failed=1
    grep -E 'ERROR|SUMMARY|Fatal error' "$work/$name.log" | head -n 5 || true
    for file in "$found"/*; do
        [ -e "$file" ] || continue
        mv "$file" "Tests/Corpus/fuzz/$name/"
        say "kept Tests/Corpus/fuzz/$name/$(basename "$file")"
    done
done
[ "$failed" -eq 0 ] || die "something was found; logs are in $work"
say "fuzz: nothing found"
