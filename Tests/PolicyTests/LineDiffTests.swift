import Testing

@testable import Policy

@Suite struct LineDiffTests {
    private func diff(_ old: String, _ new: String) -> String {
        let bytes = LineDiff(Array(old.utf8), Array(new.utf8)).unified(name: "f")
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("", "", ""), ("a\n", "a\n", ""),
        ("", "a\n", "@@ -0,0 +1 @@\n+a\n"), ("a\n", "", "@@ -1 +0,0 @@\n-a\n"),
        ("a\n", "b\n", "@@ -1 +1 @@\n-a\n+b\n"),
        ("a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"),
        ("a\nb\nc\n", "a\nc\n", "@@ -1,3 +1,2 @@\n a\n-b\n c\n"),
        ("a\nc\n", "a\nb\nc\n", "@@ -1,2 +1,3 @@\n a\n+b\n c\n"),
        (
            "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nX\n6\n7\n8\n9\n",
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8\n"
        ),
        (
            "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
            "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n"
        ),
        (
            "a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
            "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n"
        ),
    ])
    func `lines that differ are shown with three around them`(
        old: String, new: String, hunks: String
    ) {
        #expect(diff(old, new) == (hunks.isEmpty ? "" : "--- f\n+++ f\n" + hunks))
    }

    @Test func `the fewest lines change`() {
        let text = diff("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n")
        let changed = text.split(separator: "\n").dropFirst(3).filter { !$0.hasPrefix(" ") }
        #expect(changed.count == 5)
    }

    @Test(arguments: [499, 500, 501, 3_000])
    func `a text that is wholly another is replaced, however long`(count: Int) {
        let old = (0..<count).map { "a\($0)\n" }.joined()
        let new = (0..<count).map { "b\($0)\n" }.joined()
        let lines = diff(old, new).split(separator: "\n")
        #expect(lines.count == 3 + 2 * count)
        #expect(lines[2] == "@@ -1,\(count) +1,\(count) @@")
        #expect(lines[3] == "-a0")
        #expect(lines.last == "+b\(count - 1)")
    }
}
