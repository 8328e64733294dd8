/// How sandboxes reach the world: through the egress, each as itself.
public struct AgentdEgressConfiguration: Sendable, Equatable {
    /// A variable of sandboxes that names a service for programs that know its own API only.
    public struct BaseURL: Sendable, Equatable {
        public let variable: String
        /// A service of the egress, and what stands behind it: `openai/v1`.
        public let service: String
        public let path: String
    }

    public var address: Endpoint
    /// Nil: connections to the egress are not secured.
    public var tls: UpstreamTLSConfiguration?
    /// Signs what sandboxes prove themselves with; nil: the egress believes their ids.
    public var tokenKey: String?
    /// The tier of sandboxes, of `egress_policies`; nil leaves it to the egress's data.
    public var tier: String?
    /// The tiers of those that belong to certain API keys, by the keys' ids.
    public var keyTiers: [String: String]
    /// Of each sandbox at a time.
    public var connectionsMax: Int
    public var baseURLs: [BaseURL]

    /// Nil, with the fault recorded, when there is no address.
    init?(_ section: Section) {
        let address = section.require("address", .targetOrSocket)
        tls = section.has("tls") ? UpstreamTLSConfiguration(section.section("tls")) : nil
        tokenKey = section.read("token_key", .tokenKey)
        tier = section.read("tier", .tier)
        keyTiers = [:]
        for (key, tier) in section.namedValues("key_tiers", .tier) { keyTiers[key] = tier }
        connectionsMax = section.read("connections", .integer(1...10_000), default: 128)
        baseURLs = section.has("base_urls") ? Self.baseURLs(section) : Self.knownBaseURLs
        for key in ["tier", "key_tiers"] where section.has(key) && !section.has("token_key") {
            section.fault(
                section.markOf(key),
                "\(section.name(key)) has no effect without token_key, which signs it; accepted: "
                    + "both, or sandbox_policies of the egress's data")
        }
        section.finish()
        guard let address else { return nil }
        self.address = address
    }

    /// What the clients of well-known services read.
    private static let knownBaseURLs = [
        BaseURL(variable: "OPENAI_BASE_URL", service: "openai", path: "/v1"),
        BaseURL(variable: "ANTHROPIC_BASE_URL", service: "anthropic", path: ""),
        BaseURL(variable: "GITHUB_API_URL", service: "github", path: ""),
    ]

    private static func baseURLs(_ section: Section) -> [BaseURL] {
        section.namedValues("base_urls", .servicePath).compactMap { variable, value in
            guard variable.utf8.allSatisfy({ $0 == 0x5F || ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 })
            else {
                section.fault(
                    section.markOf("base_urls"),
                    "\(section.name("base_urls")).\(variable) is no name of a variable; accepted: "
                        + "letters, digits and _")
                return nil
            }
            let slash = value.firstIndex(of: "/") ?? value.endIndex
            return BaseURL(
                variable: variable, service: String(value[..<slash]), path: String(value[slash...]))
        }
    }
}

extension Kind where Value == String {
    /// A name that a token can carry.
    fileprivate static var tier: Kind {
        Kind(accepted: "a tier of egress_policies: letters, digits, - and _, 64 at most") { text in
            let isName = text.utf8.allSatisfy { byte in
                byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "_")
            }
            return isName && !text.isEmpty && text.utf8.count <= 64 ? text : nil
        }
    }

    fileprivate static var servicePath: Kind {
        Kind(accepted: "a service, and perhaps a path behind it, such as openai/v1") { text in
            let isClean = text.utf8.allSatisfy { byte in
                byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || "-_./~".utf8.contains(byte)
            }
            return isClean && !text.isEmpty && text.first != "/" ? text : nil
        }
    }
}
