import Testing

@testable import Bytes

private func inflate(
    _ bytes: [UInt8], _ limits: GzipReader.Limits = .init(), chunkBytes: Int = 64 << 10
) throws -> [UInt8] {
    var reader = try GzipReader(bytes, limits: limits)
    var chunk = [UInt8](repeating: 0, count: chunkBytes)
    var output: [UInt8] = []
    while true {
        let count = try chunk.withUnsafeMutableBytes { room in
            try reader.read(into: room)
        }
        if count == 0 { return output }
        output += chunk[..<count]
    }
}

@Suite struct GzipTests {
    private let text = Array(String(repeating: "package agentd.authz\n", count: 40).utf8)

    @Test(arguments: [1, 2, 7, 64 << 10])
    func `what is compressed comes back whatever the chunk`(chunkBytes: Int) throws {
        let compressed = try GzipWriter.compress(text)
        #expect(compressed.count < text.count / 4)
        #expect(try inflate(compressed, chunkBytes: chunkBytes) == text)
        #expect(try inflate(GzipWriter.compress([])) == [])
    }

    @Test func `the same bytes compress to the same bytes`() throws {
        #expect(try GzipWriter.compress(text) == GzipWriter.compress(text))
        #expect(try GzipWriter.compress(text)[4..<8].allSatisfy { $0 == 0 }, "no time inside")
    }

    @Test func `members follow one another`() throws {
        let two = try GzipWriter.compress(Array("ab".utf8)) + GzipWriter.compress(Array("c".utf8))
        #expect(try inflate(two) == Array("abc".utf8))
    }

    @Test func `a member cut anywhere is refused`() throws {
        let compressed = try GzipWriter.compress(text)
        for end in 1..<compressed.count {
            let expected = end < 10 ? GzipError.headerTruncated : .truncated
            #expect(throws: expected) { try inflate(Array(compressed[..<end])) }
        }
        #expect(throws: GzipError.empty) { try inflate([]) }
    }

    @Test func `a changed byte never passes unnoticed`() throws {
        let compressed = try GzipWriter.compress(text)
        // The time, the extra flags and the system (bytes 4 to 9) say nothing about the text.
        for index in [0, 1, 2, 3] + Array(10..<compressed.count) {
            var changed = compressed
            changed[index] ^= 0x80
            #expect(throws: GzipError.self, "byte \(index)") { try inflate(changed) }
        }
    }

    @Test func `what follows a member must be a member`() throws {
        let compressed = try GzipWriter.compress(text)
        #expect(throws: GzipError.notGzip) { try inflate(compressed + [0, 0]) }
        #expect(throws: GzipError.notGzip) { try inflate(Array("hello, world".utf8)) }
    }

    @Test func `output stops at the limit`() throws {
        let compressed = try GzipWriter.compress(text)
        let size = text.count
        #expect(try inflate(compressed, .init(bytesMax: size)).count == size)
        #expect(throws: GzipError.tooLarge(limit: size - 1)) {
            try inflate(compressed, .init(bytesMax: size - 1))
        }
    }

    @Test func `output may not be too many times the input`() throws {
        let zeros = try GzipWriter.compress([UInt8](repeating: 0, count: 200_000))
        #expect(try inflate(zeros, .init(ratioFreeBytes: 200_000)).count == 200_000)
        #expect(throws: GzipError.ratioExceeded(limit: 100)) {
            try inflate(zeros, .init(ratioFreeBytes: 199_999))
        }
    }
}
