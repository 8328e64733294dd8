extension Value {
    /// The strings among the members of an array or a set, the first `countMax` of them at most.
    public func strings(atMost countMax: Int) -> [String] {
        let members = isSet ? set.buffer : array.buffer
        return Array(members.lazy.compactMap(\.string).prefix(countMax))
    }
}
