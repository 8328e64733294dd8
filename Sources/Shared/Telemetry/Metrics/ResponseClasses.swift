/// Responses counted by the first digit of their status.
struct ResponseClasses: Sendable {
    private let informational: Counter
    private let successful: Counter
    private let redirection: Counter
    private let clientError: Counter
    private let serverError: Counter

    init(
        _ registry: MetricRegistry, name: String, help: String, label: MetricLabel
    ) throws(MetricFault) {
        func counter(_ digit: String) throws(MetricFault) -> Counter {
            let labels = [MetricLabel("envoy_response_code_class", digit), label]
            return try registry.counter(name, help: help, labels: labels)
        }
        informational = try counter("1")
        successful = try counter("2")
        redirection = try counter("3")
        clientError = try counter("4")
        serverError = try counter("5")
    }

    /// A status outside 100–599 counts with the server errors.
    func count(status: Int, _ shard: MetricShard) {
        switch status {
        case 200..<300: shard.add(successful)
        case 400..<500: shard.add(clientError)
        case 300..<400: shard.add(redirection)
        case 100..<200: shard.add(informational)
        default: shard.add(serverError)
        }
    }
}
