/// Reads ustar, GNU and pax archives as their bytes arrive, into memory only.
///
/// Links, devices, sparse files, names that leave the archive and names that occur twice are
/// errors. Nothing is ever written anywhere.
public struct TarReader {
    /// What an archive may hold.
    public struct Limits: Sendable, Equatable {
        public var entryBytesMax: Int
        public var totalBytesMax: Int
        public var entriesMax: Int
        /// For long names and extended headers.
        public var metadataBytesMax: Int

        public init(
            entryBytesMax: Int = 1 << 30, totalBytesMax: Int = 1 << 30, entriesMax: Int = 100_000,
            metadataBytesMax: Int = 64 << 10
        ) {
            self.entryBytesMax = entryBytesMax
            self.totalBytesMax = totalBytesMax
            self.entriesMax = entriesMax
            self.metadataBytesMax = metadataBytesMax
        }
    }

    private enum Content {
        case file(path: String, name: String)
        case longName
        case extended
        case globalExtended
        case ignored
    }

    private enum State {
        case header
        case content(Content, left: Int, padding: Int)
        case padding(left: Int)
        case ended
    }

    private let limits: Limits
    private var state = State.header
    private var entries: [TarEntry] = []
    private var paths: Set<String> = []
    private var pending: [UInt8] = []
    private var totalBytes = 0
    private var headers = 0
    private var zeroBlocks = 0
    private var longName: [UInt8]?
    private var extended = PaxRecords()
    private var globalExtended = PaxRecords()

    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// The archive's end was seen; what follows it is of no interest.
    public var isEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// Takes the next bytes of the archive, cut anywhere.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(TarError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .ended:
                return
            case .padding(let left):
                let count = min(left, rest.count)
                rest = rest.dropFirst(count)
                state = count == left ? .header : .padding(left: left - count)
            case .header:
                let count = min(TarHeader.blockBytes - pending.count, rest.count)
                pending.append(contentsOf: rest.prefix(count))
                rest = rest.dropFirst(count)
                if pending.count == TarHeader.blockBytes { try headerArrived() }
            case .content(let content, let left, let padding):
                let count = min(left, rest.count)
                if case .ignored = content {
                } else {
                    pending.append(contentsOf: rest.prefix(count))
                }
                rest = rest.dropFirst(count)
                state = .content(content, left: left - count, padding: padding)
                if count == left { try contentArrived(content, padding: padding) }
            }
        }
    }

    /// The files in the archive's order.
    public consuming func finish() throws(TarError) -> [TarEntry] {
        switch state {
        case .ended: return entries
        // Writers exist that leave the closing blocks out.
        case .header where pending.isEmpty: return entries
        case .header, .content, .padding: throw .truncated
        }
    }

    private mutating func headerArrived() throws(TarError) {
        let block = pending
        pending = []
        guard let header = try TarHeader(block) else {
            zeroBlocks += 1
            if zeroBlocks == 2 { state = .ended }
            return
        }
        zeroBlocks = 0
        headers += 1
        guard headers <= limits.entriesMax else {
            throw .tooManyEntries(limit: limits.entriesMax)
        }
        switch header.flag {
        case UInt8(ascii: "L"): try beginMetadata(.longName, header.size)
        case UInt8(ascii: "x"): try beginMetadata(.extended, header.size)
        case UInt8(ascii: "g"): try beginMetadata(.globalExtended, header.size)
        default: try beginEntry(header)
        }
    }

    private mutating func beginMetadata(_ content: Content, _ size: Int) throws(TarError) {
        guard size <= limits.metadataBytesMax else { throw .badExtendedHeader }
        try begin(content, size: size)
    }

    private mutating func beginEntry(_ header: TarHeader) throws(TarError) {
        let size = extended.size ?? globalExtended.size ?? header.size
        let raw = extended.path ?? longName ?? globalExtended.path ?? header.name
        longName = nil
        extended = PaxRecords()
        guard let name = String(validating: raw, as: UTF8.self) else {
            throw .badName(name: "?", reason: "the name is not UTF-8")
        }
        let path = try TarEntry.normalise(name)
        switch header.flag {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
            if name.hasSuffix("/") || path.isEmpty {
                guard size == 0 else {
                    throw .badName(name: name, reason: "a file cannot be called like a folder")
                }
                return
            }
            try beginFile(path: path, name: name, size: size)
        case UInt8(ascii: "5"):
            try begin(.ignored, size: size)
        default:
            throw .unsupportedType(name: name, flag: header.flag)
        }
    }

    private mutating func beginFile(path: String, name: String, size: Int) throws(TarError) {
        guard size <= limits.entryBytesMax else {
            throw .entryTooLarge(name: name, limit: limits.entryBytesMax)
        }
        guard paths.insert(path).inserted else { throw .duplicate(name: name) }
        // One allocation for a large file, but no memory for a size that is only claimed.
        pending.reserveCapacity(min(size, 128 << 20))
        try begin(.file(path: path, name: name), size: size)
    }

    private mutating func begin(_ content: Content, size: Int) throws(TarError) {
        let (sum, overflow) = totalBytes.addingReportingOverflow(size)
        guard !overflow, sum <= limits.totalBytesMax else {
            throw .tooLarge(limit: limits.totalBytesMax)
        }
        totalBytes = sum
        let padding = (TarHeader.blockBytes - size % TarHeader.blockBytes) % TarHeader.blockBytes
        state = .content(content, left: size, padding: padding)
        if size == 0 { try contentArrived(content, padding: padding) }
    }

    private mutating func contentArrived(_ content: Content, padding: Int) throws(TarError) {
        switch content {
        case .file(let path, let name):
            entries.append(TarEntry(path: path, name: name, bytes: pending))
        case .longName: longName = Array(pending.prefix { $0 != 0 })
        case .extended: extended = try PaxRecords(pending)
        case .globalExtended: globalExtended = try PaxRecords(pending)
        case .ignored: break
        }
        pending = []
        state = padding > 0 ? .padding(left: padding) : .header
    }
}
