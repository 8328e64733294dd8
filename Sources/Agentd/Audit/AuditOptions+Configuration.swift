internal import Audit
internal import Bytes
internal import Config

extension AuditOptions {
    init(_ configuration: AuditConfiguration) {
        self.init(folder: configuration.folder)
        sync =
            switch configuration.sync {
            case .always: .always
            case .interval(let duration): .interval(nanoseconds: duration.nanoseconds)
            case .never: .never
            }
        fileBytesMax = configuration.rotateBytes
        fileAgeNanosecondsMax = configuration.rotateAge.nanoseconds
        filesMax = configuration.keep
    }
}
