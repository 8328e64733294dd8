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
        if case .gatewayData(let faults) = error { return faults.map(\.description) }
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
               {"id": "b", "key": "secret", "enabled": false, "not_before": "1970-01-02T00:00:00Z"}]}
            """)
        #expect(data.tiers == [
            RateLimitTier(name: "default", requestsPerMinute: 60, requestsPerHour: 1000, burst: 5),
            RateLimitTier(name: "unlimited", requestsPerMinute: nil, requestsPerHour: nil, burst: nil),
        ])
        #expect(data.keys == [
            APIKeyRecord(
                id: "a", secret: .sha256([UInt8](repeating: 0xAB, count: 32)), isEnabled: true,
                role: "admin", tier: "unlimited", notBefore: nil, expiresAt: 1_896_087_600),
            APIKeyRecord(
                id: "b", secret: .plaintext(Array("secret".utf8)), isEnabled: false, role: "user",
                tier: "default", notBefore: 86_400, expiresAt: nil),
        ])
        #expect(data.warnings == [
            "api_keys[1].key is in plaintext; use key_hash: sha256:<hex> instead"
        ])
        #expect(try read("{}").keys.isEmpty)
    }

    @Test(arguments: [
        ("{}", ["api_keys: must be a list"]),
        ("[1]", ["api_keys[0]: must be an object"]),
        (#"[{"id": "a", "key": "k", "enabled": 1}]"#, ["api_keys[0].enabled: must be true or false"]),
        (#"[{"key": "k"}]"#, [
            "api_keys[0].id: must be 1 to 128 visible characters",
            "api_keys[0].enabled: must be true or false",
        ]),
        (#"[{"id": "a\r\nx: y", "key": "k", "enabled": true}]"#,
         ["api_keys[0].id: must be 1 to 128 visible characters"]),
        (#"[{"id": "a", "enabled": true}]"#, ["api_keys[0]: must have one of key_hash and key"]),
        (#"[{"id": "a", "enabled": true, "key": "k", "key_hash": "x"}]"#,
         ["api_keys[0]: must have one of key_hash and key"]),
        (#"[{"id": "a", "enabled": true, "key": ""}]"#,
         ["api_keys[0].key: must be 1 to 1024 visible characters"]),
        (#"[{"id": "a", "enabled": true, "key_hash": "md5:00"}]"#,
         ["api_keys[0].key_hash: must be sha256: and 64 hexadecimal digits"]),
        (#"[{"id": "a", "enabled": true, "key": "k", "rate_limit_tier": "gold"}]"#,
         ["api_keys[0].rate_limit_tier: 'gold' is not in rate_limit_tiers"]),
        (#"[{"id": "a", "enabled": true, "key": "k", "expires_at": "tomorrow"}]"#,
         ["api_keys[0].expires_at: must be a time such as 2030-01-31T12:00:00Z"]),
        (#"[{"id": "a", "enabled": true, "key": "k", "not_before": "2030-01-01T00:00:00Z", "expires_at": "2030-01-01T00:00:00Z"}]"#,
         ["api_keys[0].expires_at: must be after not_before"]),
        (#"[{"id": "a", "enabled": true, "key": "k"}, {"id": "a", "enabled": true, "key": "l"}]"#,
         ["api_keys[1].id: 'a' is already the id of api_keys[0]"]),
        (#"[{"id": "a", "enabled": true, "key": "k"}, {"id": "b", "enabled": false, "key": "k"}]"#,
         ["api_keys[1]: is the same key as api_keys[0]"]),
    ])
    func `a key that is wrong makes the bundle invalid`(keys: String, expected: [String]) {
        #expect(faults(keys: keys) == expected)
    }

    @Test(arguments: [
        ("[]", "rate_limit_tiers: must be an object"),
        (#"{"a": 1}"#, "rate_limit_tiers.a: must be an object"),
        (#"{"a": {}}"#, "rate_limit_tiers.a.requests_per_minute: is missing; -1 means unlimited"),
        (#"{"a": {"requests_per_minute": -2}}"#,
         "rate_limit_tiers.a.requests_per_minute: must be from 1 to 1000000000, or -1 for unlimited, not -2"),
        (#"{"a": {"requests_per_minute": 0}}"#,
         "rate_limit_tiers.a.requests_per_minute: must be from 1 to 1000000000, or -1 for unlimited, not 0"),
        (#"{"a": {"requests_per_minute": 1.5}}"#,
         "rate_limit_tiers.a.requests_per_minute: must be a whole number"),
        (#"{"a": {"requests_per_minute": 1e30}}"#,
         "rate_limit_tiers.a.requests_per_minute: must be a whole number"),
        (#"{"a": {"requests_per_minute": 9223372036854775807}}"#,
         "rate_limit_tiers.a.requests_per_minute: must be from 1 to 1000000000, or -1 for unlimited, not 9223372036854775807"),
        (#"{"a": {"requests_per_minute": 1, "burst": -1}}"#,
         "rate_limit_tiers.a.burst: must be at least 1"),
        (#"{"a b": {"requests_per_minute": 1}}"#,
         "rate_limit_tiers: a tier's name must be 1 to 128 visible characters"),
    ])
    func `a tier that is wrong makes the bundle invalid`(tiers: String, expected: String) {
        #expect(faults("{\"rate_limit_tiers\": \(tiers)}") == [expected])
    }

    @Test func `members without effect are said and any key is never let in`() throws {
        let data = try read(
            """
            {"gateway_config": {"allow_any_key": false, "require_https": false}, \(tiers),
             "api_keys": [{"id": "a", "enabled": true, "key_hash": "\(hash)", "expire_at": "x"}]}
            """)
        #expect(data.warnings == [
            "api_keys[0].expire_at has no effect on the gateway",
            "gateway_config.require_https has no effect",
        ])
        #expect(faults(#"{"gateway_config": {"allow_any_key": true}}"#) == [
            "gateway_config.allow_any_key: must be false: only known keys are let in"
        ])
    }

    @Test func `a fault never shows a key`() {
        let text = faults(keys: #"[{"id": "a", "enabled": true, "key": "s3cret\n"}, {"id": 1, "enabled": true, "key": "s3cret", "rate_limit_tier": "x"}]"#)
        #expect(text.count == 2)
        #expect(!text.joined().contains("s3cret"))
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2000-02-29T23:59:59Z", 951_868_799),
        ("2024-01-01T00:00:00+02:00", 1_704_060_000), ("2024-01-01t00:00:00.123z", 1_704_067_200),
        ("1969-12-31T23:59:59Z", -1), ("9999-12-31T23:59:59-23:59", 253_402_387_139),
        ("2023-02-29T00:00:00Z", nil), ("2024-13-01T00:00:00Z", nil), ("2024-01-01", nil),
        ("2024-01-01T24:00:00Z", nil), ("2024-01-01T00:00:00", nil), ("2024-01-01T00:00:00.Z", nil),
        ("2024-01-01T00:00:00Zx", nil), ("2024-1-1T00:00:00Z", nil), ("", nil),
        ("2024-01-01T00:00:00+2:00", nil), ("-024-01-01T00:00:00Z", nil),
    ] as [(String, Int64?)])
    func `times are RFC 3339`(text: String, seconds: Int64?) {
        #expect(RFC3339.seconds(text) == seconds)
    }
}
