internal import IO

extension ClientSide {
    /// The client closed its side: where that means that it has gone, what was done for it ends.
    func endCall(ofClosed client: ChannelPointer) {
        guard client.pointee.side == .client, client.pointee.kind == .messages,
            client.pointee.exchange != Channel.noExchange,
            worker.options(of: client).endsCallsOfClosedClients
        else { return }
        let flags = exchanges[client.pointee.exchange].pointee.flags
        guard flags.contains(.requestDone), !flags.contains(.tunnel) else { return }
        lost(client)
    }
}
