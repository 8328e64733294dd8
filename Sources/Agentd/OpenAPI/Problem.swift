internal import Bytes

/// What the HTTP API answers when it cannot do what it was asked (RFC 9457), for its document.
enum Problem {
    private static let members = ["type", "title", "detail", "code"]

    /// The component that `writeResponse` refers to.
    static func write(to writer: inout JSONWriter) {
        writer.object("Problem") {
            $0.member("type", "object")
            $0.object("properties") { properties in
                for name in members {
                    properties.object(name) { $0.member("type", "string") }
                }
                properties.object("status") { $0.member("type", "integer") }
                properties.object("error") { $0.member("type", "object") }
            }
            $0.key("required")
            $0.beginArray()
            for name in members + ["status"] { $0.string(name) }
            $0.endArray()
        }
    }

    static func writeResponse(to writer: inout JSONWriter) {
        writer.object("default") {
            $0.member("description", "Why it was not done.")
            $0.object("content") {
                $0.object("application/problem+json") {
                    $0.object("schema") {
                        $0.member("$ref", "#/components/schemas/Problem")
                    }
                }
            }
        }
    }
}
