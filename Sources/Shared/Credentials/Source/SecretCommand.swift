internal import Bytes
internal import Glibc

/// A program that prints a secret: as text, or as `{"token": …, "expires_at": …}` with a time
/// (RFC 3339, or seconds since 1970) or `expires_in` with seconds.
struct SecretCommand {
    let arguments: [String]
    let timeoutMilliseconds: Int
    let now: CredentialTime

    /// The most that a program may print, in bytes.
    static let bytesMax = 64 << 10

    func run(_ shape: SecretText.Shape) throws(SecretFailure) -> SecretReading {
        do throws(CredentialFault) {
            let memory = try SecretMemory(capacity: Self.bytesMax)
            var child = try ChildProcess(arguments)
            let count = try child.output(
                into: memory.bytes, timeoutMilliseconds: timeoutMilliseconds)
            return try reading(memory.prefix(count), shape)
        } catch {
            throw SecretFailure(fault: error, detail: "program \(arguments[0])")
        }
    }

    private func reading(
        _ output: UnsafeRawBufferPointer, _ shape: SecretText.Shape
    ) throws(CredentialFault) -> SecretReading {
        let text = try SecretText.checked(output, .document)
        guard text.first == UInt8(ascii: "{") else {
            let secret = try Secret(copying: try SecretText.checked(text, shape))
            return SecretReading(secret: secret)
        }
        let document = SecretDocument(text)
        guard let token = try document.text(at: ["token"]) else { throw .missing }
        return SecretReading(
            secret: try token.checked(shape), lifetimeSeconds: try lifetime(document))
    }

    private func lifetime(_ document: SecretDocument) throws(CredentialFault) -> Int64? {
        if let seconds = try document.integer(at: ["expires_in"]) { return seconds }
        if let moment = try document.integer(at: ["expires_at"]) {
            return moment.subtractingReportingOverflow(now.wallSeconds).partialValue
        }
        guard let text = try document.text(at: ["expires_at"]) else { return nil }
        guard let moment = RFC3339.seconds(from: text.span) else { throw .malformed }
        return moment - now.wallSeconds
    }
}
