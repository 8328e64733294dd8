internal import Bytes
internal import COpenSSL

/// SHA-256 of bytes that come in pieces, without a heap.
struct SHA256Stream {
    /// A digest, or a code made with it.
    struct Value {
        private var bytes = InlineArray<32, UInt8>(repeating: 0)

        mutating func fill(_ body: (UnsafeMutablePointer<UInt8>) -> Void) {
            var span = bytes.mutableSpan
            span.withUnsafeMutableBufferPointer { buffer in
                if let base = buffer.baseAddress { body(base) }
            }
        }

        func writeHex(to line: inout LineBuilder) {
            for index in bytes.indices { line.append(hex: bytes[index]) }
        }

        /// Appends the digits to a digest.
        func addHex(to stream: inout SHA256Stream) {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { memory in
                var line = LineBuilder(memory)
                writeHex(to: &line)
                stream.add(UnsafeRawBufferPointer(line.bytes))
            }
        }
    }

    private var context = SHA256_CTX()
    // Pieces are often single bytes, which are cheaper together.
    private var pending = InlineArray<64, UInt8>(repeating: 0)
    private var pendingCount = 0

    init() { copenssl_sha256_begin(&context) }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        flush()
        copenssl_sha256_add(&context, bytes.baseAddress, bytes.count)
    }

    mutating func add(_ text: StaticString) {
        add(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func add(_ byte: UInt8) {
        if pendingCount == 64 { flush() }
        pending[pendingCount] = byte
        pendingCount &+= 1
    }

    mutating func finish() -> Value {
        flush()
        var value = Value()
        value.fill { copenssl_sha256_end(&context, $0) }
        return value
    }

    private mutating func flush() {
        guard pendingCount > 0 else { return }
        let count = pendingCount
        pending.span.withUnsafeBytes { bytes in
            copenssl_sha256_add(&context, bytes.baseAddress, count)
        }
        pendingCount = 0
    }
}
