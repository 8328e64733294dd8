/// Those of a worker's WebSockets whose handlers look into them.
final class FrameInspectors {
    private var places: [FrameInspector?] = []

    subscript(exchange: UInt32) -> FrameInspector? {
        Int(exchange) < places.count ? places[Int(exchange)] : nil
    }

    func begin(_ exchange: UInt32) {
        while places.count <= Int(exchange) { places.append(nil) }
        places[Int(exchange)] = FrameInspector()
    }

    func end(_ exchange: UInt32) {
        guard Int(exchange) < places.count else { return }
        places[Int(exchange)] = nil
    }
}
