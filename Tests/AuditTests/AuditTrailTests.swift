import Foundation
import Testing

@testable import Audit

struct AuditTrailTests {
    private let fixture: Fixture

    init() throws {
        fixture = try Fixture()
        let log = try AuditLog(fixture.options)
        for request in ["request-1", "request-2"] {
            var execution = AuditRecord(.execution, .begun)
            execution.requestID = request
            execution.executionID = "exec-of-\(request)"
            execution.keyID = "k1"
            execution.sandboxID = "sbx-1"
            try log.record(execution)
            execution.event = .ended
            execution.exitCode = 0
            execution.durationNanoseconds = 5_000_000
            var call = AuditRecord(.egress, .called)
            call.requestID = "call-of-\(request)"
            call.sandboxID = "sbx-1"
            call.service = "openai"
            call.executions = ["exec-of-\(request)", "exec-of-nobody"]
            try log.record(call)
            try log.record(execution)
        }
        var created = AuditRecord(.sandbox, .created)
        created.requestID = "request-1"
        try log.record(created)
        log.close()
    }

    private func write(_ lines: [String]) throws -> String {
        let path = "\(fixture.folder)/access.log"
        try fixture.write(lines, to: path)
        return path
    }

    @Test func `records of all logs are joined by the request's id`() throws {
        let gateway = try write([
            "no JSON at all", "{\"request_id\":\"request-1\",\"key_id\":\"gateway-key\"}",
            "{\"request_id\":\"request-2\"}", "{\"nested\":{}}",
        ])
        let trail = try AuditTrail(
            of: "request-1", log: fixture.folder, gatewayLog: gateway)
        #expect(trail.keyID == "gateway-key")
        #expect(trail.gateway.count == 1)
        let execution = try #require(trail.executions.first)
        #expect(trail.executions.count == 1)
        #expect(execution.entries.map { $0["event"] } == ["begun", "ended"])
        #expect(execution.value("exit_code") == "0")
        #expect(execution.calls.map { $0.entry["request_id"] } == ["call-of-request-1"])
        #expect(execution.calls[0].egress.isEmpty)
        #expect(trail.sandboxes.map { $0["event"] } == ["created"])

        let egress = try write([
            "{\"request_id\":\"call-of-request-1\",\"destination\":\"openai\"}",
            "{\"request_id\":\"call-of-request-2\",\"destination\":\"github\"}",
        ])
        let joined = try AuditTrail(of: "request-1", log: fixture.folder, egressLog: egress)
        #expect(joined.keyID == "k1")
        #expect(joined.executions[0].calls[0].egress.map { $0["destination"] } == ["openai"])
    }

    @Test func `nothing is known of a request that nobody made`() throws {
        #expect(try AuditTrail(of: "request-9", log: fixture.folder).isEmpty)
        #expect(throws: AuditFault.self) {
            try AuditTrail(of: "request-1", log: fixture.folder + "/none")
        }
        #expect(throws: AuditFault.self) {
            try AuditTrail(of: "request-1", log: fixture.folder, gatewayLog: "/no/such/log")
        }
    }
}
