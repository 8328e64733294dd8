internal import Bytes
internal import HTTP

/// A worker's HTTP/2 connections, and the memory that they share.
final class Sessions {
    let space = H2Workspace()
    /// Where frames are written before they go to a socket.
    private let outputMemory = UndumpedMemory(byteCount: outputBytes)
    var output: UnsafeMutableRawBufferPointer { outputMemory.bytes }
    /// Where sockets are read to. What one event of a batch brings about may read other sockets
    /// before the next event's bytes are looked at: those lie here and nowhere else.
    private let inputMemory = UndumpedMemory(byteCount: inputBytes)
    var input: UnsafeMutableRawBufferPointer { inputMemory.bytes }
    private var connections: [H2Connection?] = []
    private var free: [UInt32] = []
    /// Sessions with something to write, each once.
    private var waiting: [ChannelPointer] = []
    private var turn: [ChannelPointer] = []

    private static let outputBytes = 256 << 10
    private static let inputBytes = 64 << 10

    init() {
        waiting.reserveCapacity(256)
        turn.reserveCapacity(256)
    }

    /// Gives the channel an HTTP/2 connection of its own.
    func begin(_ channel: ChannelPointer, _ role: H2Connection.Role, _ limits: H2Limits) {
        let connection = H2Connection(role: role, limits: limits, space: space)
        channel.pointee.kind = .session
        if let place = free.popLast() {
            connections[Int(place)] = connection
            channel.pointee.carrier = place
        } else {
            channel.pointee.carrier = UInt32(connections.count)
            connections.append(connection)
        }
    }

    func end(_ session: ChannelPointer) {
        let place = session.pointee.carrier
        guard connections[Int(place)] != nil else { return }
        connections[Int(place)] = nil
        free.append(place)
    }

    subscript(session: ChannelPointer) -> H2Connection? {
        session.pointee.kind == .session ? connections[Int(session.pointee.carrier)] : nil
    }

    // MARK: writing in turn

    var isWaiting: Bool { !waiting.isEmpty }

    /// The session has something to write at the end of this round.
    func wait(_ session: ChannelPointer) {
        guard !session.pointee.flags.contains(.queuedToWrite) else { return }
        session.pointee.flags.formUnion(.queuedToWrite)
        waiting.append(session)
    }

    /// Calls `body` with each session that waits; what begins to wait meanwhile comes next time.
    func takeTurns(_ body: (ChannelPointer) -> Void) {
        guard !waiting.isEmpty else { return }
        swap(&waiting, &turn)
        for session in turn where session.pointee.flags.contains(.queuedToWrite) {
            session.pointee.flags.subtract(.queuedToWrite)
            if session.pointee.kind == .session, session.pointee.side != .free { body(session) }
        }
        turn.removeAll(keepingCapacity: true)
    }
}
