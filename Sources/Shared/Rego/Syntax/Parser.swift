/// Reads Rego by recursive descent with backtracking, as OPA's parser does, so that it accepts the
/// same sources and faults at the same places.
///
/// Terms that were read once are remembered by their offset until the statement ends, which keeps
/// backtracking linear. Nesting is bounded by `nestingMax` and `chainMax`.
struct Parser {
    /// All that backtracking must bring back.
    struct State {
        var cursor: Lexer.Cursor
        var token = Lexer.Token()
        /// The name of an identifier or keyword token.
        var symbol = Symbol.empty
        var keywords: KeywordSet
        /// Where the last token before `token` ended, whitespace aside.
        var lastEnd = 0
        var wildcardCount = 0
        /// A line break stands between the last token and `token`.
        var skippedNewline = false
        var errors: [RegoError] = []
        var hints: [String] = []
    }

    /// How deep terms and bodies may nest.
    static let nestingMax = 250
    /// How many operators may follow one another in the chains of one statement.
    static let chainMax = 2000
    /// How many operands a ref may have.
    static let operandsMax = 500
    /// Shorter terms are read again rather than remembered.
    private static let cachedLengthMin = 8

    /// A term that was read before, and what reading it changed.
    struct CachedTerm {
        var term: Term?
        var state: State
        var errors: [RegoError]
    }

    let options: ParserOptions
    let file: Int
    var lexer: Lexer
    var symbols: SymbolTable
    var state: State
    var comments: [Comment] = []
    var isRegoV1Imported = false
    var features: ModuleFeatures = []
    var enclosures: [SourceLocation: Enclosure] = [:]
    private var commentsEnd = 0
    private var depth = 0
    var chainLength = 0
    var cache: [Int: CachedTerm] = [:]

    init(_ source: [UInt8], file: Int, options: ParserOptions, symbols: consuming SymbolTable) {
        self.options = options
        self.file = file
        self.symbols = symbols
        lexer = Lexer(source)
        state = State(
            cursor: lexer.cursor, keywords: options.version == .v1 ? .v1 : [])
        scan()
    }

    var kind: TokenKind { state.token.kind }

    /// The place of the current token.
    var location: SourceLocation {
        let token = state.token
        return SourceLocation(
            file: file, row: token.row, column: token.column, offset: token.offset,
            length: token.end - token.offset)
    }

    /// A place that begins where `start` does and ends with the last token read.
    func extent(from start: SourceLocation) -> SourceLocation {
        extent(from: start, end: state.lastEnd)
    }

    func extent(from start: SourceLocation, end: Int) -> SourceLocation {
        var result = start
        result.length = UInt32(truncatingIfNeeded: max(0, end - Int(start.offset)))
        return result
    }

    // MARK: tokens

    /// Moves to the next token that is neither whitespace nor a comment.
    mutating func scan() { advance(skipsWhitespace: true) }

    /// Moves to the next token; whitespace counts.
    mutating func scanWhitespace() { advance(skipsWhitespace: false) }

    mutating func advance(skipsWhitespace: Bool) {
        markEndOfToken()
        while true {
            take(lexer.scan())
            if kind == .whitespace {
                if lexer.bytes[state.token.offset] == 0x0A { state.skippedNewline = true }
                if skipsWhitespace { continue }
            }
            guard kind == .comment else { return }
            recordComment()
        }
    }

    /// Reads on in a template string whose expression has just ended.
    mutating func advanceTemplate(isRaw: Bool) {
        markEndOfToken()
        take(lexer.scanTemplateContinuation(isRaw: isRaw))
    }

    private mutating func markEndOfToken() {
        guard kind != .whitespace else { return }
        state.lastEnd = state.token.end
        state.skippedNewline = false
    }

    private mutating func take(_ token: Lexer.Token) {
        state.cursor = lexer.cursor
        state.token = token
        if token.kind == .identifier {
            state.symbol = intern(token.offset..<token.end)
            state.token.kind = state.keywords.token(for: state.symbol)
            noteFeature()
        }
        guard !lexer.faults.isEmpty else { return }
        for fault in lexer.faults { fail(fault) }
        state.token.kind = .illegal
    }

    private mutating func noteFeature() {
        switch state.symbol {
        case .print, .internal: features.insert(.voidCalls)
        case .metadata: features.insert(.metadata)
        case .with: features.insert(.modifiers)
        default: break
        }
    }

    /// Comments are found again when the parser has backtracked, and recorded once.
    private mutating func recordComment() {
        guard state.token.offset >= commentsEnd else { return }
        commentsEnd = state.token.end
        var range = state.token.offset + 1..<state.token.end
        if let last = lexer.bytes[range].last, last == 0x0D {
            range = range.lowerBound..<range.upperBound - 1
        }
        comments.append(
            Comment(
                location: location, text: String(decoding: lexer.bytes[range], as: UTF8.self)))
    }

    mutating func intern(_ range: Range<Int>) -> Symbol {
        lexer.bytes.withUnsafeBufferPointer { bytes in
            symbols.intern(UnsafeBufferPointer(rebasing: bytes[range]))
        }
    }

    // MARK: backtracking

    func save() -> State { state }

    mutating func restore(_ saved: State) {
        state = saved
        lexer.cursor = saved.cursor
    }

    /// What reading with other keywords gives; the parser then stands where it stood.
    mutating func attempt<Result>(
        keywords: KeywordSet, _ read: (inout Parser) -> Result?
    ) -> Result? {
        let saved = save()
        let savedCache = cache
        cache = [:]
        state.keywords = keywords
        let result = read(&self)
        cache = savedCache
        restore(saved)
        return result
    }

    func cached(at offset: Int) -> CachedTerm? { cache[offset] }

    /// Moves past a term that was read before.
    mutating func skip(_ known: CachedTerm) {
        var next = known.state
        next.errors = state.errors + known.errors
        next.wildcardCount = max(next.wildcardCount, state.wildcardCount)
        restore(next)
    }

    mutating func remember(_ term: Term?, from offset: Int, errorsBefore: Int) {
        guard state.token.offset - offset >= Self.cachedLengthMin else { return }
        cache[offset] = CachedTerm(
            term: term, state: state, errors: Array(state.errors.dropFirst(errorsBefore)))
    }

    /// Goes one level deeper, unless that is too deep.
    mutating func enter() -> Bool {
        depth += 1
        guard depth <= Self.nestingMax else {
            fail("max parsing recursion depth exceeded")
            depth -= 1
            return false
        }
        return true
    }

    mutating func leave() { depth -= 1 }

    /// Counts one more operator of a chain, unless that is too many.
    mutating func extendChain() -> Bool {
        chainLength += 1
        guard chainLength <= Self.chainMax else {
            fail("max parsing recursion depth exceeded")
            return false
        }
        return true
    }

    // MARK: errors

    mutating func fail(_ message: String, at place: SourceLocation? = nil) {
        var message = message
        if !state.hints.isEmpty {
            let label = state.hints.count == 1 ? "hint" : "hints"
            message += " (\(label): \(state.hints.joined(separator: ", ")))"
            state.hints = []
        }
        state.errors.append(
            RegoError(code: .parse, message: message, location: place ?? location))
    }

    /// Faults the current token.
    mutating func failToken(_ note: String = "") {
        guard kind != .illegal else { return fail("illegal token") }
        let sort = kind.isBaseKeyword || kind.isFutureKeyword ? "keyword" : "token"
        fail("unexpected \(kind.name) \(sort)" + (note.isEmpty ? "" : ": \(note)"))
    }

    /// The text of `ref` as messages print it.
    func text(_ ref: [Term]) -> String {
        TermPrinter(symbols: symbols).text(ref: ref)
    }
}
