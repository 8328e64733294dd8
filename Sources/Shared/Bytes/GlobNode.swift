/// One element of a parsed glob.
indirect enum GlobNode: Sendable {
    case literal(UInt32)
    /// `*`: any run of scalars that are not separators.
    case any
    /// `**`: any run of scalars.
    case `super`
    /// `?`: one scalar that is not a separator.
    case single
    case list([UInt32], isNegated: Bool)
    case range(low: UInt32, high: UInt32, isNegated: Bool)
    case alternatives([[GlobNode]])
}
