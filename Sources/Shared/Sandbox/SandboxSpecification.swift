/// What a sandbox shall be, whatever backend makes it.
public struct SandboxSpecification: Equatable, Sendable {
    /// How far what is not forbidden by the view is let through.
    public enum Profile: String, CaseIterable, Sendable {
        /// For builds, tests and shells: loopback connections within the sandbox are allowed.
        case `default`
        /// No TCP but to the egress, and no other internet sockets.
        case strict
    }

    /// The folder that commands start in.
    public enum WorkFolder: Equatable, Sendable {
        /// `/workspace`, empty at the start, gone at the end.
        case temporary
        /// A folder of the host, at its own path, writable.
        case host(String)
        /// `/workspace`, which is a folder of the host (`KeptFolder`): what is in it stays when the
        /// sandbox ends.
        case kept(String)

        /// Where it is in the sandbox.
        public var path: String {
            switch self {
            case .temporary, .kept: "/workspace"
            case .host(let path): path
            }
        }
    }

    public enum Network: Equatable, Sendable {
        /// A loopback with nobody on it.
        case none
        /// Connections to `port` of the sandbox's loopback are accepted by the daemon
        /// (`Sandbox.egressListener`). A Unix socket of the host at `socket` appears as
        /// `SandboxSpecification.egressSocketPath`.
        case egress(port: UInt16, socket: String?)
    }

    /// Where a Unix socket of the egress is in the sandbox.
    public static let egressSocketPath = "/run/egress.sock"

    public var profile: Profile = .default
    public var workFolder: WorkFolder = .temporary
    /// Files and folders of the host, at their own paths, beside those every sandbox has
    /// (`/usr`, the libraries, and a few files of `/etc`).
    public var readablePaths: [String] = []
    /// Files and folders of the host, at their own paths.
    public var writablePaths: [String] = []
    /// Where the three above must be; nil lets them be anywhere. Whoever takes paths from clients
    /// says what they may name.
    public var hostFolders: HostFolders?
    public var limits = SandboxLimits()
    /// Variables of every command, beside `PATH`, `HOME`, `TMPDIR`, `LANG` and `USER`, which they
    /// replace.
    public var environment: [String: String] = [:]
    public var network: Network = .none

    public init() {}
}
