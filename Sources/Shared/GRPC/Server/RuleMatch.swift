internal import Bytes
internal import HTTP

/// What a request's path and query come to: which method, and which fields they set.
struct RuleMatch {
    let rule: HTTPRule
    let target: String
    let isStream: Bool
    /// A JSON object whose members go over those of the content.
    let overlay: [UInt8]

    enum Failure: Error {
        case noRule
        case otherMethods([HTTP.Method])
        case refused(Status)
    }

    init(
        _ rules: [HTTPRule], _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer
    ) throws(Failure) {
        let segments = try Self.segments(head.path.slice(of: bytes))
        let matches = rules.compactMap { rule in
            rule.match(segments).map { (rule, $0) }
        }
        guard !matches.isEmpty else { throw .noRule }
        let method = head.method == .head ? .get : head.method
        guard let (rule, fields) = matches.first(where: { $0.0.method == method }) else {
            throw .otherMethods(matches.map { $0.0.method })
        }
        self.rule = rule
        let accept = head.fields.first(.accept)?.valueRange.slice(of: bytes)
        let wantsEvents = accept.map {
            String(decoding: $0, as: UTF8.self).contains("text/event-stream")
        }
        isStream = rule.streamTarget != nil && wantsEvents == true
        target = (isStream ? rule.streamTarget : nil) ?? rule.target
        let query = try Self.parameters(head.query?.slice(of: bytes), rule)
        overlay = Self.object(fields.map { ($0.name, $0.value, .string) } + query)
    }

    private static func segments(
        _ path: UnsafeRawBufferPointer
    ) throws(Failure) -> [String] {
        var segments: [String] = []
        for segment in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true) {
            segments.append(try decode(Array(segment), .pathSegment))
        }
        return segments
    }

    private static func parameters(
        _ query: UnsafeRawBufferPointer?, _ rule: HTTPRule
    ) throws(Failure) -> [(String, String, HTTPRule.Form)] {
        var found: [(String, String, HTTPRule.Form)] = []
        for pair in (query ?? UnsafeRawBufferPointer(start: nil, count: 0))
            .split(separator: UInt8(ascii: "&"))
        {
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try decode(Array(parts[0]), .query)
            let value = parts.count == 2 ? try decode(Array(parts[1]), .query) : ""
            guard let form = rule.query[name], !found.contains(where: { $0.0 == name }) else {
                throw .refused(Status(.invalidArgument, "no query parameter is called \(name)"))
            }
            guard form == .string || isLiteral(value) else {
                throw .refused(Status(.invalidArgument, "\(name) is no number or boolean"))
            }
            found.append((name, value, form))
        }
        return found
    }

    private static func decode(
        _ text: [UInt8], _ component: Percent.Component
    ) throws(Failure) -> String {
        guard let bytes = try? Percent.decode(text.span, component),
            let string = String(validating: bytes, as: UTF8.self)
        else { throw .refused(Status(.invalidArgument, "the path or the query is no text")) }
        return string
    }

    private static func isLiteral(_ text: String) -> Bool {
        text == "true" || text == "false" || (!text.isEmpty && text.utf8.allSatisfy(ASCII.isDigit))
    }

    private static func object(
        _ members: [(name: String, value: String, form: HTTPRule.Form)]
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        for member in members {
            Array(member.name.utf8).withUnsafeBytes { writer.key($0) }
            switch member.form {
            case .string: writer.string(member.value)
            case .literal: Array(member.value.utf8).withUnsafeBytes { writer.raw($0) }
            }
        }
        writer.endObject()
        return writer.bytes
    }
}
