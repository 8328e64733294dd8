internal import Glibc

/// Reads secrets from open files, past no buffer but their own memory.
enum SecretDescriptor {
    /// Reads to the end.
    static func read(
        _ descriptor: CInt, into memory: UnsafeMutableRawBufferPointer
    ) throws(CredentialFault) -> Int {
        var count = 0
        while true {
            guard let read = try readOnce(descriptor, into: memory, after: count) else {
                throw .unreadable
            }
            guard read > 0 else { return count }
            count += read
        }
    }

    /// One read. 0 at the end; nil when nothing is there yet.
    static func readOnce(
        _ descriptor: CInt, into memory: UnsafeMutableRawBufferPointer, after count: Int
    ) throws(CredentialFault) -> Int? {
        let room = UnsafeMutableRawBufferPointer(rebasing: memory[count...])
        guard !room.isEmpty else { throw .tooLong }
        while true {
            let read = Glibc.read(descriptor, room.baseAddress, room.count)
            if read >= 0 { return read }
            if errno == EINTR { continue }
            if errno == EAGAIN { return nil }
            throw .unreadable
        }
    }
}
