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

    private typealias Texts = InlineArray<9, UnsafeRawBufferPointer>

    /// Whether a policy with these needs reads nothing that is not in the key.
    static func isComplete(for needs: PolicyInputNeeds) -> Bool { needs.isDisjoint(with: absent) }

    /// The key of a request, in the arena of its input; undefined for one that has none.
    static func make(_ input: PolicyInput, _ head: borrowing RequestHead) -> Value {
        let bytes = input.request.bytes
        var texts = Texts(repeating: UnsafeRawBufferPointer(start: nil, count: 0))
        var facts = (size: Int64(0), hasQuery: false, caller: UInt8(0))
        texts[0] = head.methodRange.slice(of: bytes)
        texts[1] = input.question.path
        if let query = head.query {
            texts[2] = query.slice(of: bytes)
            facts.hasQuery = true
        }
        facts.caller = add(input.question.caller, to: &texts)
        if input.needs.contains(.details) {
            let details = input.details(head)
            texts[6] = details.host
            texts[7] = Self.bytes(details.scheme)
            texts[8] = Self.bytes(details.protocolName)
            facts.size = details.size
        }
        var count = 0
        for index in texts.indices { count &+= texts[index].count }
        guard count <= bytesMax else { return .undefined }
        var key = StringBuilder(input.arena, capacity: count &+ 48)
        withUnsafeBytes(of: facts.size) { key.append($0) }
        key.append(facts.caller)
        key.append(facts.hasQuery ? 1 : 0)
        add(texts, to: &key)
        return key.finish()
    }

    /// How long each is, then all of them: where one ends and the next begins is part of the key.
    private static func add(_ texts: Texts, to key: inout StringBuilder) {
        var lengths = InlineArray<9, UInt16>(repeating: 0)
        for index in texts.indices {
            lengths[index] = UInt16(truncatingIfNeeded: texts[index].count)
        }
        withUnsafeBytes(of: lengths) { key.append($0) }
        for index in texts.indices { key.append(texts[index]) }
    }

    /// Adds who calls; which kind of caller it is.
    private static func add(_ caller: PolicyQuestion.Caller, to texts: inout Texts) -> UInt8 {
        switch caller {
        case .nobody: return 0
        case .key(let id, let role, let tier):
            texts[3] = id
            texts[4] = role
            texts[5] = tier
            return 1
        case .sandbox(let id, let service, let tier):
            texts[3] = id
            texts[4] = service
            texts[5] = tier
            return 2
        }
    }

    private static func bytes(_ text: StaticString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}
