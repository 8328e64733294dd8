internal import Bytes
internal import Glibc
internal import Synchronization

/// The operational log: one JSON object a line, a constant message and fields, on standard error.
///
/// For starts, stops, reloads and failures, not for requests: it formats and writes on the calling
/// thread. A message that repeats is held back and counted.
public final class Log: Sendable {
    public typealias Fields = KeyValuePairs<StaticString, LogValue>

    /// The longest line; what does not fit is left out.
    public static let lineBytesMax = 4096

    private struct State: ~Copyable {
        var file: LogFile
        var repeats: RepeatLimit
        var timestamps = TimestampCache()
    }

    private let minimum: Atomic<UInt8>
    private let state: Mutex<State>
    private let wallNanoseconds: @Sendable () -> Int64

    /// - Parameters:
    ///   - repeatsMax: how often one message passes in `repeatSeconds`.
    ///   - wallNanoseconds: the clock, since 1970.
    /// - Throws: when the file cannot be opened.
    public init(
        _ output: LogOutput = .standardError, level: LogLevel = .info, repeatsMax: Int = 10,
        repeatSeconds: Int64 = 10,
        wallNanoseconds: @escaping @Sendable () -> Int64 = Log.systemNanoseconds
    ) throws(LogOutputFault) {
        minimum = Atomic(level.rawValue)
        self.wallNanoseconds = wallNanoseconds
        let repeats = RepeatLimit(
            passedMax: repeatsMax, periodNanoseconds: repeatSeconds * 1_000_000_000)
        state = Mutex(State(file: try LogFile(output), repeats: repeats))
    }

    /// The system's wall clock.
    @Sendable
    public static func systemNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// The level below which messages are not written.
    public var level: LogLevel {
        get { LogLevel(rawValue: minimum.load(ordering: .relaxed)) ?? .info }
        set { minimum.store(newValue.rawValue, ordering: .relaxed) }
    }

    public func debug(_ message: StaticString, _ fields: Fields = [:]) {
        write(.debug, message, fields)
    }

    public func info(_ message: StaticString, _ fields: Fields = [:]) {
        write(.info, message, fields)
    }

    public func warning(_ message: StaticString, _ fields: Fields = [:]) {
        write(.warning, message, fields)
    }

    public func error(_ message: StaticString, _ fields: Fields = [:]) {
        write(.error, message, fields)
    }

    /// Opens a log file again, after it was moved away.
    public func reopen() throws(LogOutputFault) {
        try state.withLock { state throws(LogOutputFault) in try state.file.reopen() }
    }

    private func write(_ level: LogLevel, _ message: StaticString, _ fields: Fields) {
        guard level >= self.level else { return }
        let now = wallNanoseconds()
        let identity = UInt(bitPattern: message.utf8Start)
        state.withLock { state in
            let verdict = state.repeats.message(identity, nowNanoseconds: now)
            guard verdict.passes else { return }
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Log.lineBytesMax) { memory in
                var line = LogLine(memory)
                line.open(&state.timestamps, level, message, wallNanoseconds: now)
                for (name, value) in fields { line.append(name, value) }
                if verdict.suppressed > 0 {
                    line.append("suppressed", .number(Int64(clamping: verdict.suppressed)))
                }
                state.file.write(line.close())
            }
        }
    }
}
