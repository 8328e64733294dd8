internal import Bytes
internal import Glibc
internal import Identity
internal import Telemetry

// What a request pays for identity, limits, metrics and its access record, piece by piece.

let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 4096)
let tiers = try RateLimitTiers([
    RateLimitTier(name: "standard", requestsPerMinute: 1_000_000, requestsPerHour: 50_000_000)
])
let registry = MetricRegistry(workers: 1)
var request = try RequestBenchmark(registry: registry, tiers: tiers, memory: memory)
if !request.run() {
    print("a request allocates")
    exit(1)
}
