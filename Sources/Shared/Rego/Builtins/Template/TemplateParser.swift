internal import Bytes

/// Reads a template in the syntax of Go's text/template.
struct TemplateParser {
    static let depthMax = 100

    private struct Frame {
        var branch: TemplateBranch
        var isElse = false
        /// `else if` closes with the `end` of the outer branch.
        let isChained: Bool
    }

    private let text: [UInt8]
    private var program = TemplateProgram()
    private var frames: [Frame] = []
    private var line = 1

    static func parse(_ text: [UInt8]) throws(BuiltinFault) -> TemplateProgram {
        var parser = TemplateParser(text)
        do throws(BuiltinFault) {
            try parser.run()
        } catch {
            throw BuiltinFault("template: template:\(parser.line): \(error.text)")
        }
        return parser.program
    }

    private init(_ text: [UInt8]) { self.text = text }

    private mutating func run() throws(BuiltinFault) {
        var start = 0
        var trimsLeft = false
        while let open = find("{{", from: start) {
            let trimsBefore =
                open + 3 < text.count && text[open + 2] == UInt8(ascii: "-")
                && TemplateLexer.isSpace(text[open + 3])
            add(text[start..<open], trimsLeft, trimsBefore)
            count(text[start..<open])
            let inside = trimsBefore ? open + 3 : open + 2
            let close = try end(of: inside)
            var content = text[inside..<close]
            trimsLeft =
                content.count >= 2 && content.last == UInt8(ascii: "-")
                && TemplateLexer.isSpace(content[content.endIndex - 2])
            if trimsLeft { content = content.dropLast() }
            try action(content)
            count(text[open..<close])
            start = close + 2
        }
        add(text[start...], trimsLeft, false)
        guard frames.isEmpty else { throw BuiltinFault("unexpected EOF") }
    }

    private mutating func count(_ bytes: ArraySlice<UInt8>) {
        line += bytes.count { $0 == ASCII.lineFeed }
    }

    private func find(_ word: StaticString, from start: Int) -> Int? {
        text.withUnsafeBytes { bytes in
            let needle = UnsafeRawBufferPointer(
                start: word.utf8Start, count: word.utf8CodeUnitCount)
            return ByteSearch.first(of: needle, in: bytes, from: start)
        }
    }

    /// Where the closing braces of an action are, past quoted text and comments.
    private func end(of start: Int) throws(BuiltinFault) -> Int {
        var index = start
        while index < text.count, TemplateLexer.isSpace(text[index]) { index += 1 }
        if text[index...].starts(with: "/*".utf8) {
            guard let close = find("*/", from: index) else {
                throw BuiltinFault("unclosed comment")
            }
            guard let end = find("}}", from: close) else {
                throw BuiltinFault("comment ends before closing delimiter")
            }
            return end
        }
        var quote: UInt8?
        while index + 1 < text.count {
            let byte = text[index]
            if let open = quote {
                if byte == open {
                    quote = nil
                } else if byte == UInt8(ascii: "\\"), open != UInt8(ascii: "`") {
                    index += 1
                }
            } else if byte == UInt8(ascii: "}"), text[index + 1] == byte {
                return index
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`")
                || byte == UInt8(ascii: "'")
            {
                quote = byte
            }
            index += 1
        }
        throw BuiltinFault("unclosed action")
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>, _ left: Bool, _ right: Bool) {
        var bytes = bytes
        if left { bytes = bytes.drop(while: TemplateLexer.isSpace) }
        if right {
            while let last = bytes.last, TemplateLexer.isSpace(last) { bytes.removeLast() }
        }
        if !bytes.isEmpty { add(.text(Array(bytes))) }
    }

    private mutating func add(_ node: TemplateNode) {
        guard let last = frames.indices.last else { return program.root.append(node) }
        if frames[last].isElse {
            frames[last].branch.otherwise.append(node)
        } else {
            frames[last].branch.body.append(node)
        }
    }
}

/// Actions.
extension TemplateParser {
    private mutating func action(_ content: ArraySlice<UInt8>) throws(BuiltinFault) {
        if content.drop(while: TemplateLexer.isSpace).starts(with: "/*".utf8) { return }
        let tokens = try TemplateLexer.tokens(content)
        guard case .identifier(let word)? = tokens.first else {
            guard !tokens.isEmpty else { throw BuiltinFault("missing value for command") }
            return add(.output(try TemplatePipelineParser.parse(tokens[...])))
        }
        switch word {
        case "if": try begin(.condition, tokens.dropFirst())
        case "with": try begin(.with, tokens.dropFirst())
        case "range": try begin(.range, tokens.dropFirst())
        case "else": try otherwise(tokens.dropFirst())
        case "end": try close()
        case "break", "continue":
            let inner = frames.lastIndex { $0.branch.kind.isDefinition } ?? frames.startIndex
            let isRepeated = frames[inner...].contains { $0.branch.kind == .range && !$0.isElse }
            guard isRepeated else {
                throw BuiltinFault("{{\(word)}} outside {{range}}")
            }
            add(word == "break" ? .leave : .next)
        case "define", "block":
            try define(tokens.dropFirst(), isCalled: word == "block")
        case "template":
            let (name, rest) = try Self.name(tokens.dropFirst(), of: word)
            add(.call(name, rest.isEmpty ? nil : try TemplatePipelineParser.parse(rest)))
        default: add(.output(try TemplatePipelineParser.parse(tokens[...])))
        }
    }

    private mutating func begin(
        _ kind: TemplateBranch.Kind, _ tokens: ArraySlice<TemplateToken>, isChained: Bool = false
    ) throws(BuiltinFault) {
        guard frames.count < Self.depthMax else { throw BuiltinFault("template is too deep") }
        guard !tokens.isEmpty else { throw BuiltinFault("missing value for command") }
        let pipeline = try TemplatePipelineParser.parse(tokens)
        frames.append(
            Frame(branch: TemplateBranch(kind: kind, pipeline: pipeline), isChained: isChained))
    }

    private mutating func define(
        _ tokens: ArraySlice<TemplateToken>, isCalled: Bool
    ) throws(BuiltinFault) {
        let (name, rest) = try Self.name(tokens, of: isCalled ? "block" : "define")
        guard isCalled || frames.isEmpty else { throw BuiltinFault("unexpected {{define}}") }
        guard isCalled else {
            guard rest.isEmpty else { throw BuiltinFault("unexpected words in define clause") }
            let branch = TemplateBranch(
                kind: .definition(name, isCalled: false), pipeline: TemplatePipeline())
            return frames.append(Frame(branch: branch, isChained: false))
        }
        try begin(.definition(name, isCalled: true), rest)
    }

    private static func name(
        _ tokens: ArraySlice<TemplateToken>, of word: String
    ) throws(BuiltinFault) -> (String, ArraySlice<TemplateToken>) {
        guard case .text(let name)? = tokens.first else {
            throw BuiltinFault("unexpected word in \(word) clause")
        }
        return (String(decoding: name, as: UTF8.self), tokens.dropFirst())
    }

    private mutating func otherwise(_ tokens: ArraySlice<TemplateToken>) throws(BuiltinFault) {
        guard let last = frames.indices.last, !frames[last].isElse,
            !frames[last].branch.kind.isDefinition
        else {
            throw BuiltinFault("unexpected {{else}}")
        }
        frames[last].isElse = true
        let kind = frames[last].branch.kind
        switch tokens.first {
        case nil: return
        case .identifier("if")? where kind == .condition:
            try begin(.condition, tokens.dropFirst(), isChained: true)
        case .identifier("with")? where kind == .with:
            try begin(.with, tokens.dropFirst(), isChained: true)
        default: throw BuiltinFault("unexpected words after {{else}}")
        }
    }

    private mutating func close() throws(BuiltinFault) {
        guard !frames.isEmpty else { throw BuiltinFault("unexpected {{end}}") }
        while let frame = frames.popLast() {
            if case .definition(let name, let isCalled) = frame.branch.kind {
                program.named[name] = frame.branch.body
                if isCalled { add(.call(name, frame.branch.pipeline)) }
            } else {
                add(.branch(frame.branch))
            }
            if !frame.isChained { return }
        }
    }
}
