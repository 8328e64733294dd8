public import Bytes
internal import COpenSSL

/// Signs one request with AWS Signature Version 4. It allocates nothing.
///
///     var signer = credential.signer(for: request)
///     for each field that is forwarded: signer.add(name, value)
///     signer.writeFields(to: &reply.lines)
///
/// What is signed: `host`, `content-type`, `content-md5` and every `x-amz-…` field. The client says
/// in `x-amz-content-sha256` when its content is not signed or is signed as a digest of its own.
public struct RequestSigner {
    public enum Outcome: Equatable, Sendable {
        case written
        /// The content has to be there as a whole before it can be signed.
        case needsContent
        case refused(Refusal)
    }

    /// Why a request cannot be signed.
    public enum Refusal: Equatable, Sendable {
        /// Its chunks carry signatures, which only the owner of the key could have made.
        case signedChunks
        case badContentDigest
        case tooManyFields
        case tooManyParameters
        case tooLarge
    }

    static let fieldsMax = 24

    private unowned(unsafe) let keys: SigningKeys
    private let request: SignedRequest
    private let date: SignatureDate
    private var fields = SignedFields()
    private var payload: UnsafeRawBufferPointer?

    init(_ keys: SigningKeys, _ request: SignedRequest) {
        self.keys = keys
        self.request = request
        date = SignatureDate(wallSeconds: request.wallSeconds)
    }

    /// Takes note of a field that is forwarded, whatever it is. Fields of one name in their order.
    public mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        if SignedFields.isEqual(name, "x-amz-content-sha256") {
            payload = value
        } else if SignedFields.isSigned(name) {
            fields.add(name, value)
        }
    }

    /// Writes the field lines `authorization` and `x-amz-date`, and `x-amz-content-sha256` and
    /// `x-amz-security-token` as needed, each with CRLF. Nothing unless the outcome is `written`.
    public mutating func writeFields(to lines: inout LineBuilder) -> Outcome {
        let mark = lines.count
        let outcome = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128) { memory in
            var digest = LineBuilder(memory)
            let outcome = writePayloadDigest(to: &digest)
            guard outcome == .written else { return outcome }
            return sign(UnsafeRawBufferPointer(digest.bytes), &lines)
        }
        if outcome != .written { lines.rewind(to: mark) }
        return outcome
    }

    private mutating func sign(
        _ digest: UnsafeRawBufferPointer, _ lines: inout LineBuilder
    ) -> Outcome {
        let (keys, date) = (keys, date)
        fields.add("host", request.host)
        // The lines that are signed are written first: the signed fields then point to them.
        addLine("x-amz-date", to: &lines) { date.write(to: &$0) }
        if keys.isS3 || payload != nil {
            addLine("x-amz-content-sha256", to: &lines) {
                $0.append(digest.bindMemory(to: UInt8.self))
            }
        }
        if let token = keys.sessionToken {
            addLine("x-amz-security-token", to: &lines) {
                $0.append(token.bytes.bindMemory(to: UInt8.self))
            }
        }
        guard !lines.isOverflowed else { return .refused(.tooLarge) }
        guard !fields.isOverflowed else { return .refused(.tooManyFields) }
        fields.sort()
        guard let canonical = CanonicalRequest.digest(request, fields, digest, isS3: keys.isS3)
        else { return .refused(.tooManyParameters) }
        writeAuthorization(canonical, &lines)
        return lines.isOverflowed ? .refused(.tooLarge) : .written
    }

    private mutating func addLine(
        _ name: StaticString, to lines: inout LineBuilder, _ value: (inout LineBuilder) -> Void
    ) {
        lines.append(name)
        lines.append(": ")
        let start = lines.count
        value(&lines)
        let text = UnsafeRawBufferPointer(lines.bytes)
        if start <= text.count { fields.add(name, UnsafeRawBufferPointer(rebasing: text[start...])) }
        lines.append("\r\n")
    }

    /// The line `authorization`. What is signed is put together behind it and taken back.
    private func writeAuthorization(
        _ canonical: SHA256Stream.Value, _ lines: inout LineBuilder
    ) {
        lines.append("authorization: AWS4-HMAC-SHA256 Credential=")
        lines.append(keys.accessKeyID.bytes.bindMemory(to: UInt8.self))
        lines.append(UInt8(ascii: "/"))
        writeScope(to: &lines)
        lines.append(", SignedHeaders=")
        fields.writeNames(to: &lines)
        lines.append(", Signature=")
        let mark = lines.count
        lines.append("AWS4-HMAC-SHA256\n")
        date.write(to: &lines)
        lines.append("\n")
        writeScope(to: &lines)
        lines.append("\n")
        canonical.writeHex(to: &lines)
        guard !lines.isOverflowed else { return }
        var signature = SHA256Stream.Value()
        signature.fill { code in
            let text = UnsafeRawBufferPointer(lines.bytes)
            keys.sign(UnsafeRawBufferPointer(rebasing: text[mark...]), date, to: code)
        }
        lines.rewind(to: mark)
        signature.writeHex(to: &lines)
        lines.append("\r\n")
    }

    private func writeScope(to lines: inout LineBuilder) {
        date.writeDate(to: &lines)
        lines.append(UInt8(ascii: "/"))
        lines.append(keys.region.bindMemory(to: UInt8.self))
        lines.append(UInt8(ascii: "/"))
        lines.append(keys.service.bindMemory(to: UInt8.self))
        lines.append("/aws4_request")
    }

    /// What stands for the content in the signature.
    private func writePayloadDigest(to line: inout LineBuilder) -> Outcome {
        if let payload {
            if Self.isStated(payload) {
                line.append(payload.bindMemory(to: UInt8.self))
                return .written
            }
            let isChunks = SignedFields.hasPrefix(payload, "STREAMING-AWS4")
            return .refused(isChunks ? .signedChunks : .badContentDigest)
        }
        if let content = request.content {
            var digest = SHA256Stream()
            digest.add(content)
            digest.finish().writeHex(to: &line)
            return .written
        }
        // Only S3 takes content that is not signed; TLS protects it.
        guard keys.isS3 else { return .needsContent }
        line.append("UNSIGNED-PAYLOAD")
        return .written
    }

    /// A digest, or that there is none: both hold whoever signs.
    private static func isStated(_ payload: UnsafeRawBufferPointer) -> Bool {
        if payload.count == 64 {
            return payload.allSatisfy { ASCII.isDigit($0) || $0 &- UInt8(ascii: "a") < 6 }
        }
        return payload.elementsEqual("UNSIGNED-PAYLOAD".utf8)
            || payload.elementsEqual("STREAMING-UNSIGNED-PAYLOAD-TRAILER".utf8)
    }
}
