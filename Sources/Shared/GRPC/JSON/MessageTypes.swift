internal import Protos
internal import SwiftProtobuf

/// The definitions of the messages that a `DescriptorSet` has.
struct MessageTypes: Sendable {
    typealias Field = Google_Protobuf_FieldDescriptorProto

    struct MessageType: Sendable {
        let fields: [Field]
        let isMapEntry: Bool
    }

    /// Those of `Protos`.
    static let known = MessageTypes(DescriptorSet.bytes)

    private var messages: [String: MessageType] = [:]
    private var enums: [String: [Int32: String]] = [:]

    init(_ set: [UInt8]) {
        let files = (try? Google_Protobuf_FileDescriptorSet(serializedBytes: set))?.file ?? []
        for file in files {
            let prefix = ".\(file.package)."
            for message in file.messageType { add(message, prefix) }
            for type in file.enumType { add(type, prefix) }
        }
    }

    /// - Parameter name: such as `.package.Message`.
    func message(_ name: String) -> MessageType? { messages[name] }

    /// What a number of an enumeration is called; nil when it has no name.
    func name(of number: Int32, in type: String) -> String? { enums[type]?[number] }

    private mutating func add(_ message: Google_Protobuf_DescriptorProto, _ prefix: String) {
        let name = prefix + message.name
        messages[name] = MessageType(
            fields: message.field, isMapEntry: message.options.mapEntry)
        for nested in message.nestedType { add(nested, name + ".") }
        for type in message.enumType { add(type, name + ".") }
    }

    private mutating func add(_ type: Google_Protobuf_EnumDescriptorProto, _ prefix: String) {
        let names = type.value.map { ($0.number, $0.name) }
        enums[prefix + type.name] = Dictionary(names) { first, _ in first }
    }
}
