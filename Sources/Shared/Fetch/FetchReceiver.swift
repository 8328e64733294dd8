/// Takes what a response brings, up to a limit.
final class FetchReceiver {
    private(set) var content: [UInt8] = []
    private(set) var fields: [(name: String, value: String)] = []
    private(set) var isTooLarge = false
    private var fieldBytes = 0
    private let contentBytesMax: Int

    private static let fieldBytesMax = 64 << 10

    /// Enough for a token: content that moves leaves copies behind.
    private static let contentBytesUsual = 16 << 10

    init(contentBytesMax: Int) {
        self.contentBytesMax = contentBytesMax
        content.reserveCapacity(min(contentBytesMax, Self.contentBytesUsual))
    }

    /// False when it is too much.
    func receive(content bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= contentBytesMax - content.count else {
            isTooLarge = true
            return false
        }
        content.append(contentsOf: bytes)
        return true
    }

    /// One line of a head. A status line begins a new one: that of a final response after an
    /// informational one.
    func receive(line bytes: UnsafeRawBufferPointer) -> Bool {
        fieldBytes += bytes.count
        guard fieldBytes <= Self.fieldBytesMax else {
            isTooLarge = true
            return false
        }
        if bytes.starts(with: "HTTP/".utf8) {
            fields.removeAll()
            return true
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let name = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
        fields.append((name, Self.trimmed(bytes[(colon + 1)...])))
        return true
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        var bytes = bytes
        while let last = bytes.last, last <= 0x20 { bytes = bytes.dropLast() }
        return String(decoding: bytes.drop { $0 <= 0x20 }, as: UTF8.self)
    }
}
