/// One piece of what a sandbox sees of files.
struct ViewStep: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        case folder(mode: UInt32)
        /// A file or folder of the host.
        case readOnly(source: String)
        case writable(source: String)
        /// An empty file system in memory.
        case temporary(bytesMax: UInt64, mode: UInt32)
        case link(to: String)
        case file(text: String)
        case proc
        /// A device of the host.
        case device(source: String)
    }

    let path: String
    let content: Content

    init(_ path: String, _ content: Content) {
        self.path = path
        self.content = content
    }
}
