extension Arena {
    /// A copy of a value of another arena, with everything that it holds.
    ///
    /// Strings of a snapshot stay where they are, so the copy lives no longer than the snapshot of
    /// the evaluation that made the value.
    ///
    /// - Parameter depthMax: how deep collections may be nested.
    /// - Returns: nil for a value that is nested deeper.
    public func copy(_ value: Value, depthMax: Int = 8) -> Value? {
        switch value.rawTag {
        case Value.Tag.string.rawValue: return string(value.stringBytes)
        case Value.Tag.number.rawValue: return value.withNumberText { number(text: $0) }
        default: break
        }
        guard value.isCollection else { return value }
        guard depthMax > 0 else { return nil }
        switch value.kind {
        case .array: return copy(elements: value.array.buffer, depthMax)
        case .set: return copy(members: value.set.buffer, depthMax)
        default: return copy(value.object, depthMax)
        }
    }

    private func copy(elements: UnsafeBufferPointer<Value>, _ depthMax: Int) -> Value? {
        var copies = ArrayBuilder(self, capacity: elements.count)
        for element in elements {
            guard let element = copy(element, depthMax: depthMax - 1) else { return nil }
            copies.append(element)
        }
        return copies.finish()
    }

    private func copy(members: UnsafeBufferPointer<Value>, _ depthMax: Int) -> Value? {
        var copies = SetBuilder(self, capacity: members.count)
        for member in members {
            guard let member = copy(member, depthMax: depthMax - 1) else { return nil }
            copies.insert(member)
        }
        return copies.finish()
    }

    private func copy(_ object: ObjectView, _ depthMax: Int) -> Value? {
        var copies = ObjectBuilder(self, capacity: object.count)
        for position in 0..<object.count {
            guard let key = copy(object.key(at: position), depthMax: depthMax - 1),
                let value = copy(object.value(at: position), depthMax: depthMax - 1)
            else { return nil }
            copies.set(key, value)
        }
        return copies.finish()
    }
}
