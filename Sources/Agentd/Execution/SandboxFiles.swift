internal import Glibc
internal import IO
internal import Sandbox

/// Files as the processes of a sandbox see them: opened in it, with its rights, and read and
/// written here, byte by byte as they are.
struct SandboxFiles {
    enum Failure: Error, Equatable {
        case refused(String)
        case tooLarge(bytesMax: Int)
    }

    private let sandbox: Sandbox

    /// More than that of one file is neither returned nor edited.
    static let bytesMax = 8 << 20

    init(_ sandbox: Sandbox) { self.sandbox = sandbox }

    /// Part of a file, its whole size, and whether it goes on behind the part.
    func read(
        _ path: String, offset: UInt64, limit: Int
    ) throws(Failure) -> (bytes: [UInt8], size: UInt64, goesOn: Bool) {
        let file = try open(path, O_RDONLY)
        let size = try size(of: file.raw, path)
        let bytes = try read(file.raw, from: offset, count: min(limit, Self.bytesMax), path)
        return (bytes, size, offset &+ UInt64(bytes.count) < size)
    }

    enum Mode {
        /// The file must not be there.
        case create
        case replace
        case append
    }

    func write(_ path: String, _ bytes: [UInt8], _ mode: Mode) throws(Failure) {
        let flags =
            switch mode {
            case .create: O_EXCL
            case .replace: O_TRUNC
            case .append: O_APPEND
            }
        let file = try open(path, O_WRONLY | O_CREAT | flags)
        try write(file.raw, bytes, path)
    }

    /// Makes the folders above a path.
    func makeFolders(above path: String) throws(Failure) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        do throws(SandboxError) {
            let command = SandboxCommand(["mkdir", "-p", "--", String(path[..<slash])])
            let outcome = try sandbox.run(command) { _, _ in }
            guard outcome.exitCode == 0 else {
                throw .invalid("the folders above \(path) cannot be made")
            }
        } catch {
            throw .refused(error.description)
        }
    }

    /// Replaces text as it stands there. Returns how often.
    func edit(
        _ path: String, _ old: [UInt8], with new: [UInt8], all: Bool
    ) throws(Failure) -> Int {
        let file = try open(path, O_RDWR)
        let size = try size(of: file.raw, path)
        guard size <= UInt64(Self.bytesMax) else { throw .tooLarge(bytesMax: Self.bytesMax) }
        let text = try read(file.raw, from: 0, count: Int(size), path)
        let places = Self.places(of: old, in: text)
        guard !places.isEmpty else { throw .refused("old_string is not in the file") }
        guard all || places.count == 1 else {
            throw .refused("old_string is \(places.count) times in the file; say replace_all")
        }
        var edited: [UInt8] = []
        var start = 0
        for place in places {
            edited += text[start..<place] + new
            start = place + old.count
        }
        edited += text[start...]
        guard edited.count <= Self.bytesMax else { throw .tooLarge(bytesMax: Self.bytesMax) }
        guard ftruncate(file.raw, 0) == 0, lseek(file.raw, 0, SEEK_SET) == 0 else {
            throw .refused("\(path): \(SystemError.last.description)")
        }
        try write(file.raw, edited, path)
        return places.count
    }

    struct Member {
        let name: String
        let kind: String
        let size: UInt64
    }

    /// What a folder holds, by name; `countMax` of it at most.
    func list(_ path: String, countMax: Int) throws(Failure) -> [Member] {
        let folder = try open(path, O_RDONLY | O_DIRECTORY).release()
        guard let stream = fdopendir(folder) else {
            Socket.close(folder)
            throw .refused("\(path): \(SystemError.last.description)")
        }
        defer { closedir(stream) }
        var members: [Member] = []
        while members.count < countMax, let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            members.append(
                Member(
                    name: name, kind: Self.kind(status.st_mode),
                    size: UInt64(clamping: status.st_size)))
        }
        return members.sorted { $0.name < $1.name }
    }

    // MARK: pieces

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFREG: "file"
        case S_IFDIR: "folder"
        case S_IFLNK: "link"
        default: "other"
        }
    }

    private func open(_ path: String, _ flags: CInt) throws(Failure) -> Descriptor {
        do throws(SandboxError) {
            return try sandbox.open(path, flags: flags | O_CLOEXEC | O_NOCTTY)
        } catch {
            throw .refused("\(path): \(error.description)")
        }
    }

    private func size(of file: CInt, _ path: String) throws(Failure) -> UInt64 {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .refused("\(path) is no file")
        }
        return UInt64(clamping: status.st_size)
    }

    private func read(
        _ file: CInt, from offset: UInt64, count: Int, _ path: String
    ) throws(Failure) -> [UInt8] {
        guard offset <= UInt64(Int64.max >> 1) else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { memory in
                pread(
                    file, memory.baseAddress.map { $0 + filled }, count - filled,
                    off_t(offset) + off_t(filled))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .refused("\(path): \(SystemError.last.description)") }
            guard got > 0 else { break }
            filled += got
        }
        return Array(bytes.prefix(filled))
    }

    private func write(_ file: CInt, _ bytes: [UInt8], _ path: String) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .refused("\(path): \(SystemError.last.description)") }
            rest = rest.dropFirst(count)
        }
    }

    /// Where `needle` stands, without overlaps.
    private static func places(of needle: [UInt8], in text: [UInt8]) -> [Int] {
        guard let first = needle.first, needle.count <= text.count else { return [] }
        var places: [Int] = []
        var index = 0
        while index <= text.count - needle.count {
            if text[index] == first, text[index..<(index + needle.count)].elementsEqual(needle) {
                places.append(index)
                index += needle.count
            } else {
                index += 1
            }
        }
        return places
    }
}
