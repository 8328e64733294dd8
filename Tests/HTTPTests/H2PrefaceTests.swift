import HTTP
import Testing

struct H2PrefaceTests {
    private static let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

    @Test func `the preface is known at every cut`() {
        for count in 0..<Self.preface.utf8.count {
            #expect(Self.match(String(Self.preface.unicodeScalars.prefix(count))) == .partly)
        }
        #expect(Self.match(Self.preface) == .whole)
        #expect(Self.match(Self.preface + "\0\0\0") == .whole)
    }

    @Test(arguments: ["G", "PRI  ", "PUT / HTTP/1.1\r\n", "PRI * HTTP/1.1\r\n", "pri * HTTP/2.0"])
    func `anything else is not`(text: String) { #expect(Self.match(text) == .no) }

    private static func match(_ text: String) -> H2Preface.Match {
        Array(text.utf8).withUnsafeBytes { H2Preface.match($0) }
    }
}
