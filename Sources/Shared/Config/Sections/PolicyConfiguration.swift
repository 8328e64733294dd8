/// Where policy comes from.
public struct PolicyConfiguration: Sendable, Equatable {
    /// A bundle's `.tar.gz` or folder.
    public var bundle: String
    /// The decision's path below `data`, such as `agentd/authz/decision`.
    public var entrypoint: String

    /// Nil: bundles are not signed, and a signed one is refused.
    public var verification: VerificationConfiguration?

    /// Nil, with the fault recorded, without a bundle: there is no policy to fall back to.
    init?(_ section: Section) {
        let bundle = section.require("bundle", .text("the path of a bundle's .tar.gz or folder"))
        let entrypoint = section.read("entrypoint", .entrypoint, default: "agentd/authz")
        verification =
            section.has("verification")
            ? VerificationConfiguration(section.section("verification")) : nil
        section.finish()
        guard let bundle else { return nil }
        self.bundle = bundle
        self.entrypoint = entrypoint
    }
}

extension Kind where Value == String {
    fileprivate static var entrypoint: Kind {
        Kind(accepted: "a rule's path such as agentd/authz/decision") { text in
            let segments = text.split(separator: "/", omittingEmptySubsequences: false)
            let isPath = segments.allSatisfy { segment in
                !segment.isEmpty
                    && segment.utf8.allSatisfy { byte in
                        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_")
                    }
            }
            return isPath ? text : nil
        }
    }
}
