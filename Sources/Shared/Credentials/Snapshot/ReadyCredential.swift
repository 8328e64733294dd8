public import Bytes

/// A credential that can be sent. A trivial value: good for as long as its snapshot is held.
public struct ReadyCredential {
    /// What has to be done to send it.
    public enum Placement {
        /// `writeFields`.
        case fields
        /// `writeQuery`.
        case query
        /// `signer`, once the rest of the request is known.
        case signature
    }

    private unowned(unsafe) let material: CredentialMaterial
    private unowned(unsafe) let plan: CredentialPlan

    init(_ material: CredentialMaterial, _ plan: CredentialPlan) {
        self.material = material
        self.plan = plan
    }

    public var placement: Placement {
        switch material.placement {
        case .fields: .fields
        case .query: .query
        case .signature: .signature
        }
    }

    /// The names of the fields that it sets, in lower case: those of the client are dropped.
    public func eachFieldName(_ body: (UnsafeRawBufferPointer) -> Void) {
        for name in plan.fieldNames { body(name) }
    }

    /// Constant fields that go along, each unless the client sent one of its name.
    public func eachExtraField(
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
    ) {
        for field in plan.extraFields { body(field.name, field.value) }
    }

    /// The field lines, each with CRLF. Nothing for other placements.
    public func writeFields(to lines: inout LineBuilder) {
        guard case .fields = material.placement else { return }
        lines.append(material.text.bindMemory(to: UInt8.self))
    }

    /// The client's query (what follows `?`) without parameters of the credential's name, and the
    /// credential's own. The query as it is, for other placements.
    public func writeQuery(of query: UnsafeRawBufferPointer, to line: inout LineBuilder) {
        guard case .query = material.placement else {
            return line.append(query.bindMemory(to: UInt8.self))
        }
        QueryParameters(query).each { parameter in
            guard !parameter.isNamed(plan.parameterName) else { return }
            line.append(parameter.text.bindMemory(to: UInt8.self))
            line.append(UInt8(ascii: "&"))
        }
        line.append(material.text.bindMemory(to: UInt8.self))
    }

    /// Signs requests; nil for other placements.
    public func signer(for request: SignedRequest) -> RequestSigner? {
        guard case .signature(let keys) = material.placement else { return nil }
        return RequestSigner(keys, request)
    }

    /// What answers to requests with this credential are searched for.
    public var needles: NeedleSet { material.needles }
}
