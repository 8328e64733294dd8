internal import Glibc

/// A bump allocator as a plain handle: copying it costs nothing and shares the memory.
///
/// `ArenaStorage` owns the memory; a handle must not outlive it. Allocation never fails before the
/// machine runs out of memory: when more than `bytesMax` is in use the arena says so in
/// `isExhausted`, which the evaluation's budget checks.
public struct Arena: BitwiseCopyable, @unchecked Sendable {
    // Sendable: a handle is an address. Only the one thread that owns the evaluator (or the one
    // loader, before the data is shared) allocates through it.
    let state: UnsafeMutablePointer<ArenaState>

    /// `bytes` of uninitialised memory, aligned to eight.
    @inline(__always) func allocate(bytes: Int) -> UnsafeMutableRawPointer {
        let size = (bytes &+ 7) & ~7
        let at = state.pointee.cursor
        if size <= state.pointee.room {
            state.pointee.cursor = at + size
            state.pointee.room &-= size
            return at
        }
        return state.pointee.allocateFromNewChunk(size)
    }

    /// Bytes handed out since the last reset, an upper bound that counts whole used chunks.
    public var bytesUsed: Int { state.pointee.bytesUsed }

    /// Whether the evaluation holds more than its budget allows.
    public var isExhausted: Bool { state.pointee.bytesUsed > state.pointee.bytesMax }

    @inline(__always)
    func allocateValues(_ count: Int) -> UnsafeMutablePointer<Value> {
        allocate(bytes: count &* 8).assumingMemoryBound(to: Value.self)
    }

    /// Makes the last allocation longer in place if nothing came after it.
    func extend(_ block: UnsafeMutableRawPointer, from old: Int, to new: Int) -> Bool {
        let oldSize = (old &+ 7) & ~7
        let more = ((new &+ 7) & ~7) &- oldSize
        guard block + oldSize == state.pointee.cursor, more <= state.pointee.room else {
            return false
        }
        state.pointee.cursor += more
        state.pointee.room &-= more
        return true
    }

    /// Gives back the tail of the last allocation if nothing came after it.
    func trim(_ block: UnsafeMutableRawPointer, from old: Int, to new: Int) {
        let oldSize = (old &+ 7) & ~7
        let less = oldSize &- ((new &+ 7) & ~7)
        guard block + oldSize == state.pointee.cursor, less > 0 else { return }
        state.pointee.cursor -= less
        state.pointee.room &+= less
    }
}

/// The memory behind an `Arena`: a list of chunks, reset as a whole.
public struct ArenaStorage: ~Copyable {
    public let arena: Arena

    /// - Parameters:
    ///   - chunkBytes: size of the first chunk; later ones double up to 16 MiB.
    ///   - bytesMax: what one evaluation may hold before `isExhausted` is true.
    public init(chunkBytes: Int = 64 << 10, bytesMax: Int = 256 << 20) {
        let state = UnsafeMutablePointer<ArenaState>.allocate(capacity: 1)
        state.initialize(to: ArenaState(chunkBytes: max(chunkBytes, 4096), bytesMax: bytesMax))
        arena = Arena(state: state)
    }

    /// Forgets everything that was allocated and keeps up to `bytesKept` for the next round.
    public func reset(keeping bytesKept: Int = 4 << 20) {
        arena.state.pointee.reset(keeping: bytesKept)
    }

    deinit {
        arena.state.pointee.freeAll()
        arena.state.deinitialize(count: 1)
        arena.state.deallocate()
    }
}

struct ArenaState {
    var cursor: UnsafeMutableRawPointer
    var room: Int
    private var first: UnsafeMutablePointer<ArenaChunk>
    private var current: UnsafeMutablePointer<ArenaChunk>
    private var bytesInEarlierChunks = 0
    let bytesMax: Int

    private static let header = MemoryLayout<ArenaChunk>.size
    private static let chunkMax = 16 << 20

    init(chunkBytes: Int, bytesMax: Int) {
        first = ArenaChunk.make(bytes: chunkBytes)
        current = first
        cursor = first.pointee.start
        room = chunkBytes
        self.bytesMax = bytesMax
    }

    var bytesUsed: Int { bytesInEarlierChunks + current.pointee.bytes - room }

    mutating func allocateFromNewChunk(_ size: Int) -> UnsafeMutableRawPointer {
        bytesInEarlierChunks += current.pointee.bytes - room
        if let next = current.pointee.next, next.pointee.bytes >= size {
            current = next
        } else {
            let doubled = min(current.pointee.bytes * 2, Self.chunkMax)
            let chunk = ArenaChunk.make(bytes: max(doubled, size))
            chunk.pointee.next = current.pointee.next
            current.pointee.next = chunk
            current = chunk
        }
        let at = current.pointee.start
        cursor = at + size
        room = current.pointee.bytes - size
        return at
    }

    mutating func reset(keeping bytesKept: Int) {
        var kept = first.pointee.bytes
        var last = first
        while let next = last.pointee.next, kept + next.pointee.bytes <= bytesKept {
            kept += next.pointee.bytes
            last = next
        }
        var surplus = last.pointee.next
        last.pointee.next = nil
        while let chunk = surplus {
            surplus = chunk.pointee.next
            free(chunk)
        }
        current = first
        cursor = first.pointee.start
        room = first.pointee.bytes
        bytesInEarlierChunks = 0
    }

    func freeAll() {
        var chunk: UnsafeMutablePointer<ArenaChunk>? = first
        while let this = chunk {
            chunk = this.pointee.next
            free(this)
        }
    }
}

struct ArenaChunk {
    var next: UnsafeMutablePointer<ArenaChunk>?
    let start: UnsafeMutableRawPointer
    let bytes: Int

    static func make(bytes: Int) -> UnsafeMutablePointer<ArenaChunk> {
        let header = (MemoryLayout<ArenaChunk>.size + 15) & ~15
        guard let block = malloc(header + bytes) else { abort() }
        let chunk = block.bindMemory(to: ArenaChunk.self, capacity: 1)
        chunk.initialize(to: ArenaChunk(next: nil, start: block + header, bytes: bytes))
        return chunk
    }
}
