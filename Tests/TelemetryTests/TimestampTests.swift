internal import Bytes
internal import Testing

@testable internal import Telemetry

struct TimestampTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"),
        (1_000_000, "1970-01-01T00:00:00.001Z"),
        (999_999, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
        (4_107_542_399_999_000_000, "2100-02-28T23:59:59.999Z"),
        (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
        (noon, "2026-11-23T06:30:00.123Z"),
        (.max, "2262-04-11T23:47:16.854Z"),
        (.min, "1677-09-21T00:12:43.145Z"),
    ])
    func `a moment is written as RFC 3339 in UTC`(nanoseconds: Int64, expected: String) {
        var cache = TimestampCache()
        #expect(written(nanoseconds, &cache) == expected)
        #expect(written(nanoseconds, &cache) == expected)
    }

    @Test func `the kept second follows the clock in both directions`() {
        var cache = TimestampCache()
        #expect(written(noon, &cache) == "2026-11-23T06:30:00.123Z")
        #expect(written(noon + 1_000_000_000, &cache) == "2026-11-23T06:30:01.123Z")
        #expect(written(noon - 1_000_000_000, &cache) == "2026-11-23T06:29:59.123Z")
    }

    @Test func `reading is the inverse of writing`() {
        for seconds in stride(from: Int64(-62_135_596_800), to: 253_402_300_799, by: 86_399 * 37) {
            let civil = RFC3339.civil(fromSeconds: seconds)
            let text =
                "\(pad(civil.year, 4))-\(pad(civil.month, 2))-\(pad(civil.day, 2))T"
                + "\(pad(civil.hour, 2)):\(pad(civil.minute, 2)):\(pad(civil.second, 2))Z"
            #expect(RFC3339.seconds(from: Array(text.utf8).span) == seconds)
        }
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", Int64(0)),
        ("1970-01-01t00:00:00z", 0),
        ("1970-01-01T00:00:00.999999999Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T18:30:00-05:30", 0),
        ("2024-02-29T00:00:00Z", 1_709_164_800),
        ("2016-12-31T23:59:60Z", 1_483_228_800),
        ("0000-01-01T00:00:00Z", -62_167_219_200),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ])
    func `a valid time is read`(text: String, expected: Int64) {
        #expect(RFC3339.seconds(from: Array(text.utf8).span) == expected)
    }

    @Test(arguments: [
        "", "2030", "2030-01-01", "2030-01-01T00:00:00", "2030-01-01 00:00:00Z",
        "2030-13-01T00:00:00Z", "2030-00-01T00:00:00Z", "2030-01-00T00:00:00Z",
        "2030-01-32T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2030-04-31T00:00:00Z", "2030-01-01T24:00:00Z", "2030-01-01T00:60:00Z",
        "2030-01-01T00:00:61Z", "2030-01-01T00:00:00.Z", "2030-01-01T00:00:00Z ",
        "2030-01-01T00:00:00+24:00", "2030-01-01T00:00:00+0100", "2030-1-01T00:00:00Z",
        "+030-01-01T00:00:00Z", "2030-01-01T00:00:00z0", "99999-01-01T00:00:00Z",
    ])
    func `anything else is not a time`(text: String) {
        #expect(RFC3339.seconds(from: Array(text.utf8).span) == nil)
    }

    private func written(_ nanoseconds: Int64, _ cache: inout TimestampCache) -> String {
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64)
        defer { memory.deallocate() }
        var line = LineBuilder(memory)
        cache.append(wallNanoseconds: nanoseconds, to: &line)
        return String(decoding: line.bytes, as: UTF8.self)
    }

    private func pad(_ number: Int64, _ digits: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: digits - text.count) + text
    }
}
