internal import Bytes

/// `glob.*`.
enum GlobBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("glob.match", matches),
        BuiltinEntry("glob.quote_meta", quote),
    ]

    static func matches(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let pattern = try arguments.string(0)
        let tag = try separatorTag(arguments)
        let text = try arguments.string(2)
        var glob = try context.caches.globs.compiled(pattern, tag: tag) {
            pattern throws(BuiltinFault) in
            try compile(pattern, separators(arguments[1]))
        }
        if !hasSeparators(glob, arguments[1]) {
            glob = try reporting { () throws(BuiltinFault) in
                try compile(pattern.utf8, separators(arguments[1]))
            }
        }
        try context.spend(1 + text.count * glob.costPerByte / 16)
        return Value(glob.matches(text.utf8))
    }

    /// The cache tells lists of separators apart by a hash only; this tells for sure.
    private static func hasSeparators(_ glob: Glob, _ value: Value) -> Bool {
        if value.isNull { return glob.separators.isEmpty }
        if value.array.count == 0 { return glob.separators == dot }
        guard glob.separators.count == value.array.count else { return false }
        for (position, element) in value.array.buffer.enumerated() {
            var index = 0
            let scalar = UTF8Scanner.next(element.stringBytes.utf8, &index)
            guard scalar == glob.separators[position] else { return false }
        }
        return true
    }

    private static let dot = [UInt32(UInt8(ascii: "."))]

    private static func compile(
        _ pattern: Span<UInt8>, _ separators: [UInt32]
    ) throws(BuiltinFault) -> Glob {
        do throws(Glob.Malformed) {
            return try Glob(pattern, separators: separators)
        } catch {
            throw BuiltinFault(error.text)
        }
    }

    /// Checks the delimiters and folds them into the cache's tag.
    private static func separatorTag(_ arguments: BuiltinArguments) throws(BuiltinError) -> UInt32 {
        let value = arguments[1]
        if value.isNull { return 0 }
        guard value.isArray else { throw arguments.wrongKind(1, "one of {array, null}") }
        if value.array.count == 0 { return UInt32(UInt8(ascii: ".")) + 1 }
        var tag: UInt32 = 0
        for element in value.array.buffer {
            guard element.isString else {
                throw BuiltinArguments.wrongElement(1, value, element, "string")
            }
            let bytes = element.stringBytes
            var index = 0
            guard !bytes.isEmpty else {
                throw BuiltinArguments.wrongElement(1, value, element, "rune")
            }
            let scalar = UTF8Scanner.next(bytes.utf8, &index)
            guard index == bytes.count else {
                throw BuiltinArguments.wrongElement(1, value, element, "rune")
            }
            tag = tag &* 0x11_0001 &+ scalar &+ 1
        }
        return tag
    }

    private static func separators(_ value: Value) -> [UInt32] {
        if value.isNull { return [] }
        if value.array.count == 0 { return dot }
        return value.array.buffer.map { element in
            var index = 0
            return UTF8Scanner.next(element.stringBytes.utf8, &index)
        }
    }

    static func quote(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        context.arena.string(Glob.quote(try arguments.string(0).utf8))
    }
}
