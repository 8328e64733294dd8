#!/usr/bin/env bash
# Generates Sources/Shared/Protos/Generated anew, after a .proto file has changed: messages with
# swift-protobuf's plugin, which is built once, and the descriptors that server reflection serves.
# Needs protoc (Debian: protobuf-compiler libprotobuf-dev).
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$root"

command -v protoc >/dev/null || die "protoc is missing: apt-get install protobuf-compiler libprotobuf-dev"
protos=Sources/Shared/Protos
plugin_build=$build_dir/protoc-gen-swift
plugin=$plugin_build/debug/protoc-gen-swift
if [ ! -x "$plugin" ]; then
    swift package --scratch-path "$build_dir" resolve
    swift build --package-path "$build_dir/checkouts/swift-protobuf" \
        --scratch-path "$plugin_build" --product protoc-gen-swift
fi

# Messages that the program uses; the others are there for reflection alone.
messages=(
    agentd/v1/agentd.proto
    agentd/v1/audit.proto
    agentd/v1/lifecycle.proto
    agentd/v1/listing.proto
    grpc/health/v1/health.proto
    grpc/reflection/v1/reflection.proto
    google/rpc/status.proto
    google/rpc/error_details.proto
)
protoc -I "$protos/proto" --plugin="$plugin" \
    --swift_opt=Visibility=Public --swift_opt=UseAccessLevelOnImports=true \
    --swift_opt=FileNaming=PathToUnderscores --swift_out="$protos/Generated" "${messages[@]}"

set_file=$(mktemp)
trap 'rm -f "$set_file"' EXIT
protoc -I "$protos/proto" --include_imports --descriptor_set_out="$set_file" \
    "${messages[@]}" grpc/reflection/v1alpha/reflection.proto
{
    echo "// DO NOT EDIT: scripts/protos.sh makes it."
    echo
    echo "extension DescriptorSet {"
    echo "    static let base64 = \"\"\""
    base64 -w 92 "$set_file" | sed 's/^/        /; s/$/\\/; $ s/\\$//'
    echo "        \"\"\""
    echo "}"
} >"$protos/Generated/DescriptorSet+Base64.swift"
say "protos: $(ls "$protos/Generated" | wc -l) files"
