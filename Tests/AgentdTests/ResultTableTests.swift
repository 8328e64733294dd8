import GRPC
import Protos
import Testing

@testable import Agentd

/// How much of results is kept in memory.
struct ResultTableTests {
    private static func digest(_ capability: String = "a") throws -> RequestDigest {
        var request = Agentd_V1_ExecuteRequest()
        request.capability = capability
        return try RequestDigest(request)
    }

    /// Whether the key's result had to be made.
    private func isMade(
        _ key: String, of bytes: Int = 1, _ digest: RequestDigest, in table: ResultTable
    ) throws -> Bool {
        var isMade = false
        let response = try table.first(of: "k", key, digest) { () throws(Status) in
            isMade = true
            var response = Agentd_V1_ExecuteResponse()
            response.requestID = key
            response.result.stderr = String(repeating: "x", count: bytes)
            return ResultTable.Result(response, of: digest.bytes)
        }
        #expect(response.requestID == key)
        return isMade
    }

    @Test func `the oldest go when there are too many`() throws {
        var limits = ResultTable.Limits()
        limits.resultsMax = 3
        let table = ResultTable(limits: limits)
        let digest = try Self.digest()
        for key in ["a", "b", "c", "d"] { #expect(try isMade(key, digest, in: table)) }
        for key in ["b", "c", "d"] { #expect(try !isMade(key, digest, in: table)) }
        #expect(try isMade("a", digest, in: table))
        #expect(try isMade("b", digest, in: table))
    }

    @Test func `the oldest go when they are too large`() throws {
        var limits = ResultTable.Limits()
        limits.resultBytesMax = 100
        let table = ResultTable(limits: limits)
        let digest = try Self.digest()
        for key in ["a", "b"] { #expect(try isMade(key, of: 50, digest, in: table)) }
        for key in ["a", "b"] { #expect(try !isMade(key, digest, in: table)) }
        #expect(try isMade("c", of: 51, digest, in: table))
        #expect(try !isMade("c", digest, in: table))
        for key in ["a", "b"] { #expect(try isMade(key, of: 1, digest, in: table)) }
        #expect(try !isMade("c", digest, in: table))
        // More than all that there may be: it takes the place of everything.
        #expect(try isMade("d", of: 1000, digest, in: table))
        #expect(try isMade("c", digest, in: table))
    }

    @Test func `a key that is old may be used for something else`() throws {
        var limits = ResultTable.Limits()
        limits.keptNanoseconds = 0
        let table = ResultTable(limits: limits)
        #expect(try isMade("a", try Self.digest(), in: table))
        #expect(try isMade("a", try Self.digest("b"), in: table))
        let lasting = ResultTable()
        #expect(try isMade("a", try Self.digest(), in: lasting))
        #expect(throws: Status.keyReused) { try isMade("a", try Self.digest("b"), in: lasting) }
    }

    @Test func `what is not run is not kept, nor takes room for good`() throws {
        var limits = ResultTable.Limits()
        limits.resultsMax = 1
        let table = ResultTable(limits: limits)
        let digest = try Self.digest()
        let refusal = Status(.unavailable, "not now")
        #expect(throws: refusal) {
            try table.first(of: "k", "a", digest) { () throws(Status) in throw refusal }
        }
        // While one runs, there is no room for another.
        let response = try table.first(of: "k", "b", digest) { () throws(Status) in
            let full = #expect(throws: Status.self) {
                try table.first(of: "k", "c", digest) { () throws(Status) in throw refusal }
            }
            #expect(full?.code == .resourceExhausted)
            return ResultTable.Result(Agentd_V1_ExecuteResponse(), of: digest.bytes)
        }
        #expect(response == Agentd_V1_ExecuteResponse())
        #expect(try isMade("a", digest, in: table))
    }
}
