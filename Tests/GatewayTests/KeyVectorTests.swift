import Foundation
import Peers
import Testing

/// Header fields that may hold a key, or pretend to an identity, over sockets.
@Suite(.enabled(if: KeyVector.areAvailable))
struct KeyVectorTests {
    @Test func `every vector ends as it must`() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try RunningGateway(
            upstream: upstream.port, bundle: "Tests/Corpus/gateway/key_vectors",
            settings: "  bearer_keys: false\n")
        var failures: [String] = []
        let vectors = try KeyVector.all()
        for vector in vectors {
            let outcome = vector.status != nil
                ? try status(of: vector, gateway, upstream)
                : try spoofing(by: vector, gateway, upstream)
            if let outcome { failures.append("\(vector.id): \(outcome)") }
        }
        print("key vectors over sockets: \(vectors.count - failures.count) of \(vectors.count)")
        #expect(failures == [])
        #expect(vectors.count == 37)
    }

    /// What is wrong with the answer; nil when nothing is.
    private func status(
        of vector: KeyVector, _ gateway: RunningGateway, _ upstream: ScriptedUpstream
    ) throws -> String? {
        let client = try gateway.connect()
        try client.send(vector.request(with: []))
        if vector.status == 200 {
            let server = try upstream.accept()
            _ = try server.readMessage()
            try server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        let status = try client.readMessage().status
        return status == vector.status ? nil : "\(status) instead of \(vector.status ?? 0)"
    }

    /// A request with a key of its own, and fields that the gateway answers for: they may be
    /// refused or dropped, but not pass.
    private func spoofing(
        by vector: KeyVector, _ gateway: RunningGateway, _ upstream: ScriptedUpstream
    ) throws -> String? {
        let client = try gateway.connect()
        try client.send(vector.request(with: Array("X-API-Key: valid-key\r\n".utf8)))
        guard try upstream.waitForConnection(orAnswerTo: client) else {
            let status = try client.readMessage().status
            return [400, 401].contains(status) ? nil : "answered \(status)"
        }
        let server = try upstream.accept()
        let request = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        let isServed = try client.readMessage().status == 200
        return vector.leak(in: request) ?? (isServed ? nil : "not answered")
    }
}

/// One vector: raw field lines, and what is to come of them.
struct KeyVector {
    let id: String
    /// The status of the answer; nil where the fields must not pass.
    let status: Int?
    let fields: [UInt8]

    private static let file: URL = {
        let folder = ProcessInfo.processInfo.environment["SLUICE_VECTORS"]
            ?? RunningGateway.root.appendingPathComponent("../shared/vectors/data").path
        return URL(fileURLWithPath: folder).appendingPathComponent("own-auth-headers.json")
    }()

    static var areAvailable: Bool { FileManager.default.fileExists(atPath: file.path) }

    static func all() throws -> [KeyVector] {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        let entries = (object as? [String: Any])?["vectors"] as? [[String: Any]] ?? []
        return entries.map { entry in
            let encoded = entry["headers_b64"] as? String ?? ""
            return KeyVector(
                id: entry["id"] as? String ?? "", status: entry["expect"] as? Int,
                fields: Data(base64Encoded: encoded).map { Array($0) } ?? [])
        }
    }

    func request(with more: [UInt8]) -> [UInt8] {
        let end = Array((fields.isEmpty ? "\r\n" : "\r\n\r\n").utf8)
        return Array("GET /api/v1/x HTTP/1.1\r\nHost: a\r\n".utf8) + more + fields + end
    }

    /// The client's value in what the upstream got. A cookie is between client and agentd.
    func leak(in request: Message) -> String? {
        for line in String(decoding: fields, as: UTF8.self).split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            let name = parts[0].lowercased().filter { $0 != " " }
            let value = parts[1].drop { $0 == " " }
            guard name != "cookie" else { continue }
            if request.values(name).contains(String(value)) { return "\(name) passes" }
        }
        return nil
    }
}
