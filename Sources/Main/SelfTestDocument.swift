internal import Bytes
internal import Sandbox

/// The self-test's result for programs.
enum SelfTestDocument {
    static func json(report: IsolationReport, results: [SelfTestResult]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("backend")
        writer.string(report.backend.rawValue)
        writer.key("complete")
        writer.boolean(report.isComplete)
        writer.key("layers")
        writer.beginArray()
        for layer in IsolationLayer.allCases { write(layer, report[layer], to: &writer) }
        writer.endArray()
        writer.key("attempts")
        writer.beginArray()
        for result in results { write(result, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private static func write(
        _ layer: IsolationLayer, _ state: LayerState, to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.key("layer")
        writer.string(layer.rawValue)
        writer.key("state")
        writer.string(state.name)
        if let reason = state.reason {
            writer.key("reason")
            writer.string(reason)
        }
        writer.endObject()
    }

    private static func write(_ result: SelfTestResult, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("attempt")
        writer.string(result.name)
        writer.key("verdict")
        writer.string(result.verdict.rawValue)
        writer.key("layer")
        writer.string(result.layer)
        writer.key("detail")
        writer.string(result.detail)
        writer.key("without_sandbox")
        writer.string(result.control.rawValue)
        writer.endObject()
    }
}
