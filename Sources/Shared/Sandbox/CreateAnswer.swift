internal import CSandbox
internal import Glibc
internal import IO

/// What the init of a new sandbox says.
struct CreateAnswer {
    private static let timeoutMilliseconds: CInt = 20_000

    /// Tells when the sandbox has ended; owned by whoever takes the answer.
    let process: CInt
    /// A listening socket on the sandbox's loopback, or -1.
    let listener: CInt
    /// The errno of each layer.
    let layers: [CInt]
    let landlockVersion: CInt

    /// Waits for the answer.
    init(from control: borrowing Descriptor) throws(SandboxError) {
        var ready = csandbox_ready()
        var descriptors = [CInt](repeating: -1, count: Int(CSANDBOX_DESCRIPTORS_MAX))
        var descriptorCount: CInt = 0
        var waiting = pollfd(fd: control.raw, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Self.timeoutMilliseconds) == 1 else {
            throw .unavailable("creating a sandbox", SystemError(ETIMEDOUT))
        }
        let count = withUnsafeMutableBytes(of: &ready) {
            csandbox_receive(
                control.raw, $0.baseAddress, $0.count, &descriptors, &descriptorCount)
        }
        guard count >= 0 else { throw .system(.last) }
        guard count == MemoryLayout<csandbox_ready>.size else { throw .launcherGone }
        guard ready.error == 0, descriptorCount >= 1 else {
            for index in 0..<Int(descriptorCount) { close(descriptors[index]) }
            throw Self.failure(ready)
        }
        process = descriptors[0]
        listener = descriptorCount > 1 ? descriptors[1] : -1
        layers = withUnsafeBytes(of: ready.layers) { Array($0.bindMemory(to: CInt.self)) }
        landlockVersion = ready.landlock_version
    }

    private static func failure(_ ready: csandbox_ready) -> SandboxError {
        let place = withUnsafeBytes(of: ready.place) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let stage = CommandStage.name(ready.stage)
        let what = place.isEmpty ? stage : "\(stage) at \(place)"
        let error = SystemError(ready.error)
        // What was named does not go where it was named for.
        let isNamed = csandbox_stage(rawValue: ready.stage) == CSANDBOX_STAGE_VIEW && !place.isEmpty
        if isNamed, [ENOENT, ENOTDIR, EISDIR, EACCES, ELOOP, ENAMETOOLONG].contains(error.code) {
            return .invalid("\(what): \(error.description)")
        }
        return .unavailable(what, error)
    }
}
