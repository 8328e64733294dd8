internal import Identity
internal import Rego

/// Whose API key an imagined request has, as a bundle's data says it: for people.
public struct ExplainedKey: Sendable {
    /// Which key a client has.
    public enum Presented: Sendable {
        case id(String)
        /// The key itself.
        case text(String)
    }

    /// Nil for nobody.
    public private(set) var id: String?
    public private(set) var role = ""
    public private(set) var tier = ""
    public private(set) var isValid = false
    /// How the key stands.
    public private(set) var text = "none"

    /// - Parameter key: nil for a client without one.
    public init(
        _ key: Presented?, in bundle: Bundle, nowSeconds: Int64
    ) throws(BundleError) {
        let data = try GatewayData(bundle.data)
        let root = bundle.data.root
        switch key {
        case nil: return
        case .text(let text): find(text, data.keys, nowSeconds)
        case .id(let id):
            let isKnown = data.keys.ids.contains(id)
            (self.id, isValid, text) = (id, isKnown, isKnown ? id : "\(id) is not in api_keys")
        }
        guard let id, let entry = Self.entry(id, root) else { return }
        role = entry.member("role").text ?? ""
        tier = entry.member("rate_limit_tier").text ?? ""
        if entry.member("enabled").boolean == false {
            isValid = false
            text = "\(id) is disabled"
        }
        if isValid { text = "\(id), role \(role), tier \(tier)" }
        if !isValid { self.id = nil }
    }

    private mutating func find(_ presented: String, _ keys: KeyIndex, _ nowSeconds: Int64) {
        let bytes = Array(presented.utf8)
        switch keys.lookup(bytes.span, nowSeconds: nowSeconds) {
        case .key(let key):
            isValid = true
            name(key, keys, "")
        case .unknown: text = "unknown"
        case .disabled(let key): name(key, keys, " is disabled")
        case .expired(let key): name(key, keys, " has expired")
        case .notYetValid(let key): name(key, keys, " is not valid yet")
        }
    }

    private mutating func name(_ key: KeyHandle, _ keys: KeyIndex, _ state: String) {
        let found = keys.id(of: key).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        id = found
        text = found + state
    }

    private static func entry(_ id: String, _ root: Value) -> Value? {
        root.member("api_keys").array.buffer.first { $0.member("id").text == id }
    }

    /// Such as `tier standard: 120 a minute, 5000 an hour`; nil for nobody.
    ///
    /// - Parameter chosen: the tier that policy chose; one that is not in the data does not count.
    public func limit(chosen: String?, in bundle: Bundle) -> String? {
        guard id != nil else { return nil }
        let tiers = bundle.data.root.member("rate_limit_tiers")
        let name = chosen.flatMap { tiers.member($0).isDefined ? $0 : nil } ?? tier
        let limits = tiers.member(name)
        let windows: [(String, String)] = [
            ("requests_per_minute", "a minute"), ("requests_per_hour", "an hour"),
        ]
        let texts = windows.compactMap { member, unit -> String? in
            guard let count = limits.member(member).int64, count >= 0 else { return nil }
            return "\(count) \(unit)"
        }
        return "tier \(name): " + (texts.isEmpty ? "unlimited" : texts.joined(separator: ", "))
    }
}
