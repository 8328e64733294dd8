internal import Files
internal import Glibc

/// Where this process may make cgroups, for each controller that sandboxes use: cgroup v2 where it
/// has the controller, otherwise v1.
public struct ControlGroupTree: Equatable, Sendable {
    enum Controller: String, CaseIterable, Sendable {
        case memory, pids, cpu
    }

    struct Place: Equatable, Sendable {
        let folder: String
        let isUnified: Bool
    }

    private(set) var places: [Controller: Place] = [:]

    /// What was found: no groups are made yet.
    public static func discover() -> ControlGroupTree {
        let text = { (path: String) -> String in
            (try? File.read(path, bytesMax: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
                ?? ""
        }
        return ControlGroupTree(
            mounts: text("/proc/self/mountinfo"), membership: text("/proc/self/cgroup"),
            controllers: { text($0 + "/cgroup.controllers") })
    }

    /// - Parameters:
    ///   - mounts: as /proc/self/mountinfo.
    ///   - membership: as /proc/self/cgroup.
    ///   - controllers: what the file `cgroup.controllers` of a folder says.
    init(mounts: String, membership: String, controllers: (String) -> String) {
        let own = Self.ownPaths(membership)
        for line in mounts.split(separator: "\n") {
            guard let mount = Mount(line) else { continue }
            if mount.type == "cgroup2", let path = own[""] {
                let folder = mount.folder(of: path)
                for name in controllers(folder).split(whereSeparator: \.isWhitespace) {
                    guard let controller = Controller(rawValue: String(name)) else { continue }
                    places[controller] = Place(folder: folder, isUnified: true)
                }
            } else if mount.type == "cgroup" {
                for controller in Controller.allCases
                where mount.options.contains(controller.rawValue) && places[controller] == nil {
                    guard let path = own[controller.rawValue] else { continue }
                    places[controller] = Place(folder: mount.folder(of: path), isUnified: false)
                }
            }
        }
    }

    /// Removes the groups of a daemon that was ended before it could; their processes went with it.
    func removeLeftovers() {
        for folder in Set(places.values.map { $0.folder + "/sluice" }) {
            for name in HostPath.names(in: folder) where HostPath.isLeftover(name[...]) {
                rmdir(folder + "/" + name)
            }
        }
    }

    private struct Mount {
        let type: String
        let options: [String]
        private let root: String
        private let point: String

        init?(_ line: Substring) {
            let fields = line.split(separator: " ").map(String.init)
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else {
                return nil
            }
            root = fields[3]
            point = fields[4]
            type = fields[dash + 1]
            options = fields[dash + 3].split(separator: ",").map(String.init)
        }

        func folder(of path: String) -> String {
            var relative = path[...]
            if root != "/", relative.hasPrefix(root) { relative = relative.dropFirst(root.count) }
            return relative == "/" ? point : point + relative
        }
    }

    /// Controller → path; the unified hierarchy has no name.
    private static func ownPaths(_ membership: String) -> [String: String] {
        var paths: [String: String] = [:]
        for line in membership.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            if fields[0] == "0" { paths[""] = String(fields[2]) }
            for name in fields[1].split(separator: ",") { paths[String(name)] = String(fields[2]) }
        }
        return paths
    }
}
