public import HTTP

/// A response as an `H2Client` read it.
public struct H2Message {
    /// As HTTP/1.1 spells them; the last one is the final one.
    public var heads: [String] = []
    public var body: [UInt8] = []
    public var trailers = ""
    /// The stream was ended by its sender.
    public var isComplete = false
    /// How the stream was closed, both ways.
    public var closed: H2ErrorCode?

    public var isOver: Bool { isComplete || closed != nil }

    public var status: Int {
        Int((heads.last ?? "").split(separator: " ").dropFirst().first ?? "") ?? 0
    }

    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of a field of the final head or the trailers.
    public subscript(name: String) -> String? {
        let lines = ((heads.last ?? "") + trailers).split(separator: "\r\n")
        let line = lines.first { $0.hasPrefix(name + ": ") }
        return line.map { String($0.dropFirst(name.utf8.count + 2)) }
    }
}
