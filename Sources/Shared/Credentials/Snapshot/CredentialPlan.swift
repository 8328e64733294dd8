internal import Bytes

/// What of a credential does not depend on the secret, prepared for workers.
final class CredentialPlan: @unchecked Sendable {
    // Sendable: written in `init` only.

    struct Field: BitwiseCopyable {
        let name: UnsafeRawBufferPointer
        let value: UnsafeRawBufferPointer
    }

    let definition: CredentialDefinition
    let fieldNames: [UnsafeRawBufferPointer]
    let extraFields: [Field]
    let parameterName: UnsafeRawBufferPointer
    private let memory: [UnsafeRawBufferPointer]

    init(_ definition: CredentialDefinition) {
        self.definition = definition
        var memory: [UnsafeRawBufferPointer] = []
        func keep(_ text: String) -> UnsafeRawBufferPointer {
            let copy = UnsafeMutableRawBufferPointer.allocate(
                byteCount: text.utf8.count, alignment: 1)
            copy.copyBytes(from: text.utf8)
            memory.append(UnsafeRawBufferPointer(copy))
            return UnsafeRawBufferPointer(copy)
        }
        var parameter = ""
        if case .query(let name, _) = definition.scheme { parameter = name }
        fieldNames = definition.scheme.fieldNames.map(keep)
        extraFields = definition.extraFields.map {
            Field(name: keep($0.name.lowercased()), value: keep($0.value))
        }
        parameterName = keep(parameter)
        self.memory = memory
    }

    deinit { for piece in memory { piece.deallocate() } }
}
