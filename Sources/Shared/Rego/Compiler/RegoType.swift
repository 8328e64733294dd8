/// The type of a value.
public indirect enum RegoType: Sendable, Hashable {
    case null
    case boolean
    case number
    case string
    case any
}
