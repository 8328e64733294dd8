/// Why a role cannot start: a sentence for who configured it.
public struct RoleError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
