internal import Bytes
internal import Files

/// A file of a bundle, from an archive or a folder.
public struct BundleFile: Sendable, Equatable {
    /// The path in the bundle, without a leading slash.
    public let path: String
    /// The name as the archive spells it; the path after a slash when it comes from a folder.
    /// The manifest's `file_rego_versions` match this name.
    public let name: String
    public let bytes: [UInt8]

    public init(path: String, name: String, bytes: [UInt8]) {
        self.path = path
        self.name = name
        self.bytes = bytes
    }

    /// The last segment of the path.
    var lastName: Substring { path.split(separator: "/").last ?? "" }

    /// The folders above it.
    var folders: [String] { path.split(separator: "/").dropLast().map(String.init) }
}

extension BundleFile {
    /// The files of the `.tar.gz` or the folder at `path`.
    public static func load(
        _ path: String, limits: BundleLimits = .init()
    ) throws(BundleError) -> [BundleFile] {
        if Folder.exists(path) { return try read(folder: path, limits: limits) }
        let archive: [UInt8]
        do throws(FileError) {
            archive = try File.read(path, bytesMax: limits.bytesMax)
        } catch {
            throw .file(error)
        }
        return try unpack(archive, limits: limits)
    }

    /// The files below a folder, sorted by path.
    public static func read(
        folder path: String, limits: BundleLimits = .init()
    ) throws(BundleError) -> [BundleFile] {
        var files: [BundleFile] = []
        var room = limits.bytesMax
        do throws(FileError) {
            for name in try Folder(path, filesMax: limits.filesMax).files() {
                let bytes = try File.read(path + "/" + name, bytesMax: room)
                room -= bytes.count
                files.append(BundleFile(path: name, name: "/" + name, bytes: bytes))
            }
        } catch {
            throw .file(error)
        }
        return files
    }

    /// The files of a `.tar.gz`, in its order.
    public static func unpack(
        _ archive: [UInt8], limits: BundleLimits = .init()
    ) throws(BundleError) -> [BundleFile] {
        guard archive.count <= limits.bytesMax else { throw .tooLarge(bytesMax: limits.bytesMax) }
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { chunk.deallocate() }
        var tar = TarReader(
            limits: .init(
                entryBytesMax: limits.bytesMax, totalBytesMax: limits.bytesMax,
                entriesMax: limits.filesMax))
        var gzip = try opened(archive, limits)
        // Past the end of the tar too: a wrong checksum after it must show.
        while case let count = try inflate(&gzip, into: chunk), count > 0 {
            do throws(TarError) {
                try tar.feed(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
            } catch {
                throw .tar(error)
            }
        }
        do throws(TarError) {
            return try tar.finish().map {
                BundleFile(path: $0.path, name: $0.name, bytes: $0.bytes)
            }
        } catch {
            throw .tar(error)
        }
    }

    private static func opened(
        _ archive: [UInt8], _ limits: BundleLimits
    ) throws(BundleError) -> GzipReader {
        do throws(GzipError) {
            return try GzipReader(
                archive, limits: .init(bytesMax: limits.bytesMax, ratioMax: limits.ratioMax))
        } catch {
            throw .gzip(error)
        }
    }

    private static func inflate(
        _ gzip: inout GzipReader, into chunk: UnsafeMutableRawBufferPointer
    ) throws(BundleError) -> Int {
        do throws(GzipError) {
            return try gzip.read(into: chunk)
        } catch {
            throw .gzip(error)
        }
    }
}
