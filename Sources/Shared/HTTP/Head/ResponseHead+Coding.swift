extension ResponseHead {
    /// Whether there is content that is compressed or otherwise coded (RFC 9110 §8.4).
    public func isCoded(in bytes: UnsafeRawBufferPointer) -> Bool {
        guard framing != .none, fields.first(.contentEncoding) != nil else { return false }
        for index in 0..<fields.count where fields[index].name == .contentEncoding {
            guard fields[index].valueRange.slice(of: bytes).equalsFolded("identity") else {
                return true
            }
        }
        return false
    }
}
