internal import Files
internal import Glibc

/// What `${env:NAME}` and `${file:PATH}` are read from.
public struct Surroundings: Sendable {
    /// The value of an environment variable; nil when it is not set.
    public var variable: @Sendable (_ name: String) -> String?
    /// The bytes of a file, or why it cannot be read.
    public var file: @Sendable (_ path: String) -> Result<[UInt8], FileFailure>

    /// Why a file named in a value cannot be read.
    public struct FileFailure: Error, Sendable {
        public let reason: String
        public init(reason: String) { self.reason = reason }
    }

    public init(
        variable: @escaping @Sendable (String) -> String?,
        file: @escaping @Sendable (String) -> Result<[UInt8], FileFailure>
    ) {
        self.variable = variable
        self.file = file
    }

    /// This process's environment and file system. A file may have 64 KiB.
    public static var process: Surroundings {
        Surroundings(
            variable: { name in getenv(name).map { String(cString: $0) } },
            file: { path in
                do throws(FileError) {
                    return .success(try File.read(path, bytesMax: 64 << 10))
                } catch {
                    return .failure(FileFailure(reason: error.reason))
                }
            })
    }
}
