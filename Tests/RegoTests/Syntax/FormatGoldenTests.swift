internal import Foundation
internal import Testing

@testable internal import Rego

/// The layout of sources, against what `opa fmt` made of them.
struct FormatGoldenTests {
    private struct Row: Decodable {
        var suite: String
        var name: String
        var source: String
        var formatted: String?
        var error: String?
    }

    @Test func `sources are laid out as opa fmt lays them out`() throws {
        let rows = try JSONDecoder().decode([Row].self, from: Golden.data("fmt.json"))
        var failed: [String] = []
        for row in rows {
            let found = format(row.source, row.suite, row.name)
            let isRight =
                row.formatted.map { found == $0 } ?? (row.error.map { found == $0 } ?? false)
            if isRight {
                if row.formatted != nil, row.suite != "v0_to_v1" {
                    let again = format(found, row.suite, row.name)
                    #expect(again == found, "\(row.name) is not stable")
                }
                continue
            }
            failed.append("\(row.suite)/\(row.name)")
            if Golden.isVerbose { report(row.name, found, row.formatted ?? row.error ?? "") }
        }
        print(
            "fmt: \(rows.count - failed.count) passed, \(failed.count) failed, 0 skipped of "
                + "\(rows.count)")
        #expect(failed == [])
    }

    private func format(_ source: String, _ suite: String, _ name: String) -> String {
        let version: RegoVersion = suite == "v1" ? .v1 : .v0
        do throws(RegoErrors) {
            let options = ParserOptions(version: version, allowsExperimentalKeywords: true)
            let targets: [String: RegoVersion] = ["v0": .v0, "v1": .v1]
            let target = targets[suite] ?? .v0CompatibleWithV1
            return String(
                decoding: try Formatter.format(Array(source.utf8), options: options, as: target),
                as: UTF8.self)
        } catch {
            let lines = error.errors.map { fault in
                "testfiles/\(suite)/\(name):\(fault.location?.row ?? 0): "
                    + "\(fault.code.rawValue): \(fault.message)"
            }
            return "\(lines.count) errors occurred:\n" + lines.joined(separator: "\n")
        }
    }

    private func report(_ name: String, _ found: String, _ wanted: String) {
        let got = found.split(separator: "\n", omittingEmptySubsequences: false)
        let want = wanted.split(separator: "\n", omittingEmptySubsequences: false)
        let index = zip(got, want).prefix { $0 == $1 }.count
        print("=== FMT \(name) line \(index + 1)")
        for line in want.dropFirst(max(0, index - 2)).prefix(6) { print("  want |\(line)") }
        for line in got.dropFirst(max(0, index - 2)).prefix(6) { print("  got  |\(line)") }
    }
}
