/// How the egress finds out which sandbox calls. One way only: the strongest that a sandbox cannot
/// choose to go around.
public enum SandboxIdentityConfiguration: Sendable, Equatable {
    /// `X-Sandbox-Token`, signed with one of these secrets; the first one also mints.
    case token(keys: [String])
    /// `X-Sandbox-ID` as the client says it: for development.
    case header

    /// Nil, with the fault recorded, when no way is chosen: there is none to fall back to.
    init?(_ section: Section) {
        let keys = section.list("token_keys", .tokenKey)
        let header = section.read("header", .boolean, default: false)
        section.finish()
        if let keys, keys.isEmpty || keys.count > Self.keysMax {
            section.fault(
                section.markOf("token_keys"),
                "\(section.name("token_keys")) has \(keys.count) keys; accepted: 1 to "
                    + "\(Self.keysMax), the one that mints first")
            return nil
        }
        if section.has("token_keys"), header {
            section.fault(
                section.markOf("header"),
                "\(section.name("header")) has no effect beside token_keys; accepted: one of them")
        }
        if let keys {
            self = .token(keys: keys)
        } else if header {
            self = .header
        } else {
            if !section.has("token_keys") {
                section.fault(
                    section.mark,
                    "\(section.path) does not say how sandboxes are told apart; accepted: "
                        + "token_keys with secrets, or header: true for development")
            }
            return nil
        }
    }

    private static let keysMax = 4
}

extension Kind where Value == String {
    fileprivate static var tokenKey: Kind {
        let accepted = "a secret of at least 32 bytes such as ${file:PATH} or ${env:NAME}"
        return Kind(accepted: accepted, isSecret: true) { $0.utf8.count >= 32 ? $0 : nil }
    }
}
