/// How the egress finds out which sandbox calls. One way only: the strongest that a sandbox cannot
/// choose to go around. For development who has no token may be believed what it says.
public enum SandboxIdentityConfiguration: Sendable, Equatable {
    /// `X-Sandbox-Token`, signed with one of these secrets; the first one also mints.
    case token(keys: [String], believesOthers: Bool)
    /// The certificate that the sandbox presents: a URI of this beginning, and then the id.
    case certificate(uriPrefix: String)
    /// Which Unix socket the sandbox connects to, and as whom.
    case sockets([SandboxSocketConfiguration])
    /// `X-Sandbox-ID` as the client says it: for development.
    case header

    /// Nil, with the fault recorded, when no way is chosen: there is none to fall back to.
    init?(_ section: Section) {
        let keys = Self.tokens(section)
        let certificate = Self.certificate(section)
        let sockets = Self.sockets(section)
        let header = section.read("header", .boolean, default: false)
        let believesOthers = section.read("header_without_token", .boolean, default: false)
        section.finish()
        if section.has("header_without_token"), !section.has("token_keys") {
            section.fault(
                section.markOf("header_without_token"),
                "\(section.name("header_without_token")) has no effect without token_keys; "
                    + "accepted: both, or header: true, for development")
        }
        let chosen = Self.ways.filter { $0 == "header" ? header : section.has($0) }
        guard let strongest = chosen.first else {
            section.fault(
                section.mark,
                "\(section.path) does not say how sandboxes are told apart; accepted: "
                    + "token_keys with secrets, certificates, sockets, or header: true for "
                    + "development")
            return nil
        }
        let tokens = keys.map { Self.token(keys: $0, believesOthers: believesOthers) }
        for other in chosen.dropFirst() {
            section.fault(
                section.markOf(other),
                "\(section.name(other)) has no effect beside \(strongest); accepted: one of them")
        }
        guard let way = tokens ?? certificate ?? sockets ?? (header ? .header : nil) else {
            return nil
        }
        self = way
    }

    /// The keys, the strongest way first.
    private static let ways = ["token_keys", "certificates", "sockets", "header"]
    private static let keysMax = 4
    private static let socketsMax = 1024

    private static func tokens(_ section: Section) -> [String]? {
        guard let keys = section.list("token_keys", .tokenKey) else { return nil }
        guard !keys.isEmpty, keys.count <= keysMax else {
            section.fault(
                section.markOf("token_keys"),
                "\(section.name("token_keys")) has \(keys.count) keys; accepted: 1 to "
                    + "\(keysMax), the one that mints first")
            return nil
        }
        return keys
    }

    private static func certificate(_ section: Section) -> SandboxIdentityConfiguration? {
        guard section.has("certificates") else { return nil }
        let rule = section.section("certificates")
        let prefix = rule.require("uri_prefix", .uriPrefix)
        rule.finish()
        return prefix.map { .certificate(uriPrefix: $0) }
    }

    private static func sockets(_ section: Section) -> SandboxIdentityConfiguration? {
        guard let sections = section.sections("sockets") else { return nil }
        let sockets = sections.compactMap { SandboxSocketConfiguration($0) }
        guard !sections.isEmpty, sections.count <= socketsMax else {
            section.fault(
                section.markOf("sockets"),
                "\(section.name("sockets")) has \(sections.count) sockets; accepted: 1 to "
                    + "\(socketsMax)")
            return nil
        }
        return sockets.count == sections.count ? .sockets(sockets) : nil
    }
}

extension Kind where Value == String {
    fileprivate static var uriPrefix: Kind {
        Kind(accepted: "the beginning of a URI such as spiffe://example.org/sandbox/") { text in
            text.contains("://") && text.hasSuffix("/") ? text : nil
        }
    }
}
