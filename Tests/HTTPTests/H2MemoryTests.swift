import Foundation
@testable import HTTP
import Testing

/// What a peer makes us keep is given back when its connection is gone, or when it is quiet.
struct H2MemoryTests {
    private let space = H2Workspace()

    private func exchange(from sender: H2Connection, to receiver: H2Connection) {
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        let count = bytes.withUnsafeMutableBytes { sender.write(to: $0) }
        bytes[..<count].withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                rest = UnsafeRawBufferPointer(
                    rebasing: rest[receiver.receive(rest, now: 0)...])
                while let event = receiver.next() {
                    guard case .head(let stream, _, _, _) = event else { continue }
                    _ = receiver.bind(stream, user: 1)
                }
            }
        }
    }

    @Test func `streams that end with their connection leave nothing behind`() throws {
        let head = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for _ in 0..<3 {
            let client = H2Connection(role: .client, limits: H2Limits(), space: space)
            let server = H2Connection(role: .server, limits: H2Limits(), space: space)
            for number in 0..<50 {
                let stream = head.withUnsafeBytes {
                    client.request($0, isSecure: false, ends: true, user: 1)
                }
                if number.isMultiple(of: 7) { client.unbind(try #require(stream)) }
            }
            exchange(from: client, to: server)
            #expect(server.boundCount > 40)
            // These are never written.
            for _ in 0..<5 {
                _ = head.withUnsafeBytes {
                    client.request($0, isSecure: false, ends: true, user: 1)
                }
            }
        }
        #expect(space.memory.usedCount == 0)
    }

    @Test func `requests that the peer takes no more are told of once, and leave nothing behind`() throws {
        let head = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        do {
            let client = H2Connection(role: .client, limits: H2Limits(), space: space)
            let server = H2Connection(role: .server, limits: H2Limits(), space: space)
            exchange(from: client, to: server)
            server.refuseStreams()
            exchange(from: server, to: client)
            var wanted: Set<Int32> = []
            for _ in 0..<20 {
                let stream = head.withUnsafeBytes {
                    client.request($0, isSecure: false, ends: true, user: 1)
                }
                wanted.insert(try #require(stream))
            }
            var bytes = [UInt8](repeating: 0, count: 1 << 18)
            _ = bytes.withUnsafeMutableBytes { client.write(to: $0) }
            var closed: [Int32] = []
            while let event = client.next() {
                guard case .closed(let stream, 1, .refusedStream) = event else { continue }
                closed.append(stream)
            }
            #expect(closed.count == 20)
            #expect(Set(closed) == wanted)
            #expect(client.boundCount == 0)
        }
        #expect(space.memory.usedCount == 0)
    }

    /// The bytes of a block that was taken, but its first word, which links free blocks.
    private func bytes(
        _ block: UnsafeMutableRawPointer, _ count: Int
    ) -> Slice<UnsafeRawBufferPointer> {
        UnsafeRawBufferPointer(start: block, count: count).dropFirst(8)
    }

    @Test(arguments: [1, 64, 65, 500, 4096, 65_536])
    func `a block that is given back is wiped and taken again`(size: Int) throws {
        let memory = H2Memory()
        let block = try #require(memory.take(size))
        block.initializeMemory(as: UInt8.self, repeating: 0xAA, count: size)
        memory.give(block)
        #expect(memory.take(size) == block)
        #expect(bytes(block, size).allSatisfy { $0 == 0 })
    }

    @Test(arguments: [1, 64, 100, 1000, 17_000, 65_536, 65_537, 1 << 20])
    func `blocks are apart, and all are given back`(size: Int) throws {
        let memory = H2Memory()
        let count = size > 65_536 ? 20 : 2 * (256 << 10) / max(size, 64)
        for _ in 0..<3 {
            let blocks = try (0..<count).map { _ in try #require(memory.take(size)) }
            let sorted = blocks.map { Int(bitPattern: $0) }.sorted()
            #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0 + size <= $1 })
            #expect(sorted.allSatisfy { $0.isMultiple(of: 16) })
            for (number, block) in blocks.enumerated() {
                block.storeBytes(of: UInt8(truncatingIfNeeded: number), as: UInt8.self)
            }
            for (number, block) in blocks.enumerated() {
                #expect(block.load(as: UInt8.self) == UInt8(truncatingIfNeeded: number))
            }
            for block in blocks { memory.give(block) }
            #expect(memory.usedCount == 0)
        }
    }

    /// Whether the mapping that has the address is marked as one that no core dump has (proc(5)).
    private func isLeftOut(_ block: UnsafeMutableRawPointer) throws -> Bool {
        let address = UInt(bitPattern: block)
        var isFound = false
        // A file of the kernel's own, whose size nobody knows before it is read.
        let file = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
        let text = String(decoding: file.readDataToEndOfFile(), as: UTF8.self)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            if ends.count == 2 { isFound = ends[0] <= address && address < ends[1] }
            if isFound, words[0] == "VmFlags:" { return words.contains("dd") }
        }
        return false
    }

    @Test(arguments: [1, 4096, 1 << 20])
    func `no core dump has it`(size: Int) throws {
        let memory = H2Memory()
        #expect(try isLeftOut(#require(memory.take(size))))
        let text = try #require(space.text.baseAddress)
        #expect(try isLeftOut(UnsafeMutableRawPointer(mutating: text)))
        let other = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer { other.deallocate() }
        #expect(try !isLeftOut(other))
    }

    @Test func `many small frames do not stay in memory`() throws {
        let client = H2Connection(role: .client, limits: H2Limits(), space: space)
        let server = H2Connection(role: .server, limits: H2Limits(), space: space)
        let head = Array("POST / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        _ = head.withUnsafeBytes { client.request($0, isSecure: false, ends: false, user: 1) }
        exchange(from: client, to: server)
        let frame: [UInt8] = [0, 0, 1, 0, 0, 0, 0, 0, 1, 0]
        let burst = [[UInt8]](repeating: frame, count: 6_000).flatMap { $0 }
        var count = 0
        #expect(burst.withUnsafeBytes { server.receive($0, now: 0) } == burst.count)
        while server.next() != nil { count += 1 }
        #expect(count == 6_000)
        #expect(server.events.capacity < 1_100)
    }
}
