import HTTP
import Testing

@Suite(.enabled(if: Vector.areAvailable))
struct ResponseVectorTests {
    @Test func `every hostile answer ends as the RFCs want it`() throws {
        var tally = Tally()
        for vector in try Vector.all(kind: "h1-response") {
            tally.add(vector.id, try Self.complaints(vector, .http11))
        }
        print(tally.closingLine("response"))
        #expect(tally.failures == [])
        #expect(tally.passed > 100)
    }

    @Test func `an HTTP 1.0 client gets the same without chunks`() throws {
        var tally = Tally()
        for vector in try Vector.all(kind: "h1-response") {
            tally.add(vector.id, try Self.complaints(vector, .http10))
        }
        #expect(tally.failures == [])
    }

    private static func complaints(_ vector: Vector, _ version: HTTPVersion) throws -> [String] {
        let method = try #require(Method(rawValue: vector.method))
        let relay = ResponseRelay.run(
            vector.raw, method: method, isClosed: vector.isClosed, clientVersion: version)
        let responses: [StrictResponseReader.Response]
        do {
            responses = try StrictResponseReader.responses(
                in: relay.sent, method: vector.method, isClosed: relay.isClosed || relay.isReset)
        } catch {
            return ["malformed to the client: \(error) in \(relay.sent.text.debugDescription)"]
        }
        let final = responses.filter { $0.status >= 200 }
        guard let last = final.first, final.count == 1 else {
            return ["\(final.count) final responses"]
        }
        var complaints: [String] = []
        if version == .http10, last.fields.contains(where: { $0.name == "transfer-encoding" }) {
            complaints.append("chunks to HTTP/1.0")
        }
        for field in responses.flatMap(\.fields) {
            if field.name == vector.forbiddenField { complaints.append("hop by hop") }
            if field.name == "set-cookie", field.value.contains("evil") {
                complaints.append("injected")
            }
        }
        let isWhole = last.isComplete && !relay.isReset
        let isGood = isWhole && last.status < 500
        switch vector.expect {
        case "accept":
            let isOwn = vector.raw.text.hasPrefix("HTTP/1.1 503")
            if !isWhole || last.status >= 500 && !isOwn { complaints.append("not served") }
        case "reject" where isGood: complaints.append("delivered")
        case "truncated" where isGood: complaints.append("looks complete")
        default: break
        }
        return complaints
    }
}
