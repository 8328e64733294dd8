internal import Bytes
internal import CRE2

/// `regex.*`, on RE2.
enum RegexBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("regex.match", matches),
        BuiltinEntry("re_match", matches),
        BuiltinEntry("regex.is_valid", isValid),
        BuiltinEntry("regex.split", split),
        BuiltinEntry("regex.find_n", find),
        BuiltinEntry("regex.find_all_string_submatch_n", findSubmatches),
        BuiltinEntry("regex.replace", replace),
        BuiltinEntry("regex.template_match", templateMatches),
        BuiltinEntry("regex.globs_match", globsMatch),
    ]

    private static func regex(
        _ context: BuiltinContext, _ pattern: UnsafeRawBufferPointer
    ) throws(BuiltinError) -> Regex {
        try context.caches.regexes.compiled(pattern) { pattern throws(BuiltinFault) in
            try Regex(pattern)
        }
    }

    static func matches(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let pattern = try arguments.string(0)
        let text = try arguments.string(1)
        let regex = try regex(context, pattern)
        try context.spend(1 + text.count / 16)
        return Value(regex.matches(text.utf8))
    }

    static func isValid(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        guard arguments[0].isString else { return .false }
        do throws(BuiltinFault) {
            _ = try Regex(arguments[0].stringBytes.utf8)
            return .true
        } catch {
            return .false
        }
    }

    static func split(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let pattern = try arguments.string(0)
        let text = try arguments.string(1)
        let regex = try regex(context, pattern)
        try context.spend(1 + text.count / 4)
        var builder = ArrayBuilder(context.arena)
        regex.splitting(text.utf8) { range in
            builder.append(context.arena.string(borrowing: text.part(range)))
        }
        return builder.finish()
    }

    static func find(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let pattern = try arguments.string(0)
        let text = try arguments.string(1)
        let limit = try arguments.integer(2)
        let regex = try regex(context, pattern)
        try context.spend(1 + text.count / 4)
        let found = regex.allMatches(text.utf8, limit: Int(limit), groups: 0)
        return context.arena.array(count: found.count) { index in
            part(found[index][0], of: text, context)
        }
    }

    static func findSubmatches(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let pattern = try arguments.string(0)
        let text = try arguments.string(1)
        let limit = try arguments.integer(2)
        let regex = try regex(context, pattern)
        try context.spend((1 + text.count / 4) * (1 + regex.groupCount))
        let found = regex.allMatches(text.utf8, limit: Int(limit), groups: regex.groupCount)
        var builder = ArrayBuilder(context.arena, capacity: found.count)
        for ranges in found {
            let groups = context.arena.array(count: ranges.count) { index in
                part(ranges[index], of: text, context)
            }
            builder.append(groups)
        }
        return builder.finish()
    }

    /// The matched text; empty for a group that took no part.
    private static func part(
        _ range: cre2_range, of text: UnsafeRawBufferPointer, _ context: BuiltinContext
    ) -> Value {
        guard range.start >= 0 else { return context.arena.string("") }
        return context.arena.string(borrowing: text.part(Int(range.start)..<Int(range.end)))
    }

    static func replace(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let pattern = try arguments.string(1)
        let template = try arguments.string(2)
        let regex = try regex(context, pattern)
        try context.spend(1 + text.count / 4 * (1 + template.count / 64))
        return context.arena.string(regex.replacing(text.utf8, with: template.utf8))
    }

    static func templateMatches(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let template = try arguments.string(0)
        let text = try arguments.string(1)
        let start = try arguments.string(2)
        let end = try arguments.string(3)
        guard start.count == 1 else {
            throw .failure(
                "start delimiter has to be exactly one character long but is \(start.count) long")
        }
        guard end.count == 1 else {
            throw .failure(
                "end delimiter has to be exactly one character long but is \(start.count) long")
        }
        let tag = 1 << 16 | UInt32(start[0]) << 8 | UInt32(end[0])
        let regex = try context.caches.regexes.compiled(template, tag: tag) {
            template throws(BuiltinFault) in
            try RegexTemplate.compile(template, start: start[0], end: end[0])
        }
        try context.spend(1 + text.count / 16)
        return Value(regex.matches(text.utf8))
    }

    static func globsMatch(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let left = try arguments.string(0)
        let right = try arguments.string(1)
        try context.spend(1 + left.count / 4 * (right.count / 4))
        return try reporting { () throws(BuiltinFault) in
            Value(try GlobIntersection.isNonEmpty(left.utf8, right.utf8))
        }
    }
}
