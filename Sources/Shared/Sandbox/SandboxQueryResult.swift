internal import CSandbox

/// What a database answered.
public struct SandboxQueryResult: Equatable, Sendable {
    public internal(set) var columns: [String] = []
    /// A value for each column.
    public internal(set) var rows: [[SandboxQuery.Value]] = []
    /// There were more rows than were asked for, or than had room.
    public internal(set) var isTruncated = false
    public internal(set) var wall: Duration = .zero

    /// Why there is no answer.
    public enum Failure: Error, Equatable, Sendable {
        /// The time was over.
        case timedOut
        /// SQLite's extended result code and message.
        case refused(code: Int32, message: String)
        /// The process that asked ended without an answer: the sandbox's limits, or its end.
        case broken
        case sandbox(SandboxError)
    }
}

extension SandboxQueryResult {
    /// Reads what a process of the sandbox wrote, which may be anything.
    init(answer: [UInt8], rowsMax: Int) throws(Failure) {
        var reader = QueryAnswerReader(answer)
        while let kind = reader.byte() {
            switch UInt32(kind) {
            case CSANDBOX_COLUMNS.rawValue where columns.isEmpty:
                guard let names = reader.columns() else { throw .broken }
                columns = names
            case CSANDBOX_ROW.rawValue where rows.count < rowsMax:
                guard let row = reader.row(of: columns.count) else { throw .broken }
                rows.append(row)
            case CSANDBOX_END.rawValue:
                guard let end = reader.end() else { throw .broken }
                if end.timedOut { throw .timedOut }
                guard end.code == 0 else {
                    throw .refused(code: end.code, message: end.message)
                }
                isTruncated = end.isTruncated
                return
            default: throw .broken
            }
        }
        throw .broken
    }
}
