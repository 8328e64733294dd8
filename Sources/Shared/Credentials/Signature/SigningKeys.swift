internal import Bytes
internal import COpenSSL

/// What AWS signatures are made with: the keys of yesterday, today and tomorrow are derived ahead,
/// so that a worker derives none.
final class SigningKeys: @unchecked Sendable {
    // Sendable: written in `init` only.

    static let keyBytes = 32
    private static let daysAhead: Int64 = 1

    let accessKeyID: Secret
    let sessionToken: Secret?
    /// Of the signature's scope.
    let region: UnsafeRawBufferPointer
    let service: UnsafeRawBufferPointer
    let isS3: Bool
    private let secretAccessKey: Secret
    private let firstDay: Int64
    private let keys: SecretMemory
    private let names: SecretMemory

    init(
        _ aws: AWSSignatureDefinition, accessKeyID: Secret, secretAccessKey: Secret,
        sessionToken: Secret?, wallSeconds: Int64
    ) throws(CredentialFault) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        isS3 = aws.service == "s3"
        let regionCount = aws.region.utf8.count
        names = try SecretMemory(capacity: regionCount + aws.service.utf8.count)
        names.bytes.copyBytes(from: (aws.region + aws.service).utf8)
        region = UnsafeRawBufferPointer(start: names.base, count: regionCount)
        service = UnsafeRawBufferPointer(
            start: names.base + regionCount, count: aws.service.utf8.count)
        keys = try SecretMemory(capacity: Self.keyBytes * 3)
        firstDay = SignatureDate(wallSeconds: wallSeconds).day - Self.daysAhead
        for offset in 0..<3 {
            let date = SignatureDate(wallSeconds: (firstDay + Int64(offset)) * 86_400)
            derive(date, to: keys.base + offset * Self.keyBytes)
        }
    }

    /// Whether the keys derived ahead serve at this time and for a while after it.
    func isCurrent(wallSeconds: Int64) -> Bool {
        SignatureDate(wallSeconds: wallSeconds).day == firstDay + Self.daysAhead
    }

    /// HMAC of a text with the key of a day.
    func sign(
        _ text: UnsafeRawBufferPointer, _ date: SignatureDate,
        to code: UnsafeMutablePointer<UInt8>
    ) {
        let offset = date.day - firstDay
        if (0..<3).contains(offset) {
            let key = keys.base + Int(offset) * Self.keyBytes
            return copenssl_hmac_sha256(key, Self.keyBytes, text.baseAddress, text.count, code)
        }
        // A clock that was set: derived on the spot.
        withUnsafeTemporaryAllocation(byteCount: Self.keyBytes, alignment: 8) { key in
            guard let base = key.baseAddress else { return }
            derive(date, to: base)
            copenssl_hmac_sha256(base, Self.keyBytes, text.baseAddress, text.count, code)
            SecretMemory.wipe(key)
        }
    }

    /// The signing key of a day: an HMAC over each part of the scope in turn.
    private func derive(_ date: SignatureDate, to key: UnsafeMutableRawPointer) {
        let place = key.assumingMemoryBound(to: UInt8.self)
        let start = secretAccessKey.count + 4
        withUnsafeTemporaryAllocation(byteCount: start, alignment: 1) { memory in
            var writer = SecretWriter(memory)
            writer.text("AWS4")
            writer.bytes(secretAccessKey.bytes)
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { text in
                var line = LineBuilder(text)
                date.writeDate(to: &line)
                copenssl_hmac_sha256(
                    memory.baseAddress, start, text.baseAddress, line.count, place)
            }
            SecretMemory.wipe(memory)
        }
        copenssl_hmac_sha256(key, Self.keyBytes, region.baseAddress, region.count, place)
        copenssl_hmac_sha256(key, Self.keyBytes, service.baseAddress, service.count, place)
        let end: StaticString = "aws4_request"
        copenssl_hmac_sha256(key, Self.keyBytes, end.utf8Start, end.utf8CodeUnitCount, place)
    }
}
