/// A path into a document as the json builtins take it: `"a/b~1c"`, or an array of steps.
enum JSONPath {
    /// The paths of operand 2: an array or set of paths.
    static func list(
        _ arguments: BuiltinArguments, _ index: Int, _ context: BuiltinContext
    ) throws(BuiltinError) -> [[Value]] {
        let paths = try arguments.elements(index, expected: "one of {set, array}")
        var out: [[Value]] = []
        for path in paths { out.append(try steps(path, context)) }
        return out
    }

    static func steps(
        _ path: Value, _ context: BuiltinContext
    ) throws(BuiltinError) -> [Value] {
        var steps: [Value] = []
        if path.isArray {
            steps = Array(path.array.buffer)
        } else if path.isString {
            guard !path.stringBytes.isEmpty else { return [] }
            let bytes = path.stringBytes.drop { $0 == UInt8(ascii: "/") }
            let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            steps = parts.map { context.arena.string(unescape($0)) }
        } else {
            throw .operand(
                "operand 2 must be one of {set, array} containing string paths or array of path "
                    + "segments but got \(path.typeName)")
        }
        guard steps.count <= PathTree.stepsMax else { throw .failure("path too long") }
        return steps
    }

    /// `~1` is a slash, `~0` a tilde (RFC 6901 §3).
    private static func unescape(_ part: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
        var out: [UInt8] = []
        var index = part.startIndex
        while index < part.endIndex {
            let next = index + 1
            if part[index] == UInt8(ascii: "~"), next < part.endIndex,
                part[next] == UInt8(ascii: "1") || part[next] == UInt8(ascii: "0")
            {
                out.append(part[next] == UInt8(ascii: "1") ? UInt8(ascii: "/") : part[index])
                index += 2
            } else {
                out.append(part[index])
                index += 1
            }
        }
        return out
    }
}
