internal import Identity
internal import Rego

/// Reads the shape of the members that the gateway relies on; what the values may be is checked
/// by `KeyIndex` and `RateLimitTiers`. No fault ever shows a key.
struct GatewayDataReader {
    private(set) var keys: [KeyDefinition] = []
    private(set) var tiers: [RateLimitTier] = []
    private(set) var warnings: [String] = []
    private(set) var faults: [String] = []

    private static let keyMembers = [
        "id", "key", "key_hash", "enabled", "role", "rate_limit_tier", "not_before", "expires_at",
        "description",
    ]
    private static let tierMembers = [
        "requests_per_minute", "requests_per_hour", "burst", "description",
    ]

    mutating func read(_ data: Value) {
        readTiers(data.object["rate_limit_tiers"])
        readKeys(data.object["api_keys"])
        readGatewayConfig(data.object["gateway_config"])
    }

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
        guard value.isObject else { return fault(path, "must be an object") }
        let members = value.object
        warnAboutUnknown(members, Self.tierMembers, path)
        let minute = number(members["requests_per_minute"], path + ".requests_per_minute")
        let hour = number(members["requests_per_hour"], path + ".requests_per_hour")
        let burst = number(members["burst"], path + ".burst")
        guard members["requests_per_minute"].isDefined else {
            return fault(path + ".requests_per_minute", "is missing; -1 means unlimited")
        }
        guard let minute else { return }
        tiers.append(
            RateLimitTier(
                name: name, requestsPerMinute: minute, requestsPerHour: hour, burst: burst))
    }

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
        let id = string(members["id"], path + ".id")
        let role = string(members["role"], path + ".role")
        let tier = string(members["rate_limit_tier"], path + ".rate_limit_tier")
        let notBefore = string(members["not_before"], path + ".not_before")
        let expiresAt = string(members["expires_at"], path + ".expires_at")
        let secret = secret(members, path)
        // Neither may be guessed: an id tells keys apart, and a key is not on unless that is said.
        if members["id"].isUndefined { fault(path + ".id", "is missing") }
        let isEnabled = members["enabled"].boolean
        if isEnabled == nil { fault(path + ".enabled", "must be true or false") }
        guard let id, let secret, let isEnabled else { return }
        keys.append(
            KeyDefinition(
                id: id, secret: secret, isEnabled: isEnabled, role: role ?? "user",
                rateLimitTier: tier ?? "default", notBefore: notBefore, expiresAt: expiresAt))
    }

    private mutating func secret(_ members: ObjectView, _ path: String) -> KeyDefinition.Secret? {
        guard members["key"].isDefined != members["key_hash"].isDefined else {
            fault(path, "must have one of key_hash and key")
            return nil
        }
        if members["key"].isDefined {
            return string(members["key"], path + ".key").map { .plaintext($0) }
        }
        return string(members["key_hash"], path + ".key_hash").map { .hash($0) }
    }

    private mutating func readGatewayConfig(_ value: Value) {
        guard value.isDefined else { return }
        guard value.isObject else { return fault("gateway_config", "must be an object") }
        if value.object["allow_any_key"].isDefined, !value.object["allow_any_key"].isFalse {
            fault("gateway_config.allow_any_key", "must be false: only known keys are let in")
        }
        warnAboutUnknown(value.object, ["allow_any_key"], "gateway_config")
    }

    private mutating func warnAboutUnknown(
        _ members: ObjectView, _ known: [String], _ path: String
    ) {
        for position in 0..<members.count {
            guard let name = members.key(at: position).text, !known.contains(name) else { continue }
            warnings.append("\(path).\(name) has no effect on the gateway")
        }
    }

    /// Nil when it is absent, and after a fault.
    private mutating func string(_ value: Value, _ path: String) -> String? {
        if value.isUndefined { return nil }
        if value.text == nil { fault(path, "must be a string") }
        return value.text
    }

    /// Nil when it is absent, and after a fault.
    private mutating func number(_ value: Value, _ path: String) -> Int? {
        if value.isUndefined { return nil }
        guard let number = value.int64 else {
            fault(path, "must be a whole number")
            return nil
        }
        return Int(number)
    }

    private mutating func fault(_ path: String, _ message: String) {
        faults.append("\(path): \(message)")
    }
}
