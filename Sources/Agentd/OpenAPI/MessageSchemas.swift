internal import Bytes
internal import Protos
internal import SwiftProtobuf

/// JSON Schemas of messages, in the JSON mapping of proto3.
struct MessageSchemas {
    struct MethodShape {
        let name: String
        let input: String
        let output: String
    }

    private typealias Field = Google_Protobuf_FieldDescriptorProto

    private var messages: [String: Google_Protobuf_DescriptorProto] = [:]
    private var enums: [String: Google_Protobuf_EnumDescriptorProto] = [:]
    private var methods: [String: MethodShape] = [:]

    init() {
        let set = try? Google_Protobuf_FileDescriptorSet(serializedBytes: DescriptorSet.bytes)
        for file in set?.file ?? [] {
            let prefix = ".\(file.package)."
            for message in file.messageType { add(message, prefix) }
            for type in file.enumType { enums[prefix + type.name] = type }
            for service in file.service {
                for method in service.method {
                    methods["/\(file.package).\(service.name)/\(method.name)"] = MethodShape(
                        name: method.name, input: method.inputType, output: method.outputType)
                }
            }
        }
    }

    private mutating func add(_ message: Google_Protobuf_DescriptorProto, _ prefix: String) {
        messages[prefix + message.name] = message
        for nested in message.nestedType { add(nested, "\(prefix)\(message.name).") }
    }

    /// The method at a path such as `/package.Service/Method`.
    func method(_ path: String) -> MethodShape {
        methods[path] ?? MethodShape(name: path, input: "", output: "")
    }

    static func reference(_ type: String, to writer: inout JSONWriter) {
        writer.member("$ref", "#/components/schemas/\(shortName(type))")
    }

    private static func shortName(_ type: String) -> String {
        type.split(separator: ".").last.map(String.init) ?? type
    }

    /// Writes the components that the methods need.
    func write(to writer: inout JSONWriter, for paths: [String]) {
        var order: [String] = []
        for shape in paths.map(method) { order += [shape.input, shape.output] }
        var seen: Set<String> = []
        while let type = order.popLast() {
            guard seen.insert(type).inserted, let message = messages[type] else { continue }
            for field in message.field where field.type == .message {
                let isMap = messages[field.typeName]?.options.mapEntry ?? false
                if !isMap { order.append(field.typeName) }
            }
        }
        for type in seen.sorted() {
            guard let message = messages[type] else { continue }
            writer.object(Self.shortName(type)) { write(message, to: &$0) }
        }
    }

    private func write(
        _ message: Google_Protobuf_DescriptorProto, to writer: inout JSONWriter
    ) {
        writer.member("type", "object")
        writer.key("additionalProperties")
        writer.boolean(false)
        writer.object("properties") { properties in
            for field in message.field {
                properties.object(field.name) {
                    if let rule = FieldRule.of(field.name, in: message.name) {
                        rule.write(to: &$0)
                    } else {
                        write(field, to: &$0)
                    }
                }
            }
        }
        if message.name == "AttachSandboxRequest" { Self.writeSpecificationRule(to: &writer) }
        let required = FieldRule.required(of: message.name)
        guard !required.isEmpty else { return }
        writer.key("required")
        writer.beginArray()
        for name in required { writer.string(name) }
        writer.endArray()
    }

    /// Who has a sandbox made says which.
    private static func writeSpecificationRule(to writer: inout JSONWriter) {
        writer.object("if") {
            $0.object("properties") { $0.object("create_if_missing") { $0.flag("const") } }
            $0.key("required")
            $0.beginArray()
            $0.string("create_if_missing")
            $0.endArray()
        }
        writer.object("then") {
            $0.object("properties") { properties in
                properties.object("create_spec") { $0.member("type", "object") }
            }
            $0.key("required")
            $0.beginArray()
            $0.string("create_spec")
            $0.endArray()
        }
    }

    private func write(_ field: Google_Protobuf_FieldDescriptorProto, to writer: inout JSONWriter) {
        guard field.label == .repeated else { return writeSingle(field, to: &writer) }
        if let entry = messages[field.typeName], entry.options.mapEntry {
            Self.types(["object"], to: &writer)
            writer.number("maxProperties", RequestCheck.entriesMax)
            writer.object("propertyNames") {
                $0.number("minLength", 1)
                $0.number("maxLength", RequestCheck.entryNameLengthMax)
            }
            writer.object("additionalProperties") {
                $0.member("type", "string")
                $0.number("maxLength", RequestCheck.entryValueLengthMax)
            }
            return
        }
        Self.types(["array"], to: &writer)
        if let count = FieldRule.of(field.name, in: FieldRule.items)?.countMax {
            writer.number("maxItems", count)
        }
        writer.object("items") { item in
            if field.type == .message {
                Self.reference(field.typeName, to: &item)
            } else if let rule = FieldRule.of(field.name, in: FieldRule.items) {
                rule.write(to: &item)
            } else {
                item.member("type", "string")
            }
        }
    }

    private func writeSingle(
        _ field: Google_Protobuf_FieldDescriptorProto, to writer: inout JSONWriter
    ) {
        switch field.type {
        case .message:
            writer.key("anyOf")
            writer.beginArray()
            writer.beginObject()
            Self.reference(field.typeName, to: &writer)
            writer.endObject()
            writer.beginObject()
            writer.member("type", "null")
            writer.endObject()
            writer.endArray()
        case .enum:
            Self.types(["string"], to: &writer)
            writer.key("enum")
            writer.beginArray()
            for value in enums[field.typeName]?.value ?? [] { writer.string(value.name) }
            writer.null()
            writer.endArray()
        case .bool: Self.types(["boolean"], to: &writer)
        case .float, .double: Self.types(["number", "string"], to: &writer)
        case .bytes:
            Self.types(["string"], to: &writer)
            writer.member("contentEncoding", "base64")
        case .string: Self.types(["string"], to: &writer)
        // Whole numbers of 64 bits are written as text, as not every reader has them; both forms
        // are read.
        case .uint64, .fixed64: Self.number(digits: 19, 0, UInt64.max, to: &writer)
        case .uint32, .fixed32: Self.number(digits: 9, 0, UInt64(UInt32.max), to: &writer)
        case .int64, .sint64, .sfixed64, .group:
            Self.number(digits: 18, Int64.min, UInt64(Int64.max), to: &writer)
        case .int32, .sint32, .sfixed32:
            Self.number(digits: 9, Int64(Int32.min), UInt64(Int32.max), to: &writer)
        }
    }

    private static func number(
        digits: Int, _ least: Int64, _ most: UInt64, to writer: inout JSONWriter
    ) {
        types(["integer", "string"], to: &writer)
        let sign = least < 0 ? "-?" : ""
        writer.member("pattern", "^\(sign)(0|[1-9][0-9]{0,\(digits - 1)})$")
        writer.text(key: "minimum")
        writer.integer(least)
        writer.text(key: "maximum")
        Array("\(most)".utf8).withUnsafeBytes { writer.raw($0) }
    }

    /// A field that is null is as good as one that is not there.
    private static func types(_ types: [String], to writer: inout JSONWriter) {
        writer.key("type")
        writer.beginArray()
        for type in types + ["null"] { writer.string(type) }
        writer.endArray()
    }
}
