/// What a backend enforces on this kernel, as found by using it, not by asking for its version.
public struct IsolationReport: Equatable, Sendable {
    public let backend: IsolationBackend
    public internal(set) var layers: [IsolationLayer: LayerState]

    init(backend: IsolationBackend, layers: [IsolationLayer: LayerState] = [:]) {
        self.backend = backend
        self.layers = layers
    }

    /// What holds; a layer that nobody has looked at counts as missing.
    public subscript(layer: IsolationLayer) -> LayerState {
        layers[layer] ?? .unavailable("not part of \(backend.rawValue)")
    }

    /// True when every layer is in force: what `--strict` asks for.
    public var isComplete: Bool {
        IsolationLayer.allCases.allSatisfy { self[$0] == .enforced }
    }

    /// The layers that are not in force, with the reason.
    public var missing: [(layer: IsolationLayer, reason: String)] {
        IsolationLayer.allCases.compactMap { layer in
            self[layer].reason.map { (layer, $0) }
        }
    }
}
