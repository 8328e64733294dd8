import Foundation

/// The conformance vectors: raw bytes, and what is to become of them. They are not part of the
/// repository; SLUICE_VECTORS names their folder.
struct Vector: Sendable {
    let id: String
    let expect: String
    let raw: [UInt8]
    let messagesBefore: Int
    let method: String
    let forbiddenHost: String?
    let forbiddenPath: String?
    let forbiddenPathPrefix: String?
    let isClosed: Bool
    let forbiddenField: String?

    static let folder: URL = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path = ProcessInfo.processInfo.environment["SLUICE_VECTORS"]
        return path.map { URL(fileURLWithPath: $0) }
            ?? root.appendingPathComponent("../shared/vectors/data").standardizedFileURL
    }()

    static var areAvailable: Bool { FileManager.default.fileExists(atPath: folder.path) }

    /// The vectors of all files of that kind, in the order of the files' names.
    static func all(kind: String) throws -> [Vector] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".json") }
            .flatMap { try vectors(in: folder.appendingPathComponent($0), kind: kind) }
    }

    private static func vectors(in file: URL, kind: String) throws -> [Vector] {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        guard let file = object as? [String: Any], file["kind"] as? String == kind,
            let entries = file["vectors"] as? [[String: Any]]
        else { return [] }
        return entries.map(Vector.init)
    }

    private init(_ entry: [String: Any]) {
        let encoded = entry["raw_b64"] as? String ?? entry["headers_b64"] as? String ?? ""
        raw = Data(base64Encoded: encoded).map { Array($0) } ?? []
        id = entry["id"] as? String ?? ""
        expect = entry["expect"] as? String ?? (entry["expect"] as? Int).map(String.init) ?? ""
        messagesBefore = entry["n_before"] as? Int ?? 0
        method = entry["method"] as? String ?? "GET"
        forbiddenHost = entry["forbid_host"] as? String
        forbiddenPath = entry["forbid_path"] as? String
        forbiddenPathPrefix = entry["forbid_path_norm"] as? String
        isClosed = entry["close"] as? Bool ?? false
        forbiddenField = entry["forbid_client_header"] as? String
    }
}

/// Counts what the vectors said, for the closing line.
struct Tally {
    private(set) var passed = 0
    private(set) var failures: [String] = []

    mutating func add(_ id: String, _ complaints: [String]) {
        if complaints.isEmpty {
            passed += 1
        } else {
            failures.append("\(id): \(complaints.joined(separator: "; "))")
        }
    }

    func closingLine(_ what: String) -> String {
        "\(what) vectors: \(passed) passed, \(failures.count) failed, 0 skipped"
            + " of \(passed + failures.count)"
    }
}
