internal import Bytes
internal import Rego

/// Asks the engine's `io.jwt` builtins, so that there is one implementation of signatures.
enum TokenQuery {
    /// Evaluates a query without policies; `body` takes what it needs while the answer lives.
    static func run<Result>(
        _ text: String, _ input: [String: String], _ body: ([PolicyQuery.Row]) -> Result
    ) throws(BundleError) -> Result {
        let nothing = Bundle(
            manifest: BundleManifest(), modules: BundleModules(), data: .empty, warnings: [])
        let query = try PolicyQuery(text, in: nothing)
        let rows: [PolicyQuery.Row]
        do throws(PolicyQueryError) {
            rows = try query.run(input: document(input), nowNanoseconds: 0)
        } catch {
            throw .signature("failed to verify JWT signature: \(error)")
        }
        return withExtendedLifetime(query) { body(rows) }
    }

    private static func document(_ members: [String: String]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, text) in members {
            var name = name
            name.withUTF8 { writer.key(UnsafeRawBufferPointer($0)) }
            writer.string(text)
        }
        writer.endObject()
        return writer.bytes
    }
}
