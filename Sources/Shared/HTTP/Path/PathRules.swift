/// What a route tolerates in paths.
public struct PathRules: Equatable, Sendable {
    /// Pass `%2F` on as it is, never as a separator: some APIs name things by paths
    /// (`/projects/group%2Fname`). Dot segments around it are refused all the same.
    public var allowsEncodedSlash: Bool

    public init(allowsEncodedSlash: Bool = false) {
        self.allowsEncodedSlash = allowsEncodedSlash
    }
}
