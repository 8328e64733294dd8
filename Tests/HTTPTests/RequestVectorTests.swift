import HTTP
import Testing

@Suite(.enabled(if: Vector.areAvailable))
struct RequestVectorTests {
    @Test func `every request vector ends as the RFCs want it`() throws {
        var tally = Tally()
        for vector in try Vector.all(kind: "h1-request") {
            tally.add(vector.id, Self.complaints(vector, Relay.run(vector.raw)))
        }
        print(tally.closingLine("request"))
        #expect(tally.failures == [])
        #expect(tally.passed > 900)
    }

    @Test(arguments: [1, 2, 3, 7, 64])
    func `a request read in pieces ends as one read whole`(step: Int) throws {
        var compared = 0
        for vector in try Vector.all(kind: "h1-request") where vector.raw.count < 2_000 {
            let whole = Relay.run(vector.raw)
            let pieces = Relay.run(vector.raw, step: step)
            #expect(
                whole.forwarded.map(\.content) == pieces.forwarded.map(\.content), "\(vector.id)")
            #expect(whole.denied == pieces.denied, "\(vector.id)")
            if whole.end != pieces.end {
                // An error behind which no empty line comes is seen when the time is up.
                #expect(pieces.end == .incomplete, "\(vector.id)")
            }
            compared += 1
        }
        #expect(compared > 900)
    }

    private static func complaints(_ vector: Vector, _ relay: Relay) -> [String] {
        let upstream = relay.forwarded.flatMap(\.bytes)
        guard let requests = try? StrictReader.requests(in: upstream) else {
            return ["what was forwarded is not strict HTTP: \(upstream.text.debugDescription)"]
        }
        var complaints = hardRules(vector, requests)
        if requests.count != relay.forwarded.count {
            complaints.append("\(relay.forwarded.count) written, \(requests.count) read")
        }
        switch vector.expect {
        case "accept": complaints += accepted(vector, requests, relay)
        case "reject", "incomplete":
            if requests.count > vector.messagesBefore { complaints.append("forwarded") }
        case "deny":
            if vector.forbiddenHost == nil, vector.forbiddenPathPrefix == nil, !requests.isEmpty {
                complaints.append("not denied")
            }
        case "sanitize": break
        default: complaints.append("unknown expectation \(vector.expect)")
        }
        return complaints
    }

    private static func accepted(
        _ vector: Vector, _ requests: [StrictReader.Request], _ relay: Relay
    ) -> [String] {
        guard let sent = try? StrictReader.requests(in: vector.raw) else {
            return ["the vector is not what it says"]
        }
        guard sent.count == requests.count, relay.end == .clean else {
            return ["\(requests.count) of \(sent.count) served, \(relay.end)"]
        }
        var complaints: [String] = []
        for (sent, got) in zip(sent, requests) {
            if sent.method != got.method { complaints.append("method") }
            if sent.content != got.content { complaints.append("content") }
            if sent.host != got.host { complaints.append("host \(got.host)") }
        }
        return complaints
    }

    /// What holds for everything that is forwarded, whatever the vector.
    private static func hardRules(
        _ vector: Vector, _ requests: [StrictReader.Request]
    ) -> [String] {
        var complaints: [String] = []
        for request in requests {
            for name in request.fields.map({ $0.name.lowercased() }) {
                if name == "x-injected" { complaints.append("injected") }
                if name.hasPrefix("x-sandbox-") { complaints.append("identity") }
                if name == "connection" || name == "te" { complaints.append("hop by hop") }
            }
            if let host = vector.forbiddenHost, request.host == host {
                complaints.append("forbidden host")
            }
            if request.target == vector.forbiddenPath { complaints.append("smuggled") }
            if let prefix = vector.forbiddenPathPrefix,
                let reading = PathReadings(request.target).reach(prefix)
            {
                complaints.append("\(reading) bypass by \(request.target)")
            }
        }
        return complaints
    }
}
