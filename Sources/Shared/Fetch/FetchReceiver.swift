/// Takes what a response brings, up to a limit.
final class FetchReceiver {
    private(set) var content: [UInt8] = []
    private(set) var fields: [(name: String, value: String)] = []
    private(set) var isTooLarge = false
    /// There was more content than was taken.
    private(set) var isCut = false
    /// Of content, as far as it was taken.
    private(set) var contentBytes = 0
    private var fieldBytes = 0
    private let contentBytesMax: Int
    private let cutsContent: Bool
    let goesOn: () -> Bool
    private let output: ((UnsafeRawBufferPointer) -> Bool)?

    private static let fieldBytesMax = 64 << 10

    /// Enough for a token: content that moves leaves copies behind.
    private static let contentBytesUsual = 16 << 10

    /// - Parameters:
    ///   - cutsContent: whether content beyond the limit is cut off, and not an error.
    ///   - goesOn: false when nobody waits for the response any more.
    ///   - output: gets content in place of `content`; false ends it there.
    init(
        contentBytesMax: Int, cutsContent: Bool = false,
        goesOn: @escaping () -> Bool = { true },
        output: ((UnsafeRawBufferPointer) -> Bool)? = nil
    ) {
        self.contentBytesMax = contentBytesMax
        self.cutsContent = cutsContent
        self.goesOn = goesOn
        self.output = output
        content.reserveCapacity(min(contentBytesMax, Self.contentBytesUsual))
    }

    /// False when it is too much.
    func receive(content bytes: UnsafeRawBufferPointer) -> Bool {
        let room = contentBytesMax - contentBytes
        guard bytes.count <= room || cutsContent else {
            isTooLarge = true
            return false
        }
        let taken = UnsafeRawBufferPointer(rebasing: bytes.prefix(room))
        contentBytes += taken.count
        var goesOn = taken.count == bytes.count
        if let output {
            if !taken.isEmpty, !output(taken) { goesOn = false }
        } else {
            content.append(contentsOf: taken)
        }
        isCut = !goesOn
        return goesOn
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
