import Foundation
import IO
import Peers
import Testing

/// Ways from an allowed service to an address that it may not have (SSRF): through DNS, through the
/// spelling of a host, through an answer that changes, through a redirect.
@Suite(.enabled(if: AddressVector.areAvailable))
struct AddressVectorTests {
    /// What a vector's `203.0.113.7`, an address for documentation, is here: one that can be
    /// connected to, and is not the one that services may not have.
    private static let stand = "127.0.0.2"

    @Test func `no vector reaches an address that the service may not have`() throws {
        var failures: [String] = []
        let vectors = try AddressVector.all()
        for vector in vectors {
            do {
                if let fault = try fault(of: vector) { failures.append("\(vector.id): \(fault)") }
            } catch {
                failures.append("\(vector.id): \(error)")
            }
        }
        let passed = vectors.count - failures.count
        print("ssrf: \(passed) passed, \(failures.count) failed of \(vectors.count)")
        #expect(failures == [])
        #expect(vectors.count >= 113)
    }

    /// What is wrong; nil when nothing is.
    private func fault(of vector: AddressVector) throws -> String? {
        switch vector.kind {
        case .resolvedAddress: try resolved(vector)
        case .hostForm: try spelled(vector)
        case .dnsSequence: try sequence(vector)
        case .redirectLocation: try redirected(vector)
        }
    }

    // MARK: an address that DNS answers, or that is written as the host

    private func resolved(_ vector: AddressVector) throws -> String? {
        let server = try DNSServer(.addresses([vector.text]))
        var options = ResolverOptions()
        options.servers = [server.address]
        options.readsHostsFile = false
        let resolver = try Resolver(options)
        let isAllowed = vector.expectation == "allow"
        for host in ["vector.test", vector.text] {
            let resolution = resolver.resolution(of: host, port: 443, rule: .global)
            resolver.wait(for: [resolution], milliseconds: Int(Peer.patienceMilliseconds))
            let found = resolution.addresses
            guard isAllowed ? found.addresses.count == 1 : found.failure == .addressRefused else {
                return "\(host) leads to \(found)"
            }
        }
        return nil
    }

    // MARK: a host in another spelling

    private func spelled(_ vector: AddressVector) throws -> String? {
        let upstream = try ScriptedUpstream()
        if let fault = try servesOwnBaseURL(vector.text, upstream) { return fault }
        let egress = try RunningEgress(
            EgressBundle(upstream: upstream.port), settings: "  forward_proxy: true\n")
        defer { egress.stop() }
        let authority = "\(vector.text):\(upstream.port)"
        let identity = "X-Sandbox-ID: sbx-all\r\n"
        for head in [
            "GET / HTTP/1.1\r\nHost: \(vector.text)\r\n",
            "GET / HTTP/1.1\r\nHost: \(authority)\r\n",
            "GET http://\(authority)/ HTTP/1.1\r\nHost: echo\r\n",
            "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n",
        ] {
            let client = try egress.connect()
            try client.send(head + identity + "\r\n")
            let status = try client.readMessage().status
            guard (400...499).contains(status), try upstream.isUntouched() else {
                return "\(head.prefix(60)) is answered \(status)"
            }
        }
        return nil
    }

    /// A service whose data has the spelling: the bundle is refused, or the call.
    private func servesOwnBaseURL(_ host: String, _ upstream: ScriptedUpstream) throws -> String? {
        let url = try JSONSerialization.data(
            withJSONObject: "http://\(host):\(upstream.port)", options: .fragmentsAllowed)
        let bundle = try EgressBundle(
            upstream: upstream.port,
            services: """
                "vector": {
                  "base_url": \(String(decoding: url, as: UTF8.self)), "allowed_methods": ["GET"]
                }
                """)
        let egress: RunningEgress
        do {
            egress = try RunningEgress(bundle, settings: "  upstream: { allow_addresses: [] }\n")
        } catch {
            return nil
        }
        defer { egress.stop() }
        let status = try egress.ask("/", host: "vector").status
        let isUntouched = try upstream.isUntouched()
        return status == 502 && isUntouched ? nil : "as base_url it is answered \(status)"
    }

    // MARK: answers of DNS that change, or are mixed, or are none

    private func sequence(_ vector: AddressVector) throws -> String? {
        let answers = vector.steps.map(Self.answer)
        let server = try DNSServer(answers.first ?? .silent)
        // The address that is not allowed has a server on the same port: whoever tries finds it.
        let trap = try ScriptedUpstream()
        let good = try ScriptedUpstream(address: 0x7F00_0002, port: trap.port)
        let bundle = try EgressBundle(
            upstream: trap.port,
            services: """
                "vector": {
                  "base_url": "http://vector.test:\(trap.port)", "allowed_methods": ["GET"]
                }
                """)
        let egress = try RunningEgress(
            bundle,
            settings: """
                  upstream: { allow_addresses: [\(Self.stand)] }
                  resolver:
                    servers: ["\(server.address)"]
                    hosts_file: false
                    timeout: 100ms
                    min_ttl: 20ms
                    max_ttl: 1s
                    negative_ttl: 20ms

                """)
        defer { egress.stop() }
        var statuses = [try ask(egress, good)]
        for answer in answers.dropFirst() {
            server.say(answer)
            // Asked again twice for each kind of address, it has taken the first answer to both.
            while server.asked.takeIfThere() != nil {}
            for _ in 0..<6 { _ = server.asked.next() }
            statuses.append(try ask(egress, good))
        }
        guard try trap.isUntouched() else { return "an address was dialled that is not allowed" }
        let expected = Self.statuses(for: vector.expectation)
        let isExpected = statuses.count == expected.count
            && zip(statuses, expected).allSatisfy { $1.contains($0) }
        return isExpected ? nil : "answered \(statuses) instead of \(expected)"
    }

    /// The status of a call, which the allowed address answers if it gets it.
    private func ask(_ egress: RunningEgress, _ upstream: ScriptedUpstream) throws -> Int {
        let client = try egress.connect()
        try client.send("GET / HTTP/1.1\r\nHost: vector\r\nX-Sandbox-ID: sbx-all\r\n\r\n")
        if try upstream.waitForConnection(orAnswerTo: client) {
            let server = try upstream.accept()
            _ = try server.readMessage()
            try server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        return try client.readMessage().status
    }

    private static func answer(_ step: AddressVector.Step) -> DNSServer.Answer {
        switch step {
        case .addresses(let list):
            .addresses(list.map { $0 == "203.0.113.7" ? stand : $0 })
        case .word("NXDOMAIN"): .notFound
        case .word("SERVFAIL"): .serverFailure
        case .word("CNAME-LOOP"): .aliasLoop
        case .word("CNAME-TO-LOCALHOST"): .alias("localhost", ["127.0.0.1"])
        case .word: .silent
        }
    }

    /// Of each call, what it may be answered.
    private static func statuses(for expectation: String) -> [[Int]] {
        switch expectation {
        case "deny-second": [[200], [502]]
        case "never-dial-private", "bounded": [[200]]
        case "error-502-503": [[502, 503]]
        case "error-504-503": [[504, 503]]
        case "error": [[502, 503, 504]]
        default: [[502]]
        }
    }

    // MARK: redirects

    private func redirected(_ vector: AddressVector) throws -> String? {
        let upstream = try ScriptedUpstream()
        let egress = try RunningEgress(EgressBundle(upstream: upstream.port))
        defer { egress.stop() }
        let client = try egress.connect()
        try client.send("GET / HTTP/1.1\r\nHost: echo\r\nX-Sandbox-ID: sbx-all\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send(
            "HTTP/1.1 302 Found\r\nLocation: \(vector.text)\r\nContent-Length: 0\r\n\r\n")
        let answer = try client.readMessage()
        guard answer.status == 302, answer["location"] == vector.text else {
            return "the sandbox gets \(answer.status) with \(answer["location"] ?? "nothing")"
        }
        let isFollowed = try !upstream.isUntouched()
            || server.readIfThere(milliseconds: 0) != nil
        return isFollowed ? "it is followed" : nil
    }
}
