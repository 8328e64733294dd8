import Identity
import Rego
import Testing

@testable import Policy

private let tiers = #""rate_limit_tiers": {"default": {"requests_per_minute": 60}}"#
private let hash = "sha256:" + String(repeating: "aB", count: 32)

private func read(_ text: String) throws(BundleError) -> GatewayData {
    guard let data = try? Array(text.utf8).withUnsafeBytes({ try FrozenData.json($0) }) else {
        throw .manifest("the test's data is malformed")
    }
    return try GatewayData(data)
}

private func faults(keys: String) -> [String] {
    faults("{\(tiers), \"api_keys\": \(keys)}")
}

private func faults(_ text: String) -> [String] {
    do throws(BundleError) {
        _ = try read(text)
        return []
    } catch {
        if case .gatewayData(let faults) = error { return faults }
        return [error.description]
    }
}

@Suite struct GatewayDataTests {
    @Test func `keys and tiers are read`() throws {
        let data = try read(
            """
            {"rate_limit_tiers": {
               "default": {"requests_per_minute": 60, "requests_per_hour": 1000, "burst": 5},
               "unlimited": {"requests_per_minute": -1, "requests_per_hour": -1}},
             "api_keys": [
               {"id": "a", "key_hash": "\(hash)", "enabled": true, "role": "admin",
                "rate_limit_tier": "unlimited", "expires_at": "2030-01-31T12:00:00.5+01:00"},
               {"id": "b", "key": "secret", "enabled": false, "not_before": "1970-01-02T00:00:00Z"},
               {"id": "c", "key": "other", "enabled": true, "expires_at": "2030-01-01T00:00:00Z"}]}
            """)
        #expect(data.keys.ids == ["a", "b", "c"])
        #expect(data.tiers.handle(named: "default") != nil)
        #expect(data.tiers.handle(named: "unlimited") != nil)
        func outcome(_ key: String, _ now: Int64) -> KeyIndex.Outcome {
            data.keys.lookup(Array(key.utf8).span, nowSeconds: now)
        }
        #expect(outcome("nobody's", 0) == .unknown)
        guard case .disabled = outcome("secret", 1_000_000) else { return #expect(Bool(false)) }
        guard case .key(let handle) = outcome("other", 0) else { return #expect(Bool(false)) }
        #expect(String(copying: UTF8Span(unchecked: data.keys.id(of: handle))) == "c")
        #expect(String(copying: UTF8Span(unchecked: data.keys.role(of: handle))) == "user")
        guard case .expired = outcome("other", 1_893_456_000) else { return #expect(Bool(false)) }
        #expect(
            data.warnings
                == ["b", "c"].map {
                    "api_keys: the key of id \"\($0)\" is in plaintext; use key_hash: sha256:<hex> instead"
                })
        #expect(try read("{}").keys.count == 0)
    }

    @Test(arguments: [
        ("{}", ["api_keys: must be a list"]),
        ("[1]", ["api_keys[0]: must be an object"]),
        (
            #"[{"id": "a", "key": "k", "enabled": 1}]"#,
            ["api_keys[0].enabled: must be true or false"]
        ),
        (
            #"[{"key": "k"}]"#,
            [
                "api_keys[0].id: is missing", "api_keys[0].enabled: must be true or false",
            ]
        ),
        (
            #"[{"id": 1, "key": 2, "enabled": true, "role": [], "expires_at": null}]"#,
            [
                "api_keys[0].id: must be a string", "api_keys[0].role: must be a string",
                "api_keys[0].expires_at: must be a string", "api_keys[0].key: must be a string",
            ]
        ),
        (
            #"[{"id": "a\r\nx: y", "key": "k", "enabled": true}]"#,
            ["api_keys[0] (id \"a\r\nx: y\"): id must be 1 to 128 visible ASCII characters"]
        ),
        (#"[{"id": "a", "enabled": true}]"#, ["api_keys[0]: must have one of key_hash and key"]),
        (
            #"[{"id": "a", "enabled": true, "key": "k", "key_hash": "x"}]"#,
            ["api_keys[0]: must have one of key_hash and key"]
        ),
        (
            #"[{"id": "a", "enabled": true, "key": ""}]"#,
            ["api_keys[0] (id \"a\"): key must be 1 to 1024 visible ASCII characters"]
        ),
        (
            #"[{"id": "a", "enabled": true, "key_hash": "md5:00"}]"#,
            ["api_keys[0] (id \"a\"): key_hash must be \"sha256:\" and 64 hexadecimal digits"]
        ),
        (
            #"[{"id": "a", "enabled": true, "key": "k", "rate_limit_tier": "gold"}]"#,
            ["api_keys[0] (id \"a\"): rate_limit_tier \"gold\" is not in rate_limit_tiers"]
        ),
        (
            #"[{"id": "a", "enabled": true, "key": "k", "expires_at": "tomorrow"}]"#,
            [
                "api_keys[0] (id \"a\"): expires_at must be an RFC 3339 time such as 2030-01-31T12:00:00Z"
            ]
        ),
        (
            #"[{"id": "a", "enabled": true, "key": "k"}, {"id": "a", "enabled": false, "key": "k"}]"#,
            [
                "api_keys[1] (id \"a\"): the id is used by an earlier key",
                "api_keys[1] (id \"a\"): the key is the same as that of id \"a\"",
            ]
        ),
    ])
    func `a key that is wrong makes the bundle invalid`(keys: String, expected: [String]) {
        #expect(faults(keys: keys) == expected)
    }

    @Test(arguments: [
        ("[]", "rate_limit_tiers: must be an object"),
        (#"{"a": 1}"#, "rate_limit_tiers.a: must be an object"),
        (#"{"a": {}}"#, "rate_limit_tiers.a.requests_per_minute: is missing; -1 means unlimited"),
        (
            #"{"a": {"requests_per_minute": 1.5}}"#,
            "rate_limit_tiers.a.requests_per_minute: must be a whole number"
        ),
        (
            #"{"a": {"requests_per_minute": 1e30}}"#,
            "rate_limit_tiers.a.requests_per_minute: must be a whole number"
        ),
        (
            #"{"a": {"requests_per_minute": 1, "burst": "x"}}"#,
            "rate_limit_tiers.a.burst: must be a whole number"
        ),
        (
            #"{"a b": {"requests_per_minute": 1}}"#,
            "rate_limit_tiers.a b: a name must be 1 to 128 visible ASCII characters"
        ),
    ])
    func `a tier of the wrong shape makes the bundle invalid`(tiers: String, expected: String) {
        #expect(faults("{\"rate_limit_tiers\": \(tiers)}") == [expected])
    }

    @Test(arguments: ["-2", "0", "9223372036854775807", "1000000000000"])
    func `a limit that cannot be makes the bundle invalid`(limit: String) {
        for member in ["requests_per_minute", "requests_per_hour"] {
            let tier = "{\"requests_per_minute\": 1, \"\(member)\": \(limit)}"
            let found = faults("{\"rate_limit_tiers\": {\"a\": \(tier)}}")
            #expect(found.count == 1)
            #expect(found.first?.contains("\(member) must be -1 (unlimited) or 1 to") == true)
        }
    }

    @Test func `members without effect are said and any key is never let in`() throws {
        let data = try read(
            """
            {"gateway_config": {"allow_any_key": false, "require_https": false}, \(tiers),
             "api_keys": [{"id": "a", "enabled": true, "key_hash": "\(hash)", "expire_at": "x"}]}
            """)
        #expect(
            data.warnings == [
                "api_keys[0].expire_at has no effect on the gateway",
                "gateway_config.require_https has no effect on the gateway",
            ])
        #expect(
            faults(#"{"gateway_config": {"allow_any_key": true}}"#) == [
                "gateway_config.allow_any_key: must be false: only known keys are let in"
            ])
    }

    @Test func `a fault never shows a key`() {
        let keys = [
            #"{"id": "a", "enabled": true, "key": "s3cret\n"}"#,
            #"{"id": "b", "enabled": true, "key": "s3cret", "rate_limit_tier": "x"}"#,
            #"{"id": "c", "enabled": true, "key": "s3cret"}"#,
            #"{"id": "d", "enabled": true, "key": "s3cret"}"#,
        ]
        let text = faults(keys: "[" + keys.joined(separator: ",") + "]")
        #expect(text.count == 3)
        #expect(!text.joined().contains("s3cret"))
    }
}
