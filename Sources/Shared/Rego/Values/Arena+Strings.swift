internal import Glibc

extension Arena {
    /// A string with a copy of the bytes, which must be valid UTF-8.
    public func string(_ bytes: UnsafeRawBufferPointer) -> Value {
        let length = min(bytes.count, StringHeader.lengthMax)
        let block = allocate(bytes: 16 + length)
        let copy = (block + 16).assumingMemoryBound(to: UInt8.self)
        if let source = bytes.baseAddress { memcpy(copy, source, length) }
        return string(at: block, bytes: UnsafePointer(copy), length: length)
    }

    /// A string over bytes that the caller keeps alive and unchanged until the evaluation ends.
    /// Also the way to make a part of another string without copying it.
    public func string(borrowing bytes: UnsafeRawBufferPointer) -> Value {
        let length = min(bytes.count, StringHeader.lengthMax)
        let block = allocate(bytes: 16)
        return string(at: block, bytes: bytes.firstByte, length: length)
    }

    public func string(_ text: StaticString) -> Value {
        string(borrowing: UnsafeRawBufferPointer(
            start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public func string(_ text: String) -> Value {
        var text = text
        return text.withUTF8 { string(UnsafeRawBufferPointer($0)) }
    }

    public func string(_ bytes: [UInt8]) -> Value {
        bytes.withUnsafeBytes { string($0) }
    }

    private func string(
        at block: UnsafeMutableRawPointer, bytes: UnsafePointer<UInt8>, length: Int
    ) -> Value {
        let header = block.assumingMemoryBound(to: StringHeader.self)
        header.initialize(to: StringHeader(bytes: bytes, length: UInt32(length), hash: 0))
        return Value(tag: .string, pointer: block)
    }
}

/// Builds one string in an arena, growing in place while nothing else is allocated.
public struct StringBuilder: BitwiseCopyable {
    private let arena: Arena
    private var block: UnsafeMutableRawPointer
    private var capacity: Int
    public private(set) var count = 0

    /// Room in front of the bytes for the string's header.
    private static let header = 16

    public init(_ arena: Arena, capacity: Int = 48) {
        self.arena = arena
        self.capacity = max(capacity, 16)
        block = arena.allocate(bytes: Self.header + self.capacity)
    }

    public mutating func append(_ byte: UInt8) {
        if count == capacity { grow(by: 1) }
        (block + Self.header + count).storeBytes(of: byte, as: UInt8.self)
        count &+= 1
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        if bytes.count > capacity &- count { grow(by: bytes.count) }
        memcpy(block + Self.header + count, source, bytes.count)
        count &+= bytes.count
    }

    public mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// What has been appended so far.
    public var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: block + Self.header, count: count)
    }

    /// Undoes everything after the first `count` bytes.
    public mutating func truncate(to count: Int) { self.count = min(count, self.count) }

    /// The string. The builder must not be used afterwards.
    public func finish() -> Value {
        arena.trim(block, from: Self.header + capacity, to: Self.header + count)
        let header = block.assumingMemoryBound(to: StringHeader.self)
        let start = (block + Self.header).assumingMemoryBound(to: UInt8.self)
        let length = UInt32(min(count, StringHeader.lengthMax))
        header.initialize(to: StringHeader(bytes: UnsafePointer(start), length: length, hash: 0))
        return Value(tag: .string, pointer: block)
    }

    private mutating func grow(by more: Int) {
        let wanted = max(capacity * 2, count + more)
        let old = Self.header + capacity
        if !arena.extend(block, from: old, to: Self.header + wanted) {
            let larger = arena.allocate(bytes: Self.header + wanted)
            memcpy(larger, block, Self.header + count)
            block = larger
        }
        capacity = wanted
    }
}
