internal import Files
internal import Glibc

/// A file that holds a secret, as a whole or as a member of its JSON.
struct SecretFile {
    let path: String
    let member: String?

    /// The most that a file with secrets may have, in bytes.
    static let bytesMax = 256 << 10

    func read(_ shape: SecretText.Shape) throws(SecretFailure) -> SecretReading {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw SecretFailure(
                fault: errno == ENOENT ? .missing : .unreadable,
                detail: "\(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SecretFailure(fault: .unreadable, detail: "\(path): not a regular file")
        }
        do throws(CredentialFault) {
            let memory = try SecretMemory(capacity: Self.bytesMax)
            let count = try SecretDescriptor.read(descriptor, into: memory.bytes)
            let secret = try secret(memory.prefix(count), shape)
            return SecretReading(secret: secret, stamp: FileStamp(status))
        } catch {
            let place = member.map { "member \($0) of \(path)" } ?? path
            throw SecretFailure(fault: error, detail: place)
        }
    }

    private func secret(
        _ bytes: UnsafeRawBufferPointer, _ shape: SecretText.Shape
    ) throws(CredentialFault) -> Secret {
        guard let member else { return try Secret(copying: try SecretText.checked(bytes, shape)) }
        let names = member.split(separator: ".").map(String.init)
        if let found = try SecretDocument(bytes).text(at: names) {
            return try found.checked(shape)
        }
        // Where the file of the stack before Sluice has them.
        if let found = try SecretDocument(bytes).text(at: ["egress_credentials"] + names) {
            return try found.checked(shape)
        }
        throw .missing
    }
}

extension Secret {
    /// The secret without line ends at its end, once it is found to be one.
    func checked(_ shape: SecretText.Shape) throws(CredentialFault) -> Secret {
        let text = try SecretText.checked(bytes, shape)
        return text.count == count ? self : try Secret(copying: text)
    }
}
