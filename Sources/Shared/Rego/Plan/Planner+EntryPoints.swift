extension Planner {
    /// Plans `data.a.b`: the document at a path of names.
    func plan(entryPoint name: String) throws(RegoError) -> Int {
        let names = name.split(separator: ".").map(String.init)
        guard names.first == "data" else {
            throw RegoError(
                code: .compile, message: "entry point \(name) is not below data", location: nil)
        }
        let place = SourceLocation(row: trace == nil ? 0 : 1)
        var terms = [Term(.variable(.data), place)]
        for name in names.dropFirst() {
            guard let symbol = symbols.find(name) else {
                throw RegoError(
                    code: .compile, message: "undefined entry point \(name)", location: nil)
            }
            terms.append(Term(.string(symbol), place))
        }
        return try addFunction { () throws(RegoError) in
            self.code = FunctionCode(arguments: 0)
            self.forgetBindings(to: 0)
            let none = self.code.newLabel()
            self.code.fail = none
            let reference = Expression(.term(Term(.ref(terms), place)), place)
            let query = self.openQuery([reference])
            let value = try self.traced(reference, at: 0) { () throws(RegoError) in
                try self.reference(terms)
            }
            if let query { self.emit(.onlySolution, query) }
            self.code.emit(.return, 0, value)
            self.code.place(none)
            self.closeQuery(query)
            self.code.emit(.return, 0, Self.undefined)
        }
    }

    /// Plans a query: all its solutions.
    func plan(query: CompiledQuery) throws(RegoError) -> Int {
        try addFunction { () throws(RegoError) in
            try self.planQuery(query.body, query.variables)
        }
    }
}
