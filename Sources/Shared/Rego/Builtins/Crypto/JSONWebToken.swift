internal import Bytes

/// A JWS in compact form (RFC 7515 §7.1): three parts of base64url.
struct JSONWebToken {
    let header: [UInt8]
    let payload: [UInt8]
    let signature: [UInt8]

    /// Tokens of more bytes are refused.
    static let bytesMax = 4 << 20

    init(_ text: UnsafeRawBufferPointer) throws(BuiltinFault) {
        guard text.count <= Self.bytesMax else { throw BuiltinFault("encoded JWT too long") }
        let dot = UInt8(ascii: ".")
        guard text.contains(dot) else {
            throw BuiltinFault("encoded JWT had no period separators")
        }
        let parts = text.split(separator: dot, maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            let count = text.lazy.filter { $0 == dot }.count + 1
            throw BuiltinFault("encoded JWT must have 3 sections, found \(count)")
        }
        header = Array(parts[0])
        payload = Array(parts[1])
        signature = Array(parts[2])
    }

    /// What the signature covers.
    var signedBytes: [UInt8] { header + [UInt8(ascii: ".")] + payload }

    /// The header as an object; a JWE is refused.
    func decodedHeader(_ context: BuiltinContext) throws(BuiltinFault) -> Value {
        let bytes: [UInt8]
        do throws(BuiltinFault) {
            bytes = try EncodingBuiltins.base64URL(header)
        } catch {
            throw BuiltinFault("JWT header had invalid encoding: " + error.text)
        }
        let value: Value
        do throws(BuiltinFault) {
            value = try Self.object(bytes, context)
        } catch {
            throw BuiltinFault("bad JWT header: " + error.text)
        }
        guard value.object["enc"].isUndefined else {
            throw BuiltinFault("JWT is a JWE object, which is not supported")
        }
        return value
    }

    func decodedPayload() throws(BuiltinFault) -> [UInt8] {
        do throws(BuiltinFault) {
            return try EncodingBuiltins.base64URL(payload)
        } catch {
            throw BuiltinFault("JWT payload had invalid encoding: " + error.text)
        }
    }

    /// Whether every part is base64url in its one canonical form: no padding, no line breaks, no
    /// stray bits (RFC 7515 §2). A signature must not have two spellings.
    var isCanonical: Bool {
        [header, payload, signature].allSatisfy { part in
            guard let bytes = try? Base64.rawURL.decode(part.span) else { return false }
            return Base64.rawURL.encode(bytes.span) == part
        }
    }

    /// A JSON object, of equal names the last.
    static func object(
        _ bytes: [UInt8], _ context: BuiltinContext
    ) throws(BuiltinFault) -> Value {
        let value: Value
        do throws(BuiltinFault) {
            value = try bytes.withRawBytes { buffer throws(BuiltinFault) in
                try GoJSON.unmarshal(buffer, context)
            }
        } catch {
            throw BuiltinFault("invalid JSON: " + error.text)
        }
        guard value.isObject else { throw BuiltinFault("decoded JSON type was not an Object") }
        return value
    }
}
