internal import Bytes

/// `base64.*`, `base64url.*`, `hex.*` and `urlquery.*`.
enum EncodingBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("base64.encode") { context, arguments throws(BuiltinError) in
            context.arena.string(Base64.standard.encode(try arguments.string(0).utf8))
        },
        BuiltinEntry("base64.decode", base64Decode),
        BuiltinEntry("base64.is_valid", base64IsValid),
        BuiltinEntry("base64url.encode") { context, arguments throws(BuiltinError) in
            context.arena.string(Base64.url.encode(try arguments.string(0).utf8))
        },
        BuiltinEntry("base64url.encode_no_pad") { context, arguments throws(BuiltinError) in
            context.arena.string(Base64.rawURL.encode(try arguments.string(0).utf8))
        },
        BuiltinEntry("base64url.decode", base64URLDecode),
        BuiltinEntry("hex.encode") { context, arguments throws(BuiltinError) in
            context.arena.string(Hex.encode(try arguments.string(0).utf8))
        },
        BuiltinEntry("hex.decode", hexDecode),
        BuiltinEntry("urlquery.encode") { context, arguments throws(BuiltinError) in
            context.arena.string(Percent.encode(try arguments.string(0).utf8, .query))
        },
        BuiltinEntry("urlquery.decode", queryDecode),
        BuiltinEntry("urlquery.encode_object", queryEncodeObject),
        BuiltinEntry("urlquery.decode_object", queryDecodeObject),
    ]

    /// Bytes that are not UTF-8 have U+FFFD where they are not, since values hold text.
    static func text(_ bytes: [UInt8], _ context: BuiltinContext) -> Value {
        if UTF8Scanner.isValid(bytes.span) { return context.arena.string(bytes) }
        return context.arena.string(String(decoding: bytes, as: UTF8.self))
    }

    static func base64Decode(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        do throws(Base64.Corrupt) {
            return Self.text(try Base64.standard.decode(text.utf8), context)
        } catch {
            throw .failure("illegal base64 data at input byte \(error.offset)")
        }
    }

    static func base64IsValid(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        guard arguments[0].isString else { return .false }
        do throws(Base64.Corrupt) {
            _ = try Base64.standard.decode(arguments[0].stringBytes.utf8)
            return .true
        } catch {
            return .false
        }
    }

    static func base64URLDecode(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        return try reporting { () throws(BuiltinFault) in
            Self.text(try base64URL(Array(text)), context)
        }
    }

    /// Base64url with or without its padding (RFC 7515 appendix C).
    static func base64URL(_ text: [UInt8]) throws(BuiltinFault) -> [UInt8] {
        var padded = text
        if padded.last != UInt8(ascii: "=") {
            guard padded.count % 4 != 1 else {
                let written = String(decoding: text, as: UTF8.self)
                throw BuiltinFault("illegal base64url string: \(written)")
            }
            while padded.count % 4 != 0 { padded.append(UInt8(ascii: "=")) }
        }
        do throws(Base64.Corrupt) {
            return try Base64.url.decode(padded.span)
        } catch {
            throw BuiltinFault("illegal base64 data at input byte \(error.offset)")
        }
    }

    static func hexDecode(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        do throws(Hex.Fault) {
            return Self.text(try Hex.decode(text.utf8), context)
        } catch {
            switch error {
            case .oddLength:
                throw .failure("encoding/hex: odd length hex string")
            case .invalidByte(let byte):
                var shown: [UInt8] = []
                GoQuote.append(UInt32(byte), quote: UInt8(ascii: "'"), to: &shown)
                let code = String(UInt32(byte), radix: 16, uppercase: true)
                let zeros = String(repeating: "0", count: 4 - code.count)
                throw .failure(
                    "encoding/hex: invalid byte: U+\(zeros)\(code) "
                        + "'\(String(decoding: shown, as: UTF8.self))'")
            }
        }
    }

    static func queryDecode(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        return Self.text(try unescape(text.utf8), context)
    }

    private static func unescape(_ text: Span<UInt8>) throws(BuiltinError) -> [UInt8] {
        do throws(Percent.InvalidEscape) {
            return try Percent.decode(text, .query)
        } catch {
            throw .failure("invalid URL escape \(GoQuote.quote(error.text))")
        }
    }

    /// Keys in order of their bytes, as Go's url.Values.Encode.
    static func queryEncodeObject(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let object = try arguments.object(0)
        var out = StringBuilder(context.arena)
        for index in 0..<object.count {
            let key = object.key(at: index)
            let value = object.value(at: index)
            let name = key.isString ? Array(key.stringBytes) : Array(TermText.string(key).utf8)
            if value.isString {
                appendPair(name, value, to: &out)
                continue
            }
            guard value.isArray || value.isSet else { throw encodeObjectError }
            for item in value.isArray ? value.array.buffer : value.set.buffer {
                guard item.isString else { throw encodeObjectError }
                appendPair(name, item, to: &out)
            }
        }
        return out.finish()
    }

    private static let encodeObjectError = BuiltinError.operand(
        "operand 1 values must be string, array[string], or set[string]")

    private static func appendPair(_ name: [UInt8], _ value: Value, to out: inout StringBuilder) {
        if out.count > 0 { out.append("&") }
        Percent.encode(name.span, .query).withUnsafeBytes { out.append($0) }
        out.append("=")
        Percent.encode(value.stringBytes.utf8, .query).withUnsafeBytes { out.append($0) }
    }

    static func queryDecodeObject(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        var names: [[UInt8]] = []
        var values: [[UInt8]: [Value]] = [:]
        for pair in text.split(separator: UInt8(ascii: "&")) {
            guard !pair.contains(UInt8(ascii: ";")) else {
                throw .failure("invalid semicolon separator in query")
            }
            let mark = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try unescape(Array(pair[..<mark]).span)
            let value = try unescape(Array(pair[mark...].dropFirst()).span)
            if values[name] == nil { names.append(name) }
            values[name, default: []].append(Self.text(value, context))
        }
        var builder = ObjectBuilder(context.arena, capacity: names.count)
        for name in names {
            let list = values[name] ?? []
            let array = context.arena.array(count: list.count) { list[$0] }
            builder.set(Self.text(name, context), array)
        }
        return builder.finish()
    }
}
