import Foundation
import RunningRole
import Testing

/// `sqlite.query.v1` as clients have it; what databases can do to it has tests of its own.
struct QueryExecutionTests {
    private let agentd: RunningAgentd
    private let sandbox: String

    init() throws {
        agentd = try RunningAgentd(
            "  sandboxes: { backend: linux-native }\n"
                + "  policy: { bundle: \(RunningRole.shippedBundle), "
                + "entrypoint: agentd/exec/authz/decision }\n")
        let made = try agentd.call("POST", "/api/v1/sandboxes", [:])
        sandbox = try #require(made.body["sandbox_id"] as? String)
        let script = """
            import sqlite3
            c = sqlite3.connect('a.db')
            c.execute('create table t (a)')
            c.executemany('insert into t values (?)', [(i,) for i in range(5)])
            c.commit()
            """
        let response = try agentd.execute(
            "shell.exec.v1", ["command": "python3", "args": ["-c", script]], preferences)
        try #require(response["code"] as? String == "OK", "\(response)")
    }

    private var preferences: [String: Any] { ["sandbox_prefs": ["sandbox_id": sandbox]] }

    private func ask(_ parameters: String, _ more: [String: Any] = [:]) throws -> [String: Any] {
        var request: [String: Any] = [
            "capability": "sqlite.query.v1", "params_json": parameters,
        ].merging(preferences) { $1 }
        request.merge(more) { $1 }
        return try agentd.call("POST", "/api/v1/execute", request).body
    }

    @Test func `values pass both ways as they are`() throws {
        let response = try ask(
            """
            {"database_path":"a.db","query":"select ?1, ?2, ?3, ?4, ?5, ?6, ?7 as \\"n\\", x'ff'",
            "params":[9007199254740993,-9223372036854775808,1.0,"é\\u0000\\"",{"base64":"AAH/"},
            null,true]}
            """)
        #expect(response["code"] as? String == "OK", "\(response)")
        let text = RunningAgentd.result(response)["output_json"] as? String ?? ""
        #expect(
            text.contains(
                #""rows":[[9007199254740993,-9223372036854775808,1.0,"é\u0000\"","#
                    + #"{"base64":"AAH/"},null,1,{"base64":"/w=="}]]"#), "\(text)")
        #expect(text.contains(#""columns":["?1","?2","?3","?4","?5","?6","n","x'ff'"]"#))
        #expect(text.contains(#""row_count":1,"truncated":false"#))
        #expect(text.contains(#""execution_time_ms":"#))
    }

    @Test func `an answer is cut where it was asked to be`() throws {
        let response = try ask(
            #"{"database_path":"a.db","query":"select a from t order by a","max_rows":2}"#)
        let text = RunningAgentd.result(response)["output_json"] as? String ?? ""
        #expect(text.contains(#""rows":[[0],[1]],"row_count":2,"truncated":true"#), "\(text)")
        let small = try ask(
            #"{"database_path":"a.db","query":"select hex(zeroblob(500)) from t"}"#,
            ["constraints": ["max_output_bytes": 3000]])
        let cut = RunningAgentd.result(small)["output_json"] as? String ?? ""
        #expect(cut.contains(#""row_count":2,"truncated":true"#), "\(cut)")
    }

    @Test(arguments: [
        ("{\"database_path\":\"a.db\",\"query\":\"delete from t\"}", "QUERY_NOT_ALLOWED", "23"),
        ("{\"database_path\":\"a.db\",\"query\":\"selec\"}", "SQLITE_ERROR", "1"),
        ("{\"database_path\":\"b.db\",\"query\":\"select 1\"}", "SQLITE_ERROR", "14"),
        ("{\"database_path\":\"a.db\",\"query\":\"select ?\"}", "SQLITE_ERROR", "25"),
        ("{\"database_path\":\"a.db\",\"query\":\"select 1\",\"params\":[[]]}", "INVALID_PARAMS", ""),
        ("{\"database_path\":\"a.db\",\"query\":\"select 1\",\"params\":[1e999]}", "INVALID_PARAMS",
            ""),
        ("{\"database_path\":\"a.db\",\"query\":\"select 1\",\"params\":[9223372036854775808]}",
            "INVALID_PARAMS", ""),
        ("{\"database_path\":\"a.db\",\"query\":\"select 1\",\"params\":[{\"base64\":\"?\"}]}",
            "INVALID_PARAMS", ""),
        ("{\"database_path\":\"a.db\",\"query\":\"select 1\",\"query\":\"select 2\"}",
            "INVALID_PARAMS", ""),
        ("{\"database_path\":\"a.db\"", "INVALID_PARAMS", ""),
        ("{\"database_path\":\"a.db\",\"timeout_ms\":200,\"query\":\"with recursive c(x) as (select "
            + "1 union all select x + 1 from c) select count(*) from c\"}", "TIMEOUT", ""),
    ])
    func `what cannot be answered has a code`(
        parameters: String, code: String, number: String
    ) throws {
        let response = try ask(parameters)
        #expect(response["code"] as? String == code, "\(response)")
        let error = response["error"] as? [String: Any] ?? [:]
        let details = error["details_json"] as? String ?? ""
        #expect(number.isEmpty || details.contains("\"sqlite_code\":\"\(number)\""), "\(details)")
    }
}
