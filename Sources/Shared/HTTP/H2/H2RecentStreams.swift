/// The numbers of a few streams, the latest.
struct H2RecentStreams {
    private var numbers: [Int32] = []
    private var next = 0

    static let countMax = 128

    mutating func note(_ stream: Int32) {
        if numbers.count < Self.countMax { return numbers.append(stream) }
        numbers[next] = stream
        next = (next &+ 1) % Self.countMax
    }

    func contains(_ stream: Int32) -> Bool { numbers.contains(stream) }
}
