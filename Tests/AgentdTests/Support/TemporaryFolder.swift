import Foundation

/// A folder that is removed with this value.
final class TemporaryFolder {
    let path: String

    init() throws {
        let place = FileManager.default.temporaryDirectory
            .appendingPathComponent("agentd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
        path = place.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The text of every file in a folder of it.
    func text(of folder: String) throws -> String {
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")
        return try files.sorted().map {
            try String(contentsOfFile: "\(path)/\(folder)/\($0)", encoding: .utf8)
        }.joined()
    }
}
