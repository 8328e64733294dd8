import Testing

@testable import Config

@Suite struct ValueTests {
    @Test(
        arguments: [
            ("10s", 10_000), ("5m", 300_000), ("1h30m", 5_400_000), ("250ms", 250),
            ("2d", 172_800_000),
            ("0s", 0), ("1m1s1ms", 61_001),
            ("10", nil), ("", nil), ("s", nil), ("1s1m", nil), ("1s1s", nil), ("-1s", nil),
            ("1.5s", nil), ("10 s", nil), ("9223372036854775807d", nil),
            ("99999999999999999999s", nil),
        ] as [(String, Int64?)])
    func `a duration has a unit`(text: String, milliseconds: Int64?) {
        #expect(Units.parseDuration(text) == milliseconds.map { .milliseconds($0) })
    }

    @Test(
        arguments: [
            ("60KiB", 61_440), ("8MiB", 8_388_608), ("1GiB", 1 << 30), ("1KB", 1000), ("7", 7),
            ("12B", 12), ("", nil), ("KiB", nil), ("60kib", nil), ("-1", nil), ("1.5KiB", nil),
            ("9223372036854775807KiB", nil),
        ] as [(String, Int?)])
    func `a size may have a unit`(text: String, bytes: Int?) {
        #expect(Units.parseBytes(text) == bytes)
    }

    @Test(
        arguments: [
            ("127.0.0.1:80", Endpoint(host: "127.0.0.1", port: 80)),
            ("[::1]:0", Endpoint(host: "::1", port: 0)),
            ("agentd:8090", Endpoint(host: "agentd", port: 8090)),
            ("127.0.0.1", nil), ("127.0.0.1:", nil), (":80", nil), ("::1:80", nil), ("[::1]", nil),
            ("1.2.3:80", nil), ("256.1.1.1:80", nil), ("a b:80", nil), ("a:65536", nil),
            ("a:+1", nil),
            ("unix:relative", Endpoint(unixPath: "relative")),
            ("unix:/run/a.sock", Endpoint(unixPath: "/run/a.sock")), ("unix:", nil), ("http://a:80", nil), ("a:80/", nil),
            ("[1.2.3.4]:80", nil),
        ] as [(String, Endpoint?)])
    func `an address has a host and a port`(text: String, expected: Endpoint?) {
        #expect(Endpoint(text) == expected)
        if let expected { #expect(expected.description == text) }
    }

    @Test(
        arguments: [
            ("header_byte", "header_bytes"), ("lisetn", "listen"), ("Listen", "listen"),
            ("timeout", nil), ("", nil), ("x", nil),
        ] as [(String, String?)])
    func `the nearest spelling is offered when it is near`(word: String, expected: String?) {
        #expect(Spelling.nearest(to: word, in: ["header_bytes", "listen", "admin"]) == expected)
    }

    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("kitten", "sitting", 3), ("abc", "abc", 0),
    ])
    func `edits are counted`(left: String, right: String, edits: Int) {
        #expect(Spelling.distance(left, right) == edits)
    }
}
