internal import Bytes

/// A JSON document with secrets in it: what is not asked for is not copied.
struct SecretDocument {
    private let bytes: UnsafeRawBufferPointer

    private static let depthMax = 16

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The string at this path of members; nil when there is none, or something else.
    func text(at path: [String]) throws(CredentialFault) -> Secret? {
        guard let found = try token(at: path), found.token == .string else { return nil }
        return try Secret(capacity: found.text.count) { memory in
            JSONEscapes.resolve(found.text, to: memory)
        }
    }

    /// The number at this path, its fraction cut off.
    func integer(at path: [String]) throws(CredentialFault) -> Int64? {
        guard let found = try token(at: path), found.token == .number,
            let value = Double(String(decoding: found.text, as: UTF8.self)), value.isFinite
        else { return nil }
        return Int64(exactly: value.rounded(.towardZero))
    }

    /// Follows the path; the last of members with the same name counts.
    private func token(
        at path: [String]
    ) throws(CredentialFault) -> (token: JSONToken, text: UnsafeRawBufferPointer)? {
        var reader = JSONReader(bytes, depthLimit: Self.depthMax)
        var depth = 0
        var matched = 0
        var found: (token: JSONToken, text: UnsafeRawBufferPointer)?
        do throws(JSONError) {
            while true {
                let token = try reader.next()
                switch token {
                case .end: return found
                case .beginObject, .beginArray: depth += 1
                case .endObject, .endArray:
                    depth -= 1
                    if depth <= matched { matched = max(depth - 1, 0) }
                case .key:
                    matched = min(matched, depth - 1)
                    if matched == depth - 1, matched < path.count,
                        isEqual(reader.text, path[matched])
                    {
                        matched += 1
                        if matched == path.count { found = nil }
                    }
                case .null, .true, .false, .number, .string:
                    if matched == path.count, depth == path.count { found = (token, reader.text) }
                }
            }
        } catch {
            throw .malformed
        }
    }

    private func isEqual(_ bytes: UnsafeRawBufferPointer, _ text: String) -> Bool {
        bytes.elementsEqual(text.utf8)
    }
}
