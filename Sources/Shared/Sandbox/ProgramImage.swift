internal import Files
internal import Glibc

/// The files that this program needs to run: itself, and libraries that are not the system's.
enum ProgramImage {
    static let program = HostPath.link("/proc/self/exe") ?? "/proc/self/exe"

    /// What a sandbox has to have besides its view's usual parts.
    static let paths: [String] = {
        let maps = (try? File.read("/proc/self/maps", bytesMax: 4 << 20)) ?? []
        var paths: Set<String> = [program]
        for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
            guard let start = line.firstIndex(of: "/") else { continue }
            let path = String(line[start...])
            if path.contains(".so") { paths.insert(path) }
        }
        return paths.filter { path in
            !["/usr/", "/lib/", "/lib64/"].contains { path.hasPrefix($0) }
                && HostPath.status(path) != nil
        }.sorted()
    }()
}
