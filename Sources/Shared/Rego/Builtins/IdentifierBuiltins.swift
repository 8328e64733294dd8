internal import Bytes

/// `semver.*`, `uuid.*` and `uri.*`.
enum IdentifierBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("semver.compare", semverCompare),
        BuiltinEntry("semver.is_valid") { _, arguments throws(BuiltinError) in
            Value(arguments[0].string.flatMap(SemanticVersion.init) != nil)
        },
        BuiltinEntry("uuid.parse", uuidParse),
        BuiltinEntry("uuid.rfc4122", uuidRandom),
        BuiltinEntry("uri.parse", uriParse),
        BuiltinEntry("uri.is_valid", uriIsValid),
    ]

    static func semverCompare(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let left = try arguments.text(0)
        let right = try arguments.text(1)
        return context.arena.number(try version(left, 1).compare(try version(right, 2)))
    }

    private static func version(
        _ text: String, _ operand: Int
    ) throws(BuiltinError) -> SemanticVersion {
        guard let version = SemanticVersion(text) else {
            throw .failure(
                "operand \(operand): string \(GoQuote.quote(text)) is not a valid SemVer")
        }
        return version
    }

    static func uuidParse(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        guard let uuid = UUIDText(text.utf8) else { return .undefined }
        let arena = context.arena
        var builder = ObjectBuilder(arena)
        builder.set("version", arena.number(uuid.version))
        builder.set("variant", arena.string(uuid.variant))
        if uuid.version == 1 || uuid.version == 2 {
            builder.set("time", arena.number(int64: uuid.unixNanoseconds))
            builder.set("nodeid", arena.string(uuid.node))
            builder.set("macvariables", arena.string(uuid.addressKind))
            builder.set("clocksequence", arena.number(uuid.clockSequence))
        }
        if uuid.version == 2 {
            builder.set("id", arena.number(uuid.id))
            builder.set("domain", arena.string(uuid.domain))
        }
        return builder.finish()
    }

    static func uuidRandom(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        _ = try arguments.string(0)
        var bytes: [UInt8] = []
        for salt in 1...2 as ClosedRange<UInt64> {
            let word = EvaluationRandom.word(context, arguments[0], salt: salt << 32)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        return context.arena.string(UUIDText.random(bytes))
    }

    static func uriParse(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.text(0)
        let url = try reporting { () throws(BuiltinFault) in try GoURL(text) }
        var builder = ObjectBuilder(context.arena)
        let parts: [(StaticString, String)] = [
            ("scheme", url.scheme), ("hostname", url.hostname), ("port", url.port),
            ("path", url.path), ("raw_path", url.rawPath.isEmpty ? url.path : url.rawPath),
            ("raw_query", url.rawQuery), ("fragment", url.fragment),
        ]
        for (name, part) in parts where !part.isEmpty {
            builder.set(name, context.arena.string(part))
        }
        return builder.finish()
    }

    /// The empty reference is valid by RFC 3986 and refused all the same.
    static func uriIsValid(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        guard let text = arguments[0].string, !text.isEmpty else { return .false }
        do throws(BuiltinFault) {
            _ = try GoURL(text)
            return .true
        } catch {
            return .false
        }
    }
}
