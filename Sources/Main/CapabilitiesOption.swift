internal import ArgumentParser
internal import Files
internal import Policy

/// `--capabilities`, which says what builtins there are.
struct CapabilitiesOption: ParsableArguments {
    private static let bytesMax = 16 << 20

    @Option(
        name: .long,
        help: "A file that policy capabilities or opa wrote: other builtins are unknown.")
    var capabilities: String?

    /// The names of the builtins; nil for all.
    func builtins() throws(BundleError) -> Set<String>? {
        guard let path = capabilities else { return nil }
        let text: [UInt8]
        do throws(FileError) {
            text = try File.read(path, bytesMax: Self.bytesMax)
        } catch {
            // Versions of OPA come with OPA only.
            guard path.hasPrefix("v"), !path.contains("/") else { throw .file(error) }
            throw .refused(
                path: path,
                reason: "there is no such file, and capabilities of other versions are not known; "
                    + "opa capabilities --version \(path) prints them")
        }
        return try PolicyCapabilities.builtins(in: text, path: path)
    }
}
