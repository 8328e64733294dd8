internal import Bytes
internal import HTTP
internal import Rego

/// All that a policy can read of a request, as one text: requests with the same text have the same
/// input, as far as the policy can tell.
enum DecisionKey {
    /// A longer one is not made: such requests are rare, and seldom the same.
    private static let bytesMax = 1024

    /// What is in no key: it is long, or differs from request to request.
    private static let absent: PolicyInputNeeds = [
        .headers, .source, .destination, .body, .parsedBody, .identifier,
    ]

    /// Whether a policy with these needs reads nothing that is not in the key.
    static func isComplete(for needs: PolicyInputNeeds) -> Bool { needs.isDisjoint(with: absent) }

    /// The key of a request, in the arena of its input; undefined for one that has none.
    static func make(_ input: PolicyInput, _ head: borrowing RequestHead) -> Value {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytesMax) { memory in
            var key = LineBuilder(memory)
            write(input, head, to: &key)
            guard !key.isOverflowed else { return .undefined }
            var text = StringBuilder(input.arena, capacity: key.count)
            text.append(UnsafeRawBufferPointer(key.bytes))
            return text.finish()
        }
    }

    private static func write(
        _ input: PolicyInput, _ head: borrowing RequestHead, to key: inout LineBuilder
    ) {
        let bytes = input.request.bytes
        add(head.methodRange.slice(of: bytes), to: &key)
        add(input.question.path, to: &key)
        key.append(UInt8(head.query == nil ? 0 : 1))
        if let query = head.query { add(query.slice(of: bytes), to: &key) }
        add(input.question.caller, to: &key)
        guard input.needs.contains(.details) else { return }
        let details = input.details(head)
        add(details.host, to: &key)
        add(Self.bytes(details.scheme), to: &key)
        add(Self.bytes(details.protocolName), to: &key)
        withUnsafeBytes(of: details.size) { add($0, to: &key) }
    }

    /// Adds who calls, and which kind of caller it is.
    private static func add(_ caller: PolicyQuestion.Caller, to key: inout LineBuilder) {
        switch caller {
        case .nobody: key.append(UInt8(0))
        case .key(let id, let role, let tier):
            key.append(UInt8(1))
            add(id, to: &key)
            add(role, to: &key)
            add(tier, to: &key)
        case .sandbox(let id, let service, let tier):
            key.append(UInt8(2))
            add(id, to: &key)
            add(service, to: &key)
            add(tier, to: &key)
        }
    }

    /// A text behind its length: where one ends and the next begins is part of the key.
    private static func add(_ text: UnsafeRawBufferPointer, to key: inout LineBuilder) {
        guard let place = key.claim(text.count &+ 2) else { return }
        // What fits into a key has a length of 16 bits.
        UnsafeMutableRawPointer(place).storeBytes(
            of: UInt16(truncatingIfNeeded: text.count), as: UInt16.self)
        guard let source = text.baseAddress else { return }
        LineBuilder.copy(
            source.assumingMemoryBound(to: UInt8.self), to: place + 2, count: text.count)
    }

    private static func bytes(_ text: StaticString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}
