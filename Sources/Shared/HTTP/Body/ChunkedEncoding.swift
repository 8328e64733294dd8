internal import Bytes

/// Chunks as Sluice writes them: a size without leading zeros, no extensions.
public enum ChunkedEncoding {
    /// What `writeHeader` needs at most.
    public static let headerBytesMax = 18
    /// What follows the data of every chunk.
    public static let dataEnd: StaticString = "\r\n"
    /// The last chunk, and the end of a message without trailers.
    public static let end: StaticString = "0\r\n\r\n"
    /// The last chunk when a trailer section follows.
    public static let lastChunk: StaticString = "0\r\n"

    /// Writes the size line of a chunk of `count` bytes, which is not 0: that would be the last.
    /// `output` holds `headerBytesMax` bytes. Returns how many were written.
    public static func writeHeader(
        of count: Int, to output: UnsafeMutableRawBufferPointer
    ) -> Int {
        precondition(count > 0 && output.count >= headerBytesMax)
        let digits = (Int.bitWidth - count.leadingZeroBitCount + 3) / 4
        var value = UInt64(count)
        for index in stride(from: digits - 1, through: 0, by: -1) {
            output[index] = PercentEncoding.upperDigit(UInt8(truncatingIfNeeded: value & 15)) | 0x20
            value &>>= 4
        }
        output[digits] = ASCII.carriageReturn
        output[digits + 1] = ASCII.lineFeed
        return digits + 2
    }
}
