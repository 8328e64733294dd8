internal import Testing

@testable internal import Identity

struct KeyIndexTests {
    private static let moment = "2030-01-01T00:00:00Z"
    private static let hash =
        "sha256:9f735e0df9a1ddc702bf0a1a7b83033f9f7153a00c29de82cedadc9957289b05"

    @Test func `a key is found by its exact bytes and by nothing else`() throws {
        let keys = try KeyIndex([definition("one", key: "valid-key")], tiers: standardTiers())
        #expect(keys.lookup("valid-key") == .key(KeyHandle(index: 0)))
        let others = [
            "", "valid-ke", "valid-keyx", "Valid-key", "valid-key;", "valid-key, valid-key",
            "undefined", "null", " valid-key", "valid-key\0",
            String(repeating: "a", count: KeyIndex.presentedBytesMax),
            String(repeating: "a", count: 100_000),
        ]
        for other in others { #expect(keys.lookup(other) == .unknown, "\(other.prefix(20))") }
    }

    @Test func `a hashed key and its plaintext are the same key`() throws {
        let hashed = KeyDefinition(
            id: "h", secret: .hash(Self.hash), role: "admin", rateLimitTier: "unlimited")
        let keys = try KeyIndex([hashed], tiers: standardTiers())
        #expect(keys.lookup("testpassword") == .key(KeyHandle(index: 0)))
        #expect(keys.plaintextIDs.isEmpty)
        #expect(text(keys.id(of: KeyHandle(index: 0))) == "h")
        #expect(text(keys.role(of: KeyHandle(index: 0))) == "admin")
    }

    @Test func `a disabled key stays disabled whatever other keys are`() throws {
        let keys = try KeyIndex(
            [definition("off", key: "off", isEnabled: false), definition("on", key: "on")],
            tiers: standardTiers())
        #expect(keys.lookup("off") == .disabled(KeyHandle(index: 0)))
        #expect(keys.lookup("on") == .key(KeyHandle(index: 1)))
    }

    @Test(arguments: [
        (Int64(1_893_455_999), KeyIndex.Outcome.notYetValid(KeyHandle(index: 0))),
        (1_893_456_000, .key(KeyHandle(index: 0))),
        (1_893_456_059, .key(KeyHandle(index: 0))),
        (1_893_456_060, .expired(KeyHandle(index: 0))),
        (Int64.max, .expired(KeyHandle(index: 0))),
        (Int64.min, .notYetValid(KeyHandle(index: 0))),
    ])
    func `a key is good from not_before until before expires_at`(
        now: Int64, expected: KeyIndex.Outcome
    ) throws {
        let key = definition(
            "timed", key: "k", notBefore: "2030-01-01T00:00:00Z",
            expiresAt: "2030-01-01T01:01:00.5+01:00")
        let keys = try KeyIndex([key], tiers: standardTiers())
        #expect(keys.lookup("k", nowSeconds: now) == expected)
    }

    @Test func `every key of many is found`() throws {
        let definitions = (0..<5000).map { definition("id\($0)", key: "key-\($0)") }
        let keys = try KeyIndex(definitions, tiers: standardTiers())
        #expect(keys.count == 5000)
        for index in 0..<5000 {
            #expect(keys.lookup("key-\(index)") == .key(KeyHandle(index: index)))
        }
        #expect(keys.lookup("key-5000") == .unknown)
        #expect(text(keys.id(of: KeyHandle(index: 4999))) == "id4999")
    }

    @Test func `no keys is an index that knows nobody`() throws {
        let keys = try KeyIndex([], tiers: standardTiers())
        #expect(keys.lookup("anything") == .unknown)
    }

    private static func hashed(_ text: String) -> KeyDefinition {
        KeyDefinition(id: "a", secret: .hash(text), role: "user", rateLimitTier: "default")
    }

    @Test(arguments: [
        (definition("", key: "k"), KeyFault.Reason.badName(field: "id")),
        (definition("a\nb", key: "k"), .badName(field: "id")),
        (definition(String(repeating: "i", count: 129), key: "k"), .badName(field: "id")),
        (definition("a", key: ""), .badPlaintext),
        (definition("a", key: "with blank"), .badPlaintext),
        (definition("a", key: String(repeating: "k", count: 1025)), .badPlaintext),
        (definition("a", key: "k", tier: "gold"), .unknownTier("gold")),
        (
            definition("a", key: "k", notBefore: "2030-02-30T00:00:00Z"),
            .badTime(field: "not_before")
        ),
        (definition("a", key: "k", expiresAt: "tomorrow"), .badTime(field: "expires_at")),
        (
            definition("a", key: "k", notBefore: Self.moment, expiresAt: Self.moment),
            .emptyValidity
        ),
        (hashed(""), .badHash),
        (hashed("sha256:"), .badHash),
        (hashed(String(Self.hash.dropLast())), .badHash),
        (hashed(Self.hash + "0"), .badHash),
        (hashed(Self.hash.dropLast() + "g"), .badHash),
        (hashed("sha512:" + Self.hash.dropFirst(7)), .badHash),
    ])
    func `a bad definition is refused`(definition: KeyDefinition, reason: KeyFault.Reason) throws {
        let faults = try refusals([definition])
        #expect(faults.map(\.reason) == [reason])
    }

    @Test func `all faults of all keys are told at once, without key material`() throws {
        let secret = "very-secret-key"
        let faults = try refusals([
            definition("one", key: secret), definition("one", key: "other"),
            definition("two", key: secret), definition("", key: secret, tier: "gold"),
        ])
        #expect(
            faults.map(\.reason) == [
                .duplicateID, .duplicateKey(of: "one"), .badName(field: "id"),
                .unknownTier("gold"), .duplicateKey(of: "one"),
            ])
        let text = KeyFaults(faults: faults).description
        #expect(text.contains("api_keys[2] (id \"two\")"))
        #expect(!text.contains(secret))
    }

    private func refusals(_ definitions: [KeyDefinition]) throws -> [KeyFault] {
        let tiers = try standardTiers()
        do throws(KeyFaults) {
            _ = try KeyIndex(definitions, tiers: tiers)
            return []
        } catch {
            return error.faults
        }
    }
}
