internal import Bytes
internal import IO

/// A worker's sockets: reading and writing with what could not be finished kept, and closing.
/// It knows no protocol.
final class Channels {
    /// What a read came to.
    enum Input {
        case bytes(UnsafeRawBufferPointer)
        case nothing
        case end
        case failed(SystemError)
    }

    private var slab = Slab<Channel>()
    var links = Slab<TLSLink>()
    let wire: TLSWire
    var buffers = BufferPool()
    private var poller: Poller
    /// Where sockets are read to, what clients prove themselves with among it: what is handled at
    /// once is never copied.
    private let scratchMemory = UndumpedMemory(byteCount: scratchBytes)
    private let scratch: UnsafeMutableRawPointer
    /// Where ciphertext is read to, and where a head, with its credential, and content are joined
    /// for one record.
    private let sealedMemory = UndumpedMemory(byteCount: scratchBytes)
    let sealedScratch: UnsafeMutableRawPointer
    /// Open connections of each listener.
    private var clientCounts: [Int] = []
    /// Clients' handshakes that have ended since these were taken, by listener.
    private var handshakes: [(listener: UInt16, event: ConnectionEvent)] = []

    /// Enough for a body to move with few system calls: 64 KiB answers cost 47.7 µs with 256 KiB,
    /// more with less.
    static let scratchBytes = 256 << 10
    /// A peer that is slower than we are has at most this much waiting for it.
    static let slowPeerBytes = 64 << 10

    init() throws(SystemError) {
        poller = try Poller(capacity: 256)
        do throws(TLSError) {
            wire = try TLSWire()
        } catch {
            throw .noMemory
        }
        guard let scratch = scratchMemory.bytes.baseAddress,
            let sealed = sealedMemory.bytes.baseAddress
        else { throw .noMemory }
        self.scratch = scratch
        sealedScratch = sealed
    }

    // MARK: opening and closing

    func open(
        _ socket: CInt, side: Channel.Side, group: UInt16
    ) throws(SystemError) -> ChannelPointer {
        let index = slab.take(initially: Channel())
        let channel = slab[index]
        let generation = channel.pointee.generation &+ 1
        channel.pointee = Channel()
        channel.pointee.socket = socket
        channel.pointee.index = index
        channel.pointee.generation = generation
        channel.pointee.side = side
        channel.pointee.group = group
        do throws(SystemError) {
            try poller.add(socket, token: channel.pointee.token)
        } catch {
            channel.pointee.side = .free
            slab.give(index)
            throw error
        }
        if side == .client { count(channel, 1) }
        return channel
    }

    /// A channel without a socket, for a stream of `session`.
    func openStream(on session: ChannelPointer) -> ChannelPointer {
        let index = slab.take(initially: Channel())
        let channel = slab[index]
        let generation = channel.pointee.generation &+ 1
        channel.pointee = Channel()
        channel.pointee.index = index
        channel.pointee.generation = generation
        channel.pointee.side = session.pointee.side
        channel.pointee.kind = .stream
        channel.pointee.group = session.pointee.group
        channel.pointee.endpoint = session.pointee.endpoint
        channel.pointee.peer = session.pointee.peer
        channel.pointee.carrier = session.pointee.index
        return channel
    }

    /// Closes the socket and frees its place. Pointers to it are dead after this.
    func close(_ channel: ChannelPointer) {
        guard channel.pointee.side != .free else { return }
        endTLS(channel)
        buffers.give(&channel.pointee.unread)
        forgetUnsent(of: channel)
        if channel.pointee.kind != .stream {
            if channel.pointee.side == .client { count(channel, -1) }
            Socket.close(channel.pointee.socket)
        }
        channel.pointee.side = .free
        slab.give(channel.pointee.index)
    }

    /// Closes so that the peer cannot take what it has for the whole.
    func reset(_ channel: ChannelPointer) {
        Socket.resetOnClose(channel.pointee.socket)
        channel.pointee.flags.formUnion(.broken)
        close(channel)
    }

    var clientCount: Int { clientCounts.reduce(0, +) }

    func clientCount(of listener: Int) -> Int {
        listener < clientCounts.count ? clientCounts[listener] : 0
    }

    func note(_ event: ConnectionEvent, of client: ChannelPointer) {
        handshakes.append((client.pointee.group, event))
    }

    /// Calls `body` with each handshake that has ended.
    func takeHandshakes(_ body: (UInt16, ConnectionEvent) -> Void) {
        guard !handshakes.isEmpty else { return }
        for handshake in handshakes { body(handshake.listener, handshake.event) }
        handshakes.removeAll(keepingCapacity: true)
    }

    private func count(_ client: ChannelPointer, _ change: Int) {
        let listener = Int(client.pointee.group)
        while clientCounts.count <= listener { clientCounts.append(0) }
        clientCounts[listener] &+= change
    }

    subscript(index: UInt32) -> ChannelPointer { slab[index] }

    /// The channel of an event, unless that socket is closed by now.
    func channel(for token: UInt64) -> ChannelPointer? {
        let channel = slab[UInt32(truncatingIfNeeded: token)]
        guard channel.pointee.side != .free, channel.pointee.token == token else { return nil }
        return channel
    }

    /// Calls `body` with every channel whose deadline has passed.
    /// - Returns: the next deadline of those that take part in an exchange.
    func expired(at now: UInt64, _ body: (ChannelPointer) -> Void) -> UInt64 {
        var soonest = Channel.never
        each { channel in
            if channel.pointee.deadline <= now {
                body(channel)
            } else if channel.pointee.exchange != Channel.noExchange {
                soonest = min(soonest, channel.pointee.deadline)
            }
        }
        return soonest
    }

    func each(_ body: (ChannelPointer) -> Void) {
        for index in 0..<UInt32(slab.placeCount) {
            let channel = slab[index]
            if channel.pointee.side != .free { body(channel) }
        }
    }

    // MARK: events

    func watch(_ descriptor: CInt, token: UInt64) throws(SystemError) {
        try poller.addLevelTriggered(descriptor, token: token)
    }

    func unwatch(_ descriptor: CInt) { poller.remove(descriptor) }

    /// What an event says about a channel, before anybody acts on it.
    func note(_ event: Poller.Event, of channel: ChannelPointer) {
        if event.isReadable { channel.pointee.flags.formUnion(.readable) }
        if event.peerFinished { channel.pointee.flags.formUnion(.peerFinished) }
        if event.isBroken { channel.pointee.flags.formUnion(.hungUp) }
        if event.isWritable {
            channel.pointee.flags.formUnion(.writable)
            if resumesHandshake(channel) { channel.pointee.flags.formUnion(.readable) }
        }
    }

    func wait(milliseconds: CInt) -> Int { poller.wait(milliseconds: milliseconds) }

    func event(at index: Int) -> Poller.Event { poller.event(at: index) }

    // MARK: reading

    /// The next bytes of the socket, in the scratch space: good until the next read of any channel.
    func receive(_ channel: ChannelPointer, limit: Int = scratchBytes) -> Input {
        let count = min(limit, Self.scratchBytes)
        return receive(channel, into: UnsafeMutableRawBufferPointer(start: scratch, count: count))
    }

    /// The next bytes of the socket, in memory of the caller's.
    func receive(_ channel: ChannelPointer, into memory: UnsafeMutableRawBufferPointer) -> Input {
        guard let place = memory.baseAddress else { return .nothing }
        switch transfer(channel, into: place, capacity: memory.count) {
        case .bytes(0): return .end
        case .bytes(let count):
            return .bytes(UnsafeRawBufferPointer(start: place, count: count))
        case .wouldBlock: return .nothing
        case .failed(let error): return .failed(error)
        }
    }

    /// Reads behind what `unread` holds, at most `limit` bytes; the bytes are then all of `unread`.
    func receiveMore(_ channel: ChannelPointer, limit: Int) -> Input {
        buffers.reserve(limit, in: &channel.pointee.unread)
        guard let place = channel.pointee.unread.free else { return .nothing }
        switch transfer(channel, into: place, capacity: limit) {
        case .bytes(0): return .end
        case .bytes(let count):
            channel.pointee.unread.end &+= count
            return .bytes(channel.pointee.unread.bytes)
        case .wouldBlock: return .nothing
        case .failed(let error): return .failed(error)
        }
    }

    private func transfer(
        _ channel: ChannelPointer, into place: UnsafeMutableRawPointer, capacity: Int
    ) -> Socket.Transfer {
        if let link = channel.pointee.tls { return open(channel, link, into: place, capacity) }
        return receive(channel, into: place, capacity)
    }

    /// Reads the socket as it is.
    func receive(
        _ channel: ChannelPointer, into place: UnsafeMutableRawPointer, _ capacity: Int
    ) -> Socket.Transfer {
        let result = Socket.receive(channel.pointee.socket, into: place, capacity: capacity)
        switch result {
        case .bytes(0):
            channel.pointee.flags.subtract(.readable)
            channel.pointee.flags.formUnion([.peerFinished, .readToEnd])
        case .bytes(let count):
            // A short read emptied the socket (epoll(7)), unless an end of stream waits behind it.
            if count < capacity, !channel.pointee.flags.contains(.peerFinished) {
                channel.pointee.flags.subtract(.readable)
            }
        case .wouldBlock:
            channel.pointee.flags.subtract(.readable)
        case .failed:
            channel.pointee.flags.subtract(.readable)
            channel.pointee.flags.formUnion(.broken)
        }
        return result
    }

    /// Keeps bytes that cannot be handled now. They may lie in `unread` itself: then only what is
    /// before them is dropped.
    func keep(_ bytes: UnsafeRawBufferPointer, unreadOf channel: ChannelPointer) {
        if channel.pointee.unread.isAllocated {
            let kept = bytes.count &+ channel.pointee.trailerBytes
            channel.pointee.unread.start = channel.pointee.unread.end &- kept
            if kept == 0 { buffers.give(&channel.pointee.unread) }
        } else if !bytes.isEmpty {
            channel.pointee.unread = buffers.take(bytes.count)
            channel.pointee.unread.append(bytes)
        }
    }

    // MARK: writing

    /// Writes now what the socket takes and keeps the rest. False when the connection is broken.
    @discardableResult
    func send(
        _ channel: ChannelPointer, _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) -> Bool {
        if let link = channel.pointee.tls, link.pointee.isEstablished {
            return seal(channel, link, first, second)
        }
        return transmit(channel, first, second)
    }

    /// Writes bytes as they are.
    func transmit(
        _ channel: ChannelPointer, _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) -> Bool {
        let total = first.count &+ second.count
        guard total > 0 else { return true }
        var sent = 0
        if channel.pointee.unsent.isEmpty, !channel.pointee.flags.contains(.connecting) {
            guard let count = write(channel, first, second) else { return false }
            sent = count
        }
        guard sent < total else { return true }
        channel.pointee.flags.formUnion(.slow)
        buffers.reserve(total &- sent, in: &channel.pointee.unsent)
        let skipped = min(sent, first.count)
        channel.pointee.unsent.append(UnsafeRawBufferPointer(rebasing: first[skipped...]))
        let rest = second[(sent &- skipped)...]
        channel.pointee.unsent.append(UnsafeRawBufferPointer(rebasing: rest))
        return true
    }

    /// What waits for a connection that is not there yet is sent over another one.
    func moveUnsent(from old: ChannelPointer, to new: ChannelPointer) {
        if new.pointee.flags.contains(.connecting) || new.pointee.tls == nil {
            swap(&old.pointee.unsent, &new.pointee.unsent)
            return
        }
        send(new, old.pointee.unsent.bytes)
        forgetUnsent(of: old)
    }

    /// What waited for an upstream may be a head with a credential, in plaintext.
    private func forgetUnsent(of channel: ChannelPointer) {
        if channel.pointee.side == .upstream {
            buffers.wipe(&channel.pointee.unsent)
        } else {
            buffers.give(&channel.pointee.unsent)
        }
    }

    /// Writes what was kept. False when the connection is broken.
    func flush(_ channel: ChannelPointer) -> Bool {
        guard !channel.pointee.unsent.isEmpty else { return true }
        if let link = channel.pointee.tls, !link.pointee.isEstablished { return true }
        let bytes = channel.pointee.unsent.bytes
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        guard let sent = write(channel, bytes, none) else { return false }
        channel.pointee.unsent.start &+= sent
        if channel.pointee.unsent.isEmpty { forgetUnsent(of: channel) }
        return true
    }

    /// Tells the peer that no more bytes follow; reading goes on.
    func finishWriting(_ channel: ChannelPointer) {
        finishTLS(channel)
        Socket.finishWriting(channel.pointee.socket)
    }

    private func write(
        _ channel: ChannelPointer, _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer
    ) -> Int? {
        let socket = channel.pointee.socket
        let result: Socket.Transfer
        if second.isEmpty, let base = first.baseAddress {
            result = Socket.send(socket, base, count: first.count)
        } else {
            result = Socket.send(socket, first, second)
        }
        switch result {
        case .bytes(let count): return count
        case .wouldBlock: return 0
        case .failed:
            channel.pointee.flags.formUnion(.broken)
            return nil
        }
    }
}
