import Foundation

/// One way to an address that a service may not have.
struct AddressVector {
    enum Class: String {
        case resolvedAddress = "resolved-address"
        case hostForm = "host-form"
        case dnsSequence = "dns-sequence"
        case redirectLocation = "redirect-location"
    }

    /// What one question to DNS gets.
    enum Step {
        case addresses([String])
        case word(String)
    }

    let id: String
    let kind: Class
    /// Of all but the sequences.
    let text: String
    /// Of a sequence.
    let steps: [Step]
    let expectation: String

    private static let file: URL = {
        let folder = ProcessInfo.processInfo.environment["SLUICE_VECTORS"]
            ?? RunningEgress.root.appendingPathComponent("../shared/vectors/data").path
        return URL(fileURLWithPath: folder).appendingPathComponent("own-ssrf.json")
    }()

    static var areAvailable: Bool { FileManager.default.fileExists(atPath: file.path) }

    static func all() throws -> [AddressVector] {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        let entries = (object as? [String: Any])?["vectors"] as? [[String: Any]] ?? []
        return entries.compactMap { entry in
            guard let kind = (entry["cls"] as? String).flatMap(Class.init) else { return nil }
            return AddressVector(
                id: entry["id"] as? String ?? "", kind: kind,
                text: entry["value"] as? String ?? "",
                steps: (entry["value"] as? [Any] ?? []).map { value in
                    (value as? [String]).map(Step.addresses) ?? .word(value as? String ?? "")
                },
                expectation: entry["expect"] as? String ?? "")
        }
    }
}
