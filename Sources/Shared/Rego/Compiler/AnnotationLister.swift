internal import Bytes

/// Lists the annotations of modules, ordered by the path of what they describe.
public struct AnnotationLister {
    private struct Entry {
        /// The text of each term of the path, by which entries are ordered.
        var key: [String]
        var block: SourceLocation
        var reference: AnnotationReference
    }

    private let context: CompileContext
    private let printer: TermPrinter
    private var entries: [Entry] = []

    /// The annotations of `modules`, whose names are in `symbols`.
    public static func list(_ modules: [Module], symbols: SymbolTable) -> [AnnotationReference] {
        var lister = AnnotationLister(symbols: symbols)
        for module in modules { lister.add(module) }
        return lister.entries.sorted(by: precedes).map(\.reference)
    }

    private init(symbols: SymbolTable) {
        context = CompileContext(
            symbols: symbols, options: CompilerOptions(), localPrefix: "__local")
        printer = TermPrinter(symbols: symbols)
    }

    private static func precedes(_ left: Entry, _ right: Entry) -> Bool {
        if left.key != right.key { return left.key.lexicographicallyPrecedes(right.key) }
        return (left.block.file, left.block.row) < (right.block.file, right.block.row)
    }

    private mutating func add(_ module: Module) {
        let package = module.package
        for annotation in module.annotations {
            switch annotation.scope {
            case .package, .subpackages: add(annotation, package.path, package, nil)
            case .rule, .document: break
            }
        }
        for rule in module.rules {
            for index in rule.annotations {
                add(module.annotations[index], path(of: rule, in: package), package, rule)
            }
        }
    }

    private mutating func add(
        _ annotation: Annotation, _ path: [Term], _ package: Package, _ rule: Rule?
    ) {
        let place = rule?.location ?? package.location
        let reference = AnnotationReference(
            path: printer.text(ref: Array(path.dropFirst())),
            pathTree: SyntaxTreeWriter.json(path, symbols: context.symbols),
            package: printer.text(ref: Array(package.path.dropFirst())),
            rule: rule.map { printer.text(ref: $0.head.reference) },
            scope: annotation.scope, location: place,
            content: content(of: annotation, at: place))
        entries.append(
            Entry(
                key: path.map { printer.text($0) }, block: annotation.location,
                reference: reference))
    }

    private func path(of rule: Rule, in package: Package) -> [Term] {
        var reference = rule.head.reference
        if case .variable(let name) = reference[0].value { reference[0].value = .string(name) }
        return package.path + reference.prefix { $0.value.isScalar }
    }

    // MARK: content

    private func content(of annotation: Annotation, at place: SourceLocation) -> [UInt8] {
        var json = JSONWriter()
        let object = AnnotationObject(context: context).object(annotation, place)
        writeObject(object, to: &json) { name, value, json in
            if name == "schemas" { writeSchemas(value, to: &json) } else { write(value, to: &json) }
        }
        return json.bytes
    }

    /// The paths of schemas are written as refs.
    private func writeSchemas(_ term: Term, to json: inout JSONWriter) {
        guard case .array(let schemas) = term.value else { return json.null() }
        json.beginArray()
        for schema in schemas {
            writeObject(schema, to: &json) { name, value, json in
                if name != "definition", case .array(let words) = value.value {
                    writeReference(words, to: &json)
                } else {
                    write(value, to: &json)
                }
            }
        }
        json.endArray()
    }

    private func writeReference(_ words: [Term], to json: inout JSONWriter) {
        var terms = words
        if case .string(let head)? = words.first?.value { terms[0].value = .variable(head) }
        let tree = SyntaxTreeWriter.json(terms, symbols: context.symbols)
        tree.withUnsafeBytes { json.raw($0) }
    }

    private func writeObject(
        _ term: Term, to json: inout JSONWriter,
        member: (String, Term, inout JSONWriter) -> Void
    ) {
        guard case .object(let items) = term.value else { return write(term, to: &json) }
        json.beginObject()
        for item in items {
            guard case .string(let symbol) = item.key.value else { continue }
            let name = context.symbols[symbol]
            var key = name
            key.withUTF8 { json.key(UnsafeRawBufferPointer($0)) }
            member(name, item.value, &json)
        }
        json.endObject()
    }

    /// Annotations are read from YAML, so they hold what JSON can; no deeper than YAML may nest.
    private func write(_ term: Term, to json: inout JSONWriter) {
        switch term.value {
        case .boolean(let value): json.boolean(value)
        case .number(let symbol):
            var text = context.symbols[symbol]
            text.withUTF8 { json.raw(UnsafeRawBufferPointer($0)) }
        case .string(let symbol): json.string(context.symbols[symbol])
        case .array(let terms), .set(let terms):
            json.beginArray()
            for term in terms { write(term, to: &json) }
            json.endArray()
        case .object:
            writeObject(term, to: &json) { _, value, json in write(value, to: &json) }
        case .null, .variable, .ref, .call, .arrayComprehension, .setComprehension,
            .objectComprehension, .templateString:
            json.null()
        }
    }
}

extension Package {
    /// The path with `data` in front, as policies write it.
    public func text(_ symbols: SymbolTable) -> String {
        TermPrinter(symbols: symbols).text(ref: path)
    }
}
