internal import BigInt
internal import Bytes

/// The string builtins that policies use most: searching, cutting, joining.
enum StringBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("startswith", startsWith),
        BuiltinEntry("endswith", endsWith),
        BuiltinEntry("contains", contains),
        BuiltinEntry("concat", concat),
        BuiltinEntry("split", split),
        BuiltinEntry("strings.split_n", splitN),
        BuiltinEntry("substring", substring),
        BuiltinEntry("indexof", indexOf),
        BuiltinEntry("indexof_n", indexOfAll),
        BuiltinEntry("strings.count", occurrences),
        BuiltinEntry("strings.any_prefix_match", anyPrefixMatch),
        BuiltinEntry("strings.any_suffix_match", anySuffixMatch),
    ]

    static func startsWith(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        return Value(ByteSearch.hasPrefix(text, try arguments.string(1)))
    }

    static func endsWith(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        return Value(ByteSearch.hasSuffix(text, try arguments.string(1)))
    }

    static func contains(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        return Value(ByteSearch.first(of: try arguments.string(1), in: text) != nil)
    }

    static func concat(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let separator = try arguments.string(0)
        let parts = try arguments.elements(1, expected: "one of {set, array}")
        for part in parts where !part.isString {
            throw BuiltinArguments.wrongElement(1, arguments[1], part, "string")
        }
        if parts.count == 1 { return parts[0] }
        var builder = StringBuilder(context.arena)
        for (index, part) in parts.enumerated() {
            if index > 0 { builder.append(separator) }
            try context.spend(1 + (separator.count + part.stringBytes.count) / 64)
            builder.append(part.stringBytes)
        }
        return builder.finish()
    }

    static func split(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        return try pieces(of: arguments[0], text, try arguments.string(1), context).finish()
    }

    /// Whole pieces only: the first `n`, or the last `-n`.
    static func splitN(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let separator = try arguments.string(1)
        let limit = try arguments.integer(2)
        let all = try pieces(of: arguments[0], text, separator, context).finish().array
        let count = Int(min(limit.magnitude, UInt64(all.count)))
        let start = limit < 0 ? all.count - count : 0
        return context.arena.array(count: count) { all[start + $0] }
    }

    private static func pieces(
        of value: Value, _ text: UnsafeRawBufferPointer, _ separator: UnsafeRawBufferPointer,
        _ context: BuiltinContext
    ) throws(BuiltinError) -> ArrayBuilder {
        try context.spend(text.count / 16)
        // Two passes: the pieces' headers would otherwise stand between the array's elements.
        var builder = ArrayBuilder(
            context.arena, capacity: pieceCount(text, separator))
        if separator.isEmpty {
            var index = 0
            while index < text.count {
                let start = index
                _ = UTF8Scanner.next(text.utf8, &index)
                builder.append(context.arena.string(borrowing: text.part(start..<index)))
            }
            return builder
        }
        var start = 0
        while let found = ByteSearch.first(of: separator, in: text, from: start) {
            builder.append(context.arena.string(borrowing: text.part(start..<found)))
            start = found + separator.count
        }
        builder.append(
            start == 0 ? value : context.arena.string(borrowing: text.part(start..<text.count)))
        return builder
    }

    private static func pieceCount(
        _ text: UnsafeRawBufferPointer, _ separator: UnsafeRawBufferPointer
    ) -> Int {
        separator.isEmpty ? UTF8Scanner.count(text.utf8) : occurrences(separator, in: text) + 1
    }

    /// From `offset` scalars on, `length` scalars (all when negative).
    static func substring(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let offset = try arguments.integer(1)
        let length = try arguments.integer(2)
        guard offset >= 0 else { throw .failure("negative offset") }
        let begin = byteOffset(of: offset, in: text, from: 0)
        let end = length < 0 ? text.count : byteOffset(of: length, in: text, from: begin)
        if begin == 0, end == text.count { return arguments[0] }
        return context.arena.string(borrowing: text.part(begin..<end))
    }

    /// Where the `count`-th scalar after `start` begins, at most the end.
    private static func byteOffset(
        of count: Int64, in text: UnsafeRawBufferPointer, from start: Int
    ) -> Int {
        var index = start
        var left = count
        while left > 0, index < text.count {
            _ = UTF8Scanner.next(text.utf8, &index)
            left -= 1
        }
        return index
    }

    static func indexOf(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let wanted = try arguments.string(1)
        guard !wanted.isEmpty else { throw .failure("empty search character") }
        guard let found = ByteSearch.first(of: wanted, in: text) else { return Value(-1) }
        return context.arena.number(UTF8Scanner.count(text.part(0..<found).utf8))
    }

    /// Every position, overlapping ones included.
    static func indexOfAll(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let wanted = try arguments.string(1)
        guard !wanted.isEmpty else { throw .failure("empty search character") }
        var builder = ArrayBuilder(context.arena)
        var scalars = 0
        var counted = 0
        var start = 0
        while let found = ByteSearch.first(of: wanted, in: text, from: start) {
            scalars += UTF8Scanner.count(text.part(counted..<found).utf8)
            counted = found
            builder.append(context.arena.number(scalars))
            start = found
            _ = UTF8Scanner.next(text.utf8, &start)
            try context.spend(1)
        }
        return builder.finish()
    }

    static func occurrences(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let wanted = try arguments.string(1)
        guard !wanted.isEmpty else {
            return context.arena.number(UTF8Scanner.count(text.utf8) + 1)
        }
        return context.arena.number(occurrences(wanted, in: text))
    }

    private static func occurrences(
        _ wanted: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer
    ) -> Int {
        var count = 0
        var start = 0
        while let found = ByteSearch.first(of: wanted, in: text, from: start) {
            count += 1
            start = found + wanted.count
        }
        return count
    }

    static func anyPrefixMatch(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        try anyPair(context, arguments, ByteSearch.hasPrefix)
    }

    static func anySuffixMatch(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        try anyPair(context, arguments, ByteSearch.hasSuffix)
    }

    private static func anyPair(
        _ context: BuiltinContext, _ arguments: BuiltinArguments,
        _ matches: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Bool
    ) throws(BuiltinError) -> Value {
        try requireStrings(arguments, 0)
        try requireStrings(arguments, 1)
        for first in 0..<stringCount(arguments[0]) {
            let text = string(arguments[0], first).stringBytes
            try context.spend(stringCount(arguments[1]))
            for second in 0..<stringCount(arguments[1])
            where matches(text, string(arguments[1], second).stringBytes) {
                return .true
            }
        }
        return .false
    }

    /// A string, or an array or set of them.
    private static func requireStrings(
        _ arguments: BuiltinArguments, _ index: Int
    ) throws(BuiltinError) {
        if arguments[index].isString { return }
        let elements = try arguments.elements(index, expected: "one of {string, set, array}")
        for element in elements where !element.isString {
            throw BuiltinArguments.wrongElement(index, arguments[index], element, "string")
        }
    }

    private static func stringCount(_ value: Value) -> Int { value.collectionCount ?? 1 }

    private static func string(_ value: Value, _ index: Int) -> Value {
        value.isString ? value : value.isSet ? value.set[index] : value.array[index]
    }
}
