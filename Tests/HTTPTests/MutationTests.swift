import HTTP
import Testing

/// Vectors with random damage: whatever comes in, nothing traps, and what goes out is strict HTTP.
@Suite(.enabled(if: Vector.areAvailable))
struct MutationTests {
    /// SplitMix64: the same damage in every run.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    @Test(arguments: [UInt64(1), 2])
    func `damaged requests never pass as something else`(seed: UInt64) throws {
        var generator = Generator(state: seed)
        var forwarded = 0
        var runs = 0
        for vector in try Vector.all(kind: "h1-request") where vector.raw.count < 2_000 {
            for _ in 0..<6 {
                let raw = Self.damaged(vector.raw, &generator)
                let step = Int.random(in: 1...64, using: &generator)
                let relay = Relay.run(raw, step: step)
                let upstream = relay.forwarded.flatMap(\.bytes)
                let read = try? StrictReader.requests(in: upstream)
                #expect(read?.count == relay.forwarded.count, "\(raw.text.debugDescription)")
                #expect(read?.map(\.content) == relay.forwarded.map(\.content))
                for request in read ?? [] {
                    let place = PathReadings(request.target).reach("/admin")
                    #expect(place == nil, "\(request.target)")
                }
                forwarded += relay.forwarded.count
                runs += 1
            }
        }
        #expect(runs > 5_000)
        #expect(forwarded > 200)
    }

    @Test(arguments: [UInt64(3), 4])
    func `damaged responses never reach a client malformed`(seed: UInt64) throws {
        var generator = Generator(state: seed)
        for vector in try Vector.all(kind: "h1-response") {
            for _ in 0..<20 {
                let raw = Self.damaged(vector.raw, &generator)
                let relay = ResponseRelay.run(raw, method: .get, isClosed: vector.isClosed)
                let read = try? StrictResponseReader.responses(
                    in: relay.sent, method: "GET", isClosed: relay.isClosed || relay.isReset)
                #expect(
                    read?.filter { $0.status >= 200 }.count == 1, "\(raw.text.debugDescription)")
            }
        }
    }

    private static func damaged(_ raw: [UInt8], _ generator: inout Generator) -> [UInt8] {
        let interesting = Array("\r\n\t \0:;,=\"%/\\.#?@[]01aAfFxX_-\u{7F}".utf8) + [0x80, 0xFF]
        var raw = raw
        for _ in 0..<Int.random(in: 1...3, using: &generator) where !raw.isEmpty {
            let index = Int.random(in: 0..<raw.count, using: &generator)
            let byte = interesting[Int.random(in: 0..<interesting.count, using: &generator)]
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: raw[index] = byte
            case 1: raw.insert(byte, at: index)
            case 2: raw.remove(at: index)
            case 3: raw.removeSubrange(index...)
            default:
                let end = min(index + Int.random(in: 1...20, using: &generator), raw.count)
                raw.insert(contentsOf: raw[index..<end], at: index)
            }
        }
        return raw
    }
}
