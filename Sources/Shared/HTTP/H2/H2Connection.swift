internal import CNghttp2

/// One HTTP/2 connection without its socket (RFC 9113): bytes go in and become events, commands go
/// in and become bytes. For one thread; the only user of nghttp2.
///
/// Content is never copied here: incoming content is a range of the bytes given, outgoing content
/// stays with its owner until `write` has framed it.
public final class H2Connection {
    public enum Role: Sendable {
        case server, client
    }

    /// What becomes of the connection after some bytes.
    public enum State: Equatable, Sendable {
        case open
        /// Write what there is to write, then close.
        case over
    }

    public static let noUser = UInt32.max

    let role: Role
    let space: H2Workspace
    private(set) var session: OpaquePointer?
    var head: H2HeadReader
    var events: [H2Event] = []
    private var nextEvent = 0
    var glitches = H2Glitches()
    private var glitchCount = 0
    /// The time of this batch, in monotonic nanoseconds.
    var now: UInt64 = 0
    /// The bytes of this batch.
    var input = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Where `write` writes to.
    var output = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    var written = 0
    /// Heads that are to be framed.
    var heads: H2OutgoingHeads
    var headFrames: H2HeadFrames
    /// What nghttp2 has serialised and did not fit into the last output.
    private var overhang = UnsafeRawBufferPointer(start: nil, count: 0)
    /// It is a frame with a head, which goes as a whole.
    private var overhangIsHead = false
    /// The unfinished head of a batch, for the next one.
    private var carried: UnsafeMutableRawBufferPointer?
    private var isBroken = false
    /// Why the connection was given up, when nghttp2 would not have.
    var failure: H2ErrorCode?
    var strayFrames = H2StrayFrames()
    /// CONTINUATION frames of the head that is being read.
    var continuations = 0
    static let continuationsMax = 8
    /// How many bytes of the peer came before this batch.
    private(set) var receivedBytes: UInt64 = 0
    /// Streams whose request waits to be written: nghttp2 does not know them before.
    var unopened: [(stream: Int32, state: H2StreamPointer)] = []
    /// The first of the list of all that `makeState` made and `release` has not freed.
    var states: H2StreamPointer?
    /// Settings of the peer's that it does not know us to know.
    var settingsUnacknowledged = 0
    /// The size that the peer's table may have (SETTINGS_HEADER_TABLE_SIZE), and what of it may be
    /// used by now.
    var tableBytesMax = HPACKDynamicTable.capacityMax
    var tableBytesAgreed = HPACKDynamicTable.capacityMax
    /// Whether an upstream's settings have come.
    public internal(set) var hasSettings = false
    /// The peer made more nuisance than it may.
    public internal(set) var isAbusive = false
    /// Streams that `bind` has made known and that are not closed.
    public internal(set) var boundCount = 0

    /// How many events one batch is reserved for; more make the list grow, for that batch.
    private static let eventsReserved = 256
    private static let eventsKeptMax = 1024

    public init(role: Role, limits: H2Limits, space: H2Workspace) {
        self.role = role
        self.space = space
        head = H2HeadReader(limits)
        heads = H2OutgoingHeads(space.memory)
        headFrames = H2HeadFrames(space.memory)
        events.reserveCapacity(Self.eventsReserved)
        session = H2Session.open(
            role, limits, space.memory, for: Unmanaged.passUnretained(self).toOpaque())
        if session == nil { isBroken = true }
    }

    deinit {
        if let session { nghttp2_session_del(session) }
        // nghttp2 tells nobody of the streams that end with it.
        while let state = states { release(state) }
        forgetCarried()
    }

    public var state: State {
        guard let session, !isBroken else { return .over }
        let isAlive =
            nghttp2_session_want_read(session) != 0 || nghttp2_session_want_write(session) != 0
        return isAlive && !isAbusive ? .open : .over
    }

    // MARK: bytes in

    /// Reads a batch. Returns how many bytes were used: when fewer than given, take the events and
    /// call again with the rest. The events before are forgotten.
    public func receive(_ bytes: UnsafeRawBufferPointer, now: UInt64) -> Int {
        forgetEvents()
        guard let session, !isBroken, !isAbusive, let base = bytes.baseAddress else {
            return bytes.count
        }
        self.now = now
        restore()
        input = bytes
        let end = role == .server ? judge(bytes) : bytes.count
        let used = nghttp2_session_mem_recv(
            session, base.assumingMemoryBound(to: UInt8.self), end)
        input = UnsafeRawBufferPointer(start: nil, count: 0)
        receivedBytes &+= UInt64(max(0, used))
        guard used >= 0 else {
            fail(Int32(truncatingIfNeeded: used))
            return bytes.count
        }
        save()
        guard used == end else { return used }
        resetStrays()
        guard failure != nil else { return used }
        fail(0)
        return bytes.count
    }

    /// The text that the events' ranges count from; good until the next `receive` of any connection
    /// of the workspace.
    public var text: UnsafeRawBufferPointer { space.text }

    public func next() -> H2Event? {
        guard nextEvent < events.count else {
            forgetEvents()
            return nil
        }
        defer { nextEvent &+= 1 }
        return events[nextEvent]
    }

    /// A peer that once sent many small frames is not to have memory for them kept.
    private func forgetEvents() {
        events.removeAll(keepingCapacity: events.capacity <= Self.eventsKeptMax)
        nextEvent = 0
    }

    /// Whether a head has begun whose end has not come.
    public var hasUnfinishedHead: Bool { head.isOpen }

    /// The events of this batch and their heads lie at the start of the workspace.
    private func restore() {
        space.used = 0
        guard let carried else { return }
        _ = space.append(UnsafeRawBufferPointer(carried))
        forgetCarried()
        head.move(to: 0)
    }

    private func save() {
        guard head.isOpen else { return }
        let text = head.unfinished(space)
        guard let place = space.memory.take(text.count) else {
            isBroken = true
            return
        }
        let copy = UnsafeMutableRawBufferPointer(start: place, count: text.count)
        copy.copyMemory(from: text)
        carried = copy
    }

    private func forgetCarried() {
        space.memory.give(carried?.baseAddress)
        carried = nil
    }

    /// nghttp2 gives up on the connection: says why, if it still can.
    private func fail(_ error: Int32) {
        isBroken = true
        guard let session else { return }
        let isFlood =
            error == NGHTTP2_ERR_FLOODED.rawValue
            || error == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS.rawValue
        if isFlood { isAbusive = true }
        let code = isFlood ? H2ErrorCode.enhanceYourCalm : failure ?? .protocolError
        nghttp2_session_terminate_session(session, code.rawValue)
    }

    /// How many frames were nuisance since this was asked last.
    public func takeGlitchCount() -> Int {
        defer { glitchCount = 0 }
        return glitchCount
    }

    /// Counts nuisance; too much of it ends the connection.
    func glitch(_ kind: H2Glitches.Kind) {
        glitchCount &+= 1
        guard !glitches.take(kind, now: now), !isAbusive, let session else { return }
        isAbusive = true
        nghttp2_session_terminate_session(session, H2ErrorCode.enhanceYourCalm.rawValue)
    }

    // MARK: bytes out

    /// What `write` needs at least, so that there is room for every head.
    public static let outputBytesMin = 256 << 10

    /// Writes frames to `output` as far as they fit. Returns the count of bytes.
    public func write(to output: UnsafeMutableRawBufferPointer) -> Int {
        precondition(output.count >= Self.outputBytesMin)
        guard let session else { return 0 }
        self.output = output
        written = 0
        defer { self.output = UnsafeMutableRawBufferPointer(start: nil, count: 0) }
        while true {
            guard overhang.isEmpty || writeOverhang() else { return written }
            var frame: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(session, &frame)
            guard count > 0 else {
                if count < 0 { isBroken = true }
                return written
            }
            overhang = UnsafeRawBufferPointer(start: frame, count: count)
            overhangIsHead = H2HeadFrames.isHead(overhang)
        }
    }

    /// False when not all of it fits.
    private func writeOverhang() -> Bool {
        if overhangIsHead { return writeHead() }
        let count = min(overhang.count, output.count &- written)
        if let source = overhang.baseAddress, let base = output.baseAddress {
            (base + written).copyMemory(from: source, byteCount: count)
        }
        written &+= count
        overhang = UnsafeRawBufferPointer(rebasing: overhang[count...])
        return overhang.isEmpty
    }

    /// Writes the head that nghttp2's frame stands for. False when it does not fit.
    private func writeHead() -> Bool {
        let stream = H2HeadFrames.stream(of: overhang)
        guard let base = output.baseAddress, let head = heads.take(stream) else {
            isBroken = true
            return false
        }
        guard output.count &- written >= H2HeadFrames.byteCountMax(head) else {
            heads.prepend(head)
            return false
        }
        written &+= headFrames.write(head, overhang, to: base + written)
        heads.release(head)
        overhang = UnsafeRawBufferPointer(start: nil, count: 0)
        return true
    }

    /// Whether `write` would write something.
    public var wantsWrite: Bool {
        guard let session else { return false }
        return !overhang.isEmpty || nghttp2_session_want_write(session) != 0
    }
}
