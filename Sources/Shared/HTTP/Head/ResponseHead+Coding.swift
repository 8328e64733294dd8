extension ResponseHead {
    /// How the content is coded, whether there is any or not. The messages of a gRPC response that
    /// may be compressed count as coded.
    public func contentCoding(in bytes: UnsafeRawBufferPointer) -> ContentCoding {
        if let messages = fields.first(.grpcEncoding),
            !messages.valueRange.slice(of: bytes).equalsFolded("identity")
        { return .other }
        guard fields.first(.contentEncoding) != nil else { return .identity }
        var coding = ContentCoding.identity
        for index in 0..<fields.count where fields[index].name == .contentEncoding {
            let next = ContentCoding(fields[index].valueRange.slice(of: bytes))
            guard next != .identity else { continue }
            guard coding == .identity else { return .other }
            coding = next
        }
        return coding
    }

    /// Has the head speak of the content without its coding, which is being taken away: of its
    /// coding, its length and its digests it says nothing more.
    ///
    /// - Returns: the value of a strong `ETag`, which no longer is one (RFC 9110 §8.8.3).
    public mutating func forgetCoding(in bytes: UnsafeRawBufferPointer) -> ByteRange? {
        forgetLength()
        for name: StaticString in [
            "content-encoding", "content-md5", "digest", "content-digest", "repr-digest",
        ] {
            fields.drop(name, in: bytes)
        }
        guard case .one(let tag) = fields.single(.etag),
            tag.slice(of: bytes).first == UInt8(ascii: "\"")
        else { return nil }
        fields.drop("etag", in: bytes)
        return tag
    }
}
