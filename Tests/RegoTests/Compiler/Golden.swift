internal import Foundation

/// Recordings of what OPA answers, which lie beside the package.
enum Golden {
    static func data(_ name: String) throws -> Data {
        let folder =
            ProcessInfo.processInfo.environment["SLUICE_OPA_GOLDENS"]
            ?? packageRoot.appending(path: "../shared/reference/opa").path
        return try Data(contentsOf: URL(filePath: folder).appending(path: name))
    }

    private static let packageRoot = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Failures are printed one by one on request.
    static let isVerbose = ProcessInfo.processInfo.environment["SLUICE_VERBOSE"] != nil
}
