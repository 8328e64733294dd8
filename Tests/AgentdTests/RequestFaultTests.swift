import Testing

/// What clients are told about JSON that is no request.
struct RequestFaultTests {
    private let agentd: RunningAgentd

    init() throws { agentd = try RunningAgentd() }

    @Test(arguments: [
        ("{", "unexpected end of JSON input"),
        ("garbage", "unexpected byte at line 1, column 1"),
        ("{\n  \"capability\" \"x\"}", "unexpected byte at line 2, column 16"),
        ("{} {}", "something after the document at line 1, column 4"),
        ("[]", "the request: expected an object at line 1, column 1"),
        ("7", "the request: expected an object at line 1, column 1"),
        ("{\n \"capabilty\":1}", "there is no field 'capabilty' at line 2, column 2"),
        ("{\"capability\":7}", "capability: expected a text at line 1, column 15"),
        ("{\"version\":\"x\"}",
            "version: expected a whole number from 0 to 4294967295 at line 1, column 12"),
        ("{\"version\":1.5}",
            "version: expected a whole number from 0 to 4294967295 at line 1, column 12"),
        ("{\"metadata\":{\"priority\":-1}}",
            "priority: expected a whole number from 0 to 4294967295 at line 1, column 25"),
        ("{\"constraints\":{\"allow_writes\":\"yes\"}}",
            "allow_writes: expected true or false at line 1, column 32"),
        ("{\"constraints\":[]}", "constraints: expected an object at line 1, column 16"),
        ("{\"metadata\":{\"custom\":{\"a\":1}}}", "custom: expected a text at line 1, column 28"),
    ])
    func `a fault has its place and what was expected`(json: String, reason: String) throws {
        let response = try agentd.call(json)
        #expect(response.status == 400)
        #expect(response.text.contains(reason), "\(response.text)")
    }

    @Test func `what is well formed is read`() throws {
        for json in [
            "{\"capability\":\"x\",\"version\":\"1\",\"params_json\":null}",
            "{\"requestId\":\"x\",\"capability\":\"y\",\"version\":1e0}",
        ] {
            #expect(try agentd.call(json).status == 503)
        }
    }
}

extension RunningAgentd {
    fileprivate func call(_ json: String) throws -> (status: Int, text: String) {
        let response = try ask("POST", "/api/v1/execute", json)
        return (response.status, response.text)
    }
}
