extension Symbol {
    /// The words every table starts with, in the order of their ids.
    static let wellKnownWords = [
        "", "data", "input", "future", "rego", "schema", "keywords", "v1", "set", "_",
        "eq", "assign", "equal", "neq", "lt", "gt", "lte", "gte", "plus", "minus", "mul", "div",
        "rem", "or", "and", "internal", "member_2", "member_3", "print", "template_string",
        "not", "in", "if", "every", "contains", "some", "true", "false", "null", "with", "as",
        "import", "package", "default", "else", "internal.member_2", "internal.member_3",
        "internal.print", "internal.template_string", "metadata", "chain", "rule", "test_case",
    ]

    /// The empty text.
    public static let empty = Symbol(id: 0)
    /// The root of base and virtual documents.
    public static let data = Symbol(id: 1)
    /// The root of the query's input.
    public static let input = Symbol(id: 2)
    static let future = Symbol(id: 3)
    static let rego = Symbol(id: 4)
    static let schema = Symbol(id: 5)
    static let keywords = Symbol(id: 6)
    static let v1 = Symbol(id: 7)
    static let set = Symbol(id: 8)
    /// The wildcard as written; the parser gives each use a name `$N` of its own.
    public static let underscore = Symbol(id: 9)
    /// Unification, `=`.
    public static let eq = Symbol(id: 10)
    /// Assignment, `:=`; the compiler leaves none.
    public static let assign = Symbol(id: 11)
    public static let equal = Symbol(id: 12)
    public static let neq = Symbol(id: 13)
    public static let lt = Symbol(id: 14)
    public static let gt = Symbol(id: 15)
    public static let lte = Symbol(id: 16)
    public static let gte = Symbol(id: 17)
    public static let plus = Symbol(id: 18)
    public static let minus = Symbol(id: 19)
    public static let mul = Symbol(id: 20)
    public static let div = Symbol(id: 21)
    public static let rem = Symbol(id: 22)
    public static let or = Symbol(id: 23)
    public static let and = Symbol(id: 24)
    public static let `internal` = Symbol(id: 25)
    public static let member2 = Symbol(id: 26)
    public static let member3 = Symbol(id: 27)
    public static let print = Symbol(id: 28)
    public static let templateString = Symbol(id: 29)
    static let not = Symbol(id: 30)
    static let `in` = Symbol(id: 31)
    static let `if` = Symbol(id: 32)
    static let every = Symbol(id: 33)
    static let contains = Symbol(id: 34)
    static let some = Symbol(id: 35)
    static let `true` = Symbol(id: 36)
    static let `false` = Symbol(id: 37)
    static let null = Symbol(id: 38)
    static let with = Symbol(id: 39)
    static let `as` = Symbol(id: 40)
    static let `import` = Symbol(id: 41)
    static let package = Symbol(id: 42)
    static let `default` = Symbol(id: 43)
    static let `else` = Symbol(id: 44)
    static let metadata = Symbol(id: 49)
    static let chain = Symbol(id: 50)
    static let rule = Symbol(id: 51)
}
