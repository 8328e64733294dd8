/// Unicode's simple case mappings, one scalar to one scalar, as Go's unicode.ToLower and ToUpper.
enum SimpleCase {
    static func lower(_ scalar: UInt32) -> UInt32 {
        // The full mapping of İ is two scalars; its simple one is i.
        if scalar == 0x130 { return 0x69 }
        guard let valid = Unicode.Scalar(scalar) else { return scalar }
        return single(valid.properties.lowercaseMapping) ?? scalar
    }

    static func upper(_ scalar: UInt32) -> UInt32 {
        guard let valid = Unicode.Scalar(scalar) else { return scalar }
        // Where the full upper case is several scalars and the title case is one (Greek with
        // iota subscript), the title case is the simple upper case.
        return single(valid.properties.uppercaseMapping)
            ?? single(valid.properties.titlecaseMapping) ?? scalar
    }

    private static func single(_ text: String) -> UInt32? {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, scalars.count == 1 else { return nil }
        return first.value
    }
}
