internal import BigInt
internal import Bytes

/// The string builtins that make new text: trimming, replacing, case, formatting.
enum StringTransformBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("lower", lower),
        BuiltinEntry("upper", upper),
        BuiltinEntry("trim") { context, arguments throws(BuiltinError) in
            try trim(context, arguments, left: true, right: true)
        },
        BuiltinEntry("trim_left") { context, arguments throws(BuiltinError) in
            try trim(context, arguments, left: true, right: false)
        },
        BuiltinEntry("trim_right") { context, arguments throws(BuiltinError) in
            try trim(context, arguments, left: false, right: true)
        },
        BuiltinEntry("trim_space", trimSpace),
        BuiltinEntry("trim_prefix", trimPrefix),
        BuiltinEntry("trim_suffix", trimSuffix),
        BuiltinEntry("replace", replace),
        BuiltinEntry("strings.replace_n", replaceMany),
        BuiltinEntry("strings.reverse", reverse),
        BuiltinEntry("format_int", formatInteger),
        BuiltinEntry("sprintf", sprintf),
    ]

    static func lower(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        try context.spend(text.count / 16)
        var builder = StringBuilder(context.arena, capacity: text.count)
        guard ByteSearch.isASCII(text) else {
            mapScalars(text, SimpleCase.lower, into: &builder)
            return builder.finish()
        }
        for byte in text { builder.append(ASCII.lowercased(byte)) }
        return builder.finish()
    }

    static func upper(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        try context.spend(text.count / 16)
        var builder = StringBuilder(context.arena, capacity: text.count)
        guard ByteSearch.isASCII(text) else {
            mapScalars(text, SimpleCase.upper, into: &builder)
            return builder.finish()
        }
        for byte in text { builder.append(byte &- 0x61 < 26 ? byte & 0xDF : byte) }
        return builder.finish()
    }

    private static func mapScalars(
        _ text: UnsafeRawBufferPointer, _ transform: (UInt32) -> UInt32,
        into builder: inout StringBuilder
    ) {
        var index = 0
        var bytes: [UInt8] = []
        while index < text.count {
            bytes.removeAll(keepingCapacity: true)
            UTF8Scanner.append(transform(UTF8Scanner.next(text.utf8, &index)), to: &bytes)
            bytes.withUnsafeBytes { builder.append($0) }
        }
    }

    private static func trim(
        _ context: BuiltinContext, _ arguments: BuiltinArguments, left: Bool, right: Bool
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let cutset = try arguments.string(1)
        return trimmed(arguments[0], text, context, left: left, right: right) {
            contains(cutset, $0)
        }
    }

    static func trimSpace(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        return trimmed(arguments[0], text, context, left: true, right: true, isSpace)
    }

    private static func trimmed(
        _ value: Value, _ text: UnsafeRawBufferPointer, _ context: BuiltinContext, left: Bool,
        right: Bool, _ isCut: (UInt32) -> Bool
    ) -> Value {
        var begin = 0
        while left, begin < text.count {
            var next = begin
            guard isCut(UTF8Scanner.next(text.utf8, &next)) else { break }
            begin = next
        }
        var end = text.count
        while right, end > begin {
            var start = end - 1
            while start > begin, text[start] & 0xC0 == 0x80 { start -= 1 }
            var next = start
            guard isCut(UTF8Scanner.next(text.utf8, &next)) else { break }
            end = start
        }
        if begin == 0, end == text.count { return value }
        return context.arena.string(borrowing: text.part(begin..<end))
    }

    private static func contains(_ cutset: UnsafeRawBufferPointer, _ scalar: UInt32) -> Bool {
        var index = 0
        while index < cutset.count {
            if UTF8Scanner.next(cutset.utf8, &index) == scalar { return true }
        }
        return false
    }

    /// Go's unicode.IsSpace.
    private static func isSpace(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
            0x205F, 0x3000:
            true
        default: false
        }
    }

    static func trimPrefix(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let prefix = try arguments.string(1)
        guard ByteSearch.hasPrefix(text, prefix), !prefix.isEmpty else { return arguments[0] }
        return context.arena.string(borrowing: text.part(prefix.count..<text.count))
    }

    static func trimSuffix(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let suffix = try arguments.string(1)
        guard ByteSearch.hasSuffix(text, suffix), !suffix.isEmpty else { return arguments[0] }
        return context.arena.string(borrowing: text.part(0..<text.count - suffix.count))
    }

    static func replace(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let old = try arguments.string(1)
        let new = try arguments.string(2)
        guard ByteSearch.first(of: old, in: text) != nil else { return arguments[0] }
        return try substitute(text, [(old, new)], context)
    }

    static func replaceMany(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let patterns = try arguments.object(0)
        let text = try arguments.string(1)
        var pairs: [(UnsafeRawBufferPointer, UnsafeRawBufferPointer)] = []
        for index in 0..<patterns.count {
            guard patterns.key(at: index).isString else {
                throw .operand("operand 1 non-string key found in pattern object")
            }
            guard patterns.value(at: index).isString else {
                throw .operand("operand 1 non-string value found in pattern object")
            }
            pairs.append(
                (patterns.key(at: index).stringBytes, patterns.value(at: index).stringBytes))
        }
        return try substitute(text, pairs, context)
    }

    /// Left to right; at each place the first pair that fits. An empty pattern fits between any
    /// two scalars.
    private static func substitute(
        _ text: UnsafeRawBufferPointer,
        _ pairs: [(old: UnsafeRawBufferPointer, new: UnsafeRawBufferPointer)],
        _ context: BuiltinContext
    ) throws(BuiltinError) -> Value {
        var builder = StringBuilder(context.arena, capacity: text.count)
        let insertion = pairs.first { $0.old.isEmpty }?.new
        var index = 0
        while index <= text.count {
            try context.spend(1 + pairs.count / 8)
            if let insertion {
                builder.append(insertion)
                try context.spend(insertion.count / 64)
            }
            guard index < text.count else { break }
            let rest = text.part(index..<text.count)
            let fitting = pairs.first { !$0.old.isEmpty && ByteSearch.hasPrefix(rest, $0.old) }
            if let fitting {
                builder.append(fitting.new)
                try context.spend(fitting.new.count / 64)
                index += fitting.old.count
                continue
            }
            let start = index
            _ = UTF8Scanner.next(text.utf8, &index)
            builder.append(text.part(start..<index))
        }
        return builder.finish()
    }

    static func reverse(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        try context.spend(text.count / 8)
        var builder = StringBuilder(context.arena, capacity: text.count)
        var end = text.count
        while end > 0 {
            var start = end - 1
            while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
            builder.append(text.part(start..<end))
            end = start
        }
        return builder.finish()
    }

    static func formatInteger(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let number = try arguments.number(0)
        guard let base = try arguments.number(1).int64, [2, 8, 10, 16].contains(base) else {
            throw .operand("operand 2 must be one of {2, 8, 10, 16}")
        }
        if let integer = number.int64 {
            return context.arena.string(String(integer, radix: Int(base)))
        }
        guard let whole = number.bigInteger ?? number.extendedFloat?.truncated else {
            throw .failure("number out of range")
        }
        return context.arena.string(String(whole, radix: Int(base)))
    }

    static func sprintf(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let format = try arguments.string(0)
        let values = try arguments.array(1)
        let plain = PlainFormat.string(format, values, context.arena)
        if plain.isDefined { return plain }
        var formatter = GoFormat(context, values)
        try formatter.run(format.utf8)
        return formatter.finish()
    }
}
