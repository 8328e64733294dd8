import Bytes
@testable import Credentials
import Peers
import Testing

/// Compressed responses, which a handler is to look into.
struct CodedContentTests {
    private static let secret = "sk-planted-4711"
    private static let stars = String(repeating: "*", count: secret.utf8.count)

    private let upstream: ScriptedUpstream
    private let relay: Relay

    init() throws {
        upstream = try ScriptedUpstream()
        let planted = try Secret(capacity: 64) { memory in
            memory.copyBytes(from: Self.secret.utf8)
            return Self.secret.utf8.count
        }
        relay = try Relay(
            to: upstream, ForwardEverything.Options(secrets: try NeedleSet([planted])))
    }

    /// A client and the server that has read its request.
    private func exchange(_ method: String = "GET", version: String = "1.1") throws -> (Peer, Peer) {
        let client = try relay.connect()
        try client.send("\(method) / HTTP/\(version)\r\nHost: x\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        return (client, server)
    }

    private func head(_ coding: String, length: Int, _ more: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: \(length)\r\n\(more)\r\n"
    }

    @Test(arguments: Compressed.Format.allCases)
    func `a secret is covered in compressed content, wherever it is cut`(
        format: Compressed.Format
    ) throws {
        let content = try Compressed.bytes(Array("key=\(Self.secret) end!".utf8), as: format)
        let (client, server) = try exchange()
        for cut in 0...content.count {
            try server.send(head(format.coding, length: content.count))
            try server.send(Array(content[..<cut]))
            if cut > 0 { _ = try client.readHeadOrWait() }
            try server.send(Array(content[cut...]))
            let response = try client.readMessage()
            #expect(response.text == "key=\(Self.stars) end!")
            #expect(response.isComplete)
            #expect(response["content-encoding"] == nil)
            #expect(response["content-length"] == nil)
            try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try server.readHead()
        }
    }

    @Test func `what is said of the coded content is not said of the other`() throws {
        for (tag, expected) in [("\"a\"", "W/\"a\""), ("W/\"a\"", "W/\"a\"")] {
            for method in ["GET", "HEAD"] {
                let (client, server) = try exchange(method)
                let content = try Compressed.bytes(Array("abc".utf8), as: .gzip)
                let more = "ETag: \(tag)\r\nContent-MD5: x\r\nDigest: x\r\nRepr-Digest: x\r\nX-A: b\r\n"
                try server.send(head("x-gzip", length: content.count, more))
                if method == "GET" { try server.send(content) }
                let response = try client.readMessage(answering: method)
                #expect(response.fields.map(\.name).filter { $0.lowercased().hasSuffix("digest") } == [])
                #expect(response["content-md5"] == nil && response["content-encoding"] == nil)
                #expect(response["content-length"] == nil)
                #expect(response["etag"] == expected && response["x-a"] == "b")
                #expect(response.text == (method == "GET" ? "abc" : ""))
            }
        }
    }

    @Test func `an event passes before the next one comes`() throws {
        let (client, server) = try exchange()
        try server.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
        func send(_ bytes: [UInt8]) throws {
            try server.send(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10])
        }
        try send(Compressed.gzipHeader)
        _ = try client.readHead()
        for index in 0..<5 {
            let event = "data: {\"n\": \(index), \"k\": \"\(Self.secret)\"}\n\n"
            try send(Compressed.block(event))
            try client.fill { String(decoding: $0, as: UTF8.self).contains("\"n\": \(index)") }
        }
        #expect(!String(decoding: client.received, as: UTF8.self).contains(Self.secret))
    }

    @Test(arguments: ["1.0", "1.1"])
    func `large content passes a client that takes its time`(version: String) throws {
        var random = SystemRandomNumberGenerator()
        let words = (0..<64).map { _ in String(random.next(), radix: 36) + Self.secret }
        let text = (0..<100_000).map { _ in words[Int(random.next() % 64)] }.joined(separator: " ")
        let content = try Compressed.bytes(Array(text.utf8), as: .gzip)
        let (client, server) = try exchange(version: version)
        var bytes = (Array(head("gzip", length: content.count).utf8) + content)[...]
        while !bytes.isEmpty {
            let sent = server.sendSome(bytes.prefix(300_000))
            bytes = bytes.dropFirst(sent)
            if sent == 0 { try client.fill { $0.count > 0 } }
        }
        let response = try client.readMessage()
        #expect(response.text == text.replacing(Self.secret, with: Self.stars))
    }

    @Test(arguments: ["cut", "checksum", "behind", "none", "bomb"])
    func `what cannot be decoded does not look complete`(fault: String) throws {
        let large = [UInt8](repeating: 0, count: 64 << 20)
        var content = try Compressed.bytes(fault == "bomb" ? large : Array("abc".utf8), as: .gzip)
        switch fault {
        case "cut": content.removeLast()
        case "checksum": content[content.count - 5] ^= 1
        case "behind": content += [0, 0, 0]
        case "none": content = Array("this is no gzip".utf8)
        default: break
        }
        for framing in ["Content-Length: \(content.count)", "Connection: close"] {
            let (client, server) = try exchange()
            try server.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\(framing)\r\n\r\n")
            _ = server.sendSome(content[...])
            server.close()
            #expect(try client.isCutOff())
            #expect(client.received.count < large.count / 2)
        }
    }

    @Test func `nothing is nothing in any coding, and a part is refused`() throws {
        let (client, server) = try exchange()
        try server.send(head("gzip", length: 0, "Connection: close\r\n"))
        let empty = try client.readMessage()
        #expect(empty.status == 200 && empty.body == [] && empty.isComplete)
        let (other, second) = try exchange()
        try second.send(
            "HTTP/1.1 206 Partial\r\nContent-Encoding: gzip\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 2\r\n\r\nab")
        #expect(try other.readMessage().text == "codedContent")
    }
}

extension Peer {
    /// Waits for something to have come, without taking it out of `received`.
    fileprivate func readHeadOrWait() throws {
        _ = try readIfThere(milliseconds: 0).map { input in
            if case .bytes(let bytes) = input { received += bytes }
        }
    }

    /// Whether the connection ends before its response does.
    fileprivate func isCutOff() throws -> Bool {
        do {
            return try !readMessage().isComplete
        } catch Failure.ended {
            return true
        }
    }
}
