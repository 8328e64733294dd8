internal import Bytes

/// The input that policy sees of a request that is only imagined.
public struct ExplainedInput {
    /// JSON text.
    public let bytes: [UInt8]

    /// - Parameter facts: what the role found out about the caller.
    public init(method: String, path: String, host: String, _ facts: [(StaticString, String)]) {
        var writer = JSONWriter(capacity: 512)
        func object(_ name: StaticString, _ members: () -> Void) {
            writer.key(name)
            writer.beginObject()
            members()
            writer.endObject()
        }
        func member(_ name: StaticString, _ text: String) {
            writer.key(name)
            writer.string(text)
        }
        writer.beginObject()
        object("attributes") {
            object("request") {
                object("http") {
                    member("method", method)
                    member("path", path)
                    member("host", host)
                    object("headers") {}
                }
            }
            object("metadataContext") {
                object("filterMetadata") {
                    object("sluice") {
                        for (name, text) in facts { member(name, text) }
                    }
                }
            }
        }
        writer.endObject()
        bytes = writer.bytes
    }
}
