internal import Bytes
internal import GRPC
internal import HTTP

/// The HTTP API's OpenAPI 3.1 document, made from its rules and the definitions of its messages, so
/// that it cannot say anything else than what is served.
struct OpenAPIDocument {
    private var writer = JSONWriter(capacity: 32 << 10)
    private let schemas: MessageSchemas
    private let needsToken: Bool

    private init(_ schemas: MessageSchemas, needsToken: Bool) {
        self.schemas = schemas
        self.needsToken = needsToken
    }

    /// The document's text.
    static func make(_ rules: [HTTPRule], version: String, needsToken: Bool) -> [UInt8] {
        var document = OpenAPIDocument(MessageSchemas(), needsToken: needsToken)
        document.write(rules, version)
        return document.writer.bytes
    }

    private mutating func write(_ rules: [HTTPRule], _ version: String) {
        writer.beginObject()
        writer.member("openapi", "3.1.0")
        writer.object("info") {
            $0.member("title", "agentd")
            $0.member("version", version)
            $0.member(
                "description",
                "Runs capabilities in sandboxes. The gRPC service agentd.v1.Agentd has the same "
                    + "methods and messages.")
        }
        writer.key("paths")
        writer.beginObject()
        for own in OwnResource.all { write(own) }
        for template in orderedTemplates(rules) {
            writer.text(key: template)
            writer.beginObject()
            for rule in rules where rule.template == template { write(rule) }
            writer.endObject()
        }
        writer.endObject()
        writer.key("components")
        writer.beginObject()
        writer.key("schemas")
        writer.beginObject()
        schemas.write(to: &writer, for: rules.flatMap { [$0.target] })
        Problem.write(to: &writer)
        writer.endObject()
        writer.object("securitySchemes") {
            $0.object("token") {
                $0.member("type", "http")
                $0.member("scheme", "bearer")
            }
        }
        writer.endObject()
        writer.endObject()
    }

    private func orderedTemplates(_ rules: [HTTPRule]) -> [String] {
        var templates: [String] = []
        for rule in rules where !templates.contains(rule.template) {
            templates.append(rule.template)
        }
        return templates
    }

    private mutating func write(_ own: OwnResource) {
        writer.text(key: own.path)
        writer.beginObject()
        writer.object("get") {
            $0.member("operationId", own.name)
            $0.member("summary", own.summary)
            $0.object("responses") {
                $0.object("200") {
                    $0.member("description", own.summary)
                    $0.object("content") {
                        $0.object(own.type) { $0.object("schema") { own.schema(&$0) } }
                    }
                }
                Problem.writeResponse(to: &$0)
            }
        }
        writer.endObject()
    }

    private static func writeSecurity(to writer: inout JSONWriter) {
        writer.key("security")
        writer.beginArray()
        writer.beginObject()
        writer.key("token")
        writer.beginArray()
        writer.endArray()
        writer.endObject()
        writer.endArray()
    }

    private mutating func write(_ rule: HTTPRule) {
        let method = schemas.method(rule.target)
        let needsToken = needsToken
        writer.object(rule.method.rawValue.lowercased()) { writer in
            writer.member("operationId", method.name)
            if needsToken { Self.writeSecurity(to: &writer) }
            Self.writeParameters(of: rule, method.input, to: &writer)
            if rule.method == .post {
                writer.object("requestBody") {
                    if !FieldRule.required(of: method.input).isEmpty { $0.flag("required") }
                    $0.object("content") {
                        $0.object("application/json") {
                            $0.object("schema") { MessageSchemas.reference(method.input, to: &$0) }
                        }
                    }
                }
            }
            Self.writeResponses(of: rule, method.output, to: &writer)
        }
    }

    private static func writeParameters(
        of rule: HTTPRule, _ input: String, to writer: inout JSONWriter
    ) {
        let type = input.split(separator: ".").last.map(String.init) ?? input
        writer.key("parameters")
        writer.beginArray()
        for name in rule.fields {
            writer.beginObject()
            writer.member("name", name)
            writer.member("in", "path")
            writer.flag("required")
            writer.object("schema") { FieldRule.name.write(to: &$0) }
            writer.endObject()
        }
        for (name, form) in rule.query.sorted(by: { $0.key < $1.key }) {
            writer.beginObject()
            writer.member("name", name)
            writer.member("in", "query")
            writer.object("schema") {
                if let rule = FieldRule.of(name, in: type) {
                    rule.write(to: &$0)
                } else {
                    $0.member("type", form == .string ? "string" : "boolean")
                }
            }
            writer.endObject()
        }
        writer.endArray()
    }

    private static func writeResponses(
        of rule: HTTPRule, _ output: String, to writer: inout JSONWriter
    ) {
        writer.object("responses") {
            $0.object("200") {
                $0.member("description", "The answer.")
                $0.object("content") {
                    $0.object("application/json") {
                        $0.object("schema") { MessageSchemas.reference(output, to: &$0) }
                    }
                    guard rule.streamTarget != nil else { return }
                    $0.object("text/event-stream") {
                        $0.object("schema") { $0.member("type", "string") }
                    }
                }
            }
            Problem.writeResponse(to: &$0)
        }
    }
}
