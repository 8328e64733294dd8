/// The value of a field of an operational message. Never a body, a token or a key.
public enum LogValue: Sendable {
    case text(String)
    case number(Int64)
    case flag(Bool)
}

extension LogValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    public init(stringLiteral text: String) { self = .text(text) }
    public init(integerLiteral number: Int64) { self = .number(number) }
    public init(booleanLiteral flag: Bool) { self = .flag(flag) }
}
