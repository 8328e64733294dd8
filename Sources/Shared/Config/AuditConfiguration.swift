/// What executions are recorded in.
public struct AuditConfiguration: Sendable, Equatable {
    /// When lines are forced to the disk.
    public enum Sync: Sendable, Equatable {
        case always
        case interval(Duration)
        case never
    }

    public var folder: String
    public var sync: Sync
    /// Of a file; one that has them is followed by the next.
    public var rotateBytes: Int
    /// So is one that is older.
    public var rotateAge: Duration
    /// How many files stay.
    public var keep: Int

    /// - Parameter state: where the role keeps what survives it; the log is in it unless it has a
    ///   folder of its own.
    init(_ section: Section, state: String?) {
        let named = section.read("folder", .text("a folder's path"))
        if named == nil, state == nil, !section.has("folder") {
            section.fault(
                section.mark, "\(section.name("folder")) is missing; accepted: a folder's path")
        }
        folder = named ?? state.map { $0 + "/audit" } ?? ""
        sync = section.read("fsync", .sync, default: .always)
        rotateBytes = section.read(
            "rotate_bytes", .bytes((64 << 10)...(1 << 40)), default: 64 << 20)
        rotateAge = section.read(
            "rotate_age", .duration(.seconds(60)...(.seconds(86400 * 366))),
            default: .seconds(86400))
        keep = section.read("keep", .integer(1...100_000), default: 90)
        section.finish()
    }
}

extension Kind where Value == AuditConfiguration.Sync {
    fileprivate static var sync: Kind {
        let interval = Kind<Duration>.duration(.milliseconds(10)...(.seconds(60)))
        return Kind(
            accepted: "always, never, or \(interval.accepted)", words: ["always", "never"]
        ) { text in
            switch text {
            case "always": .always
            case "never": .never
            default: interval.parse(text).map { .interval($0) }
            }
        }
    }
}
