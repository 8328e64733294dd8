public import Bytes
public import Files

/// Why a bundle was refused. Where OPA has a text for it, the description is OPA's.
public enum BundleError: Error, Sendable {
    case file(FileError)
    case gzip(GzipError)
    case tar(TarError)
    case tooLarge(bytesMax: Int)
    /// A `.manifest` that does not say what it must.
    case manifest(String)
    case overlappingRoots(String, String)
    /// A data file that cannot be read. `reason` says where and why.
    case data(path: String, reason: String)
    case rootIsNoObject
    case dataConflict(path: String)
    case dataOutsideRoots(roots: [String], path: String)
    case moduleOutsideRoots(roots: [String], package: String, path: String)
    /// A file or a member of the data that must not be in a bundle.
    case refused(path: String, reason: String)
    /// Credentials in what was to become a bundle, each with its place.
    case secrets([String])
    /// The bundle's signature, or a file's hash in it, is wrong; the text is OPA's.
    case signature(String)
    /// The bundle is signed, and no key is configured to check that.
    case noVerificationKey
    /// A delta where a snapshot is needed.
    case delta
    /// The modules do not compile.
    case modules([ModuleError])
    /// The bundle has neither a rule nor data at the decision's path.
    case noEntrypoint(String)
    /// The data that the gateway uses is wrong: every fault, with its path below `data`.
    case gatewayData([String])
    /// The data that the egress uses is wrong: every fault, with its path below `data`.
    case egressData([String])
}

extension BundleError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .gzip(.empty), .gzip(.headerTruncated), .gzip(.notGzip):
            "bundle read failed: archive read failed: \(inner)"
        case .gzip, .tar: "bundle read failed: \(inner)"
        case .tooLarge(let bytesMax): "bundle is larger than the limit of \(bytesMax) bytes"
        case .manifest(let reason): "bundle load failed on .manifest: \(reason)"
        case .overlappingRoots(let one, let other):
            "manifest has overlapped roots: '\(one)' and '\(other)'"
        case .data(let path, let reason): "bundle load failed on \(path): \(reason)"
        case .rootIsNoObject: "root value must be object"
        case .dataConflict(let path): "failed to insert data file from path \(path)"
        case .dataOutsideRoots(let roots, let path):
            "manifest roots [\(roots.joined(separator: " "))] do not permit data at path "
                + "'/\(path)' (hint: check bundle directory structure)"
        case .moduleOutsideRoots(let roots, let package, let path):
            "manifest roots [\(roots.joined(separator: " "))] do not permit "
                + "'package \(package)' in module '\(path)'"
        case .refused(let path, let reason): "\(path): \(reason)"
        case .secrets(let places):
            "credentials have no place in a bundle:\n" + places.joined(separator: "\n")
                + "\nkeep them outside and name them as the egress role's credential sources "
                + "(env:NAME, file:PATH or exec:COMMAND)"
        case .signature(let reason): reason
        case .noVerificationKey: "verification key not provided"
        case .delta: "delta bundle where a snapshot is needed"
        case .modules(let errors): Self.list(errors.map(\.description))
        case .noEntrypoint(let path): "the bundle has nothing at the entry point \(path)"
        case .gatewayData(let faults), .egressData(let faults): Self.list(faults)
        }
    }

    private var inner: String {
        switch self {
        case .gzip(let error): error.description
        case .tar(let error): error.description
        default: ""
        }
    }

    /// A hundred thousand faulty keys make a line each.
    private static let shownMax = 50

    private static func list(_ texts: [String]) -> String {
        guard texts.count > 1 else { return texts.first ?? "" }
        let left = texts.count - shownMax
        return "\(texts.count) errors occurred:\n" + texts.prefix(shownMax).joined(separator: "\n")
            + (left > 0 ? "\nand \(left) more" : "")
    }
}
