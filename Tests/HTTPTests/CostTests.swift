import Foundation
import HTTP
import Testing

/// What a proxied request costs here: both heads parsed, path normalised, both heads written.
/// A report, not a gate: run it with SLUICE_BENCH=1 and optimisation.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["SLUICE_BENCH"] != nil))
struct CostTests {
    @Test func `time for the heads of one proxied request`() throws {
        let request = Self.request.latin1
        let response = Self.response.latin1
        let rounds = 200_000
        var best = Duration.seconds(1_000)
        var bytesOut = 0
        var worker = Worker()
        for _ in 0..<9 {
            let clock = ContinuousClock()
            let time = try clock.measure {
                try request.withUnsafeBytes { request in
                    try response.withUnsafeBytes { response in
                        for _ in 0..<rounds { bytesOut = try worker.proxy(request, response) }
                    }
                }
            }
            best = min(best, time)
        }
        let each = best / rounds
        print(
            "heads: request \(request.count) B, response \(response.count) B,"
                + " written \(bytesOut) B: \(each) each")
        #expect(bytesOut > 1_000)
    }

    @Test func `time for each part`() throws {
        let request = Self.request.latin1
        let response = Self.response.latin1
        var worker = Worker()
        try request.withUnsafeBytes { request in
            try response.withUnsafeBytes { response in
                _ = try worker.proxy(request, response)
                try report("parse request") { try worker.parseRequest(request) }
                try report("normalise path") { try worker.normalize(request) }
                report("write request") { worker.writeRequest(request) }
                try report("parse response") { try worker.parseResponse(response) }
                report("write response") { worker.writeResponse(response) }
            }
        }
    }

    private func report(_ what: String, _ work: () throws -> Int) rethrows {
        var sum = 0
        let time = try ContinuousClock().measure {
            for _ in 0..<300_000 { sum &+= try work() }
        }
        print("\(what): \(time / 300_000)")
        #expect(sum > 0)
    }

    /// What one worker keeps.
    private struct Worker: ~Copyable {
        private var request = RequestHead()
        private var response = ResponseHead()
        private var paths = PathNormalizer()
        private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 8)
        private let host = Array("agentd:8090".utf8)
        private let requestFilter = FieldFilter(
            names: [.xAPIKey, .authorization], prefixes: ["x-sandbox-", "x-authz-"])
        private let responseFilter = FieldFilter(prefixes: ["x-envoy-"])

        deinit { output.deallocate() }

        mutating func proxy(
            _ input: UnsafeRawBufferPointer, _ answer: UnsafeRawBufferPointer
        ) throws -> Int {
            _ = try parseRequest(input)
            let sent = writeRequest(input, path: try paths.normalize(request.path.slice(of: input)))
            _ = try parseResponse(answer)
            return sent + writeResponse(answer)
        }

        mutating func parseRequest(_ input: UnsafeRawBufferPointer) throws -> Int {
            try request.parse(input) ?? 0
        }

        mutating func normalize(_ input: UnsafeRawBufferPointer) throws -> Int {
            try paths.normalize(request.path.slice(of: input)).matched.count
        }

        func writeRequest(_ input: UnsafeRawBufferPointer) -> Int {
            write { writer in
                writer.requestLine(of: request, in: input, path: request.path.slice(of: input))
                writeFields(input, &writer)
            }
        }

        private func writeRequest(_ input: UnsafeRawBufferPointer, path: NormalizedPath) -> Int {
            write { writer in
                writer.requestLine(of: request, in: input, path: path.forwarded)
                writeFields(input, &writer)
            }
        }

        private func writeFields(_ input: UnsafeRawBufferPointer, _ writer: inout HeadWriter) {
            host.withUnsafeBytes { writer.field("Host", $0) }
            writer.copyFields(request.fields, of: input, except: requestFilter)
            host.withUnsafeBytes { writer.field(.xAuthenticatedKeyID, $0) }
            host.withUnsafeBytes { writer.field(.xRequestID, $0) }
            writer.requestFraming(request.framing, method: request.method)
            writer.endHead()
        }

        mutating func parseResponse(_ answer: UnsafeRawBufferPointer) throws -> Int {
            try response.parse(answer, answering: .init(method: .get)) ?? 0
        }

        func writeResponse(_ answer: UnsafeRawBufferPointer) -> Int {
            let plan = DownstreamFraming(of: response, clientVersion: .http11, isPersistent: true)
            return write { writer in
                writer.statusLine(of: response, in: answer)
                writer.copyFields(response.fields, of: answer, except: responseFilter)
                writer.responseFraming(plan, clientVersion: .http11)
                writer.endHead()
            }
        }

        private func write(_ body: (inout HeadWriter) -> Void) -> Int {
            var writer = HeadWriter(output)
            body(&writer)
            guard case .written(let count) = writer.result else { return 0 }
            return count
        }
    }

    private static let request = """
        GET /api/v1/sandboxes/sbx-0190b6a2-7c1e-7d3f-9a54-3f1f0c9d8e77/files?path=a&limit=20 \
        HTTP/1.1\r\nHost: gateway.example.test:8080\r\n\
        X-API-Key: 0123456789abcdef0123456789abcdef\r\n\
        User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/126.0.0.0 Safari/537.36\r\nAccept: text/html,application/xhtml+xml,\
        application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n\
        Accept-Encoding: gzip, deflate, br\r\n\
        Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\nCache-Control: no-cache\r\n\
        Cookie: session=4f1f0c9d8e770190b6a27c1e7d3f9a54; theme=dark; consent=all\r\n\
        Connection: keep-alive\r\nReferer: https://console.example.test/sandboxes/list?page=2\r\n\
        Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: same-origin\r\n\
        X-Client-Build: 2024.11.03-4711\r\n\
        traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n
        """

    private static let response = """
        HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: agentd/1.0\r\n\
        Content-Type: application/json; charset=utf-8\r\nContent-Length: 200\r\n\
        Cache-Control: no-store\r\nVary: Accept-Encoding\r\nX-Request-ID: 0190b6a2-7c1e\r\n\
        X-Content-Type-Options: nosniff\r\n\r\n
        """
}
