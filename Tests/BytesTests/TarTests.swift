import Testing

@testable import Bytes

private func read(
    _ archive: [UInt8], _ limits: TarReader.Limits = .init(), step: Int = .max
) throws -> [TarEntry] {
    var reader = TarReader(limits: limits)
    var start = 0
    while start < archive.count {
        let end = min(archive.count, start + min(step, archive.count))
        try archive.withUnsafeBytes { bytes in
            try reader.feed(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        }
        start = end
    }
    return try reader.finish()
}

/// One header block and its content, as any writer might make them.
private func entry(
    _ name: String, flag: Unicode.Scalar = "0", size: String? = nil, content: String = ""
) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
        for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
    }
    put(name, at: 0)
    let octal = String(content.utf8.count, radix: 8)
    put(size ?? octal, at: 124)
    put("        ", at: 148)
    block[156] = UInt8(ascii: flag)
    put("ustar\u{0}00", at: 257)
    put(String(block.reduce(0) { $0 + Int($1) }, radix: 8) + "\u{0}", at: 148)
    let padding = (512 - content.utf8.count % 512) % 512
    return block + Array(content.utf8) + [UInt8](repeating: 0, count: padding)
}

private let end = [UInt8](repeating: 0, count: 1024)

@Suite struct TarTests {
    private static let long = "/" + String(repeating: "folder/", count: 30) + "data.json"

    @Test(arguments: [1, 511, 512, 513, Int.max])
    func `what is written is read, cut anywhere`(step: Int) throws {
        var writer = TarWriter()
        writer.add(name: "/.manifest", bytes: Array("{}".utf8))
        writer.add(name: Self.long, bytes: [UInt8](repeating: 7, count: 1000))
        writer.add(name: "./a/./empty.rego", bytes: [])
        let entries = try read(writer.finish(), step: step)
        #expect(
            entries.map(\.path) == [".manifest", String(Self.long.dropFirst()), "a/empty.rego"])
        #expect(entries.map(\.name) == ["/.manifest", Self.long, "./a/./empty.rego"])
        #expect(entries.map(\.bytes.count) == [2, 1000, 0])
    }

    @Test func `GNU and pax names replace the short one`() throws {
        let name = String(repeating: "n", count: 120)
        let gnu = entry("././@LongLink", flag: "L", content: name + "\u{0}")
        let pax = entry("pax", flag: "x", content: "17 path=x/\u{e9}.yes\n")
        let archive = gnu + entry("short", content: "1") + pax + entry("other", content: "2") + end
        #expect(try read(archive).map(\.path) == [name, "x/\u{e9}.yes"])
    }

    @Test func `folders count for nothing and what follows the end is not read`() throws {
        let archive = entry("a/", flag: "5") + entry("a/b", content: "1") + end + [1, 2, 3]
        #expect(try read(archive) == [TarEntry(path: "a/b", name: "a/b", bytes: [0x31])])
        #expect(try read([]) == [])
    }

    @Test(arguments: ["..", "../x", "/../x", "a/../../x", "a/..", "a\\..\\x", "a\u{1}b"])
    func `a name that leaves the archive is refused`(name: String) {
        let reason =
            name.contains("..") && !name.contains("\\")
            ? "the name points outside the archive (..)"
            : "the name holds a control byte or a backslash"
        #expect(throws: TarError.self) { try read(entry(name, content: "1") + end) }
        do {
            _ = try read(entry(name, content: "1") + end)
        } catch {
            #expect("\(error)".hasSuffix(reason))
        }
    }

    @Test(arguments: ["1", "2", "3", "4", "6", "S", "K", "V"] as [Unicode.Scalar])
    func `links, devices and other kinds are refused`(flag: Unicode.Scalar) {
        #expect(throws: TarError.unsupportedType(name: "a", flag: UInt8(ascii: flag))) {
            try read(entry("a", flag: flag) + end)
        }
    }

    @Test func `a name that occurs twice is refused, however it is spelled`() {
        #expect(throws: TarError.duplicate(name: "./a")) {
            try read(entry("/a", content: "1") + entry("./a", content: "2") + end)
        }
    }

    @Test(arguments: [
        ("77777777777", TarError.entryTooLarge(name: "a", limit: 1 << 30)),
        ("\u{7f}x", .badNumber(field: "size")), ("12x", .badNumber(field: "size")),
        ("1000", .truncated),
    ])
    func `a size that cannot be is refused`(size: String, expected: TarError) {
        #expect(throws: expected) { try read(entry("a", size: size)) }
    }

    @Test func `binary sizes are read, negative and huge ones refused`() {
        func sized(_ bytes: [UInt8]) -> [UInt8] {
            var block = Array(entry("a").prefix(512))
            block.replaceSubrange(124..<136, with: bytes)
            block.replaceSubrange(148..<156, with: Array("        ".utf8))
            let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
            block.replaceSubrange(148..<(148 + sum.utf8.count), with: Array(sum.utf8))
            return block
        }
        let zeros = [UInt8](repeating: 0, count: 9)
        #expect(throws: TarError.truncated) { try read(sized([0x80] + zeros + [0, 5])) }
        #expect(throws: TarError.badNumber(field: "size")) {
            try read(sized([UInt8](repeating: 0xFF, count: 12)))
        }
        #expect(throws: TarError.badNumber(field: "size")) {
            try read(sized([0x80, 1] + zeros + [0]))
        }
    }

    @Test func `a damaged header is refused`() {
        var archive = entry("a", content: "1") + end
        archive[0] ^= 1
        #expect(throws: TarError.badChecksum) { try read(archive) }
    }

    @Test(arguments: [
        "", "5 a=b\n", "0 a=b\n", "99 a=b\n", "6 ab\nc", "x a=b\n", "8 size=x\n", "9 size=-1\n",
    ])
    func `a malformed extended header is refused`(content: String) {
        guard !content.isEmpty else { return }
        let archive = entry("pax", flag: "x", content: content) + entry("a") + end
        #expect(throws: TarError.self) { try read(archive) }
    }

    @Test func `limits hold at the limit and past it`() throws {
        let archive = entry("a", content: "12") + entry("b", content: "34") + end
        #expect(
            try read(archive, .init(entryBytesMax: 2, totalBytesMax: 4, entriesMax: 2)).count == 2)
        #expect(throws: TarError.entryTooLarge(name: "a", limit: 1)) {
            try read(archive, .init(entryBytesMax: 1))
        }
        #expect(throws: TarError.tooLarge(limit: 3)) {
            try read(archive, .init(totalBytesMax: 3))
        }
        #expect(throws: TarError.tooManyEntries(limit: 1)) {
            try read(archive, .init(entriesMax: 1))
        }
    }

    @Test func `an archive cut inside an entry is refused`() throws {
        let archive = entry("a", content: "12") + entry("b", content: "34")
        for end in 1..<archive.count where end != 1024 {
            #expect(throws: TarError.truncated) { try read(Array(archive[..<end])) }
        }
    }
}
