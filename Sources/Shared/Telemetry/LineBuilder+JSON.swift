internal import Bytes

extension LineBuilder {
    /// Appends a JSON string of any bytes, quotes included.
    mutating func append(jsonString bytes: UnsafeBufferPointer<UInt8>) {
        let mark = count
        // Nearly always nothing needs an escape: then it is one copy.
        guard let place = claim(bytes.count &+ 2) else { return }
        place[0] = UInt8(ascii: "\"")
        let text = UnsafeRawBufferPointer(bytes)
        if JSONQuoting.copyPlain(text, to: UnsafeMutableRawPointer(place + 1)) == bytes.count {
            place[bytes.count &+ 1] = UInt8(ascii: "\"")
            return
        }
        rewind(to: mark)
        append(UInt8(ascii: "\""))
        append(jsonContents: bytes)
        append(UInt8(ascii: "\""))
    }

    mutating func append(jsonString text: String) {
        var text = text
        text.withUTF8 { append(jsonString: $0) }
    }

    /// Appends what stands between the quotes.
    mutating func append(jsonContents bytes: UnsafeBufferPointer<UInt8>) {
        let text = UnsafeRawBufferPointer(bytes)
        var at = 0
        while at < text.count {
            let stretch = JSONQuoting.stretch(text, from: at)
            append(UnsafeBufferPointer(rebasing: bytes[at..<stretch.plainEnd]))
            var escape = stretch.escape
            for _ in 0..<stretch.escapeCount {
                append(UInt8(truncatingIfNeeded: escape))
                escape &>>= 8
            }
            at = stretch.next
        }
    }
}
