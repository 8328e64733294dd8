import Foundation
import Peers
import Protos
import RunningRole
import Testing

/// Executions with an idempotency key: the same one again, another one, at the same time, and after
/// a restart.
struct IdempotencyTests {
    private let folder: TemporaryFolder
    private let agentd: RunningAgentd

    init() throws {
        folder = try TemporaryFolder()
        agentd = try Self.start()
    }

    /// - Parameter state: more lines of the `agentd` section.
    private static func start(_ state: String = "") throws -> RunningAgentd {
        try RunningAgentd(
            "  sandboxes: { backend: host-direct, allow_host_direct: true }\n" + state
                + "  policy: { bundle: \(RunningRole.shippedBundle), "
                + "entrypoint: agentd/exec/authz/decision }\n")
    }

    private static let random = "head -c 8 /dev/urandom | od -An -tx1"

    /// A request whose output is another one each time that it is run.
    private static func request(_ change: [String: Any] = [:], key: String = "a") -> [String: Any] {
        var request: [String: Any] = [
            "capability": "shell.exec.v1",
            "params_json": #"{"command":"\#(random)","env":{"A":"1","B":"2"}}"#,
            "metadata": ["idempotency_key": key],
        ]
        request.merge(change) { old, new in
            guard let old = old as? [String: Any], let new = new as? [String: Any] else {
                return new
            }
            return old.merging(new) { $1 }
        }
        return request
    }

    private static func run(
        _ request: [String: Any], on agentd: RunningAgentd, fields: String = RunningAgentd.key
    ) throws -> (status: Int, body: [String: Any]) {
        try agentd.call("POST", "/api/v1/execute", request, fields: fields)
    }

    private func run(_ request: [String: Any]) throws -> (status: Int, body: [String: Any]) {
        try Self.run(request, on: agentd)
    }

    private static func output(_ answer: (status: Int, body: [String: Any])) throws -> String {
        let text = RunningAgentd.result(answer.body)["stdout"] as? String
        return try #require(text, "\(answer)")
    }

    private static func isRefused(_ answer: (status: Int, body: [String: Any])) -> Bool {
        answer.status == 422 && answer.body["code"] as? String == "IDEMPOTENCY_KEY_REUSED"
            && (answer.body["detail"] as? String ?? "").contains("use a new one")
    }

    @Test(arguments: [
        [:], ["request_id": "another"],
        ["metadata": ["trace_id": "0123456789abcdef0123456789abcdef", "span_id": "01234567"]],
        // The same document, laid out in another way.
        ["params_json": #"{ "env": {"B": "2", "A": "1"}, "command": "\#(Self.random)" }"#],
    ] as [[String: any Sendable]])
    func `who asks again has the first result`(change: [String: any Sendable]) throws {
        let first = try Self.output(try run(Self.request()))
        #expect(try Self.output(try run(Self.request(change))) == first)
        #expect(try Self.output(try run(Self.request(change, key: "b"))) != first)
        let others = "X-Authenticated-Key-Id: k2\r\nX-Rate-Limit-Tier: default\r\n"
        let own = try Self.run(Self.request(change), on: agentd, fields: others)
        #expect(try Self.output(own) != first)
    }

    @Test(arguments: [
        ["capability": "fs.read.v1"], ["version": 1], ["params_json": #"{"command":"true"}"#],
        ["params_json": "{"], ["params_json": ""],
        ["constraints": [:] as [String: Int]], ["constraints": ["max_duration_ms": 5000]],
        ["sandbox_prefs": ["persist": true]], ["sandbox_prefs": ["sandbox_id": "sbx-1"]],
        // Policy sees these.
        ["metadata": ["priority": 1]], ["metadata": ["custom": ["a": "b"]]],
    ] as [[String: any Sendable]])
    func `who asks for something else is refused`(change: [String: any Sendable]) throws {
        let first = try Self.output(try run(Self.request()))
        for _ in 0..<2 {
            let answer = try run(Self.request(change))
            #expect(Self.isRefused(answer), "\(answer)")
        }
        #expect(try Self.output(try run(Self.request())) == first)
    }

    @Test func `clients of gRPC and of streams are told as well`() throws {
        _ = try run(Self.request())
        let other = Self.request(["version": 1])
        let plain = try agentd.call("POST", "/agentd.v1.Agentd/Execute", other)
        #expect(plain.status == 400)
        #expect(plain.body["code"] as? Int == 9)
        let message = plain.body["message"] as? String ?? ""
        #expect(message.hasPrefix("IDEMPOTENCY_KEY_REUSED: "))
        let called = try callWithoutParameters()
        #expect(called["grpc-status"] == "9")
        // gRPC leaves the padding out.
        var encoded = called["grpc-status-details-bin"] ?? ""
        while encoded.utf8.count % 4 != 0 { encoded += "=" }
        let details = Data(base64Encoded: encoded) ?? Data()
        let information = String(decoding: details, as: UTF8.self)
        #expect(information.contains("google.rpc.ErrorInfo"))
        #expect(information.contains("IDEMPOTENCY_KEY_REUSED"))
        let json = String(
            decoding: try JSONSerialization.data(withJSONObject: other), as: UTF8.self)
        let stream = try agentd.ask(
            "POST", "/api/v1/execute", json, RunningAgentd.key + "Accept: text/event-stream\r\n")
        #expect(stream.status == 422)
        #expect(stream["content-type"] == "application/problem+json")
    }

    /// By gRPC, with the key that `request` has by default.
    private func callWithoutParameters() throws -> H2Message {
        var request = Agentd_V1_ExecuteRequest()
        request.capability = "shell.exec.v1"
        request.metadata.idempotencyKey = "a"
        let message: [UInt8] = try request.serializedBytes()
        let frame = [0, 0, 0, 0, UInt8(message.count)] + message
        let client = try H2Client(port: agentd.grpcPort)
        let stream = try client.request(
            "POST /agentd.v1.Agentd/Execute HTTP/1.1\r\nhost: x\r\n"
                + RunningAgentd.key.lowercased() + "content-type: application/grpc\r\n\r\n",
            body: String(decoding: frame, as: UTF8.self))
        return try client.response(to: stream)
    }

    @Test func `while the first one runs, the same waits for it and another is refused`() throws {
        let go = "\(folder.path)/go"
        let script = "while [ ! -e \(go) ]; do sleep 0.01; done; \(Self.random)"
        let request = Self.request(["params_json": #"{"command":"\#(script)"}"#])
        let json = String(
            decoding: try JSONSerialization.data(withJSONObject: request), as: UTF8.self)
        let peers = try (0..<3).map { _ in
            try agentd.begin("POST", "/api/v1/execute", json, RunningAgentd.key)
        }
        // Whichever of them was first runs; it cannot end before it is told.
        while try agentd.sandboxes() == 0 {}
        #expect(Self.isRefused(try run(Self.request())))
        #expect(FileManager.default.createFile(atPath: go, contents: nil))
        let outputs = try peers.map { peer in
            let answer = try peer.readMessage(answering: "POST")
            let body = try JSONSerialization.jsonObject(with: Data(answer.body))
            return try Self.output((answer.status, body as? [String: Any] ?? [:]))
        }
        #expect(Set(outputs).count == 1, "\(outputs)")
    }

    @Test func `what was not run keeps no key`() throws {
        let wrong = Self.request(["sandbox_prefs": ["sandbox_id": "a b"]])
        #expect(try run(wrong).status == 400)
        #expect(try run(Self.request()).body["code"] as? String == "OK")
    }

    // MARK: restarts

    @Test func `what a key was used for outlives the daemon`() throws {
        let state = "  state: \(folder.path)/state\n  audit: off\n"
        let first = try Self.output(try Self.run(Self.request(), on: try Self.start(state)))
        let agentd = try Self.start(state)
        #expect(Self.isRefused(try Self.run(Self.request(["version": 1]), on: agentd)))
        #expect(try Self.output(try Self.run(Self.request(), on: agentd)) == first)
        #expect(Self.isRefused(try Self.run(Self.request(["version": 1]), on: agentd)))
    }

    @Test func `a result of a daemon that kept no digests is anybody's`() throws {
        let state = "  state: \(folder.path)/state\n  audit: off\n"
        let first = try Self.output(try Self.run(Self.request(), on: try Self.start(state)))
        let database = Database(folder: "\(folder.path)/state")
        try database.change("UPDATE executions SET digest = NULL")
        let agentd = try Self.start(state)
        for change in [["version": 1], [:], ["version": 1]] {
            #expect(try Self.output(try Self.run(Self.request(change), on: agentd)) == first)
        }
    }
}

extension RunningAgentd {
    /// How many there are, as agentd says in the details of its health.
    fileprivate func sandboxes() throws -> Int {
        let health = try call("POST", "/agentd.v1.Agentd/Health", [:])
        return Int((health.body["details"] as? [String: String])?["sandboxes"] ?? "") ?? 0
    }
}
