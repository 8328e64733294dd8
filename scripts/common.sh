# What the scripts share; read by them with `source`, never run by itself.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build_dir=${SLUICE_BUILD_DIR:-$root/.build}

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Whether something accepts connections at 127.0.0.1:$1.
port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port that nothing listens on now.
free_port() {
    python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails when the time is over.
wait_for() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

# Sets $sluice to a release binary: SLUICE_BIN, or one that is built now.
need_sluice() {
    if [ -n "${SLUICE_BIN:-}" ]; then
        sluice=$SLUICE_BIN
        [ -x "$sluice" ] || die "SLUICE_BIN=$sluice is no program"
        return
    fi
    swift build --package-path "$root" --scratch-path "$build_dir" -c release --product sluice
    sluice=$build_dir/release/sluice
}

# Stops the processes whose numbers are in the array `children`, and waits for them.
stop_children() {
    local pid
    # How they end is not this script's end.
    for pid in "${children[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${children[@]}"; do wait "$pid" 2>/dev/null || true; done
    children=()
}
children=()
