/// Why an archive was refused. `name` is the entry's name as far as it was readable.
public enum TarError: Error, Equatable, Sendable {
    case truncated
    case badChecksum
    case badNumber(field: String)
    case badExtendedHeader
    /// Neither a regular file nor a directory: a link, a device, a pipe or a sparse file.
    case unsupportedType(name: String, flag: UInt8)
    case badName(name: String, reason: String)
    case duplicate(name: String)
    case entryTooLarge(name: String, limit: Int)
    case tooLarge(limit: Int)
    case tooManyEntries(limit: Int)
}

extension TarError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated: "unexpected EOF"
        case .badChecksum: "archive/tar: invalid tar header"
        case .badNumber(let field): "archive/tar: invalid tar header (\(field))"
        case .badExtendedHeader: "archive/tar: invalid extended header"
        case .unsupportedType(let name, let flag):
            "archive entry \(name) is \(Self.kind(flag)), only files and folders are accepted"
        case .badName(let name, let reason): "archive entry \(name): \(reason)"
        case .duplicate(let name): "archive entry \(name) occurs more than once"
        case .entryTooLarge(let name, let limit):
            "archive entry \(name) is larger than the limit of \(limit) bytes"
        case .tooLarge(let limit): "archive holds more than the limit of \(limit) bytes"
        case .tooManyEntries(let limit): "archive holds more than \(limit) entries"
        }
    }

    private static func kind(_ flag: UInt8) -> String {
        switch flag {
        case UInt8(ascii: "1"): "a hard link"
        case UInt8(ascii: "2"): "a symbolic link"
        case UInt8(ascii: "3"): "a character device"
        case UInt8(ascii: "4"): "a block device"
        case UInt8(ascii: "6"): "a named pipe"
        case UInt8(ascii: "S"): "a sparse file"
        default: "of type 0x\(String(flag, radix: 16))"
        }
    }
}
