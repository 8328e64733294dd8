/// Writes a ustar archive, with pax records for names that do not fit. The same entries always
/// give the same bytes: no time, owner or permission of the machine gets in.
public struct TarWriter {
    private var archive: [UInt8] = []

    public init() {}

    /// Adds a regular file. `name` is written as given.
    public mutating func add(name: String, bytes: [UInt8]) {
        let raw = Array(name.utf8)
        if raw.count > 100 {
            addBlock(name: Array("pax".utf8), bytes: Self.record("path", raw), flag: "x")
        }
        addBlock(name: raw.count > 100 ? Array(raw.prefix(100)) : raw, bytes: bytes, flag: "0")
    }

    /// The archive with its two closing blocks, padded to 10 KiB records as tar does.
    public consuming func finish() -> [UInt8] {
        var archive = archive
        archive.append(contentsOf: repeatElement(0, count: 2 * TarHeader.blockBytes))
        let record = 20 * TarHeader.blockBytes
        let padding = (record - archive.count % record) % record
        archive.append(contentsOf: repeatElement(0, count: padding))
        return archive
    }

    private mutating func addBlock(name: [UInt8], bytes: [UInt8], flag: Unicode.Scalar) {
        var header = [UInt8](repeating: 0, count: TarHeader.blockBytes)
        func put(_ text: [UInt8], at offset: Int) {
            header.replaceSubrange(offset..<(offset + text.count), with: text)
        }
        put(name, at: 0)
        put(Array("0000644".utf8), at: 100)
        put(Array("0000000".utf8), at: 108)
        put(Array("0000000".utf8), at: 116)
        put(Self.octal(bytes.count, digits: 11), at: 124)
        put(Self.octal(0, digits: 11), at: 136)
        put(Array("        ".utf8), at: 148)
        header[156] = UInt8(ascii: flag)
        put(Array("ustar\u{0}00".utf8), at: 257)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(Self.octal(sum, digits: 6) + [0, ASCII.space], at: 148)

        archive.append(contentsOf: header)
        archive.append(contentsOf: bytes)
        let padding =
            (TarHeader.blockBytes - bytes.count % TarHeader.blockBytes)
            % TarHeader.blockBytes
        archive.append(contentsOf: repeatElement(0, count: padding))
    }

    private static func octal(_ value: Int, digits: Int) -> [UInt8] {
        let text = Array(String(value, radix: 8).utf8)
        return [UInt8](repeating: UInt8(ascii: "0"), count: max(0, digits - text.count)) + text
    }

    /// `LENGTH KEY=VALUE\n`, where the length counts its own digits.
    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let tail = Array(" \(key)=".utf8) + value + [ASCII.lineFeed]
        var length = tail.count
        while String(length).utf8.count + tail.count != length {
            length = String(length).utf8.count + tail.count
        }
        return Array(String(length).utf8) + tail
    }
}
