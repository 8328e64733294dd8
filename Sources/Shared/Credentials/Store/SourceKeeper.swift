internal import Bytes
internal import Files

/// One source and what it gave last.
struct SourceKeeper {
    let source: SecretSource
    let shape: SecretText.Shape
    private(set) var value: Result<Secret, SecretFailure>
    private var stamp: FileStamp?
    private var schedule = RefreshSchedule()
    private var fileDue: UInt64 = 0

    /// How often a file is looked at.
    private static let fileSeconds = 1.0

    init(_ source: SecretSource, _ shape: SecretText.Shape) {
        self.source = source
        self.shape = shape
        value = .failure(SecretFailure(fault: .pending, detail: "\(source)"))
    }

    /// Monotonic nanoseconds of the next look.
    var due: UInt64 {
        switch source {
        case .file: fileDue
        case .environment, .literal, .command: schedule.due
        }
    }

    /// Monotonic nanoseconds from which on the value is not used.
    var expires: UInt64 { schedule.expires }

    /// Looks again, whatever was found before.
    mutating func hurry() {
        guard !source.isStatic else { return }
        stamp = nil
        fileDue = 0
        schedule.hurry()
    }

    /// Whether there is another value or fault than before.
    mutating func refresh(_ context: RefreshContext) -> Bool {
        guard due <= context.now.monotonicNanoseconds else { return false }
        switch source {
        case .environment(let name):
            schedule.succeeded(lifetimeSeconds: nil, now: context.now, jitter: 0)
            return take(fromEnvironment(name, context.environment))
        case .literal(let text):
            schedule.succeeded(lifetimeSeconds: nil, now: context.now, jitter: 0)
            return take(fromConfiguration(text))
        case .file(let path, let member):
            return refresh(SecretFile(path: path, member: member), context)
        case .command(let arguments):
            return context.mayWait && refresh(arguments, context)
        }
    }

    private mutating func refresh(_ file: SecretFile, _ context: RefreshContext) -> Bool {
        fileDue = context.now.adding(seconds: Self.fileSeconds)
        if let stamp, stamp == FileStamp(path: file.path) { return false }
        do throws(SecretFailure) {
            let reading = try file.read(shape)
            stamp = reading.stamp
            return take(.success(reading.secret))
        } catch {
            stamp = nil
            return take(.failure(error))
        }
    }

    private mutating func refresh(_ arguments: [String], _ context: RefreshContext) -> Bool {
        let command = SecretCommand(
            arguments: arguments, timeoutMilliseconds: context.commandTimeoutMilliseconds,
            now: context.now)
        do throws(SecretFailure) {
            let reading = try command.run(shape)
            schedule.succeeded(
                lifetimeSeconds: reading.lifetimeSeconds, now: context.now,
                jitter: context.jitter)
            return take(.success(reading.secret))
        } catch {
            schedule.failed(now: context.now, jitter: context.jitter)
            // What was printed before is good until the time that was printed with it.
            if case .success = value, context.now.monotonicNanoseconds < schedule.expires {
                return false
            }
            return take(.failure(error))
        }
    }

    private mutating func take(_ found: Result<Secret, SecretFailure>) -> Bool {
        defer { value = found }
        switch (value, found) {
        case (.success(let old), .success(let new)): return !old.isEqual(to: new)
        case (.failure(let old), .failure(let new)):
            return old.fault != new.fault || old.detail != new.detail
        case (.success, .failure), (.failure, .success): return true
        }
    }

    private func fromEnvironment(
        _ name: String, _ environment: SecretEnvironment
    ) -> Result<Secret, SecretFailure> {
        do throws(CredentialFault) {
            return .success(try environment.secret(name).checked(shape))
        } catch {
            return .failure(SecretFailure(fault: error, detail: "\(source)"))
        }
    }

    private func fromConfiguration(_ text: String) -> Result<Secret, SecretFailure> {
        do throws(CredentialFault) {
            let secret = try Array(text.utf8).span.withUnsafeBytes {
                bytes throws(CredentialFault) in try Secret(copying: bytes)
            }
            return .success(try secret.checked(shape))
        } catch {
            return .failure(SecretFailure(fault: error, detail: "\(source)"))
        }
    }
}
