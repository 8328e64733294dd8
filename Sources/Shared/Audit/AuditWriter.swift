internal import Bytes
internal import Glibc
internal import IO

/// Puts records in their place in the chain and in their file. For one thread at a time.
struct AuditWriter: ~Copyable {
    private let options: AuditOptions
    private let folder: AuditFolder
    private let lock: Descriptor
    private var file: AuditFile
    private var position: AuditPosition
    private(set) var needsSync = false

    private init(
        _ options: AuditOptions, lock: consuming Descriptor, file: consuming AuditFile,
        position: AuditPosition
    ) {
        self.options = options
        folder = AuditFolder(path: options.folder)
        self.lock = lock
        self.file = file
        self.position = position
    }

    /// Goes on with what is in the folder, or begins a chain.
    ///
    /// - Throws: when another process has the folder, or what is in it is no log.
    static func open(_ options: AuditOptions) throws(AuditFault) -> AuditWriter {
        let folder = AuditFolder(path: options.folder)
        try folder.make()
        let lock = try lock(options.folder)
        var files = try folder.files()
        // Made, but nothing came to be in it.
        while let last = files.last, isEmpty(last.path) {
            guard unlink(last.path) == 0 else { throw .last(last.path) }
            files.removeLast()
        }
        guard let last = files.last else {
            var position = AuditPosition.start
            let file = try begin(folder, after: &position, at: Clock.wallNanoseconds)
            return AuditWriter(options, lock: lock, file: file, position: position)
        }
        let tail = try AuditTail(of: last.path)
        // Kept before it is taken away.
        let kept = tail.torn.isEmpty ? "" : try AuditTail.keep(tail.torn, beside: last.path)
        let file = try AuditFile.continue(last.path, since: tail.since, bytes: tail.bytes)
        var writer = AuditWriter(options, lock: lock, file: file, position: tail.position)
        guard !tail.torn.isEmpty else { return writer }
        try writer.tellRecovery(of: tail.torn, kept: kept)
        return writer
    }

    private mutating func tellRecovery(
        of torn: [UInt8], kept: String
    ) throws(AuditFault) {
        var recovered = AuditRecord(.log, .recovered)
        recovered.path = kept
        recovered.parametersDigest = AuditDigest.of(torn)
        recovered.detail = "\(torn.count) bytes at the end of the log were no line"
        try write(
            [AuditTimedRecord(record: recovered, wallNanoseconds: Clock.wallNanoseconds)],
            isUrgent: true)
    }

    /// Appends the records. When it throws, what was not written before a file was followed by the
    /// next is not in the log.
    ///
    /// - Parameter isUrgent: somebody waits for them to be as safe as the options say.
    mutating func write(_ records: [AuditTimedRecord], isUrgent: Bool) throws(AuditFault) {
        var batch = Batch(after: position)
        for record in records {
            if isFull(with: batch, at: record.wallNanoseconds) {
                try put(batch)
                try follow(at: record.wallNanoseconds)
                batch = Batch(after: position)
            }
            batch.append(record)
        }
        let before = (bytes: file.bytes, position: position)
        try put(batch)
        guard isUrgent, options.sync == .always else { return }
        do throws(AuditFault) {
            try sync()
        } catch {
            // Nobody was told that these lines are there: they must not be there by chance.
            position = before.position
            try file.takeBack(to: before.bytes)
            throw error
        }
    }

    /// Forces what was written to the disk, if it has not been.
    mutating func sync() throws(AuditFault) {
        guard needsSync else { return }
        try file.sync()
        needsSync = false
    }

    /// Lets another daemon have the folder.
    func release() { flock(lock.raw, LOCK_UN) }

    // MARK: lines

    /// Lines that follow each other.
    private struct Batch {
        private(set) var lines: [UInt8] = []
        private(set) var end: AuditPosition

        init(after position: AuditPosition) { end = position }

        mutating func append(_ record: AuditTimedRecord) {
            let sequence = end.sequence &+ 1
            let body = AuditLine.body(
                record.record, sequence: sequence, wallNanoseconds: record.wallNanoseconds)
            let (line, hash) = AuditChain.seal(body, after: end.hash)
            lines += line
            end = AuditPosition(sequence: sequence, hash: hash)
        }
    }

    private mutating func put(_ batch: Batch) throws(AuditFault) {
        guard !batch.lines.isEmpty else { return }
        try file.append(batch.lines)
        position = batch.end
        needsSync = true
    }

    // MARK: files

    private func isFull(with batch: Batch, at wallNanoseconds: UInt64) -> Bool {
        if file.bytes + batch.lines.count >= options.fileBytesMax { return true }
        let seconds = Int64(wallNanoseconds / 1_000_000_000) - file.since
        return seconds > Int64(options.fileAgeNanosecondsMax / 1_000_000_000)
    }

    /// The next file; the oldest ones go.
    private mutating func follow(at wallNanoseconds: UInt64) throws(AuditFault) {
        if options.sync != .never { try sync() }
        file = try Self.begin(folder, after: &position, at: wallNanoseconds)
        needsSync = true
        let files = try folder.files()
        for old in files.dropLast(options.filesMax) {
            guard unlink(old.path) == 0 || errno == ENOENT else { throw .last(old.path) }
        }
    }

    /// A file with its first line, which names the end of the file before it.
    private static func begin(
        _ folder: AuditFolder, after position: inout AuditPosition, at wallNanoseconds: UInt64
    ) throws(AuditFault) -> AuditFile {
        let path = folder.path + "/" + AuditFileName.make(first: position.sequence &+ 1)
        var batch = Batch(after: position)
        batch.append(
            AuditTimedRecord(
                record: AuditRecord(.log, .opened), wallNanoseconds: wallNanoseconds))
        var file = try AuditFile.create(
            path, since: Int64(wallNanoseconds / 1_000_000_000))
        do throws(AuditFault) {
            try file.append(batch.lines)
            try folder.sync()
        } catch {
            unlink(path)
            throw error
        }
        position = batch.end
        return file
    }

    private static func isEmpty(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size == 0
    }

    private static func lock(_ folder: String) throws(AuditFault) -> Descriptor {
        let path = folder + "/lock"
        let lock: Descriptor
        do throws(SystemError) {
            lock = try Descriptor(adopting: Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
        } catch {
            throw .system(path, code: error.code)
        }
        guard flock(lock.raw, LOCK_EX | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK ? .inUse(folder) : .last(path)
        }
        return lock
    }
}

extension AuditWriter {
    /// A writer where only values that can be copied may be.
    final class Box {
        private var writer: AuditWriter

        init(_ writer: consuming AuditWriter) { self.writer = writer }

        var needsSync: Bool { writer.needsSync }

        func release() { writer.release() }

        /// Writes the records; without any, synchronises what is there. Nil when it was done.
        func settle(_ records: [AuditTimedRecord], isUrgent: Bool) -> AuditFault? {
            do throws(AuditFault) {
                if records.isEmpty {
                    try writer.sync()
                } else {
                    try writer.write(records, isUrgent: isUrgent)
                }
                return nil
            } catch {
                return error
            }
        }
    }
}
