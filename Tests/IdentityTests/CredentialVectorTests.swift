internal import Foundation
internal import Testing

@testable internal import Identity

/// Header blocks from the shared vectors, class `api-key`. Those that expect 400 are the HTTP
/// parser's to refuse and are counted as skipped here.
struct CredentialVectorTests {
    private struct File: Decodable {
        var vectors: [Vector]
    }

    private struct Vector: Decodable {
        var id: String
        var category: String
        var headers: Data
        var expect: Expectation

        private enum CodingKeys: String, CodingKey {
            case id, expect
            case category = "cls"
            case headers = "headers_b64"
        }
    }

    private enum Expectation: Decodable {
        case status(Int)
        case rule(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let status = try? container.decode(Int.self) {
                self = .status(status)
            } else {
                self = .rule(try container.decode(String.self))
            }
        }
    }

    @Test func `header blocks get the answer that the vectors expect`() throws {
        let environment = ProcessInfo.processInfo.environment
        let folder = environment["SLUICE_VECTORS"] ?? "../shared/vectors/data"
        let url = URL(fileURLWithPath: folder + "/own-auth-headers.json")
        let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
        let keys = try KeyIndex([definition("one", key: "valid-key")], tiers: standardTiers())
        var (passed, failed, skipped) = (0, 0, 0)
        for vector in file.vectors where vector.category == "api-key" {
            guard case .status(let expected) = vector.expect, expected != 400 else {
                skipped += 1
                continue
            }
            let status = status(Array(vector.headers), keys)
            #expect(status == expected, "\(vector.id)")
            if status == expected { passed += 1 } else { failed += 1 }
        }
        print("auth-headers: \(passed) passed, \(failed) failed, \(skipped) skipped")
        #expect(passed > 10)
    }

    private func status(_ head: [UInt8], _ keys: KeyIndex) -> Int {
        // A character for each byte, so that bytes above 127 survive.
        let text = String(String.UnicodeScalarView(head.map { Unicode.Scalar($0) }))
        let lines = text.components(separatedBy: "\r\n")
        let fields = lines.compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (line[..<colon].lowercased(), value)
        }
        let named = fields.filter { $0.0 == "connection" }.map { $0.1.lowercased() }
        func values(_ name: String) -> [String] {
            named.contains(name) ? [] : fields.filter { $0.0 == name }.map(\.1)
        }
        let apiKeys = values("x-api-key")
        let authorizations = values("authorization")
        let apiKey = Array((apiKeys.last ?? "").unicodeScalars.map { UInt8($0.value) })
        let authorization = Array((authorizations.last ?? "").utf8)
        let credential = Credential.select(
            apiKey: Credential.Field(value: apiKey.span, count: apiKeys.count),
            authorization: Credential.Field(
                value: authorization.span, count: authorizations.count),
            bearerIsKey: false)
        guard credential == .apiKey else { return 401 }
        return keys.lookup(apiKey.span, nowSeconds: 0) == .key(KeyHandle(index: 0)) ? 200 : 401
    }
}
