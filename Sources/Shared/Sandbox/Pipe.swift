internal import CSandbox
internal import Glibc
internal import IO

/// A pipe, closed on exec.
struct Pipe: ~Copyable {
    let reading: Descriptor
    let writing: Descriptor

    init() throws(SandboxError) {
        var ends: [CInt] = [-1, -1]
        guard csandbox_pipe(&ends) == 0 else { throw .system(.last) }
        let reading = try Descriptor.adopted(ends[0])
        let writing = try Descriptor.adopted(ends[1])
        self.reading = reading
        self.writing = writing
    }

    /// A pipe that holds `bytes` and their end. They fit into what a pipe takes without a reader.
    static func holding(_ bytes: [UInt8]) throws(SandboxError) -> CInt {
        let pipe = try Pipe()
        guard bytes.isEmpty || write(pipe.writing.raw, bytes, bytes.count) == bytes.count else {
            throw .system(.last)
        }
        return pipe.keepReading()
    }

    consuming func keepReading() -> CInt { reading.release() }
    consuming func keepWriting() -> CInt { writing.release() }
}
