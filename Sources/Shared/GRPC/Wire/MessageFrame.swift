internal import Bytes

/// A message as it is sent: a byte of flags, its length in four bytes, and itself.
enum MessageFrame {
    static let headerBytes = 5
    static let compressedFlag: UInt8 = 1
    /// gRPC-Web's trailers, which come as a message of their own.
    static let trailersFlag: UInt8 = 0x80
    /// Smaller messages are not worth compressing.
    private static let compressedBytesMin = 1024

    static func make(_ message: [UInt8], flags: UInt8 = 0) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(headerBytes + message.count)
        frame.append(flags)
        let length = UInt32(truncatingIfNeeded: message.count)
        for shift in [24, 16, 8, 0] as [UInt32] {
            frame.append(UInt8(truncatingIfNeeded: length >> shift))
        }
        frame += message
        return frame
    }

    /// A compressed message, unless that makes it no shorter.
    static func makeCompressed(_ message: [UInt8]) -> [UInt8] {
        guard message.count >= compressedBytesMin else { return make(message) }
        do throws(GzipError) {
            let compressed = try GzipWriter.compress(message)
            guard compressed.count < message.count else { return make(message) }
            return make(compressed, flags: compressedFlag)
        } catch {
            return make(message)
        }
    }
}
