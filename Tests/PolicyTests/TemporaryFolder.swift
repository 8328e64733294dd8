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

    func write(_ name: String, _ text: String) throws {
        try File.replace("\(path)/\(name)", with: Array(text.utf8))
    }

    deinit {
        for name in (try? Folder(path).files()) ?? [] { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
