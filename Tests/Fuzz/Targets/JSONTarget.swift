internal import Bytes
internal import Rego

/// JSON: the scanner and both loaders accept the same documents, what is written reads as the same
/// value, and nothing that is cut off inside a bracket or a string is a document.
enum JSONTarget {
    static let target = FuzzTarget("json", bytesMax: 2048) { bytes throws(Finding) in
        let frozen = bytes.withUnsafeBytes { try? FrozenData.json($0) }
        let isDocument = scan(bytes)
        try Finding.unless((frozen != nil) == isDocument, "scanner and loader disagree")
        let storage = ArenaStorage(bytesMax: 64 << 20)
        try bytes.withUnsafeBufferPointer { buffer throws(Finding) in
            let text = UnsafeRawBufferPointer(buffer)
            let copied = try? storage.arena.value(json: text)
            let borrowed = try? storage.arena.value(borrowingJSON: text)
            try Finding.unless((copied != nil) == isDocument, "arena and scanner disagree")
            try Finding.unless((borrowed != nil) == isDocument, "borrowing changes what is read")
            guard let frozen, let copied, let borrowed else { return }
            try Finding.unless(copied == borrowed, "borrowed and copied differ")
            try Finding.unless(copied == frozen.root, "frozen and copied differ")
            try checkWritten(copied, frozen, storage.arena)
        }
        guard isDocument, let last = bytes.last, "]}\"".utf8.contains(last) else { return }
        for end in bytes.indices where bytes.count < 256 {
            let part = Array(bytes[..<end])
            try Finding.unless(!scan(part), "a part of it is a document: \(part.text)")
        }
    }

    private static func checkWritten(
        _ value: Value, _ frozen: FrozenData, _ arena: Arena
    ) throws(Finding) {
        let written = value.json()
        try Finding.unless(written == frozen.root.json(), "frozen and copied are written unlike")
        let again = written.withUnsafeBytes { try? arena.value(json: $0) }
        try Finding.unless(again == value, "it reads as something else: \(written.text)")
        try Finding.unless(again?.json() == written, "it is written in two ways")
    }

    private static func scan(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { text in
            var reader = JSONReader(text)
            do throws(JSONError) {
                while try reader.next() != .end {}
                return true
            } catch {
                return false
            }
        }
    }
}
