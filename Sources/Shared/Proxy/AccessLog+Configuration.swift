public import Config
public import Telemetry

extension AccessLog {
    /// Opens the configured log and starts its writer; nil when it is off.
    ///
    /// - Parameter role: the section of the configuration, for the error.
    public static func open(
        _ configuration: AccessLogConfiguration, role: String, workers: Int
    ) throws(RoleError) -> AccessLog? {
        let output: LogOutput
        switch configuration.destination {
        case .off: return nil
        case .stdout: output = .standardOutput
        case .file(let path): output = .file(path)
        }
        let accessLog: AccessLog
        do throws(LogOutputFault) {
            accessLog = try AccessLog(output, workers: workers)
        } catch {
            throw RoleError("\(role).access_log.path: \(error.description)")
        }
        guard accessLog.start() else {
            throw RoleError("\(role).access_log: the system has no thread to spare")
        }
        return accessLog
    }
}
