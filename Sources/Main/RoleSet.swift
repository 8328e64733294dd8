internal import ArgumentParser

/// The roles that one process plays.
struct RoleSet: OptionSet {
    let rawValue: Int

    static let gateway = RoleSet(rawValue: 1 << 0)
    static let agentd = RoleSet(rawValue: 1 << 1)
    static let egress = RoleSet(rawValue: 1 << 2)
    static let all: RoleSet = [.gateway, .egress, .agentd]

    init(rawValue: Int) { self.rawValue = rawValue }

    /// Reads `gateway`, `gateway,egress` or `all`.
    init(argument: String) throws {
        self = []
        for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
            switch name {
            case "gateway": insert(.gateway)
            case "egress": insert(.egress)
            case "agentd": insert(.agentd)
            case "all": formUnion(.all)
            default:
                throw ValidationError(
                    "'\(name)' is no role; accepted: gateway, egress, agentd, or all")
            }
        }
    }
}
