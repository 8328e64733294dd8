extension Term {
    /// Replaces variables by name, in bodies too.
    mutating func rename(_ names: [Symbol: Symbol]) {
        if case .variable(let name) = value {
            if let unique = names[name] { value = .variable(unique) }
            return
        }
        mutateChildren(
            term: { $0.rename(names) },
            body: { body in
                for index in body.indices { body[index].rename(names) }
            })
    }
}

extension Expression {
    mutating func rename(_ names: [Symbol: Symbol]) {
        mutateChildren(
            term: { $0.rename(names) },
            body: { body in
                for index in body.indices { body[index].rename(names) }
            })
    }
}
