internal import Glibc

/// One request of a control thread to a server that the configuration names.
public struct FetchRequest: Sendable {
    public var method: String
    public var url: String
    public var fields: [(name: String, value: String)]
    /// The value of `authorization`; empty for none.
    public var authorization: [UInt8] = []
    public var content: [UInt8]

    public init(
        method: String = "GET", url: String, fields: [(name: String, value: String)] = [],
        content: [UInt8] = []
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.content = content
    }

    /// Zeroes what may hold a secret. It is the caller's to do, once the request has been sent.
    public mutating func wipe() {
        content.withUnsafeMutableBytes { Self.wipe($0) }
        authorization.withUnsafeMutableBytes { Self.wipe($0) }
    }

    static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        explicit_bzero(base, bytes.count)
    }
}
