internal import Bytes
internal import HTTP
internal import IO

/// A request as the demo server shows it.
struct DemoRequest {
    let method: String
    /// Without the query.
    let path: String
    let query: String
    let host: String
    let peer: SocketAddress
    /// In the order and spelling in which they came.
    let fields: [(name: String, value: String)]
    let isOld: Bool
    let keepsOpen: Bool
    var content: [UInt8] = []
    var contentCount = 0

    init(_ head: borrowing RequestHead, in bytes: UnsafeRawBufferPointer, peer: SocketAddress) {
        func text(_ range: ByteRange) -> String {
            String(decoding: range.slice(of: bytes), as: UTF8.self)
        }
        method = text(head.methodRange)
        path = text(head.path)
        query = head.query.map(text) ?? ""
        host = text(head.authority.range)
        self.peer = peer
        var fields: [(name: String, value: String)] = []
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            fields.append((text(field.nameRange), text(field.valueRange)))
        }
        self.fields = fields
        isOld = head.version == .http10
        keepsOpen = head.isPersistent
    }

    /// The number behind a path such as `/bytes/1000`, no more than `most`.
    func number(behind prefix: String, most: Int) -> Int? {
        guard path.hasPrefix(prefix), let number = Int(path.dropFirst(prefix.count)), number >= 0
        else { return nil }
        return min(number, most)
    }

    /// A number in the query.
    func parameter(_ name: String, default preset: Int, most: Int) -> Int {
        for part in query.split(separator: "&") where part.hasPrefix(name + "=") {
            return min(max(0, Int(part.dropFirst(name.utf8.count + 1)) ?? preset), most)
        }
        return preset
    }
}
