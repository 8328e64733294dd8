internal import Bytes
internal import Identity
internal import Telemetry

/// A worker's state, and the operations of one request on it.
struct RequestBenchmark {
    private let tiers: RateLimitTiers
    private let keys: KeyIndex
    private let manyKeys: KeyIndex
    private let key: KeyHandle
    private let limiter: KeyLimiter
    private let process: TokenBucket
    private let addresses: AddressLimiter
    private let shard: MetricShard
    private let downstream: DownstreamMetrics
    private let cluster: ClusterMetrics
    private let sluice: SluiceMetrics
    private let log: AccessLog
    private let memory: UnsafeMutableBufferPointer<UInt8>
    private var random = RandomSource()
    private var now: UInt64 = 1_000_000_000_000
    private let wall: Int64 = 1_795_415_400_123_456_789

    private let presented = bytes("sk-live-0123456789abcdef0123456789abcdef")
    private let client = bytes("192.168.100.200")
    private let method = bytes("POST")
    private let target = bytes("/api/v1/sandboxes/sbx-0193e1/execute?wait=true")
    private let userAgent = bytes("python-httpx/0.27.0 (agent-runner; linux x86_64)")
    private let parent = bytes("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")

    init(
        registry: MetricRegistry, tiers: RateLimitTiers,
        memory: UnsafeMutableBufferPointer<UInt8>
    ) throws {
        self.tiers = tiers
        self.memory = memory
        let text = String(decoding: presented, as: UTF8.self)
        keys = try RequestBenchmark.index(text, others: 10, tiers)
        manyKeys = try RequestBenchmark.index(text, others: 100_000, tiers)
        guard case .key(let key) = keys.lookup(span(presented), nowSeconds: 1) else {
            preconditionFailure("the key is not in its index")
        }
        self.key = key
        limiter = KeyLimiter(keys: keys, tiers: tiers)
        guard let process = TokenBucket(capacity: 1_000_000, tokensPerSecond: 1_000_000_000),
            let addresses = AddressLimiter(requestsPerMinute: 1_000_000_000, seed: (1, 2))
        else { throw MetricFault.full("limits") }
        self.process = process
        self.addresses = addresses
        shard = registry.shards[0]
        downstream = try DownstreamMetrics(registry, prefix: "ingress_http")
        cluster = try ClusterMetrics(registry, name: "agentd_http")
        sluice = try SluiceMetrics(registry)
        var options = AccessLog.Options()
        options.ringBytes = 1 << 20
        log = try AccessLog(.file("/dev/null"), workers: 1, options: options)
    }

    private static func index(
        _ key: String, others: Int, _ tiers: RateLimitTiers
    ) throws -> KeyIndex {
        let keys = [key] + (0..<others).map { "other-key-\($0)" }
        let definitions = keys.enumerated().map { index, key in
            KeyDefinition(
                id: "key-\(index)", secret: .plaintext(key), role: "user",
                rateLimitTier: "standard")
        }
        return try KeyIndex(definitions, tiers: tiers)
    }

    /// Measures each operation; false when one of them allocates.
    mutating func run() -> Bool {
        let areLean = [
            measure("key lookup, 10 keys") { _ in lookUp(keys) },
            measure("key lookup, 100,000 keys") { _ in lookUp(manyKeys) },
            measure("lease from both windows") { _ in lease() },
            measure("process bucket") { _ in takeFromProcess() },
            measure("address bucket") { takeFromAddress($0) },
            measure("rate-limit field lines") { _ in writeFields() },
            measure("request id") { _ in writeRequestID() },
            measure("traceparent, parsed and continued") { _ in continueTrace() },
            measure("metrics of one request") { _ in count() },
            measure("access record") { record($0) },
            measure("all of a request") { all($0) },
        ]
        print("dropped records: \(log.droppedCount)")
        return !areLean.contains(false)
    }

    private mutating func lookUp(_ index: KeyIndex) {
        precondition(index.lookup(span(presented), nowSeconds: 1) != .unknown)
    }

    private mutating func lease() {
        now &+= 100_000
        let outcome = limiter.lease(key, tier: keys.tier(of: key), nowNanoseconds: now)
        guard case .granted = outcome else { preconditionFailure("refused") }
    }

    private mutating func takeFromProcess() {
        now &+= 1000
        precondition(process.take(nowNanoseconds: now) == .granted)
    }

    private mutating func takeFromAddress(_ index: Int) {
        now &+= 1000
        let address = ClientAddress(ipv4: UInt32(truncatingIfNeeded: index & 0xFFF))
        precondition(addresses.take(address, nowNanoseconds: now) == .granted)
    }

    private mutating func writeFields() {
        now &+= 100_000
        let outcome = limiter.lease(key, tier: keys.tier(of: key), nowNanoseconds: now)
        guard case .granted(_, let standing) = outcome else { preconditionFailure("refused") }
        var line = LineBuilder(memory)
        RateLimitField.appendLines(of: standing, tiers: tiers, to: &line)
        precondition(!line.isOverflowed)
    }

    private mutating func writeRequestID() {
        var line = LineBuilder(memory)
        RequestID(wallNanoseconds: wall, random: &random).append(to: &line)
        precondition(line.count == RequestID.byteCount)
    }

    private mutating func continueTrace() {
        var line = LineBuilder(memory)
        guard let context = TraceContext(parsing: span(parent)) else {
            preconditionFailure("not parsed")
        }
        context.child(random: &random).append(to: &line)
        precondition(line.count == TraceContext.byteCount)
    }

    private mutating func count() {
        shard.add(downstream.requests)
        shard.increment(downstream.requestsActive)
        shard.add(cluster.requests)
        sluice.decided(.allow, nanoseconds: 900, shard)
        cluster.answered(status: 200, nanoseconds: 700_000, shard)
        downstream.answered(status: 200, nanoseconds: 800_000, shard)
        shard.decrement(downstream.requestsActive)
    }

    private mutating func record(_ index: Int) {
        if index & 1023 == 0 { log.flush() }
        guard var line = log.rings[0].begin(wallNanoseconds: wall) else { return }
        line.text(.client, span(client))
        line.text(.method, span(method))
        line.path(span(target))
        line.number(.status, 200)
        line.duration(.durationMilliseconds, nanoseconds: 812_345)
        line.requestID(RequestID(wallNanoseconds: wall, random: &random))
        line.text(.userAgent, span(userAgent))
        line.text(.authStatus, "ok")

        line.text(.keyID, keys.id(of: key))
        line.text(.tier, tiers.name(of: keys.tier(of: key)))
        line.number(.bytesReceived, 512)
        line.number(.bytesSent, 20_480)
        line.text(.route, "api")
        line.duration(.upstreamMilliseconds, nanoseconds: 700_123)
        log.rings[0].commit(line)
    }

    private mutating func all(_ index: Int) {
        lookUp(keys)
        takeFromProcess()
        writeFields()
        count()
        record(index)
    }
}

/// Bytes that stay for as long as the program runs.
private func bytes(_ text: StaticString) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
}

@_lifetime(immortal)
private func span(_ bytes: UnsafeBufferPointer<UInt8>) -> Span<UInt8> {
    _overrideLifetime(Span(_unsafeElements: bytes), copying: ())
}
