/// Splits a command into its words without a shell: blanks separate, quotes and backslashes keep
/// together, and nothing is expanded.
enum CommandLineWords {
    static let wordsMax = 256

    static func split(_ text: String) throws(SecretSource.Malformed) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil, !isEscaped else {
            throw SecretSource.Malformed(reason: "exec: has a quote or backslash without its end")
        }
        if let last = word { words.append(last) }
        guard let program = words.first, !program.isEmpty else {
            throw SecretSource.Malformed(reason: "exec: without a program")
        }
        guard words.count <= wordsMax, !text.utf8.contains(0) else {
            throw SecretSource.Malformed(reason: "exec: has too many words, or a NUL")
        }
        return words
    }
}
