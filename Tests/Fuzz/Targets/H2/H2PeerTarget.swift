internal import HTTP

/// What a peer sends over HTTP/2, towards a server or a client of ours. However the bytes are cut,
/// the same comes out of them; a head is one message for the parsers behind; and what is answered
/// is whole frames.
///
/// The first byte tells where to cut, and whether the peer begins as it should (not: odd).
enum H2PeerTarget {
    static let server = FuzzTarget("h2-server", bytesMax: 4096) { bytes throws(Finding) in
        try check(.server, bytes)
    }

    static let client = FuzzTarget("h2-client", bytesMax: 4096) { bytes throws(Finding) in
        try check(.client, bytes)
    }

    private static func check(
        _ role: H2Connection.Role, _ bytes: [UInt8]
    ) throws(Finding) {
        guard let first = bytes.first else { return }
        var bytes = Array(bytes.dropFirst())
        if first & 1 == 0 {
            bytes = (role == .server ? H2Frames.preface : []) + H2Frames.settings + bytes
        }
        let space = H2Workspace()
        let whole = try read(role, [bytes], space)
        let cut = bytes.count * Int(first) / 256
        let halves = try read(role, [Array(bytes[..<cut]), Array(bytes[cut...])], space)
        try expectSame(halves, whole, "cut at \(cut)")
        if bytes.count <= 1024 {
            let single = try read(role, bytes.map { [$0] }, space)
            try expectSame(single, whole, "byte by byte")
        }
        try answer(role, bytes, every: Int(first) + 1, space)
    }

    // MARK: reading

    private static func read(
        _ role: H2Connection.Role, _ pieces: [[UInt8]], _ space: H2Workspace
    ) throws(Finding) -> H2Reading {
        let reading = H2Reading(role, space)
        if role == .client { try begin(reading.connection) }
        for piece in pieces {
            reading.feed(piece)
            if let finding = reading.finding { throw finding }
            if reading.isOver { break }
        }
        reading.finish()
        // An end that is only to be announced is one as well.
        _ = reading.output()
        return reading
    }

    /// A connection that ends may have told of more before its end was seen.
    private static func expectSame(
        _ part: H2Reading, _ whole: H2Reading, _ what: String
    ) throws(Finding) {
        try Finding.unless(part.isOver == whole.isOver, "\(what): over \(part.isOver)")
        guard !whole.isOver else { return }
        try Finding.unless(
            part.events == whole.events, "\(what): \(part.events), not \(whole.events)")
    }

    // MARK: answering

    /// As workers do it: what is read is answered before more is read.
    private static func answer(
        _ role: H2Connection.Role, _ bytes: [UInt8], every count: Int, _ space: H2Workspace
    ) throws(Finding) {
        let reading = H2Reading(role, space)
        var output = reading.output()
        if role == .client { try begin(reading.connection) }
        var position = 0
        while position < bytes.count, !reading.isOver {
            let end = min(position + count, bytes.count)
            reading.feed(Array(bytes[position..<end]))
            output += reading.output()
            position = end
        }
        if let finding = reading.finding { throw finding }
        if role == .client { output.removeFirst(H2Frames.preface.count) }
        _ = try H2Frames.split(output)
    }

    /// Requests of every kind, which the peer's bytes may answer.
    private static func begin(_ connection: H2Connection) throws(Finding) {
        let heads = [
            "GET /a HTTP/1.1\r\nhost: a\r\n\r\n", "HEAD /b HTTP/1.1\r\nhost: a\r\n\r\n",
            "POST /c HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\n",
            "GET /d HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
                + "sec-websocket-version: 13\r\n\r\n",
        ]
        for (index, head) in heads.enumerated() {
            let stream = Array(head.utf8).withUnsafeBytes {
                connection.request($0, isSecure: false, ends: index < 2, user: UInt32(index))
            }
            try Finding.unless(stream == Int32(2 * index + 1), "\(head) is stream \(stream ?? 0)")
        }
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: H2Connection.outputBytesMin, alignment: 8)
        defer { memory.deallocate() }
        _ = connection.write(to: memory)
    }
}
