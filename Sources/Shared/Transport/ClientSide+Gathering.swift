internal import HTTP

/// Content that a decision needs: kept until there is enough of it.
extension ClientSide {
    /// Begins to wait for content, from the bytes behind the head on.
    func gather(
        _ client: ChannelPointer, _ exchange: ExchangePointer, _ bytes: UnsafeRawBufferPointer,
        _ headCount: Int, _ wanted: Int
    ) -> Bool {
        guard channels.buffers.usedBytes < worker.bufferedBytesMax else {
            leave(bytes, from: headCount, client)
            worker.forwarder.fail(exchange, .buffersFull)
            return false
        }
        exchange.pointee.flags.formUnion(.gathering)
        exchange.pointee.gathered = GatheredContent(
            wanted: min(wanted, Scratch.contentBytesMax), decoder: exchange.pointee.requestBody,
            headCount: headCount)
        if let goesOn = awaitContent(client, exchange, bytes) { return goesOn }
        return decideWithContent(client, exchange, bytes, headCount)
    }

    /// Goes on waiting. Nil when there is enough.
    func awaitContent(
        _ client: ChannelPointer, _ exchange: ExchangePointer, _ bytes: UnsafeRawBufferPointer
    ) -> Bool? {
        let isStream = client.pointee.kind == .stream
        do throws(BodyError) {
            let isAll = isStream && client.pointee.flags.contains(.readToEnd)
            if try exchange.pointee.gathered.isEnough(bytes, isAll: isAll) { return nil }
        } catch {
            worker.forwarder.fail(exchange, .malformedContent(error))
            return false
        }
        sendContinue(client, exchange)
        client.pointee.deadline = worker.now &+ worker.options(of: client).idleNanoseconds
        if !client.pointee.unread.isAllocated { channels.keep(bytes, unreadOf: client) }
        client.pointee.scanned = bytes.count
        guard isStream else { return client.pointee.flags.contains(.readable) }
        worker.multiplexer.credit(client, keeping: 0)
        return false
    }

    /// There is enough content, and `scratch.request` holds the head.
    func decideWithContent(
        _ client: ChannelPointer, _ exchange: ExchangePointer, _ bytes: UnsafeRawBufferPointer,
        _ headCount: Int
    ) -> Bool {
        var found: (count: Int, isComplete: Bool)
        do throws(BodyError) {
            found = try readContent(
                exchange.pointee.requestBody, bytes, headCount, exchange.pointee.gathered.wanted)
        } catch {
            worker.forwarder.fail(exchange, .malformedContent(error))
            return false
        }
        if client.pointee.kind == .stream, client.pointee.flags.contains(.readToEnd) {
            found.isComplete = found.count == bytes.count &- headCount
        }
        exchange.pointee.flags.subtract(.gathering)
        client.pointee.deadline = Channel.never
        return decide(client, exchange, bytes, headCount, content: found)
    }

    /// Copies content to the scratch space with a decoder of its own: forwarding reads it again.
    private func readContent(
        _ decoder: BodyDecoder, _ bytes: UnsafeRawBufferPointer, _ start: Int, _ wanted: Int
    ) throws(BodyError) -> (count: Int, isComplete: Bool) {
        var decoder = decoder
        var position = start
        var count = 0
        while count < wanted {
            switch try decoder.next(bytes, at: &position) {
            case .content(let range):
                let piece = range.slice(of: bytes)
                let used = min(piece.count, wanted &- count)
                if let source = piece.baseAddress, let target = scratch.content.baseAddress {
                    (target + count).copyMemory(from: source, byteCount: used)
                }
                count &+= used
                if used < piece.count { return (count, false) }
            case .trailers: continue
            case .needMore: return (count, false)
            case .end: return (count, true)
            }
        }
        return (count, decoder.isAtEnd)
    }

    /// Lets a client that asked for it send its content (RFC 9110 §10.1.1).
    func sendContinue(_ client: ChannelPointer, _ exchange: ExchangePointer) {
        guard exchange.pointee.flags.contains(.awaitsContinue) else { return }
        exchange.pointee.flags.subtract(.awaitsContinue)
        let text: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"
        worker.send(
            client,
            UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount),
            isLast: false)
    }
}
