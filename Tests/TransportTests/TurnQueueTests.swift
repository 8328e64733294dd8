import Testing

@testable import Transport

/// Who comes when. A channel's number tells its flow: flow 3 has the channels from 3000 on.
struct TurnQueueTests {
    private static let share = Int(TurnQueue.share)

    private func flow(of channel: UInt32) -> UInt32 { channel / 1000 }

    private func add(_ channel: Int, to queue: inout TurnQueue) {
        queue.add(UInt32(channel), to: flow(of: UInt32(channel)), for: .beginning)
    }

    @Test func `what one flow waits for comes in its order`() {
        var queue = TurnQueue()
        #expect(queue.isEmpty)
        #expect(queue.next() == nil)
        for channel in 5000..<5100 { queue.add(UInt32(channel), to: 5, for: .beginning) }
        for channel in 5000..<5100 { #expect(queue.next() == UInt32(channel)) }
        #expect(queue.next() == nil)
        #expect(queue.isEmpty)
    }

    @Test func `flows with much to do have equal shares`() {
        var queue = TurnQueue()
        for channel in 0..<200 {
            for flow in 1...3 { add(flow * 1000 + channel, to: &queue) }
        }
        var flows: [UInt32] = []
        while let channel = queue.next() { flows.append(flow(of: channel)) }
        #expect(flows.count == 600)
        for start in stride(from: 0, to: 500, by: 3 * Self.share) {
            for flow in UInt32(1)...3 {
                let turns = flows[start..<min(start + 3 * Self.share, 600)].filter { $0 == flow }
                #expect(turns.count <= Self.share)
            }
        }
        #expect(Set(flows.prefix(3)) == [1, 2, 3])
    }

    /// Twenty flows with a hundred turns each.
    private func crowd() -> TurnQueue {
        var queue = TurnQueue()
        for flow in 10..<30 {
            for channel in 0..<100 { add(flow * 1000 + channel, to: &queue) }
        }
        return queue
    }

    /// A request is a few turns, one after the other: none of them waits behind the others' work.
    @Test func `who asks for little is next`() {
        var queue = crowd()
        for _ in 0..<20 * Self.share + 50 { _ = queue.next() }
        for turn in 0..<Self.share {
            queue.add(7000 + UInt32(turn), to: 7, for: .beginning)
            #expect(queue.next() == 7000 + UInt32(turn))
        }
    }

    @Test func `who comes with many others waits for one turn of each`() {
        var queue = crowd()
        for _ in 0..<50 { _ = queue.next() }
        queue.add(7000, to: 7, for: .beginning)
        var waited = 0
        while let channel = queue.next(), channel != 7000 { waited += 1 }
        #expect(waited <= 20)
    }

    @Test func `nobody gets more by asking for it piece by piece`() {
        var queue = TurnQueue()
        for channel in 0..<900 { queue.add(1000 + UInt32(channel), to: 1, for: .beginning) }
        var taken = [0, 0, 0]
        queue.add(2000, to: 2, for: .beginning)
        for _ in 0..<500 {
            guard let channel = queue.next() else { break }
            taken[Int(flow(of: channel))] += 1
            if flow(of: channel) == 2 { queue.add(channel, to: 2, for: .beginning) }
        }
        #expect(taken[1] > 150)
        #expect(taken[2] > 150)
    }

    @Test func `those who ask for little do not keep others from their turns`() {
        var queue = TurnQueue()
        for channel in 0..<900 { queue.add(1000 + UInt32(channel), to: 1, for: .beginning) }
        for flow in UInt32(2)...20 { queue.add(flow * 1000, to: flow, for: .beginning) }
        var longest = 0, since = 0
        for _ in 0..<10_000 {
            guard let channel = queue.next() else { break }
            since += 1
            if flow(of: channel) == 1 {
                longest = max(longest, since)
                since = 0
                queue.add(channel, to: 1, for: .beginning)
            } else {
                queue.add(channel, to: flow(of: channel), for: .beginning)
            }
        }
        #expect(longest > 0)
        #expect(longest <= 2 * 20 * Self.share)
    }

    /// Otherwise all that a client asked for would be under way before any of it is done.
    @Test func `what goes on comes before what begins, which is not kept from it`() {
        var queue = TurnQueue()
        for channel in UInt32(0)..<20 { queue.add(1000 + channel, to: 1, for: .beginning) }
        for channel in UInt32(500)..<520 { queue.add(1000 + channel, to: 1, for: .goingOn) }
        var order: [UInt32] = []
        while let channel = queue.next() { order.append(channel - 1000) }
        let goingOn = Int(TurnQueue.turnsForOne)
        #expect(order.prefix(goingOn + 2) == [500, 501, 502, 503, 0, 504])
        #expect(order.filter { $0 < 500 } == Array(0..<20))
        #expect(order.filter { $0 >= 500 } == Array(500..<520))
    }

    @Test func `nobody waits for the ends of many others`() {
        var queue = TurnQueue()
        for flow in UInt32(10)..<1000 { queue.add(flow * 1000, to: flow, for: .ending) }
        queue.add(7000, to: 7, for: .beginning)
        #expect(queue.next() == 7000)
        for flow in UInt32(10)..<1000 { #expect(queue.next() == flow * 1000) }
        #expect(queue.isEmpty)
    }

    @Test func `each turn is taken once`() {
        var queue = TurnQueue()
        var generator = SystemRandomNumberGenerator()
        var given: [UInt32: Int] = [:], taken: [UInt32: Int] = [:]
        for _ in 0..<50_000 {
            if UInt8.random(in: 0..<9, using: &generator) < 5 {
                let flow = UInt32.random(in: 0..<40, using: &generator)
                let channel = flow * 1000 + UInt32.random(in: 0..<50, using: &generator)
                queue.add(channel, to: flow, for: channel % 3 == 0 ? .goingOn : channel % 3 == 1 ? .beginning : .ending)
                given[channel, default: 0] += 1
            } else if let channel = queue.next() {
                taken[channel, default: 0] += 1
            }
        }
        while let channel = queue.next() { taken[channel, default: 0] += 1 }
        #expect(given == taken)
        #expect(queue.isEmpty)
    }
}
