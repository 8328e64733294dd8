/// Whose turn it is. What waits belongs to flows, each of which is a client's connection, so that one
/// with thousands of requests delays others no longer than one with a few.
///
/// As in FQ-CoDel's scheduler (RFC 8290 §4.2), with turns for bytes: a flow that asks for little
/// comes before those that have had their share. It may do so for one share in each cycle, which
/// is over when each of the others has had its own.
///
/// Within a flow, what goes on comes before what begins: otherwise all that was asked for would be
/// under way at once, and hold connections that others need. What only ends, which nobody waits
/// for, has no flow come first: a thousand connections may be closed at the same time.
struct TurnQueue {
    /// What a turn is for.
    enum Work {
        case beginning, goingOn, ending
    }

    /// Turns of a flow in a row: what they write to one connection can go out together.
    static let share: UInt32 = 16
    /// Turns of what goes on for one of what begins: a request that is forwarded takes two or three.
    static let turnsForOne: UInt32 = 4

    private static let none = UInt32.max

    private struct Turn: BitwiseCopyable {
        var channel = TurnQueue.none
        var next = TurnQueue.none
    }

    /// Turns in their order, linked.
    private struct Chain: BitwiseCopyable {
        var first = TurnQueue.none
        var last = TurnQueue.none

        var isEmpty: Bool { first == TurnQueue.none }
    }

    private struct Flow: BitwiseCopyable {
        var beginning = Chain()
        var goingOn = Chain()
        /// Turns of what goes on since the last one of what begins.
        var since: UInt32 = 0
        /// The flow behind it in the list that it is in.
        var next = TurnQueue.none
        var turnsLeft: UInt32 = 0
        /// The cycle that `turnsLeft` is for.
        var cycle = TurnQueue.none

        var waits: Bool { !beginning.isEmpty || !goingOn.isEmpty }
    }

    private struct List: BitwiseCopyable {
        var first = TurnQueue.none
        var last = TurnQueue.none
        var count: UInt32 = 0
    }

    /// Those that wait, and places for more, linked.
    private var turns: [Turn] = []
    private var free = TurnQueue.none
    private var count = 0
    /// By the number of the flow.
    private var flows: [Flow] = []
    /// Those that have some of their share left, and those that wait for another one.
    private var light = List()
    private var heavy = List()
    private var cycle: UInt32 = 0
    private var leftInCycle: UInt32 = 0

    init() {}

    var isEmpty: Bool { count == 0 }

    /// Gives the channel a turn, which counts as one of the flow's.
    mutating func add(_ channel: UInt32, to flow: UInt32, for work: Work) {
        let place = Int(flow)
        while flows.count <= place { flows.append(Flow()) }
        let waited = flows[place].waits
        let turn = keep(channel)
        if work == .goingOn {
            Self.append(turn, to: &flows[place].goingOn, &turns)
        } else {
            Self.append(turn, to: &flows[place].beginning, &turns)
        }
        guard !waited else { return }
        if flows[place].cycle != cycle {
            flows[place].cycle = cycle
            flows[place].turnsLeft = Self.share
        }
        if flows[place].turnsLeft > 0, work != .ending {
            Self.append(flow, to: &light, &flows)
        } else {
            wait(flow)
        }
    }

    /// The channel whose turn it is; nil when none waits.
    mutating func next() -> UInt32? {
        let isLight = light.count > 0
        let flow = isLight ? light.first : heavy.first
        guard flow != Self.none else { return nil }
        let place = Int(flow)
        let channel = removeTurn(of: place)
        flows[place].turnsLeft &-= 1
        let waits = flows[place].waits
        if isLight {
            // One turn each: who comes now is soon next.
            Self.removeFirst(of: &light, &flows)
            flows[place].cycle = cycle
            if waits, flows[place].turnsLeft > 0 {
                Self.append(flow, to: &light, &flows)
            } else if waits {
                wait(flow)
            }
        } else if !waits || flows[place].turnsLeft == 0 {
            Self.removeFirst(of: &heavy, &flows)
            flows[place].cycle = cycle
            if waits { wait(flow) }
            countInCycle()
        }
        return channel
    }

    private mutating func removeTurn(of place: Int) -> UInt32 {
        let goesOn =
            !flows[place].goingOn.isEmpty
            && (flows[place].beginning.isEmpty || flows[place].since < Self.turnsForOne)
        let turn: UInt32
        if goesOn {
            turn = flows[place].goingOn.first
            flows[place].goingOn.first = turns[Int(turn)].next
            flows[place].since &+= 1
        } else {
            turn = flows[place].beginning.first
            flows[place].beginning.first = turns[Int(turn)].next
            flows[place].since = 0
        }
        turns[Int(turn)].next = free
        free = turn
        count &-= 1
        return turns[Int(turn)].channel
    }

    private mutating func keep(_ channel: UInt32) -> UInt32 {
        count &+= 1
        let turn = free
        guard turn != Self.none else {
            turns.append(Turn(channel: channel))
            return UInt32(turns.count - 1)
        }
        free = turns[Int(turn)].next
        turns[Int(turn)] = Turn(channel: channel)
        return turn
    }

    /// The flow gets its next share behind those that wait for theirs.
    private mutating func wait(_ flow: UInt32) {
        flows[Int(flow)].turnsLeft = Self.share
        Self.append(flow, to: &heavy, &flows)
    }

    private mutating func countInCycle() {
        leftInCycle = leftInCycle > 0 ? leftInCycle &- 1 : 0
        guard leftInCycle == 0 else { return }
        cycle &+= 1
        leftInCycle = heavy.count
    }

    private static func append(_ turn: UInt32, to chain: inout Chain, _ turns: inout [Turn]) {
        if chain.isEmpty {
            chain.first = turn
        } else {
            turns[Int(chain.last)].next = turn
        }
        chain.last = turn
    }

    private static func append(_ flow: UInt32, to list: inout List, _ flows: inout [Flow]) {
        flows[Int(flow)].next = none
        if list.first == none {
            list.first = flow
        } else {
            flows[Int(list.last)].next = flow
        }
        list.last = flow
        list.count &+= 1
    }

    private static func removeFirst(of list: inout List, _ flows: inout [Flow]) {
        list.first = flows[Int(list.first)].next
        list.count &-= 1
    }
}
