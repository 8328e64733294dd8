/// Writes nodes in `opa fmt`'s layout, with the comments that stand around them.
///
/// Comments come in the order of the source; each is written with the first node that stands at or
/// after its row. A node with a comment that no layout can hold is written as it is in the source.
struct FormatWriter {
    /// A second comment wants to end one line: the node must be written as it was.
    struct UnexpectedComment: Error {}

    let source: [UInt8]
    let symbols: SymbolTable
    let options: FormatOptions
    let printer: TermPrinter
    let enclosures: [SourceLocation: Enclosure]
    /// Those not yet written.
    var comments: [Comment] = []
    var errors: [RegoError] = []
    var output: [UInt8] = []
    var level = 0
    /// The current line has its indentation.
    var isInline = false
    /// What the current line will end with.
    var lineComment: Comment?
    /// The line comment belongs to the line after this one.
    var isDelayed = false
    /// A comment on the last line of a node written as it was belongs to the node.
    var writesFinalComment = false
    /// The next expression follows a brace: a union before all else in it needs parentheses.
    var leadsBody = false

    init(
        source: [UInt8], symbols: SymbolTable, options: FormatOptions,
        enclosures: [SourceLocation: Enclosure]
    ) {
        self.enclosures = enclosures
        self.source = source
        self.symbols = symbols
        self.options = options
        printer = TermPrinter(symbols: symbols)
        output.reserveCapacity(source.count + source.count / 8)
    }

    /// The text with one line break at its end.
    func finish() -> [UInt8] {
        guard output.last == 0x0A else { return output }
        let end = output.lastIndex { $0 != 0x0A } ?? -1
        return Array(output[...end]) + [0x0A]
    }

    // MARK: source text

    func text(_ location: SourceLocation) -> ArraySlice<UInt8> {
        let start = min(Int(location.offset), source.count)
        return source[start..<min(max(location.end, start), source.count)]
    }

    func startsWith(_ byte: UInt8, _ location: SourceLocation) -> Bool {
        text(location).first == byte
    }

    /// The row of the last line of a node.
    func endRow(_ location: SourceLocation) -> Int {
        Int(location.row) + text(location).count { $0 == 0x0A }
    }

    // MARK: output

    mutating func write(_ text: String) { output.append(contentsOf: text.utf8) }

    mutating func write(_ bytes: ArraySlice<UInt8>) { output.append(contentsOf: bytes) }

    mutating func startLine() {
        isInline = true
        for _ in 0..<level { output.append(0x09) }
    }

    mutating func endLine() {
        isInline = false
        if let comment = lineComment, !isDelayed {
            write(" #" + comment.text)
            lineComment = nil
        }
        isDelayed = false
        output.append(0x0A)
    }

    mutating func blankLine() {
        if isInline { endLine() }
        output.append(0x0A)
    }

    mutating func writeLine(_ text: String) {
        if !isInline { startLine() }
        write(text)
        endLine()
    }

    mutating func startIndentedLine() {
        endLine()
        level += 1
        startLine()
    }

    mutating func outdent() { level = max(0, level - 1) }

    // MARK: comments

    mutating func write(_ comments: some Collection<Comment>) {
        var isInMetadata = false
        var previous: Comment?
        for comment in comments {
            if let previous {
                let distance = Int(comment.location.row) - Int(previous.location.row)
                if distance > 1 {
                    blankLine()
                    isInMetadata = false
                } else if distance == 1, isInMetadata, comment.isMetadata {
                    blankLine()
                }
            }
            if comment.isMetadata { isInMetadata = true }
            writeLine("#" + comment.text)
            previous = comment
        }
    }

    /// Writes the comments above a row; one on it will end the line.
    mutating func insertComments(at row: Int) throws(UnexpectedComment) {
        guard comments.contains(where: { Int($0.location.row) <= row }) else {
            return try endLine(with: nil)
        }
        let before = comments.filter { Int($0.location.row) < row }
        let here = comments.last { Int($0.location.row) == row }
        comments.removeAll { Int($0.location.row) <= row }
        write(before)
        if let last = before.last, row - Int(last.location.row) > 1 { blankLine() }
        try endLine(with: here)
    }

    mutating func insertComments(at location: SourceLocation) throws(UnexpectedComment) {
        try insertComments(at: Int(location.row))
    }

    private mutating func endLine(with comment: Comment?) throws(UnexpectedComment) {
        guard lineComment != nil else {
            lineComment = comment
            return
        }
        guard comment != nil else { return }
        lineComment = nil
        throw UnexpectedComment()
    }

    /// Writes a node as it is in the source, with the comments in it.
    mutating func writeUnformatted(_ location: SourceLocation, _ saved: [Comment]) {
        let last = endRow(location)
        write(text(location))
        comments = []
        for comment in saved {
            let row = Int(comment.location.row)
            if writesFinalComment, row == last {
                write(" ")
                write(text(comment.location))
            } else if row >= last {
                comments.append(comment)
            }
        }
    }

    // MARK: brackets

    /// The row of the bracket that closes the first `open` in a node's text, after the first pair
    /// of `skipped`; -1 if there is none.
    func closingRow(
        _ open: Character, _ close: Character, _ location: SourceLocation,
        skipping skipped: (Character, Character)? = nil
    ) -> Int {
        let bytes = text(location)
        var index = bytes.startIndex
        var rows = 0
        if let (open, close) = skipped {
            index = bytes.firstIndex(of: open.byte) ?? bytes.endIndex
            skipPair(open.byte, close.byte, bytes, &index, &rows)
        }
        while index < bytes.endIndex, bytes[index] != open.byte { index += 1 }
        guard index < bytes.endIndex,
            skipPair(open.byte, close.byte, bytes, &index, &rows)
        else { return -1 }
        return Int(location.row) + rows
    }

    /// Moves from an opening bracket to the one that closes it.
    @discardableResult
    private func skipPair(
        _ open: UInt8, _ close: UInt8, _ bytes: ArraySlice<UInt8>, _ index: inout Int,
        _ rows: inout Int
    ) -> Bool {
        var depth = 1
        while depth > 0 {
            index += 1
            guard index < bytes.endIndex else { return false }
            switch bytes[index] {
            case open: depth += 1
            case close: depth -= 1
            case 0x0A: rows += 1
            default: break
            }
        }
        return true
    }
}

extension Character {
    /// The byte of an ASCII character.
    fileprivate var byte: UInt8 { asciiValue ?? 0 }
}

extension Comment {
    var isMetadata: Bool { text.drop(while: \.isWhitespace).hasPrefix("METADATA") }
}
