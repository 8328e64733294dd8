extension GzipReader {
    /// All that `compressed` holds.
    public static func readAll(
        _ compressed: [UInt8], limits: Limits = Limits()
    ) throws(GzipError) -> [UInt8] {
        var reader = try GzipReader(compressed, limits: limits)
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try reader.read(into: buffer)
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
