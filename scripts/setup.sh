#!/usr/bin/env bash
# Installs what building and testing needs: Debian packages, and a check of Swift. May run again.
set -euo pipefail
source "$(dirname "$0")/common.sh"

packages=(
    libssl-dev  # digests, and TLS
    libnghttp2-dev # HTTP/2
    zlib1g-dev  # .tar.gz bundles
    libre2-dev  # regular expressions of Rego
    libyaml-dev # configuration and data
    libc-ares-dev # names of upstreams
    libcurl4-openssl-dev # token servers
    libseccomp-dev bubblewrap # sandboxes
    libsqlite3-dev # the state of agentd, and databases of sandboxes
    ca-certificates # whom external services are trusted by
    openssl pkg-config g++ curl python3
)
swift_version_min=6.2

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$status" = "install ok installed" ] || missing+=("$package")
done

if [ ${#missing[@]} -eq 0 ]; then
    say "setup: all ${#packages[@]} Debian packages are there"
elif [ "$(id -u)" -eq 0 ]; then
    say "setup: installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
    die "packages are missing; run: sudo apt-get install -y ${missing[*]}"
fi

command -v swift >/dev/null || die "Swift $swift_version_min or newer is needed: https://swift.org/install"
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1)
oldest=$(printf '%s\n%s\n' "$swift_version_min" "$version" | sort -V | head -n 1)
[ "$oldest" = "$swift_version_min" ] ||
    die "Swift $version is too old: $swift_version_min or newer is needed"
say "setup: Swift $version"
