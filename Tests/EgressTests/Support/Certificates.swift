import Foundation

/// Certificates of an authority of the test's own, by `scripts/make-certificate.sh`.
enum Certificates {
    struct Failed: Error {
        let output: String
    }

    /// `folder` gets ca.pem, cert.pem and key.pem.
    static func make(in folder: String, names: [String]) throws {
        let process = Process()
        process.executableURL = RunningEgress.root.appendingPathComponent(
            "scripts/make-certificate.sh")
        process.arguments = [folder] + names
        let output = Pipe()
        process.standardError = output
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let bytes = output.fileHandleForReading.readDataToEndOfFile()
            throw Failed(output: String(decoding: bytes, as: UTF8.self))
        }
    }
}
