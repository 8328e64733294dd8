/// Knows the lines on which rules of different names begin: there a message must name the rule.
struct SharedLines {
    private struct Line: Hashable {
        var file: UInt32
        var row: UInt32
    }

    private let printer: TermPrinter
    private var shared = Set<Line>()

    init(_ rules: [CompiledRule], _ printer: TermPrinter) {
        self.printer = printer
        var first: [Line: [Term]] = [:]
        for rule in rules {
            let line = Line(file: rule.first.location.file, row: rule.first.location.row)
            guard let other = first[line] else {
                first[line] = rule.path
                continue
            }
            let isSame =
                other.count == rule.path.count
                && zip(other, rule.path).allSatisfy { $0.isSame(as: $1) }
            if !isSame { shared.insert(line) }
        }
    }

    /// The name of a rule that shares its line, as far as it is constant; nil for others.
    func name(of rule: CompiledRule) -> String? {
        let place = rule.first.location
        guard shared.contains(Line(file: place.file, row: place.row)) else { return nil }
        let ground = rule.first.head.reference.enumerated().prefix {
            $0.offset == 0 || $0.element.value.isGround
        }
        return printer.text(ref: ground.map(\.element))
    }
}
