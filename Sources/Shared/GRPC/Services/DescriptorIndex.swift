internal import SwiftProtobuf

/// Which file defines what, and which files that needs.
struct DescriptorIndex: Sendable {
    private struct File {
        let bytes: [UInt8]
        let dependencies: [String]
    }

    private var files: [String: File] = [:]
    private var symbols: [String: String] = [:]

    /// - Parameter set: an encoded google.protobuf.FileDescriptorSet; nothing is known when it
    ///   cannot be read.
    init(_ set: [UInt8]) {
        let found = (try? Google_Protobuf_FileDescriptorSet(serializedBytes: set))?.file ?? []
        for file in found { add(file) }
    }

    /// A file and all that it imports, itself first; nil when there is none of that name.
    func closure(ofFile name: String) -> [[UInt8]]? {
        guard files[name] != nil else { return nil }
        var order = [name]
        var next = 0
        while next < order.count {
            for name in files[order[next]]?.dependencies ?? [] where !order.contains(name) {
                order.append(name)
            }
            next += 1
        }
        return order.compactMap { files[$0]?.bytes }
    }

    func closure(ofSymbol symbol: String) -> [[UInt8]]? {
        symbols[symbol].flatMap { closure(ofFile: $0) }
    }

    private mutating func add(_ file: Google_Protobuf_FileDescriptorProto) {
        guard let bytes: [UInt8] = try? file.serializedBytes() else { return }
        files[file.name] = File(bytes: bytes, dependencies: file.dependency)
        let prefix = file.package.isEmpty ? "" : file.package + "."
        for message in file.messageType { add(message, prefix, file.name) }
        for type in file.enumType { add(type, prefix, file.name) }
        for service in file.service {
            symbols[prefix + service.name] = file.name
            for method in service.method {
                symbols["\(prefix)\(service.name).\(method.name)"] = file.name
            }
        }
    }

    private mutating func add(
        _ message: Google_Protobuf_DescriptorProto, _ prefix: String, _ file: String
    ) {
        let name = prefix + message.name
        symbols[name] = file
        for field in message.field { symbols["\(name).\(field.name)"] = file }
        for oneof in message.oneofDecl { symbols["\(name).\(oneof.name)"] = file }
        for nested in message.nestedType { add(nested, name + ".", file) }
        for type in message.enumType { add(type, name + ".", file) }
    }

    private mutating func add(
        _ type: Google_Protobuf_EnumDescriptorProto, _ prefix: String, _ file: String
    ) {
        symbols[prefix + type.name] = file
        for value in type.value { symbols[prefix + value.name] = file }
    }
}
