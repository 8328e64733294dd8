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

    private typealias Texts = InlineArray<7, UnsafeRawBufferPointer>

    /// What stands in front of the texts: how long each is, so that where one ends and the next
    /// begins is part of the key, and what is no text.
    private struct Header: BitwiseCopyable {
        var lengths = InlineArray<7, UInt16>(repeating: 0)
        /// Bits: who calls (nobody, a key, a sandbox), whether there is a query, the version.
        var kinds: UInt16 = 0
        /// Of the content, as far as it is declared.
        var size: Int64 = 0
    }

    /// Whether a policy with these needs reads nothing that is not in the key.
    static func isComplete(for needs: PolicyInputNeeds) -> Bool { needs.isDisjoint(with: absent) }

    /// The key of a request, in the arena of its input; undefined for one that has none.
    static func make(_ input: PolicyInput, _ head: borrowing RequestHead) -> Value {
        let bytes = input.request.bytes
        var texts = Texts(repeating: UnsafeRawBufferPointer(start: nil, count: 0))
        var header = Header()
        texts[0] = head.methodRange.slice(of: bytes)
        texts[1] = input.question.path
        if let query = head.query {
            texts[2] = query.slice(of: bytes)
            header.kinds |= 1 << 2
        }
        add(input.question.caller, &texts, &header)
        if input.needs.contains(.details) {
            texts[6] = head.authority.range.slice(of: bytes)
            header.kinds |= head.version == .http10 ? 1 << 3 : 0
            header.size = PolicyInput.declaredSize(head.framing)
        }
        return make(texts, header, input.arena)
    }

    private static func make(_ texts: Texts, _ header: Header, _ arena: Arena) -> Value {
        var header = header
        var count = 0
        for index in texts.indices {
            count &+= texts[index].count
            header.lengths[index] = UInt16(truncatingIfNeeded: texts[index].count)
        }
        guard count <= bytesMax else { return .undefined }
        var key = StringBuilder(arena, capacity: count &+ MemoryLayout<Header>.size)
        withUnsafeBytes(of: header) { key.append($0) }
        for index in texts.indices { key.append(texts[index]) }
        return key.finish()
    }

    private static func add(
        _ caller: PolicyQuestion.Caller, _ texts: inout Texts, _ header: inout Header
    ) {
        switch caller {
        case .nobody: break
        case .key(let id, let role, let tier):
            texts[3] = id
            texts[4] = role
            texts[5] = tier
            header.kinds |= 1
        case .sandbox(let id, let service):
            texts[3] = id
            texts[4] = service
            header.kinds |= 2
        }
    }
}
