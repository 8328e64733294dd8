internal import Glibc

/// A log file that could not be opened.
public struct LogOutputFault: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    public let systemError: CInt

    public var description: String { "\(path): \(String(cString: strerror(systemError)))" }
}
