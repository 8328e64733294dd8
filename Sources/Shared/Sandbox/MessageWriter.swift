internal import CSandbox
internal import Glibc
internal import IO

/// A message to the launcher, an init or a cell.
struct MessageWriter {
    private(set) var bytes: [UInt8] = []

    /// The bytes of `value`, which is one of CSandbox's structures.
    mutating func append<Value: BitwiseCopyable>(_ value: Value) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ program: [UInt8]) { bytes += program }

    /// `text` and a zero byte.
    mutating func append(_ text: String) throws(SandboxError) {
        guard !text.utf8.contains(0) else { throw .invalid("a text with a zero byte") }
        bytes += text.utf8
        bytes.append(0)
    }

    func send(to socket: CInt, with descriptors: [CInt]) throws(SandboxError) {
        guard bytes.count <= CSANDBOX_MESSAGE_BYTES_MAX else {
            throw .invalid(
                "\(bytes.count) bytes of arguments, \(CSANDBOX_MESSAGE_BYTES_MAX) at most")
        }
        let count = csandbox_send(
            socket, bytes, bytes.count, descriptors, CInt(descriptors.count))
        guard count >= 0 else { throw .system(.last) }
    }
}
