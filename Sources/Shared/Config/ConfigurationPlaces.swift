internal import Bytes

/// Where the files of a configuration say what.
public struct ConfigurationPlaces: Sendable {
    struct Place: Sendable {
        let file: String
        let mark: YAMLMark
    }

    private var places: [String: Place] = [:]

    mutating func add(_ marks: [String: YAMLMark], of file: String) {
        for (key, mark) in marks { places[key] = Place(file: file, mark: mark) }
    }

    /// A fault at the first of these keys that a file has.
    func fault(at keys: [String], _ message: String) -> ConfigurationFault {
        let place = keys.lazy.compactMap { places[$0] }.first
        return ConfigurationFault(
            file: place?.file ?? keys.first ?? "", line: place?.mark.line ?? 0,
            column: place?.mark.column ?? 0, message: message)
    }
}
