import Testing

@testable import Rego

@Suite struct BuiltinWorldTests {
    static let times = [
        BuiltinCase("time.now_ns", "[]", "1700000000000000000"),
        BuiltinCase("time.date", "[1700000000000000000]", "[2023,11,14]"),
        BuiltinCase("time.clock", "[1700000000000000000]", "[22,13,20]"),
        BuiltinCase(
            "time.clock", #"[[1700000000000000000,"America/New_York"]]"#, "[17,13,20]"),
        BuiltinCase("time.weekday", "[1700000000000000000]", #""Tuesday""#),
        BuiltinCase("time.parse_rfc3339_ns", #"["1970-01-01T00:00:01Z"]"#, "1000000000"),
        BuiltinCase("time.parse_ns", #"["2006-01-02","1970-01-02"]"#, "86400000000000"),
        BuiltinCase("time.parse_duration_ns", #"["1h30m"]"#, "5400000000000"),
        BuiltinCase("time.add_date", "[0,1,1,1]", "34300800000000000"),
        BuiltinCase("time.diff", "[86400000000000,0]", "[0,0,1,0,0,0]"),
        BuiltinCase("time.format", "[0]", #""1970-01-01T00:00:00Z""#),
        BuiltinCase("time.format", #"[[0,"UTC","2006"]]"#, #""1970""#),
        BuiltinCase("time.clock", #"[[0,"No/Where"]]"#, "!unknown time zone No/Where"),
        BuiltinCase(
            "time.clock", #"[[0,"../../etc/passwd"]]"#,
            "!time: invalid location name"),
        BuiltinCase(
            "time.parse_rfc3339_ns", #"["2023-02-30T00:00:00Z"]"#,
            #"!parsing time "2023-02-30T00:00:00Z": day out of range"#),
    ]

    @Test(arguments: times)
    func `times are read and told`(test: BuiltinCase) throws { try test.check() }

    static let networks = [
        BuiltinCase("net.cidr_contains", #"["10.0.0.0/8","10.1.2.3"]"#, "true"),
        BuiltinCase("net.cidr_contains", #"["10.0.0.0/8","10.0.0.0/7"]"#, "false"),
        BuiltinCase("net.cidr_contains", #"["::/0","fe80::1"]"#, "true"),
        BuiltinCase("net.cidr_intersects", #"["10.0.0.0/8","10.1.0.0/16"]"#, "true"),
        BuiltinCase(
            "net.cidr_expand", #"["10.0.0.0/30"]"#,
            #"["10.0.0.0","10.0.0.1","10.0.0.2","10.0.0.3"]"#),
        BuiltinCase("net.cidr_merge", #"[["10.0.0.0/9","10.128.0.0/9"]]"#, #"["10.0.0.0/8"]"#),
        BuiltinCase("net.cidr_is_valid", #"["10.0.0.0/33"]"#, "false"),
    ]

    @Test(arguments: networks)
    func `addresses are compared`(test: BuiltinCase) throws { try test.check() }

    @Test func `an expansion that would fill the memory ends the evaluation`() throws {
        let tester = BuiltinTester()
        #expect(throws: BuiltinError.self) {
            try tester.call("net.cidr_expand", [tester.string("::/0")])
        }
    }

    static let hashes = [
        BuiltinCase("crypto.md5", #"["a"]"#, #""0cc175b9c0f1b6a831c399e269772661""#),
        BuiltinCase("crypto.sha1", #"["a"]"#, #""86f7e437faa5a7fce15d1ddcb9eaeaea377667b8""#),
        BuiltinCase(
            "crypto.sha256", #"["a"]"#,
            #""ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb""#),
        BuiltinCase(
            "crypto.hmac.md5", #"["a","k"]"#,
            #""ddcf3d210049e7135f61affae73731cd""#),
        BuiltinCase("crypto.hmac.equal", #"["a","a"]"#, "true"),
        BuiltinCase("crypto.x509.parse_certificates", #"["AA=="]"#, "!x509: malformed certificate"),
    ]

    @Test(arguments: hashes)
    func `hashes are what they are`(test: BuiltinCase) throws { try test.check() }

    @Test func `nothing reaches the network unless the host lets it`() throws {
        let tester = BuiltinTester()
        let answer = try tester.answer(
            "http.send", #"[{"method":"get","url":"http://127.0.0.1:1/"}]"#)
        #expect(answer.contains("network access is not allowed"))
        let name = try tester.answer("net.lookup_ip_addr", #"["example.com"]"#)
        #expect(name.hasPrefix("!"))
    }

    @Test func `randomness is the same within one evaluation`() throws {
        let tester = BuiltinTester()
        for (name, arguments) in [("rand.intn", #"["x",1000000]"#), ("uuid.rfc4122", #"["x"]"#)] {
            let first = try tester.answer(name, arguments)
            #expect(try tester.answer(name, arguments) == first)
        }
    }

    @Test func `printed lines go to the host`() throws {
        let lines = Lines()
        var host = BuiltinHost()
        host.printLine = { lines.add($0) }
        let tester = BuiltinTester(host: host)
        _ = try tester.answer("internal.print", #"[[{"$set":["a"]},{"$set":[1]}]]"#)
        #expect(lines.all == ["a 1"])
    }

    private final class Lines: @unchecked Sendable {
        private(set) var all: [String] = []
        func add(_ line: String) { all.append(line) }
    }
}
