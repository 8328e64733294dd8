/// What the parser or the compiler says of a module, as OPA reports it.
public struct ModuleError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Such as `rego_parse_error`.
    public let code: String
    public let message: String
    public let file: String
    /// Counted from 1, as the column.
    public let row: Int
    public let column: Int

    public init(code: String, message: String, file: String, row: Int, column: Int) {
        self.code = code
        self.message = message
        self.file = file
        self.row = row
        self.column = column
    }

    public var description: String { "\(file):\(row): \(code): \(message)" }
}
