internal import COpenSSL
internal import Rego

/// A hash by the name that bundle signatures use for it.
struct FileDigest {
    private let algorithm: OpaquePointer

    /// Nil for a name that OPA does not know either.
    init?(_ name: String) {
        let found: OpaquePointer? =
            switch name {
            case "MD5": EVP_md5()
            case "SHA-1": EVP_sha1()
            case "SHA-224": EVP_sha224()
            case "SHA-256": EVP_sha256()
            case "SHA-384": EVP_sha384()
            case "SHA-512": EVP_sha512()
            case "SHA-512-224": EVP_sha512_224()
            case "SHA-512-256": EVP_sha512_256()
            default: nil
            }
        guard let found else { return nil }
        algorithm = found
    }

    /// Data files and the manifest are hashed by what they say, with sorted keys and without
    /// blanks; all others by their bytes.
    func hexadecimal(of file: BundleFile) throws(BundleError) -> String {
        let freezer = Freezer()
        switch file.lastName {
        case "data.json", ".manifest":
            let value = try DataFile.json(file.bytes, path: file.path, freezer)
            return hexadecimal(of: value.json())
        case "data.yaml":
            let value = try DataFile.yaml(file.bytes, path: file.path, freezer)
            return hexadecimal(of: value.json())
        default:
            return hexadecimal(of: file.bytes)
        }
    }

    func hexadecimal(of bytes: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &digest, &count, algorithm, nil) == 1 else {
            return ""  // never equal to a digest
        }
        return digest[..<Int(count)].map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
