/// A question to a SQLite database of a sandbox.
public struct SandboxQuery: Equatable, Sendable {
    /// What SQLite stores.
    public enum Value: Equatable, Sendable {
        case null
        case integer(Int64)
        case real(Double)
        /// UTF-8 as a rule; a database may hold anything.
        case text([UInt8])
        case blob([UInt8])
    }

    /// As the sandbox's processes see it; a relative one starts at the work folder.
    public var database: String
    /// One statement, of 64 KiB at most, that reads.
    public var statement: String
    /// The values of its parameters, in their order.
    public var parameters: [Value] = []
    public var rowsMax = 1000
    /// Of names and values in the answer; further rows are left out.
    public var bytesMax = 3 << 20
    public var timeout: Duration = .seconds(30)

    public init(database: String, statement: String) {
        self.database = database
        self.statement = statement
    }
}
