import Foundation
import Peers
import RunningRole
import Testing

@testable import Agentd

/// The one list of codes, and where it is told.
struct CodeTests {
    private static let names = Set(ExecutionCode.allCases.map(\.rawValue))

    @Test(arguments: ["ExecuteResponse", "ErrorDetails"])
    func `the document lists every code, and no other`(message: String) throws {
        let answer = try RunningAgentd().call("GET", "/api/v1/openapi.json")
        let components = try #require(answer.body["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: Any])
        let schema = try #require(schemas[message] as? [String: Any])
        let properties = try #require(schema["properties"] as? [String: Any])
        let code = try #require(properties["code"] as? [String: Any])
        let listed = try #require(code["enum"] as? [Any]).compactMap { $0 as? String }
        #expect(listed.count == ExecutionCode.allCases.count)
        #expect(Set(listed) == Self.names)
    }

    @Test func `the README explains every code, once`() throws {
        let file = RunningRole.root.appendingPathComponent("README.md")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let table = lines.drop { !$0.hasPrefix("| `code` |") }.dropFirst(2)
            .prefix { $0.hasPrefix("|") }
        let explained = table.flatMap { row in
            row.split(separator: "|")[0].matches(of: /`([A-Z_]+)`/).map { String($0.1) }
        }
        #expect(Set(explained) == Self.names)
        #expect(explained.count == Self.names.count)
    }
}
