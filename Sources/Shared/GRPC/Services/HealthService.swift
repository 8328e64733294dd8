internal import IO
internal import Protos
internal import SwiftProtobuf

/// gRPC's health checking protocol, `grpc.health.v1.Health`. The empty name is the server as a
/// whole.
public final class HealthService: Sendable {
    private typealias Answer = Grpc_Health_V1_HealthCheckResponse

    private struct Watcher {
        let call: Call
        let service: String
        var told: Answer.ServingStatus
    }

    private struct State {
        var statuses: [String: Answer.ServingStatus]
        var watchers: [Watcher] = []
    }

    private let state: Monitor<State>

    /// Watchers at a time; more are refused.
    private static let watchersMax = 1000

    /// - Parameter services: names such as `package.Service`; all of them serve.
    public init(services: [String]) {
        let pairs = (services + [""]).map { ($0, Answer.ServingStatus.serving) }
        state = Monitor(State(statuses: Dictionary(pairs) { first, _ in first }))
    }

    /// Sets the status of a service and tells who watches it.
    public func set(_ service: String, isServing: Bool) {
        let status = isServing ? Answer.ServingStatus.serving : .notServing
        state.change { state in
            state.statuses[service] = status
            Self.tell(&state)
        }
    }

    /// Nothing is served any more.
    public func shutDown() {
        state.change { state in
            for service in state.statuses.keys { state.statuses[service] = .notServing }
            Self.tell(&state)
        }
    }

    public var methods: [ServiceMethod] {
        [
            .immediate("/grpc.health.v1.Health/Check", check).open(),
            .immediate("/grpc.health.v1.Health/List", list).open(),
            .subscription("/grpc.health.v1.Health/Watch", sending: Answer.self, watch).open(),
        ]
    }

    @Sendable private func check(
        _ request: Grpc_Health_V1_HealthCheckRequest, _ call: Call
    ) throws(Status) -> Grpc_Health_V1_HealthCheckResponse {
        guard let status = state.withLock({ $0.statuses[request.service] }) else {
            throw Status(.notFound, "no service is called \(request.service)")
        }
        return Self.answer(status)
    }

    @Sendable private func list(
        _ request: Grpc_Health_V1_HealthListRequest, _ call: Call
    ) -> Grpc_Health_V1_HealthListResponse {
        var response = Grpc_Health_V1_HealthListResponse()
        response.statuses = state.withLock { $0.statuses.mapValues(Self.answer) }
        return response
    }

    @Sendable private func watch(
        _ request: Grpc_Health_V1_HealthCheckRequest, _ call: Call
    ) throws(Status) {
        let service = request.service
        let isTaken = state.change { state -> Bool in
            state.watchers.removeAll { $0.call.isCancelled }
            guard state.watchers.count < Self.watchersMax else { return false }
            let now = state.statuses[service] ?? .serviceUnknown
            state.watchers.append(Watcher(call: call, service: service, told: now))
            Self.offer(now, to: call)
            return true
        }
        guard isTaken else { throw Status(.resourceExhausted, "too many watchers") }
        call.whenCancelled { [weak self, weak call] in
            self?.state.change { $0.watchers.removeAll { $0.call === call } }
        }
    }

    private static func tell(_ state: inout State) {
        for index in state.watchers.indices {
            let watcher = state.watchers[index]
            let now = state.statuses[watcher.service] ?? .serviceUnknown
            guard now != watcher.told else { continue }
            // One that is behind is told when the status changes next.
            if offer(now, to: watcher.call) { state.watchers[index].told = now }
        }
    }

    @discardableResult
    private static func offer(_ status: Answer.ServingStatus, to call: Call) -> Bool {
        (try? MessageWriter(call).offer(answer(status))) ?? false
    }

    private static func answer(_ status: Answer.ServingStatus) -> Answer {
        var answer = Answer()
        answer.status = status
        return answer
    }
}
