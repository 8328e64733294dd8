@testable import Credentials
import Files
import Glibc

/// A folder that is gone after the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/sluice-tests-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw FileError(path: "/tmp", reason: String(cString: strerror(errno)))
        }
        path = String(cString: made)
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try File.replace("\(path)/\(name)", with: Array(text.utf8))
        return "\(path)/\(name)"
    }

    deinit {
        for name in (try? Folder(path).files()) ?? [] { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}

/// Runs a program and returns what it prints; throws unless it ends well.
@discardableResult
func run(_ arguments: [String]) throws -> String {
    let memory = try SecretMemory(capacity: 64 << 10)
    var child = try ChildProcess(arguments)
    let count = try child.output(into: memory.bytes, timeoutMilliseconds: 60_000)
    return String(decoding: memory.prefix(count), as: UTF8.self)
}
