internal import HTTP

/// Two connections of ours that speak to each other over wires of memory, and what was said.
final class H2Conversation {
    enum Side: Int {
        case client, server

        var other: Side { self == .client ? .server : .client }
    }

    /// One direction of a stream: what was put in, and what came out.
    struct Speech {
        var head: [UInt8] = []
        var content: [UInt8] = []
        var trailers: [UInt8] = []
        var isEnded = false
    }

    struct Stream {
        var said: [Speech] = [Speech(), Speech()]
        var heard: [Speech] = [Speech(), Speech()]
        var isGivenUp = false
    }

    private(set) var streams: [Int32: Stream] = [:]
    /// In order of their requests.
    private(set) var numbers: [Int32] = []
    private let ends: [H2Connection]
    /// What each side has written and the other not read.
    private var wires: [[UInt8]] = [[], []]
    /// Acknowledgements of settings that the other side has not sent.
    private var strayAcknowledgements = [0, 0]
    private var unconsumed: [[Int32: Int]] = [[:], [:]]
    private var offered: [UnsafeMutableRawBufferPointer] = []
    private let output = UnsafeMutableRawBufferPointer.allocate(
        byteCount: H2Connection.outputBytesMin, alignment: 8)
    private var now: UInt64 = 1

    init() throws(Finding) {
        ends = [
            H2Connection(role: .client, limits: .upstream, space: H2Workspace()),
            H2Connection(role: .server, limits: H2Limits(), space: H2Workspace()),
        ]
        try settle()
    }

    deinit {
        output.deallocate()
        for bytes in offered { bytes.deallocate() }
    }

    // MARK: what is said

    func request(_ head: [UInt8], ends isWhole: Bool) {
        let number = head.withUnsafeBytes {
            ends[0].request($0, isSecure: true, ends: isWhole, user: 1)
        }
        guard let number else { return }
        numbers.append(number)
        streams[number, default: Stream()].said[0] = Speech(head: head, isEnded: isWhole)
    }

    /// Once the request's head is there.
    func respond(_ number: Int32, _ head: [UInt8], ends isWhole: Bool) {
        guard let stream = streams[number], !stream.isGivenUp, !stream.heard[0].head.isEmpty,
            stream.said[1].head.isEmpty,
            head.withUnsafeBytes({ ends[1].respond(number, $0, ends: isWhole) })
        else { return }
        streams[number]?.said[1] = Speech(head: head, isEnded: isWhole)
    }

    /// Content, unless some still waits to be framed, and with the last of it trailers.
    func say(_ side: Side, _ number: Int32, _ content: [UInt8], last trailers: [UInt8]?) {
        guard let stream = streams[number], !stream.isGivenUp,
            !stream.said[side.rawValue].head.isEmpty, !stream.said[side.rawValue].isEnded,
            ends[side.rawValue].pending(number).isEmpty
        else { return }
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: content.count + (trailers?.count ?? 0), alignment: 8)
        bytes.copyBytes(from: content + (trailers ?? []))
        offered.append(bytes)
        ends[side.rawValue].offer(
            number, UnsafeRawBufferPointer(bytes), trailerBytes: trailers?.count ?? 0,
            isLast: trailers != nil)
        streams[number]?.said[side.rawValue].content += content
        streams[number]?.said[side.rawValue].trailers = trailers ?? []
        streams[number]?.said[side.rawValue].isEnded = trailers != nil
    }

    func giveUp(_ side: Side, _ number: Int32) {
        guard let stream = streams[number], !stream.isGivenUp,
            side == .client || !stream.heard[0].head.isEmpty
        else { return }
        streams[number]?.isGivenUp = true
        ends[side.rawValue].reset(number, .cancel)
        ends[side.rawValue].unbind(number)
    }

    func consume(_ side: Side, _ number: Int32) {
        let count = unconsumed[side.rawValue].removeValue(forKey: number) ?? 0
        ends[side.rawValue].consume(number, count)
    }

    /// The side is told that its peer has changed a setting, which that has not.
    func change(_ side: Side, _ setting: [UInt8]) throws(Finding) {
        try deliver(to: side, .max)
        strayAcknowledgements[side.rawValue] += 1
        try receive(side, setting)
    }

    // MARK: what is heard

    func write(_ side: Side) throws(Finding) {
        let end = ends[side.rawValue]
        var written: [UInt8] = []
        while case let count = end.write(to: output), count > 0 { written += output[..<count] }
        let isFirst = side == .client && written.starts(with: H2Frames.preface)
        if isFirst {
            wires[side.rawValue] += H2Frames.preface
            written.removeFirst(H2Frames.preface.count)
        }
        for frame in try H2Frames.split(written) {
            let bytes = Array(frame)
            if bytes[3] == 4, bytes[4] & 1 == 1, strayAcknowledgements[side.rawValue] > 0 {
                strayAcknowledgements[side.rawValue] -= 1
            } else {
                wires[side.rawValue] += bytes
            }
        }
    }

    func deliver(to side: Side, _ count: Int) throws(Finding) {
        let wire = side.other.rawValue
        let bytes = Array(wires[wire].prefix(count))
        wires[wire].removeFirst(bytes.count)
        try receive(side, bytes)
    }

    private func receive(_ side: Side, _ bytes: [UInt8]) throws(Finding) {
        now += 100_000_000
        let end = ends[side.rawValue]
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let used = end.receive(rest, now: now)
                while let event = end.next() { hear(side, end, event, rest) }
                rest = UnsafeRawBufferPointer(rebasing: rest[used...])
            }
        }
        try Finding.unless(end.state == .open, "\(side) gives up on the connection")
    }

    private func hear(
        _ side: Side, _ end: H2Connection, _ event: H2Event, _ bytes: UnsafeRawBufferPointer
    ) {
        let from = side.other.rawValue
        switch event {
        case .head(let number, _, let range, let ends):
            if side == .server { _ = end.bind(number, user: 1) }
            streams[number]?.heard[from].head += range.slice(of: end.text)
            if ends { streams[number]?.heard[from].isEnded = true }
        case .content(let number, _, let range):
            streams[number]?.heard[from].content += range.slice(of: bytes)
            unconsumed[side.rawValue][number, default: 0] += range.count
        case .trailers(let number, _, let range):
            streams[number]?.heard[from].trailers += range.slice(of: end.text)
            streams[number]?.heard[from].isEnded = true
        case .end(let number, _): streams[number]?.heard[from].isEnded = true
        case .closed, .drained, .settings, .goAway, .oversizedHead: break
        }
    }

    // MARK: the end

    /// Lets everything that was said arrive.
    func settle() throws(Finding) {
        repeat {
            for side in [Side.client, .server] {
                for number in Array(unconsumed[side.rawValue].keys) { consume(side, number) }
                try write(side)
                try deliver(to: side.other, .max)
            }
        } while !unconsumed.allSatisfy(\.isEmpty) || ends.contains(where: \.wantsWrite)
    }

    /// How many streams each side still knows.
    var boundCounts: [Int] { ends.map(\.boundCount) }
}
