internal import Glibc

/// A file descriptor that is closed exactly once.
public struct Descriptor: ~Copyable {
    public let raw: CInt

    /// Takes over what a system call returned; a negative number is that call's failure.
    public init(adopting raw: CInt) throws(SystemError) {
        guard raw >= 0 else { throw .last }
        self.raw = raw
    }

    deinit { close(raw) }

    /// Gives the number up to an owner that closes it by itself.
    public consuming func release() -> CInt {
        let number = raw
        discard self
        return number
    }
}
