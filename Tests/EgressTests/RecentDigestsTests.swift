@testable import Egress
@testable import Identity
import Testing

/// Digests that are remembered are those that would be made.
struct RecentDigestsTests {
    private func words(_ digest: NameDigest) -> [UInt64] {
        let name = Array("other".utf8)
        let (high, low) = digest.words(mixedWith: NameDigest(name.span))
        return [high, low]
    }

    @Test func `a digest is its name's, whoever called before`() {
        let digests = RecentDigests()
        // More than are remembered, some of which differ in their first bytes only.
        var names = [String(repeating: "b", count: SandboxName.bytesMax), "a", "ab"]
        let end = String(repeating: "a", count: 100)
        for number in 0..<600 { names.append("sbx-\(number)") }
        for number in 0..<50 { names.append("\(number)-\(end)") }
        for _ in 0..<2 {
            for name in names {
                let bytes = Array(name.utf8)
                for _ in 0..<2 {
                    let found = bytes.withUnsafeBytes { digests.digest(of: $0) }
                    #expect(words(found) == words(NameDigest(bytes.span)))
                }
            }
        }
    }
}
