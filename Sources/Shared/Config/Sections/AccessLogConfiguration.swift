/// Where access records go.
public struct AccessLogConfiguration: Sendable, Equatable {
    public enum Destination: Sendable, Equatable {
        case off
        case stdout
        case file(path: String)
    }

    public var destination: Destination

    init(_ section: Section) {
        let path = section.read(
            "path", .text("stdout, off, or the path of a file"), default: "stdout")
        switch path {
        case "stdout": destination = .stdout
        case "off": destination = .off
        default: destination = .file(path: path)
        }
        section.finish()
    }
}
