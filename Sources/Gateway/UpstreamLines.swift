internal import Config

/// The field lines by which the gateway proves itself to each of its upstreams. Plain memory: a
/// request copies them and counts no reference.
final class UpstreamLines: @unchecked Sendable {
    // Sendable: the memory is written in `init` only.
    private let memory: UnsafeMutableBufferPointer<UnsafeBufferPointer<UInt8>>

    init(_ upstreams: [UpstreamConfiguration]) {
        memory = .allocate(capacity: upstreams.count)
        for (index, upstream) in upstreams.enumerated() {
            let text = upstream.token.map { "authorization: Bearer \($0)\r\n" } ?? ""
            let line = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
            _ = line.initialize(fromContentsOf: text.utf8)
            memory.initializeElement(at: index, to: UnsafeBufferPointer(line))
        }
    }

    deinit {
        for line in memory { line.deallocate() }
        memory.deallocate()
    }

    /// Empty for an upstream without a token.
    subscript(upstream: Int) -> UnsafeBufferPointer<UInt8> { memory[upstream] }
}
