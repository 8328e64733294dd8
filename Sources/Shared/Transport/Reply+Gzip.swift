internal import Bytes

extension Reply {
    /// Shorter content gains nothing.
    private static var compressedBytesMin: Int { 1024 }

    /// Compresses the content of an answer of our own for a client that takes gzip, when it gets
    /// shorter by that. To be called when `content` is complete.
    public func compress(ifAccepted isAccepted: Bool) {
        guard content.count >= Self.compressedBytesMin else { return }
        lines.append("Vary: Accept-Encoding\r\n")
        guard isAccepted else { return }
        do throws(GzipError) {
            let compressed = try GzipWriter.compress(content)
            guard compressed.count < content.count else { return }
            content = compressed
            lines.append("Content-Encoding: gzip\r\n")
        } catch {
            // What could not be compressed goes as it is.
            return
        }
    }
}
