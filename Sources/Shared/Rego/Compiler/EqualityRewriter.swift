/// Makes `==` in rules unification, which finds the same and can be indexed. Only a query shows
/// whether a comparison was false or undefined.
enum EqualityRewriter {
    static func rewrite(_ rule: inout Rule) {
        rule.head.mutateArgumentsAndValue { rewrite(&$0) }
        rewrite(&rule.body)
    }

    private static func rewrite(_ body: inout Body) {
        for index in body.indices {
            if body[index].calls(.equal), case .call(var terms) = body[index].kind,
                terms.count == 3
            {
                body[index].kind = .call([])
                let place = terms[0].location
                terms[0].value = .ref([Term(.variable(.eq), place)])
                body[index].kind = .call(terms)
            }
            body[index].mutateChildren(term: { rewrite(&$0) }, body: { rewrite(&$0) })
        }
    }

    private static func rewrite(_ term: inout Term) {
        term.mutateChildren(term: { rewrite(&$0) }, body: { rewrite(&$0) })
    }
}
