/// How clients' connections end.
extension ClientSide {
    /// How long a client may take to notice our end of stream.
    private static var lingerNanoseconds: UInt64 { 2_000_000_000 }

    /// Closes as soon as all bytes for the client are written.
    func close(_ client: ChannelPointer) {
        guard !worker.isSettled(client) else { return linger(client) }
        client.pointee.flags.formUnion(.closing)
        client.pointee.deadline =
            worker.now &+ worker.options(of: client).idleNanoseconds
    }

    /// Ends our side and reads until the client ends its own: closing over unread bytes would
    /// reset the connection and could take our last bytes from the client.
    func linger(_ client: ChannelPointer) {
        guard client.pointee.kind == .messages else { return worker.close(client) }
        client.pointee.flags.subtract(.closing)
        channels.buffers.give(&client.pointee.unread)
        if client.pointee.flags.contains(.readToEnd) { return worker.close(client) }
        channels.finishWriting(client)
        client.pointee.flags.formUnion(.lingering)
        client.pointee.deadline = worker.now &+ Self.lingerNanoseconds
        drain(client)
    }

    func drain(_ client: ChannelPointer) {
        for _ in 0..<Self.turnsMax where client.pointee.flags.contains(.readable) {
            switch channels.receive(client) {
            case .bytes, .nothing: continue
            case .end, .failed: return worker.close(client)
            }
        }
        if client.pointee.flags.contains(.readable) { worker.queue(client) }
    }
}
