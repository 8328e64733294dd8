internal import Glibc

/// Where a secret is read from.
public enum SecretSource: Sendable, Equatable {
    /// An environment variable of this process, read once at the start.
    case environment(name: String)
    /// A file, read again when it changes. With `member`, a member of its JSON: `openai.token`.
    case file(path: String, member: String?)
    /// What a program prints; it is run without a shell, and again before what it printed expires.
    case command(arguments: [String])
    /// Not a secret: an id that stands in the configuration itself.
    case literal(String)

    /// Why a text names no source.
    public struct Malformed: Error, Equatable, Sendable {
        public let reason: String
    }

    /// `env:NAME`, `file:PATH`, `file:PATH#member.of.its.json` or `exec:PROGRAM ARGUMENT…`.
    public init(_ text: String) throws(Malformed) {
        if let name = Self.rest(of: text, after: "env:") {
            guard Self.isVariableName(name) else {
                throw Malformed(reason: "\(name) is no name of an environment variable")
            }
            self = .environment(name: name)
        } else if let place = Self.rest(of: text, after: "file:") {
            self = try Self.file(place)
        } else if let command = Self.rest(of: text, after: "exec:") {
            self = .command(arguments: try CommandLineWords.split(command))
        } else {
            // The text may be the secret itself: it is not repeated.
            throw Malformed(reason: "accepted: env:NAME, file:PATH, file:PATH#member, exec:COMMAND")
        }
    }

    /// As above; a text that names no kind of source is an id that stands for itself.
    public init(identifier text: String) throws(Malformed) {
        if ["env:", "file:", "exec:"].contains(where: text.hasPrefix) {
            self = try SecretSource(text)
        } else {
            guard !text.isEmpty else { throw Malformed(reason: "it is empty") }
            self = .literal(text)
        }
    }

    /// Whether its program is there and may be run; true of sources that run none.
    public var isRunnable: Bool {
        guard case .command(let arguments) = self, let program = arguments.first else {
            return true
        }
        if program.contains("/") { return access(program, X_OK) == 0 }
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return folders.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    }

    /// Whether its value can change while the process runs.
    var isStatic: Bool {
        switch self {
        case .environment, .literal: true
        case .file, .command: false
        }
    }

    private static func rest(of text: String, after prefix: String) -> String? {
        text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
    }

    private static func isVariableName(_ name: String) -> Bool {
        !name.isEmpty && !name.utf8.contains { $0 == UInt8(ascii: "=") || $0 <= 0x20 }
    }

    private static func file(_ place: String) throws(Malformed) -> SecretSource {
        let parts = place.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first, !path.isEmpty, !path.utf8.contains(0) else {
            throw Malformed(reason: "file: without a path")
        }
        guard parts.count == 2 else { return .file(path: String(path), member: nil) }
        let names = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard !names.contains(where: \.isEmpty) else {
            throw Malformed(reason: "# is followed by the names of members, with dots between")
        }
        return .file(path: String(path), member: String(parts[1]))
    }
}

extension SecretSource: CustomStringConvertible {
    /// Its kind and place. Of a command only the program: arguments may tell more than they should.
    public var description: String {
        switch self {
        case .environment(let name): "environment variable \(name)"
        case .file(let path, nil): "file \(path)"
        case .file(let path, let member?): "member \(member) of file \(path)"
        case .command(let arguments): "program \(arguments.first ?? "")"
        case .literal: "configuration"
        }
    }
}
