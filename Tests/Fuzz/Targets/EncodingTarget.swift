internal import Bytes

/// Base64, hexadecimal and percent-encoding: what is encoded decodes to itself, and what decodes
/// encodes to something that decodes to the same.
enum EncodingTarget {
    static let target = FuzzTarget("encoding", bytesMax: 1024) { bytes throws(Finding) in
        for base64 in [Base64.standard, .rawStandard, .url, .rawURL] {
            let encoded = base64.encode(bytes.span)
            try Finding.unless(
                (try? base64.decode(encoded.span)) == bytes, "base64 \(encoded.text)")
            guard let decoded = try? base64.decode(bytes.span) else { continue }
            let again = base64.encode(decoded.span)
            try Finding.unless(
                (try? base64.decode(again.span)) == decoded, "base64 of \(decoded)")
        }
        let digits = Hex.encode(bytes.span)
        try Finding.unless((try? Hex.decode(digits.span)) == bytes, "hex \(digits.text)")
        let components: [Percent.Component] = [.path, .pathSegment, .query, .userinfo, .fragment]
        for component in components {
            let encoded = Percent.encode(bytes.span, component)
            try Finding.unless(
                (try? Percent.decode(encoded.span, component)) == bytes,
                "percent \(component) \(encoded.text)")
            try Finding.unless(
                encoded.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "percent \(encoded.text)")
            guard let decoded = try? Percent.decode(bytes.span, component) else { continue }
            try Finding.unless(decoded.count <= bytes.count, "decoding made it longer")
        }
    }
}
