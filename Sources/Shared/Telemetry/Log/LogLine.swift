internal import Bytes

/// One operational message in the making: a JSON object, whatever its fields hold.
struct LogLine {
    private static let endBytesMax = 2

    private let memory: UnsafeMutableBufferPointer<UInt8>
    private var line: LineBuilder

    /// - Parameter memory: room for the line, at least 256 bytes.
    init(_ memory: UnsafeMutableBufferPointer<UInt8>) {
        self.memory = memory
        line = LineBuilder(
            UnsafeMutableBufferPointer(rebasing: memory.dropLast(LogLine.endBytesMax)))
    }

    mutating func open(
        _ timestamps: inout TimestampCache, _ level: LogLevel, _ message: StaticString,
        wallNanoseconds: Int64
    ) {
        line.append("{\"timestamp\":\"")
        timestamps.append(wallNanoseconds: wallNanoseconds, to: &line)
        line.append("\",\"level\":\"")
        line.append(text: level.name)
        line.append("\"")
        append("message", .text(String(describing: message)))
    }

    mutating func append(_ name: StaticString, _ value: LogValue) {
        let mark = line.count
        line.append(",")
        line.append(jsonString: String(describing: name))
        line.append(":")
        switch value {
        case .text(let text): line.append(jsonString: text)
        case .number(let number): line.append(decimal: number)
        case .flag(let flag): line.append(flag ? "true" : "false")
        }
        if line.isOverflowed { line.rewind(to: mark) }
    }

    /// Ends the object and the line.
    func close() -> UnsafeBufferPointer<UInt8> {
        let count = line.count
        memory[count] = UInt8(ascii: "}")
        memory[count + 1] = UInt8(ascii: "\n")
        return UnsafeBufferPointer(rebasing: memory[..<(count + 2)])
    }
}
