internal import Glibc

/// A failed system call: its `errno`.
public struct SystemError: Error, Equatable, CustomStringConvertible {
    public let code: CInt

    public init(_ code: CInt) { self.code = code }

    /// The error that the last failed call of this thread left.
    public static var last: SystemError { SystemError(errno) }

    public static var noMemory: SystemError { SystemError(ENOMEM) }

    /// The peer broke the rules of the protocol, or its certificate was refused.
    public static var protocolError: SystemError { SystemError(EPROTO) }

    public var description: String {
        var text = [CChar](repeating: 0, count: 128)
        guard strerror_r(code, &text, text.count) == 0 else { return "errno \(code)" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
