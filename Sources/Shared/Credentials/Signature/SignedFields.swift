internal import Bytes

/// The fields that a signature covers, as they lie in memory.
struct SignedFields {
    struct Field: BitwiseCopyable {
        var name = UnsafeRawBufferPointer(start: nil, count: 0)
        var value = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    private var fields = InlineArray<24, Field>(repeating: Field())
    private(set) var count = 0
    /// Whether there were more than there is room for.
    private(set) var isOverflowed = false

    subscript(_ index: Int) -> Field { fields[index] }

    mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        guard count < RequestSigner.fieldsMax else {
            isOverflowed = true
            return
        }
        fields[count] = Field(name: name, value: value)
        count += 1
    }

    mutating func add(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
        add(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
    }

    /// By name; those of one name stay in their order.
    mutating func sort() {
        for index in 1..<max(count, 1) {
            let field = fields[index]
            var place = index
            while place > 0, Self.order(field.name, fields[place - 1].name) < 0 {
                fields[place] = fields[place - 1]
                place -= 1
            }
            fields[place] = field
        }
    }

    /// Whether the field at `index` has the name of the one before it.
    func repeats(_ index: Int) -> Bool {
        index > 0 && Self.order(fields[index].name, fields[index - 1].name) == 0
    }

    /// `content-type;host;x-amz-date`
    func writeNames(to line: inout LineBuilder) {
        for index in 0..<count where !repeats(index) {
            if index > 0 { line.append(UInt8(ascii: ";")) }
            for byte in fields[index].name { line.append(ASCII.lowercased(byte)) }
        }
    }

    /// Whether a field of the client's is signed. What is replaced anyway is not.
    static func isSigned(_ name: UnsafeRawBufferPointer) -> Bool {
        if hasPrefix(name, "x-amz-") {
            return !isEqual(name, "x-amz-date") && !isEqual(name, "x-amz-security-token")
        }
        return isEqual(name, "content-type") || isEqual(name, "content-md5")
    }

    static func isEqual(_ name: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        name.count == text.utf8CodeUnitCount && hasPrefix(name, text)
    }

    /// Letters in either case.
    static func hasPrefix(_ name: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        guard name.count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount
        where ASCII.lowercased(name[index]) != ASCII.lowercased(text.utf8Start[index]) {
            return false
        }
        return true
    }

    private static func order(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Int {
        for index in 0..<min(left.count, right.count) {
            let difference =
                Int(ASCII.lowercased(left[index])) - Int(ASCII.lowercased(right[index]))
            if difference != 0 { return difference }
        }
        return left.count - right.count
    }
}
