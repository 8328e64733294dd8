import Foundation

/// The HTTP API, in objects.
extension RunningAgentd {
    static let key = "X-Authenticated-Key-Id: k1\r\nX-Rate-Limit-Tier: default\r\n"

    func call(
        _ method: String, _ target: String, _ json: [String: Any]? = nil, fields: String = key
    ) throws -> (status: Int, body: [String: Any]) {
        let text = try json.map {
            String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self)
        }
        let response = try ask(method, target, text, fields)
        let body = try JSONSerialization.jsonObject(with: Data(response.body))
        return (response.status, body as? [String: Any] ?? [:])
    }

    func execute(
        _ capability: String, _ parameters: [String: Any], _ more: [String: Any] = [:],
        fields: String = key
    ) throws -> [String: Any] {
        let data = try JSONSerialization.data(withJSONObject: parameters)
        var request: [String: Any] = [
            "capability": capability, "params_json": String(decoding: data, as: UTF8.self),
        ]
        request.merge(more) { $1 }
        return try call("POST", "/api/v1/execute", request, fields: fields).body
    }

    static func result(_ response: [String: Any]) -> [String: Any] {
        response["result"] as? [String: Any] ?? [:]
    }
}
