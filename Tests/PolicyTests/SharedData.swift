import Bytes
import Files
import Glibc
import Rego

/// Vectors and recordings that lie beside the repository.
enum SharedData {
    static func path(_ variable: String, default fallback: String) -> String {
        getenv(variable).map { String(cString: $0) } ?? fallback
    }

    static let vectors = path("SLUICE_VECTORS", default: "../shared/vectors/data")
    static let goldens = path("SLUICE_OPA_GOLDENS", default: "../shared/reference/opa")

    static func json(_ path: String) throws -> FrozenData {
        let bytes = try File.read(path, bytesMax: 1 << 28)
        return try bytes.withUnsafeBytes { try FrozenData.json($0) }
    }

    static func base64(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text.utf8 where byte != UInt8(ascii: "=") {
            let sextet: UInt8 =
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - 65
                case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 71
                case UInt8(ascii: "0")...UInt8(ascii: "9"): byte + 4
                case UInt8(ascii: "+"): 62
                default: 63
                }
            bits = bits << 6 | UInt32(sextet)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}

extension Value {
    subscript(name: StaticString) -> Value { object[name] }

    var string: String { isString ? String(decoding: stringBytes, as: UTF8.self) : "" }

    /// The value's JSON text.
    var jsonText: String { String(decoding: json(), as: UTF8.self) }
}
