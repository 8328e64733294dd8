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

    /// An error without a code or a place.
    public static func message(_ text: String) -> ModuleError {
        ModuleError(code: "", message: text, file: "", row: 0, column: 0)
    }

    /// As OPA prints it: the row and column where there is no file.
    public var description: String {
        if row == 0 { return code.isEmpty ? message : "\(code): \(message)" }
        return file.isEmpty
            ? "\(row):\(column): \(code): \(message)" : "\(file):\(row): \(code): \(message)"
    }
}
