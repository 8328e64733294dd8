import HTTP
import Testing

/// What the fields of a request say about its key, as a gateway asks it.
@Suite(.enabled(if: Vector.areAvailable))
struct AuthHeaderVectorTests {
    @Test func `every key vector is a key or none`() throws {
        var tally = Tally()
        for vector in try Vector.all(kind: "auth-headers") where vector.expect.count == 3 {
            let status = Self.status(of: vector.raw)
            tally.add(vector.id, status == vector.expect ? [] : [status, "not", vector.expect])
        }
        print(tally.closingLine("key"))
        #expect(tally.failures == [])
        #expect(tally.passed > 15)
    }

    @Test func `what a client says about its identity does not pass`() throws {
        let filter = FieldFilter(
            names: [
                .authorization, .cookie, .forwarded, .via, .xAPIKey, .xRateLimitTier,
                .xHTTPMethodOverride, .xForwardedClientCert,
            ],
            spelled: ["x-agentd-tier"], prefixes: ["x-sandbox-", "x-authz-", "x-envoy-"])
        var tally = Tally()
        for vector in try Vector.all(kind: "auth-headers") where vector.expect.count > 3 {
            let raw = "GET / HTTP/1.1\r\nHost: a\r\n".latin1 + vector.raw + "\r\n\r\n".latin1
            var head = RequestHead()
            let copied = raw.withUnsafeBytes { bytes -> String in
                guard (try? head.parse(bytes)) != nil else { return "" }
                return written { $0.copyFields(head.fields, of: bytes, except: filter) }.1
            }
            tally.add(vector.id, copied.isEmpty ? [] : ["passes \(copied)"])
        }
        print(tally.closingLine("identity"))
        #expect(tally.failures == [])
        #expect(tally.passed > 10)
    }

    /// 400 for a malformed head, 200 for exactly one end-to-end key that is right, else 401.
    private static func status(of fields: [UInt8]) -> String {
        let end = fields.isEmpty ? "\r\n" : "\r\n\r\n"
        let raw = "GET / HTTP/1.1\r\nHost: a\r\n".latin1 + fields + end.latin1
        var head = RequestHead()
        return raw.withUnsafeBytes { bytes in
            guard (try? head.parse(bytes)) != nil else { return "400" }
            guard case .one(let key) = head.fields.single(.xAPIKey) else { return "401" }
            return key.slice(of: bytes).text == "valid-key" ? "200" : "401"
        }
    }
}
