internal import Testing

@testable internal import Telemetry

struct AccessLineTests {
    @Test func `a record has the members that were put in`() throws {
        var random = RandomSource(seed: (1, 2, 3, 4))
        let id = RequestID(wallNanoseconds: noon, random: &random)
        let record = try record { line in
            line.text(.client, Array("10.0.0.1".utf8).span)
            line.text(.method, "GET")
            line.path(Array("/api/v1/status?api_key=secret".utf8).span)
            line.number(.status, 200)
            line.duration(.durationMilliseconds, nanoseconds: 1_234_567)
            line.requestID(id)
            line.absent(.userAgent)
            line.text(.authStatus, "ok")
            line.number(.bytesSent, .max)
        }
        #expect(record["timestamp"] as? String == "2026-11-23T06:30:00.123Z")
        #expect(record["client"] as? String == "10.0.0.1")
        #expect(record["method"] as? String == "GET")
        #expect(record["path"] as? String == "/api/v1/status")
        #expect(record["status"] as? Int == 200)
        #expect(record["duration_ms"] as? Double == 1.234)
        #expect((record["request_id"] as? String)?.count == 36)
        #expect(record["user_agent"] != nil)
        #expect(record["bytes_sent"] as? UInt64 == .max)
        #expect(record.count == 10)
    }

    @Test func `any byte in any place leaves one JSON line`() throws {
        let ring = ring()
        for byte in UInt8.min...UInt8.max {
            for position in 0..<12 {
                var value = Array("abcdefghijkl".utf8)
                value[position] = byte
                guard var line = ring.begin(wallNanoseconds: noon) else { continue }
                line.text(.userAgent, value.span)
                line.path(value.span)
                ring.commit(line)
                let bytes = ring.drained()
                #expect(bytes.dropLast().allSatisfy { $0 >= 0x20 })
                let record = try objects(bytes)
                #expect(record.count == 1)
                let expected = String(decoding: value, as: UTF8.self)
                #expect(record.first?["user_agent"] as? String == expected)
            }
        }
    }

    @Test(
        arguments: [
            ([0xC3, 0xA9], "é"), ([0xE2, 0x82, 0xAC], "€"), ([0xF0, 0x9F, 0x98, 0x80], "😀"),
            ([0xC0, 0xAF], "??"), ([0xE0, 0x80, 0x80], "???"), ([0xF0, 0x80, 0x80, 0x80], "????"),
            ([0xED, 0xA0, 0x80], "???"), ([0xF4, 0x90, 0x80, 0x80], "????"), ([0xF5, 0x80], "??"),
            ([0xC3], "?"), ([0xE2, 0x82], "??"), ([0xF0, 0x9F, 0x98], "???"), ([0x80], "?"),
            ([0xE2, 0x82, 0x41], "??A"), ([0xF0, 0x9F, 0x22], "??\""),
            ([0xC3, 0x5C, 0x22], "?\\\""),
        ] as [([UInt8], String)])
    func `each byte that is not UTF-8 is replaced`(bytes: [UInt8], text: String) throws {
        let replaced = String(text.map { $0 == "?" ? "\u{FFFD}" : $0 })
        for (before, after) in [("", ""), ("abcdefg", "hijklmnop"), ("\"", "\\")] {
            let value = Array(before.utf8) + bytes + Array(after.utf8)
            let record = try record { $0.text(.userAgent, value.span) }
            #expect(record["user_agent"] as? String == before + replaced + after)
        }
    }

    @Test func `text is cut at its limit, between characters`() throws {
        let value = Array(String(repeating: "é", count: 500).utf8)
        for shift in 0..<3 {
            let shifted = Array("xyz".utf8.prefix(shift)) + value
            let record = try record { $0.text(.userAgent, shifted.span) }
            let text = try #require(record["user_agent"] as? String)
            #expect(text.utf8.count >= 253)
            #expect(text.utf8.count <= 256)
            #expect(!text.contains("\u{FFFD}"))
        }
    }

    @Test func `a member that does not fit is left out and the line says so`() throws {
        let controls = [UInt8](repeating: 0x01, count: 5000)
        let record = try record { line in
            for _ in 0..<10 { line.text(.userAgent, controls.span) }
            line.path(controls.span)
            line.number(.status, 400)
        }
        #expect(record["truncated"] as? Bool == true)
        #expect(record["path"] == nil)
        #expect(record["status"] as? Int == 400)
    }

    @Test(arguments: [
        ("/a?token=t", "/a?token=REDACTED"),
        ("/a?x=1&token=t&y=2", "/a?x=1&token=REDACTED&y=2"),
        ("/a?ToKeN=t", "/a?ToKeN=REDACTED"),
        ("/a?%74oken=t", "/a?%74oken=REDACTED"),
        ("/a?%74%6f%6B%65%6E=t", "/a?%74%6f%6B%65%6E=REDACTED"),
        ("/a?x=1;token=t", "/a?x=1;token=REDACTED"),
        ("/a?token=a=b&x=1", "/a?token=REDACTED&x=1"),
        ("/a?token=", "/a?token=REDACTED"),
        ("/a?token", "/a?token"),
        ("/a?tokens=t", "/a?tokens=t"),
        ("/a?toke=t", "/a?toke=t"),
        ("/a?", "/a?"),
        ("/a", "/a"),
        ("?token=t", "?token=REDACTED"),
        ("/a?&&token=t&", "/a?&&token=REDACTED&"),
        ("/a?q=\"&token=\"", "/a?q=\"&token=REDACTED"),
        ("/token=t", "/token=t"),
        ("/a?b?token=t", "/a?b?token=t"),
    ])
    func `values of redacted parameters are not shown`(target: String, expected: String) throws {
        let rule = QueryRule.redact(RedactedParameters(["Token"]))
        let record = try record(queryRule: rule) { $0.path(Array(target.utf8).span) }
        #expect(record["path"] as? String == expected)
    }

    @Test func `a name too long to compare is redacted`() throws {
        let name = String(repeating: "n", count: 200)
        let rule = QueryRule.redact(RedactedParameters([]))
        let record = try record(queryRule: rule) { $0.path(Array("/a?\(name)=v".utf8).span) }
        #expect(record["path"] as? String == "/a?\(name)=REDACTED")
    }
}
