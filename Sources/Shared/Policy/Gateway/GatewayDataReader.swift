internal import Rego

/// Checks every member of the data that the gateway relies on.
struct GatewayDataReader {
    private(set) var keys: [APIKeyRecord] = []
    private(set) var tiers: [RateLimitTier] = []
    private(set) var warnings: [String] = []
    private(set) var faults: [GatewayDataFault] = []
    private var pathOfID: [String: String] = [:]
    private var pathOfSecret: [[UInt8]: String] = [:]

    private static let keyMembers = [
        "id", "key", "key_hash", "enabled", "role", "rate_limit_tier", "not_before", "expires_at",
        "description",
    ]
    private static let tierMembers = [
        "requests_per_minute", "requests_per_hour", "burst", "description",
    ]
    /// More than any program sends; a longer one is a mistake in the data.
    private static let keyBytesMax = 1024
    private static let limitMax: Int64 = 1_000_000_000

    mutating func read(_ data: Value) {
        readTiers(data.object["rate_limit_tiers"])
        readKeys(data.object["api_keys"])
        readGatewayConfig(data.object["gateway_config"])
    }

    // MARK: tiers

    private mutating func readTiers(_ value: Value) {
        guard value.isDefined else { return }
        guard value.isObject else { return fault("rate_limit_tiers", "must be an object") }
        for position in 0..<value.object.count {
            let name = value.object.key(at: position).text ?? ""
            readTier(name, value.object.value(at: position))
        }
    }

    private mutating func readTier(_ name: String, _ value: Value) {
        let path = "rate_limit_tiers.\(name)"
        guard Self.isName(name) else {
            return fault("rate_limit_tiers", "a tier's name must be 1 to 128 visible characters")
        }
        guard value.isObject else { return fault(path, "must be an object") }
        let members = value.object
        warnAboutUnknown(members, Self.tierMembers, path)
        let before = faults.count
        if members["requests_per_minute"].isUndefined {
            fault(path + ".requests_per_minute", "is missing; -1 means unlimited")
        }
        let minute = limit(members["requests_per_minute"], path + ".requests_per_minute")
        let hour = limit(members["requests_per_hour"], path + ".requests_per_hour")
        let burst = limit(members["burst"], path + ".burst")
        if burst == -1 { fault(path + ".burst", "must be at least 1") }
        guard faults.count == before else { return }
        tiers.append(
            RateLimitTier(
                name: name, requestsPerMinute: Self.bound(minute), requestsPerHour: Self.bound(hour),
                burst: Self.bound(burst)))
    }

    /// Nil when it is absent or faulty.
    private mutating func limit(_ value: Value, _ path: String) -> Int64? {
        guard value.isDefined else { return nil }
        guard let number = value.int64 else {
            fault(path, "must be a whole number")
            return nil
        }
        guard number == -1 || (1...Self.limitMax).contains(number) else {
            fault(path, "must be from 1 to \(Self.limitMax), or -1 for unlimited, not \(number)")
            return nil
        }
        return number
    }

    private static func bound(_ limit: Int64?) -> Int? {
        limit.flatMap { $0 == -1 ? nil : Int($0) }
    }

    // MARK: keys

    private mutating func readKeys(_ value: Value) {
        guard value.isDefined else { return }
        guard value.isArray else { return fault("api_keys", "must be a list") }
        for (index, entry) in value.array.buffer.enumerated() {
            readKey(entry, "api_keys[\(index)]")
        }
    }

    private mutating func readKey(_ value: Value, _ path: String) {
        guard value.isObject else { return fault(path, "must be an object") }
        let members = value.object
        warnAboutUnknown(members, Self.keyMembers, path)
        let before = faults.count
        let id = name(members["id"], path + ".id", missing: nil)
        let role = name(members["role"], path + ".role", missing: "user")
        let tier = name(members["rate_limit_tier"], path + ".rate_limit_tier", missing: "default")
        let isEnabled = members["enabled"].boolean
        if isEnabled == nil { fault(path + ".enabled", "must be true or false") }
        let secret = secret(members, path)
        let notBefore = time(members["not_before"], path + ".not_before")
        let expiresAt = time(members["expires_at"], path + ".expires_at")
        if let notBefore, let expiresAt, expiresAt <= notBefore {
            fault(path + ".expires_at", "must be after not_before")
        }
        if let tier, !tiers.contains(where: { $0.name == tier }), faults.count == before {
            fault(path + ".rate_limit_tier", "'\(tier)' is not in rate_limit_tiers")
        }
        guard faults.count == before, let id, let role, let tier, let isEnabled, let secret
        else { return }
        noteDuplicates(id, secret, path)
        keys.append(
            APIKeyRecord(
                id: id, secret: secret, isEnabled: isEnabled, role: role, tier: tier,
                notBefore: notBefore, expiresAt: expiresAt))
    }

    private mutating func secret(_ members: ObjectView, _ path: String) -> APIKeyRecord.Secret? {
        switch (members["key"].isDefined, members["key_hash"].isDefined) {
        case (true, true), (false, false):
            fault(path, "must have one of key_hash and key")
            return nil
        case (true, false):
            guard let text = members["key"].text, !text.isEmpty,
                text.utf8.count <= Self.keyBytesMax, text.utf8.allSatisfy(Self.isVisible)
            else {
                fault(path + ".key", "must be 1 to \(Self.keyBytesMax) visible characters")
                return nil
            }
            warnings.append("\(path).key is in plaintext; use key_hash: sha256:<hex> instead")
            return .plaintext(Array(text.utf8))
        case (false, true):
            guard let digest = Self.digest(members["key_hash"].text ?? "") else {
                fault(path + ".key_hash", "must be sha256: and 64 hexadecimal digits")
                return nil
            }
            return .sha256(digest)
        }
    }

    private mutating func noteDuplicates(
        _ id: String, _ secret: APIKeyRecord.Secret, _ path: String
    ) {
        if let other = pathOfID.updateValue(path, forKey: id) {
            fault(path + ".id", "'\(id)' is already the id of \(other)")
        }
        let identity: [UInt8] = switch secret {
        case .plaintext(let key): [0] + key
        case .sha256(let digest): [1] + digest
        }
        if let other = pathOfSecret.updateValue(path, forKey: identity) {
            fault(path, "is the same key as \(other)")
        }
    }

    // MARK: the rest

    private mutating func readGatewayConfig(_ value: Value) {
        guard value.isDefined else { return }
        guard value.isObject else { return fault("gateway_config", "must be an object") }
        if value.object["allow_any_key"].isDefined, !value.object["allow_any_key"].isFalse {
            fault("gateway_config.allow_any_key", "must be false: only known keys are let in")
        }
        for name in ["require_https", "max_request_body_bytes"] {
            let isThere = (0..<value.object.count).contains {
                value.object.key(at: $0).text == name
            }
            if isThere { warnings.append("gateway_config.\(name) has no effect") }
        }
    }

    private mutating func warnAboutUnknown(
        _ members: ObjectView, _ known: [String], _ path: String
    ) {
        for position in 0..<members.count {
            guard let name = members.key(at: position).text, !known.contains(name) else { continue }
            warnings.append("\(path).\(name) has no effect on the gateway")
        }
    }

    /// A text that can stand in a header field; nil after a fault.
    private mutating func name(_ value: Value, _ path: String, missing: String?) -> String? {
        if value.isUndefined, let missing { return missing }
        guard let text = value.text, Self.isName(text) else {
            fault(path, "must be 1 to 128 visible characters")
            return nil
        }
        return text
    }

    private mutating func time(_ value: Value, _ path: String) -> Int64? {
        guard value.isDefined, !value.isNull else { return nil }
        guard let text = value.text, let seconds = RFC3339.seconds(text) else {
            fault(path, "must be a time such as 2030-01-31T12:00:00Z")
            return nil
        }
        return seconds
    }

    private mutating func fault(_ path: String, _ message: String) {
        faults.append(GatewayDataFault(path: path, message: message))
    }

    private static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy(isVisible)
    }

    private static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    private static func digest(_ text: String) -> [UInt8]? {
        guard text.hasPrefix("sha256:") else { return nil }
        let digits = text.dropFirst("sha256:".count)
        guard digits.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var high: Int?
        for digit in digits {
            guard digit.isASCII, let value = digit.hexDigitValue else { return nil }
            if let first = high {
                bytes.append(UInt8(first << 4 | value))
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}
