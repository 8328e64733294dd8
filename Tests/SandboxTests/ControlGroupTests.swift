internal import Files
internal import Glibc
@testable internal import Sandbox
internal import Testing

struct ControlGroupTests {
    private static let legacy = """
        30 20 0:26 / /sys/fs/cgroup rw shared:9 - tmpfs tmpfs rw,mode=755
        31 30 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
        32 30 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        33 30 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
        34 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
        """

    @Test func `version 1 is found beside a version 2 without controllers`() {
        let tree = ControlGroupTree(
            mounts: Self.legacy, membership: "4:memory:/a\n3:pids:/\n2:cpu:/b/c\n0::/\n",
            controllers: { _ in "hugetlb\n" })
        #expect(tree.places[.memory] == .init(folder: "/sys/fs/cgroup/memory/a", isUnified: false))
        #expect(tree.places[.pids] == .init(folder: "/sys/fs/cgroup/pids", isUnified: false))
        #expect(tree.places[.cpu] == .init(folder: "/sys/fs/cgroup/cpu/b/c", isUnified: false))
    }

    @Test func `version 2 is used where it has the controller`() {
        let tree = ControlGroupTree(
            mounts: "34 30 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
            membership: "0::/system.slice/sluice.service\n",
            controllers: { _ in "cpu memory pids" })
        let place = ControlGroupTree.Place(
            folder: "/sys/fs/cgroup/system.slice/sluice.service", isUnified: true)
        #expect(tree.places == [.memory: place, .pids: place, .cpu: place])
    }

    @Test func `a mount of a part of the tree leaves that part's name out`() {
        let tree = ControlGroupTree(
            mounts: "34 30 0:30 /docker/x /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
            membership: "0::/docker/x\n", controllers: { _ in "memory" })
        #expect(tree.places[.memory]?.folder == "/sys/fs/cgroup")
    }

    @Test(arguments: ["", "garbage", "1 2 3 - cgroup2", "0::/"])
    func `what cannot be understood has no groups`(text: String) {
        let tree = ControlGroupTree(mounts: text, membership: text, controllers: { _ in "memory" })
        #expect(tree.places.isEmpty)
        let group = ControlGroup(name: "x", limits: SandboxLimits(), in: tree)
        #expect(group.missing.count == 3)
    }

    @Test func `groups and folders of a daemon that is gone are removed, no others`() throws {
        let root = try ScratchFolder(owner: .own)
        // No process has such a number.
        let gone = ["2147483647-1", "2147483646-20"]
        let kept = ["\(getpid())-1", "other", "-1", "x-1"]
        mkdir(root.path + "/sluice", 0o755)
        for name in gone + kept { mkdir(root.path + "/sluice/" + name, 0o755) }
        let tree = ControlGroupTree(
            mounts: "34 30 0:30 / \(root.path) rw - cgroup2 cgroup2 rw", membership: "0::/\n",
            controllers: { _ in "memory" })
        tree.removeLeftovers()
        #expect(HostPath.names(in: root.path + "/sluice").sorted() == kept.sorted())
        let left = "/var/tmp/sluice-sandbox-2147483647-x"
        mkdir(left, 0o755)
        mkdir(left + "/inner", 0o755)
        ScratchFolder.removeLeftovers()
        #expect(!File.exists(left))
        #expect(File.exists(root.path))
    }

    @Test func `limits of version 2 are written as the kernel reads them`() throws {
        let root = try ScratchFolder(owner: .own)
        let folder = root.path + "/sluice/one"
        mkdir(root.path + "/sluice", 0o755)
        for place in [root.path, root.path + "/sluice"] {
            try File.replace(place + "/cgroup.subtree_control", with: [])
        }
        let tree = ControlGroupTree(
            mounts: "34 30 0:30 / \(root.path) rw - cgroup2 cgroup2 rw", membership: "0::/\n",
            controllers: { _ in "memory" })
        // A folder is no kernel: the files of a new group are not there, which is said.
        let group = ControlGroup(name: "one", limits: SandboxLimits(), in: tree)
        #expect(group.missing.contains { $0.hasPrefix("memory: ") })
        #expect(!File.exists(folder))
        let control = try File.read(root.path + "/cgroup.subtree_control", bytesMax: 100)
        #expect(String(decoding: control, as: UTF8.self) == "+memory +pids +cpu")
    }
}
