/// The types of rules and functions.
struct TypeEnvironment: Sendable {
}
