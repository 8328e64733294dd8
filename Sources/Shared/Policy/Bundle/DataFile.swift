internal import Bytes
internal import Rego

/// Reads one data file.
enum DataFile {
    static func json(
        _ bytes: [UInt8], path: String, _ freezer: Freezer, depthMax: Int = 512
    ) throws(BundleError) -> Value {
        let parsed = bytes.withUnsafeBytes { text in
            Result { () throws(JSONError) in try freezer.json(text, depthLimit: depthMax) }
        }
        switch parsed {
        case .success(let value): return value
        case .failure(let error):
            throw .data(path: path, reason: JSONPlace.describe(error, in: bytes))
        }
    }

    static func yaml(
        _ bytes: [UInt8], path: String, _ freezer: Freezer, depthMax: Int = 256
    ) throws(BundleError) -> Value {
        let text: [UInt8]
        do throws(YAMLError) {
            text = try YAMLNode.json(bytes, limits: .init(depthMax: depthMax))
        } catch {
            throw .data(path: path, reason: error.description)
        }
        return try json(text, path: path, freezer)
    }
}
