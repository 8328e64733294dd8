internal import Bytes

/// The form of a request that both sides of an AWS signature agree on, digested as it is made.
struct CanonicalRequest {
    static let parametersMax = 64

    private var stream = SHA256Stream()

    /// Nil when the query has too many parameters.
    static func digest(
        _ request: SignedRequest, _ fields: SignedFields, _ payload: UnsafeRawBufferPointer,
        isS3: Bool
    ) -> SHA256Stream.Value? {
        var canonical = CanonicalRequest()
        canonical.stream.add(request.method)
        canonical.stream.add(UInt8(ascii: "\n"))
        canonical.addPath(request.path, isS3: isS3)
        canonical.stream.add(UInt8(ascii: "\n"))
        guard canonical.addQuery(request.query) else { return nil }
        canonical.stream.add(UInt8(ascii: "\n"))
        canonical.addFields(fields)
        canonical.stream.add(UInt8(ascii: "\n"))
        canonical.stream.add(payload)
        return canonical.stream.finish()
    }

    /// S3 encodes what the path means; all others encode the path as it is once more.
    private mutating func addPath(_ path: UnsafeRawBufferPointer, isS3: Bool) {
        guard !path.isEmpty else { return stream.add(UInt8(ascii: "/")) }
        var at = 0
        while at < path.count {
            var byte = path[at]
            if isS3, byte != UInt8(ascii: "+") {
                byte = QueryParameters.decoded(path, &at)
            } else {
                at += 1
            }
            if byte == UInt8(ascii: "/") { stream.add(byte) } else { addEncoded(byte) }
        }
    }

    private mutating func addEncoded(_ byte: UInt8) {
        if PercentForm.isUnreserved(byte) { return stream.add(byte) }
        stream.add(UInt8(ascii: "%"))
        stream.add(PercentForm.digit(byte >> 4))
        stream.add(PercentForm.digit(byte & 15))
    }

    /// Sorted by name and value, each encoded anew.
    private mutating func addQuery(_ query: UnsafeRawBufferPointer) -> Bool {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        let nothing = QueryParameters.Parameter(text: none, name: none, value: none)
        var sorted = InlineArray<64, QueryParameters.Parameter>(repeating: nothing)
        var count = 0
        QueryParameters(query).each { parameter in
            defer { count += 1 }
            guard count < Self.parametersMax else { return }
            var place = count
            while place > 0, Self.isOrdered(parameter, before: sorted[place - 1]) {
                sorted[place] = sorted[place - 1]
                place -= 1
            }
            sorted[place] = parameter
        }
        guard count <= Self.parametersMax else { return false }
        for index in 0..<count {
            if index > 0 { stream.add(UInt8(ascii: "&")) }
            addText(sorted[index].name)
            stream.add(UInt8(ascii: "="))
            addText(sorted[index].value)
        }
        return true
    }

    private mutating func addText(_ text: UnsafeRawBufferPointer) {
        var at = 0
        while at < text.count { addEncoded(QueryParameters.decoded(text, &at)) }
    }

    private static func isOrdered(
        _ left: QueryParameters.Parameter, before right: QueryParameters.Parameter
    ) -> Bool {
        let names = order(left.name, right.name)
        return names < 0 || (names == 0 && order(left.value, right.value) < 0)
    }

    /// By the bytes of the encoded texts.
    private static func order(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Int {
        var (leftAt, rightAt) = (0, 0)
        while leftAt < left.count, rightAt < right.count {
            let a = QueryParameters.decoded(left, &leftAt)
            let b = QueryParameters.decoded(right, &rightAt)
            if a != b { return rank(a) - rank(b) }
        }
        return (left.count - leftAt) - (right.count - rightAt)
    }

    /// Bytes that are encoded begin with `%`, before every byte that is not.
    private static func rank(_ byte: UInt8) -> Int {
        PercentForm.isUnreserved(byte) ? 256 + Int(byte) : Int(byte)
    }

    /// One line for each name, values without the blanks that do not count.
    private mutating func addFields(_ fields: SignedFields) {
        for index in 0..<fields.count {
            if fields.repeats(index) {
                stream.add(UInt8(ascii: ","))
            } else {
                if index > 0 { stream.add(UInt8(ascii: "\n")) }
                for byte in fields[index].name { stream.add(ASCII.lowercased(byte)) }
                stream.add(UInt8(ascii: ":"))
            }
            addValue(fields[index].value)
        }
        stream.add(UInt8(ascii: "\n"))
        stream.add(UInt8(ascii: "\n"))
        addNames(fields)
    }

    /// Trimmed, and runs of blanks as one.
    private mutating func addValue(_ value: UnsafeRawBufferPointer) {
        var isBlank = false
        var isStarted = false
        for byte in value {
            if byte == ASCII.space || byte == ASCII.tab {
                isBlank = true
                continue
            }
            if isBlank, isStarted { stream.add(ASCII.space) }
            isBlank = false
            isStarted = true
            stream.add(byte)
        }
    }

    private mutating func addNames(_ fields: SignedFields) {
        for index in 0..<fields.count where !fields.repeats(index) {
            if index > 0 { stream.add(UInt8(ascii: ";")) }
            for byte in fields[index].name { stream.add(ASCII.lowercased(byte)) }
        }
    }
}
