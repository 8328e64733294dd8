/// The annotations of all modules by what they describe.
struct AnnotationSet {
    /// An annotation and the path of what it describes, without `data`.
    struct Link {
        var path: [Term]
        var annotation: Annotation?
    }

    private let modules: [Module]
    private var documents: [String: Annotation] = [:]
    private var packages: [[Symbol]: Annotation] = [:]
    private var subpackages: [[Symbol]: Annotation] = [:]
    private let printer: TermPrinter

    /// Faults a second annotation of one package or document.
    init(
        rules: [CompiledRule], modules: [Module], fileNames: [String], _ context: CompileContext
    ) {
        self.modules = modules
        printer = TermPrinter(symbols: context.symbols)
        func fail(_ annotation: Annotation, _ other: Annotation) {
            let place = other.location
            let file = Int(place.file) < fileNames.count ? fileNames[Int(place.file)] : ""
            context.fail(
                .type, "\(annotation.scope) annotation redeclared: \(file):\(place.row)",
                at: annotation.location)
        }
        for module in modules {
            for annotation in module.annotations {
                switch annotation.scope {
                case .package:
                    if let other = packages[module.package.names] { fail(annotation, other) }
                    packages[module.package.names] = annotation
                case .subpackages:
                    if let other = subpackages[module.package.names] { fail(annotation, other) }
                    subpackages[module.package.names] = annotation
                case .document, .rule: break
                }
            }
        }
        for rule in rules {
            let key = printer.text(ref: Array(rule.groundPath))
            for index in rule.first.annotations {
                let annotation = modules[rule.module].annotations[index]
                guard annotation.scope == .document else { continue }
                if let other = documents[key] { fail(annotation, other) }
                documents[key] = annotation
            }
        }
    }

    /// The annotation of the rule itself that stands closest to it.
    func primary(of rule: CompiledRule) -> Annotation? {
        own(rule).first
    }

    /// Those of the rule, of its document, of its package and of the packages around it. The rule
    /// always has an entry.
    func chain(of rule: CompiledRule) -> [Link] {
        let path = Array(rule.groundPath.dropFirst())
        let module = modules[rule.module]
        let package = Array(module.package.path.dropFirst())
        var links = own(rule).map { Link(path: path, annotation: $0) }
        if links.isEmpty { links = [Link(path: path, annotation: nil)] }
        if let document = documents[printer.text(ref: Array(rule.groundPath))] {
            links.append(Link(path: path, annotation: document))
        }
        var names = module.package.names
        if let annotation = packages[names] {
            links.append(Link(path: package, annotation: annotation))
        }
        while !names.isEmpty {
            if let annotation = subpackages[names] {
                links.append(
                    Link(path: Array(package.prefix(names.count - 1)), annotation: annotation))
            }
            names.removeLast()
        }
        return links
    }

    private func own(_ rule: CompiledRule) -> [Annotation] {
        rule.first.annotations.map { modules[rule.module].annotations[$0] }
            .filter { $0.scope == .rule }
            .sorted { $1.location.precedes($0.location) }
    }
}
