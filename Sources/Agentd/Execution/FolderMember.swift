internal import Bytes
internal import Glibc

/// What is in a folder of a sandbox.
struct FolderMember {
    let name: String
    /// The name, where it is not UTF-8.
    private let nameBytes: [UInt8]?
    private let kind: String
    private let size: UInt64

    /// Nil for the folder itself and the one above it, and for what has gone meanwhile.
    init?(_ entry: UnsafeMutablePointer<dirent>, in folder: CInt) {
        let bytes = withUnsafeBytes(of: entry.pointee.d_name) { name in
            Array(name.prefix { $0 != 0 })
        }
        guard bytes != Array(".".utf8), bytes != Array("..".utf8) else { return nil }
        var status = stat()
        let path = bytes.map(CChar.init(bitPattern:)) + [0]
        guard fstatat(folder, path, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        name = String(decoding: bytes, as: UTF8.self)
        nameBytes = String(validating: bytes, as: UTF8.self) == nil ? bytes : nil
        kind = Self.kind(status.st_mode)
        size = UInt64(clamping: status.st_size)
    }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFREG: "file"
        case S_IFDIR: "folder"
        case S_IFLNK: "link"
        default: "other"
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", name)
        if let nameBytes {
            writer.member(
                "name_base64",
                String(decoding: Base64.standard.encode(nameBytes.span), as: UTF8.self))
        }
        writer.member("type", kind)
        writer.key("size_bytes")
        writer.integer(Int64(clamping: size))
        writer.endObject()
    }
}
