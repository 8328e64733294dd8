extension Planner {
    /// Notes that the loop which the expression opens can use an index of base data.
    func prepareIndex(_ body: Body, at index: Int) throws(RegoError) {}
}
