internal import Bytes

/// JSON as Go's encoding/json writes and reports it.
enum GoJSON {
    /// The value's JSON with `<`, `>` and `&` escaped, which is what json.Marshal does.
    static func marshal(_ value: Value) -> [UInt8] {
        let plain = value.json()
        guard plain.contains(where: isHTML) else { return plain }
        var out: [UInt8] = []
        out.reserveCapacity(plain.count + 16)
        // Outside strings these bytes do not occur in JSON.
        for byte in plain {
            guard isHTML(byte) else {
                out.append(byte)
                continue
            }
            out += Array("\\u00".utf8)
            Hex.append(byte, to: &out)
        }
        return out
    }

    private static func isHTML(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "&")
    }

    /// The value that a JSON text stands for, or Go's words on why there is none.
    static func unmarshal(
        _ text: UnsafeRawBufferPointer, _ context: BuiltinContext
    ) throws(BuiltinFault) -> Value {
        do throws(JSONError) {
            return try context.arena.value(json: text)
        } catch {
            throw BuiltinFault(describe(error, text))
        }
    }

    static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        var reader = JSONReader(text)
        do throws(JSONError) {
            while try reader.next() != .end {}
            return true
        } catch {
            return false
        }
    }

    private static func describe(_ error: JSONError, _ text: UnsafeRawBufferPointer) -> String {
        switch error {
        case .incomplete:
            return "unexpected end of JSON input"
        case .unexpected(let at):
            return "invalid character \(character(text, at)) looking for beginning of value"
        case .trailingBytes(let at):
            return "invalid character \(character(text, at)) after top-level value"
        case .badString(let at):
            return "invalid character \(character(text, at)) in string literal"
        case .badNumber(let at):
            return "invalid character \(character(text, at)) in numeric literal"
        case .tooDeep:
            return "exceeded max depth"
        }
    }

    private static func character(_ text: UnsafeRawBufferPointer, _ at: Int) -> String {
        guard at < text.count else { return "' '" }
        var index = at
        var out = [UInt8(ascii: "'")]
        GoQuote.append(
            UTF8Scanner.next(text.utf8, &index), quote: UInt8(ascii: "'"), to: &out)
        out.append(UInt8(ascii: "'"))
        return String(decoding: out, as: UTF8.self)
    }
}
