import Testing

@testable import Agentd

struct TextSearchTests {
    @Test(arguments: [
        ("a", "", []), ("a", "a", [0]), ("ab", "a", []), ("aa", "aaaaa", [0, 2]),
        ("aab", "aaab", [1]), ("abab", "abababab", [0, 4]), ("abac", "ababac", [2]),
        ("one", "one.one", [0, 4]), ("ll", "hello wollld", [2, 8]),
    ])
    func `a text is found without overlaps`(needle: String, text: String, places: [Int]) {
        #expect(TextSearch(Array(needle.utf8)).places(in: Array(text.utf8)) == places)
    }

    /// Comparing at each place would take 10¹² steps.
    @Test(.timeLimit(.minutes(1)))
    func `what nearly matches everywhere takes no longer`() {
        let needle = [UInt8](repeating: 1, count: 1 << 20) + [2]
        let text = [UInt8](repeating: 1, count: 2 << 20)
        #expect(TextSearch(needle).places(in: text) == [])
    }
}
