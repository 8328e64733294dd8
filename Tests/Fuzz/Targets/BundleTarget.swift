internal import Bytes
internal import Policy

/// Bundles. `z`: the archive itself. `t`: the tar in it, whose checksums are put right first.
/// Anything else: names and contents, separated by NULs. No path leaves the bundle, the tar reads
/// the same however it is cut, and what is packed is what comes out.
enum BundleTarget {
    static let target = FuzzTarget("bundle", bytesMax: 16_384) { bytes throws(Finding) in
        guard let letter = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        switch letter {
        case UInt8(ascii: "z"): _ = try read(rest)
        case UInt8(ascii: "t"):
            let tar = withChecksums(rest)
            try checkCuts(tar)
            if let archive = try? GzipWriter.compress(tar) { _ = try read(archive) }
        default: try checkPacking(rest)
        }
    }

    private static let limits = BundleLimits(
        bytesMax: 1 << 20, ratioMax: 100, filesMax: 100, depthMax: 64)

    /// The files of an archive, read as a bundle too; nil when it is refused.
    private static func read(_ archive: [UInt8]) throws(Finding) -> [BundleFile]? {
        guard let files = try? BundleFile.unpack(archive, limits: limits) else { return nil }
        for file in files {
            let segments = file.path.split(separator: "/", omittingEmptySubsequences: false)
            try Finding.unless(
                !segments.contains("..") && !segments.contains(".") && !segments.contains(""),
                "path \(file.path.debugDescription)")
            try Finding.unless(file.bytes.count <= limits.bytesMax, "larger than the limit")
        }
        try Finding.unless(Set(files.map(\.path)).count == files.count, "two files of one path")
        var options = Bundle.Options()
        options.limits = limits
        options.skipsVerification = true
        _ = try? Bundle.read(files, options).compile()
        return files
    }

    private static func entries(_ tar: [UInt8], step: Int) -> [TarEntry]? {
        var reader = TarReader(
            limits: .init(entryBytesMax: 1 << 20, totalBytesMax: 1 << 20, entriesMax: 100))
        do throws(TarError) {
            try tar.withUnsafeBufferPointer { buffer throws(TarError) in
                let raw = UnsafeRawBufferPointer(buffer)
                for start in stride(from: 0, to: raw.count, by: step) {
                    let end = min(start + step, raw.count)
                    try reader.feed(UnsafeRawBufferPointer(rebasing: raw[start..<end]))
                }
            }
            return try reader.finish()
        } catch {
            return nil
        }
    }

    private static func checkCuts(_ tar: [UInt8]) throws(Finding) {
        let whole = entries(tar, step: max(tar.count, 1))
        for step in [1, 7, 511, 513] {
            try Finding.unless(entries(tar, step: step) == whole, "cut into pieces of \(step)")
        }
    }

    /// Every block that begins like a header gets the checksum it should have.
    private static func withChecksums(_ tar: [UInt8]) -> [UInt8] {
        var tar = tar
        for start in stride(from: 0, to: max(tar.count - 511, 0), by: 512) {
            let magic = tar[(start + 257)..<(start + 262)]
            guard Array(magic) == Array("ustar".utf8) else { continue }
            for index in (start + 148)..<(start + 156) { tar[index] = 0x20 }
            let sum = tar[start..<(start + 512)].reduce(0) { $0 + Int($1) }
            let digits = String(sum, radix: 8)
            let text = Array((String(repeating: "0", count: 6 - digits.count) + digits).utf8)
            tar.replaceSubrange((start + 148)..<(start + 156), with: text + [0, 0x20])
        }
        return tar
    }

    private static func checkPacking(_ bytes: [UInt8]) throws(Finding) {
        var writer = TarWriter()
        var packed: [String: [UInt8]] = [:]
        var rest = bytes[...]
        while !rest.isEmpty, packed.count < 16 {
            let (name, content) = (take(&rest), take(&rest))
            let text = String(decoding: name, as: UTF8.self)
            guard packed[text] == nil else { continue }
            packed[text] = content
            writer.add(name: text, bytes: content)
        }
        guard let archive = try? GzipWriter.compress(writer.finish()),
            let files = try read(archive)
        else { return }
        for file in files {
            try Finding.unless(packed[file.name] == file.bytes, "\(file.name) is not what it was")
        }
    }

    /// What comes before the next NUL, which is passed over.
    private static func take(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        let end = rest.firstIndex(of: 0) ?? rest.endIndex
        defer { rest = rest[min(end + 1, rest.endIndex)...] }
        return Array(rest[rest.startIndex..<end])
    }
}
