// A loop over an array copies each element, and counts a reference for everything that it holds.
// The compiler looks at each expression dozens of times: that was a third of its time.

extension Array {
    /// Shows each element where it lies.
    @inline(__always)
    func forEachInPlace(_ visit: (Element) -> Void) {
        let elements = span
        for index in elements.indices { visit(elements[index]) }
    }

    /// Shows one element where it lies.
    @inline(__always)
    func inPlace<Answer>(_ index: Int, _ body: (Element) -> Answer) -> Answer {
        body(span[index])
    }
}
