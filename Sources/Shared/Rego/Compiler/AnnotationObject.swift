/// Annotations as the objects that policies see.
struct AnnotationObject {
    let context: CompileContext

    /// The annotation as policies see it: short forms are spelt out, empty members left out.
    func object(_ annotation: Annotation, _ place: SourceLocation) -> Term {
        var items = [item("scope", string("\(annotation.scope)", place), place)]
        for member in annotation.content {
            guard case .string(let name) = member.key.value else { continue }
            let value = member.value.moved(to: place)
            switch context.symbols[name] {
            case "title", "description":
                if case .string(.empty) = value.value { continue }
                items.append(item(context.symbols[name], value, place))
            case "entrypoint":
                if case .boolean(true) = value.value {
                    items.append(item("entrypoint", value, place))
                }
            case "organizations", "custom":
                if value.isEmptyComposite { continue }
                items.append(item(context.symbols[name], value, place))
            case "authors": items.append(item("authors", authors(value, place), place))
            case "related_resources":
                items.append(item("related_resources", resources(value, place), place))
            case "schemas": items.append(item("schemas", schemas(value, place), place))
            default: continue
            }
        }
        return Term(.object(items), place)
    }

    private func string(_ text: String, _ place: SourceLocation) -> Term {
        Term(.string(context.symbols.intern(text)), place)
    }

    private func elements(_ term: Term) -> [Term] {
        if case .array(let terms) = term.value { return terms }
        return []
    }

    /// "Name <mail>" becomes an object of both.
    private func authors(_ term: Term, _ place: SourceLocation) -> Term {
        let people = elements(term).map { author -> Term in
            guard case .string(let symbol) = author.value else { return author }
            var words = context.symbols[symbol].split(whereSeparator: \.isWhitespace)
            var items: [ObjectItem] = []
            var mail = ""
            if let last = words.last, last.hasPrefix("<"), last.hasSuffix(">"), last.count > 1 {
                mail = String(last.dropFirst().dropLast())
                words.removeLast()
            }
            let name = words.joined(separator: " ")
            if !name.isEmpty { items.append(item("name", string(name, place), place)) }
            if !mail.isEmpty { items.append(item("email", string(mail, place), place)) }
            return Term(.object(items), place)
        }
        return Term(.array(people), place)
    }

    private func resources(_ term: Term, _ place: SourceLocation) -> Term {
        let links = elements(term).map { link -> Term in
            guard case .string = link.value else { return link }
            return Term(.object([item("ref", link, place)]), place)
        }
        return Term(.array(links), place)
    }

    /// `input.x: schema.y` becomes an object of two paths; a schema itself stays.
    private func schemas(_ term: Term, _ place: SourceLocation) -> Term {
        let pairs = elements(term).compactMap { pair -> Term? in
            guard case .object(let items) = pair.value, let first = items.first,
                case .string(let path) = first.key.value
            else { return nil }
            var result = [item("path", words(context.symbols[path], place), place)]
            if case .string(let schema) = first.value.value {
                result.append(item("schema", words(context.symbols[schema], place), place))
            } else {
                result.append(item("definition", first.value, place))
            }
            return Term(.object(result), place)
        }
        return Term(.array(pairs), place)
    }

    private func words(_ path: String, _ place: SourceLocation) -> Term {
        Term(.array(path.split(separator: ".").map { string(String($0), place) }), place)
    }

    func item(_ key: String, _ value: Term, _ place: SourceLocation) -> ObjectItem {
        ObjectItem(key: Term(.string(context.symbols.intern(key)), place), value: value)
    }
}

extension Term {
    /// An array, object or set without members.
    var isEmptyComposite: Bool {
        switch value {
        case .array(let terms), .set(let terms): terms.isEmpty
        case .object(let items): items.isEmpty
        default: false
        }
    }
}
