internal import Glibc
internal import IO
internal import Sandbox

/// Files as the processes of a sandbox see them: opened and written in it, with its rights and
/// limits, and read here, byte by byte as they are. What is at a path is the sandbox's word, which
/// may change while it is looked at: only files are read, and no more of them than was asked for.
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
        let size = UInt64(clamping: try status(of: file.raw, path).st_size)
        let bytes = try read(file.raw, from: offset, count: min(limit, Self.bytesMax), path)
        return (bytes, size, offset &+ UInt64(bytes.count) < size)
    }

    func write(
        _ path: String, _ bytes: [UInt8], _ mode: Sandbox.WriteMode
    ) throws(Failure) {
        do throws(SandboxError) {
            try sandbox.write(bytes, to: path, mode: mode)
        } catch {
            throw Self.failure(path, error)
        }
    }

    /// Makes the folders above a path.
    func makeFolders(above path: String) throws(Failure) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        do throws(SandboxError) {
            try sandbox.makeFolders(String(path[..<slash]))
        } catch {
            throw Self.failure(path, error)
        }
    }

    /// Replaces text as it stands there. Returns how often.
    func edit(
        _ path: String, _ old: [UInt8], with new: [UInt8], all: Bool
    ) throws(Failure) -> Int {
        let file = try open(path, O_RDONLY)
        let before = try status(of: file.raw, path)
        guard before.st_size <= Self.bytesMax else { throw .tooLarge(bytesMax: Self.bytesMax) }
        let text = try read(file.raw, from: 0, count: Self.bytesMax, path)
        let places = old.isEmpty ? [] : TextSearch(old).places(in: text)
        guard !places.isEmpty else { throw .refused("old_string is not in the file") }
        guard all || places.count == 1 else {
            throw .refused("old_string is \(places.count) times in the file; say replace_all")
        }
        let change = (new.count - old.count).multipliedReportingOverflow(by: places.count)
        guard !change.overflow, text.count + change.partialValue <= Self.bytesMax else {
            throw .tooLarge(bytesMax: Self.bytesMax)
        }
        let edited = Self.replacing(places, old.count, with: new, in: text)
        let after = try status(of: file.raw, path)
        guard after.st_size == before.st_size, after.st_size == text.count,
            after.st_mtim.tv_sec == before.st_mtim.tv_sec,
            after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
        else { throw .refused("\(path) was changed while it was edited") }
        try write(path, edited, .replace)
        return places.count
    }

    /// What a folder holds, by name; `countMax` of it at most, and whether there is more.
    func list(
        _ path: String, countMax: Int
    ) throws(Failure) -> (members: [FolderMember], goesOn: Bool) {
        let folder = try open(path, O_RDONLY | O_DIRECTORY).release()
        guard let stream = fdopendir(folder) else {
            Socket.close(folder)
            throw .refused("\(path): \(SystemError.last.description)")
        }
        defer { closedir(stream) }
        var members: [FolderMember] = []
        // Names that come and go meanwhile count, so that there is an end.
        for _ in 0...countMax {
            guard let entry = readdir(stream) else {
                return (members.sorted { $0.name < $1.name }, false)
            }
            if let member = FolderMember(entry, in: folder) { members.append(member) }
        }
        return (members.sorted { $0.name < $1.name }, true)
    }

    // MARK: pieces

    private static func failure(_ path: String, _ error: SandboxError) -> Failure {
        if case .notStarted(_, let cause) = error { return .refused("\(path): \(cause)") }
        return .refused("\(path): \(error.description)")
    }

    private func open(_ path: String, _ flags: CInt) throws(Failure) -> Descriptor {
        do throws(SandboxError) {
            return try sandbox.open(path, flags: flags | O_CLOEXEC | O_NOCTTY)
        } catch {
            throw Self.failure(path, error)
        }
    }

    /// Of a file; of anything else reading could wait, or tell of more than the sandbox.
    private func status(of file: CInt, _ path: String) throws(Failure) -> stat {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .refused("\(path) is no file")
        }
        return status
    }

    private func read(
        _ file: CInt, from offset: UInt64, count: Int, _ path: String
    ) throws(Failure) -> [UInt8] {
        guard offset <= UInt64(Int64.max >> 1) else { return [] }
        var bytes: [UInt8] = []
        while bytes.count < count {
            let room = min(count - bytes.count, 1 << 20)
            let start = off_t(offset) + off_t(bytes.count)
            var code: CInt = 0
            let piece = [UInt8](unsafeUninitializedCapacity: room) { memory, filled in
                let got = pread(file, memory.baseAddress, room, start)
                code = got < 0 ? errno : 0
                filled = max(0, got)
            }
            if code == EINTR { continue }
            guard code == 0 else { throw .refused("\(path): \(SystemError(code).description)") }
            guard !piece.isEmpty else { break }
            bytes += piece
        }
        return bytes
    }

    private static func replacing(
        _ places: [Int], _ count: Int, with new: [UInt8], in text: [UInt8]
    ) -> [UInt8] {
        var edited: [UInt8] = []
        var start = 0
        for place in places {
            edited += text[start..<place]
            edited += new
            start = place + count
        }
        return edited + text[start...]
    }
}
