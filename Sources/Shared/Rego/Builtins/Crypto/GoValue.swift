internal import BigInt
internal import Bytes

/// Go values as encoding/json writes them: byte slices in base64, nil slices as null.
enum GoValue {
    static func bytes(_ bytes: some Collection<UInt8>, _ arena: Arena) -> Value {
        arena.string(Base64.standard.encode(Array(bytes).span))
    }

    static func optionalBytes(_ bytes: ArraySlice<UInt8>?, _ arena: Arena) -> Value {
        bytes.map { Self.bytes($0, arena) } ?? .null
    }

    static func list(_ values: [Value], _ arena: Arena) -> Value {
        values.isEmpty ? .null : arena.array(count: values.count) { values[$0] }
    }

    static func texts(_ texts: [String], _ arena: Arena) -> Value {
        list(texts.map { arena.string($0) }, arena)
    }

    /// A number from big-endian two's complement, as DER writes integers.
    static func integer(_ bytes: ArraySlice<UInt8>, _ arena: Arena) -> Value {
        var number = BigInt(BigUInt(bytes: Array(bytes)))
        if let first = bytes.first, first >= 0x80 { number -= BigInt(1) << (bytes.count * 8) }
        return arena.number(number)
    }

    /// What url.URL looks like as JSON.
    static func url(_ text: String, _ arena: Arena) -> Value? {
        guard let url = try? GoURL(text) else { return nil }
        var builder = ObjectBuilder(arena, capacity: 11)
        builder.set("Scheme", arena.string(url.scheme))
        builder.set("Opaque", arena.string(url.opaque))
        builder.set("User", .null)
        builder.set("Host", arena.string(url.host))
        builder.set("Path", arena.string(url.path))
        builder.set("RawPath", arena.string(url.rawPath))
        builder.set("OmitHost", .false)
        builder.set("ForceQuery", .false)
        builder.set("RawQuery", arena.string(url.rawQuery))
        builder.set("Fragment", arena.string(url.fragment))
        builder.set("RawFragment", arena.string(""))
        return builder.finish()
    }
}
